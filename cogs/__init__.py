"""Discord in, Discord out: what is typed, pressed or said becomes calls of rules; knows nothing of HTTP."""
