"""A WebSocket's client, frame by frame: nothing is done for the tests that they do not see."""

import json
import struct
import zlib

from tests.web.front.raw_client import Client, compose

KEY = ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==")
VERSION = ("Sec-WebSocket-Version", "13")
UPGRADE = (("Connection", "keep-alive, Upgrade"), ("Upgrade", "websocket"))
CONTINUED, TEXT, BINARY, CLOSE, PING, PONG = 0, 1, 2, 8, 9, 10
HELLO = {"op": 1, "d": {"heartbeat_interval": 30_000}}


def ask(path="/socket", *headers):
    """The request for a socket."""
    return compose("GET", path, *UPGRADE, KEY, VERSION, *headers)


def frame(opcode, data=b"", final=True):
    """A client's frame, masked with zeros."""
    size = bytes([0x80 | len(data)]) if len(data) < 126 else b"\xfe" + struct.pack("!H", len(data))
    return bytes([(0x80 if final else 0) | opcode]) + size + bytes(4) + data


def message(body):
    """A text message of a client, of JSON."""
    return frame(TEXT, json.dumps(body).encode())


class WebSocket(Client):
    """A WebSocket that has been let in; `behind` comes in one piece with the request."""

    def __init__(self, port, path="/socket", behind=b"", headers=()):
        super().__init__(port, ask(path, *headers) + behind)
        answer = self.read()
        assert answer.status == 101
        assert answer.header("Sec-WebSocket-Accept") == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="

    def read_frame(self):
        """Opcode and data of the next frame."""
        first, size = self.bytes(2)
        assert first & 0x80
        if size > 125:
            size = int.from_bytes(self.bytes(2 if size == 126 else 8), "big")
        return first & 0xF, self.bytes(size)

    def next(self):
        """The next message, which is JSON as text or a zlib stream of its own."""
        opcode, data = self.read_frame()
        assert opcode in (TEXT, BINARY), (opcode, data)
        return json.loads(zlib.decompress(data) if opcode == BINARY else data)

    def say(self, body):
        self.send(message(body))

    def close_code(self):
        return self.closing()[0]

    def closing(self):
        """The code and the reason of the closing frame, which comes next."""
        opcode, data = self.read_frame()
        assert opcode == CLOSE, (opcode, data)
        return struct.unpack("!H", data[:2])[0], data[2:].decode()
