"""Clients that listen, each in a thread, and come back at once whenever their connection ends."""

import os
import threading
from pathlib import Path

from tests.web.front.websocket_client import TEXT, frame
from tests.web.live.listeners import Socket, Stream

PAUSE_S = 0.05


class Listener(threading.Thread):
    """`connections` counts how often it was let in; `forbidden` is what must never come, `slips` what came with it."""

    def __init__(self, running, forbidden=b"\0"):
        super().__init__(daemon=True)
        self.running, self.forbidden = running, forbidden
        self.client, self.is_connected, self.connections = None, False, 0
        self.shown, self.slips, self.silences = {}, [], 0
        self._over = threading.Event()

    def run(self):
        while not self._over.is_set():
            try:
                with self.connect() as self.client:
                    self.connections += 1
                    self.is_connected = True
                    self.listen(self.client)
            except TimeoutError:
                self.silences += 1
            except (OSError, ValueError, AssertionError):
                # It was refused, or ended in the middle of whatever was being sent.
                pass
            self.is_connected = False
            self._over.wait(PAUSE_S)

    def check(self, came):
        if self.forbidden in came:
            self.slips.append(came)

    def status_of(self, user_id):
        """What it would show of a user."""
        raise NotImplementedError

    def stop(self):
        self._over.set()
        if self.is_connected:
            self.client.say_no_more()
        self.join(30)
        assert not self.is_alive()


class StreamListener(Listener):
    """A stream that, with `keeps_ids`, goes on where it was. `fronts` are the switches it was told of, in order."""

    def __init__(self, running, path, keeps_ids=True, **options):
        super().__init__(running, **options)
        self.path, self.keeps_ids, self.last_id, self.fronts = path, keeps_ids, None, []

    def connect(self):
        return Stream(self.running.port, self.path, last_id=self.last_id if self.keeps_ids else None)

    def listen(self, stream):
        if self.keeps_ids:
            stream.shown = self.shown
        self.shown = stream.shown
        while came := stream.next():
            self.check(came)
            self.last_id = stream.last_id
            if stream.kind == "front":
                self.fronts.append(stream.data["id"])

    def status_of(self, user_id):
        return self.shown.get(user_id, {}).get("presence", {}).get("presence", {}).get("status")


class SocketListener(Listener):
    """A socket that hears of these users."""

    def __init__(self, running, user_ids, **options):
        super().__init__(running, **options)
        self.user_ids = user_ids

    def connect(self):
        return Socket(self.running.port, subscribe_to_ids=self.user_ids)

    def listen(self, socket):
        self.shown = socket.shown
        while True:
            self.check(socket.take() or b"")
            socket.send(frame(TEXT, b'{"op":3}'))

    def status_of(self, user_id):
        return self.shown.get(user_id, {}).get("discord_status")


def worker_of(running, client):
    """Which of the web side's processes holds the other end of a connection."""
    inode = _inode_of(running.port, client.socket.getsockname()[1])
    for pid in running.workers():
        for link in Path(f"/proc/{pid}/fd").iterdir():
            if link.is_symlink() and os.readlink(link) == f"socket:[{inode}]":
                return pid
    return None


def _inode_of(server_port, client_port):
    rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    ends = {(int(row[1].split(":")[1], 16), int(row[2].split(":")[1], 16)): row[9] for row in rows}
    return ends[server_port, client_port]
