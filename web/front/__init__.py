"""The thin ASGI layer before Flask, which does not know of it: whole requests, hot read, sockets, streams."""
