"""Clients of streams and sockets that keep every byte, and what somebody who believes them would show."""

import json
from contextlib import contextmanager

from tests.web.front.raw_client import Client, compose
from tests.web.front.websocket_client import HELLO, PING, PONG, WebSocket, frame

FULL = 1 << 20


class Stream(Client):
    """An event stream. `heard` is all that came, `shown` what the events say by now of each user and system."""

    def __init__(self, port, path, token=None, last_id=None):
        headers = {"Authorization": token, "Last-Event-ID": last_id}
        super().__init__(port, compose("GET", path, *((name, value) for name, value in headers.items() if value)))
        self.heard, self.shown, self.last_id, self._kind = b"", {}, last_id, None

    def until(self, word):
        """Read to the end of the event with this word; what came."""
        heard = b""
        while not (word.encode() in heard and heard.endswith(b"\n\n")):
            line = self._reader.readline()
            assert line, f"the stream ended before {word}: {self.heard[-500:] + heard[-500:]}"
            heard += line
            self._take(line.decode().strip())
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
            self._kind = value
        elif name == "data":
            self._show(json.loads(value))

    def _show(self, data):
        if self._kind == "reset":
            self.shown.clear()
            return
        about = self.shown.setdefault(data.get("system") or data.get("id"), {})
        if self._kind == "gone" and data.get("of"):
            about.pop(data["of"], None)
        elif self._kind == "gone":
            about.clear()
        else:
            about[self._kind] = data


class Socket(WebSocket):
    """A socket that subscribed. `heard` is all that came, `shown` what the messages say by now of each user."""

    def __init__(self, port, **asked):
        super().__init__(port)
        assert self.next() == HELLO
        self._alone = asked.get("subscribe_to_id")
        self.heard, self.shown = b"", {}
        self.say({"op": 2, "d": asked})

    def until_now(self):
        """Read what was sent before this; what came."""
        self.send(frame(PING))
        heard = b""
        while (came := self.read_frame())[0] != PONG:
            heard += came[1]
            message = json.loads(came[1])
            is_many = message["t"] == "INIT_STATE" and not self._alone
            said = message["d"] if is_many else {self._alone or message["d"]["discord_user"]["id"]: message["d"]}
            self.shown.update(said)
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
