"""Clients of streams and sockets that keep every byte, and what somebody who believes them would show."""

import json
from contextlib import contextmanager

from tests.web.front.raw_client import Client, compose
from tests.web.front.websocket_client import CLOSE, HELLO, PING, PONG, WebSocket, frame

FULL = 1 << 20


class Stream(Client):
    """An event stream. `heard` is all that came, `shown` what the events say by now of each user and system.

    Raises OSError where there is none.
    """

    def __init__(self, port, path, token=None, last_id=None):
        headers = {"Authorization": token, "Last-Event-ID": last_id}
        super().__init__(port, compose("GET", path, *((name, value) for name, value in headers.items() if value)))
        self.heard, self.shown, self.last_id = b"", {}, last_id
        self.kind, self.data = None, None
        head = [self._reader.readline()]
        while head[-1].strip():
            head.append(self._reader.readline())
        if not head[0].startswith(b"HTTP/1.1 200 "):
            self.__exit__()
            raise ConnectionRefusedError(head[0])

    def next(self):
        """The next event, comment or `retry` as it came, understood; nothing at the end."""
        lines = [self._reader.readline()]
        while lines[-1].strip():
            lines.append(self._reader.readline())
        self.kind = self.data = None
        # What is not whole does not count.
        for line in lines if lines[-1] else ():
            self._take(line.decode().strip())
        if self.kind:
            self._show(self.data)
        return b"".join(lines) if lines[-1] else b""

    def until(self, word):
        """Read to the end of the event with this word; what came."""
        heard = b""
        while word.encode() not in heard:
            came = self.next()
            assert came, f"the stream ended before {word}: {self.heard[-500:] + heard[-500:]}"
            heard += came
        self.heard += heard
        return heard

    def believing(self, shown):
        """The same, of a client that showed this before."""
        self.shown = {key: dict(told) for key, told in shown.items()}
        return self

    def _take(self, line):
        name, _, value = line.partition(": ")
        if name == "id":
            self.last_id = value
        elif name == "event":
            self.kind = value
        elif name == "data":
            self.data = json.loads(value)

    def _show(self, data):
        if self.kind == "reset":
            self.shown.clear()
            return
        about = self.shown.setdefault(data.get("system") or data.get("id"), {})
        if self.kind == "gone" and data.get("of"):
            about.pop(data["of"], None)
        elif self.kind == "gone":
            about.clear()
        else:
            about[self.kind] = data


class Socket(WebSocket):
    """A socket that subscribed. `heard` is all that came, `shown` what the messages say by now of each user."""

    def __init__(self, port, **asked):
        super().__init__(port)
        assert self.next() == HELLO
        self._alone = asked.get("subscribe_to_id")
        self.heard, self.shown = b"", {}
        self.say({"op": 2, "d": asked})

    def take(self):
        """The next message as it came, understood; None for a PONG. Raises OSError at the end."""
        opcode, data = self.read_frame()
        if opcode == PONG:
            return None
        if opcode == CLOSE:
            raise ConnectionResetError(data)
        message = json.loads(data)
        is_many = message["t"] == "INIT_STATE" and not self._alone
        said = message["d"] if is_many else {self._alone or message["d"]["discord_user"]["id"]: message["d"]}
        self.shown.update(said)
        return data

    def until_now(self):
        """Read what was sent before this; what came."""
        self.send(frame(PING))
        heard = b""
        while (came := self.take()) is not None:
            heard += came
        self.heard += heard
        return heard


class FullTransport:
    """The transport of a connection whose client does not read."""

    def __init__(self, transport):
        self.transport = transport

    def __getattr__(self, name):
        return getattr(self.transport, name)

    def get_write_buffer_size(self):
        return FULL


@contextmanager
def not_reading(served, clients):
    """Meanwhile these clients do not read what they are sent; at the end they do."""
    ports = {client.socket.getsockname()[1] for client in clients}
    slow = [one for one in served.front.connections if one.transport.get_extra_info("peername")[1] in ports]
    assert len(slow) == len(clients)

    def stop():
        for one in slow:
            one.transport = FullTransport(one.transport)

    def go_on():
        for one in slow:
            one.transport = one.transport.transport
            one.resume_writing()

    served.on_loop(stop)
    yield
    served.on_loop(go_on)
