"""Processes that are forked from one which has imported bot and app already: most of what a start costs is importing.

What they do from there on is their own: environment, output, session, signals. How the real commands start is what
processes/test_start.py shows.
"""

import atexit
import functools
import gc
import json
import os
import runpy
import select
import signal
import socket
import struct
import subprocess
import sys
from contextlib import suppress

import config as settings

_NUMBER = struct.Struct("i")
_LONGEST_MESSAGE = 1 << 20


class Forked:
    """One of them, with as much of subprocess.Popen as a test needs; `command` as Python would get it."""

    def __init__(self, command: tuple[str, ...], environ: dict[str, str]) -> None:
        self.returncode: int | None = None
        (out, told_out), (self._told, teller) = os.pipe(), os.pipe()
        message = json.dumps([command, environ]).encode()
        socket.send_fds(_start_parent(), [message], [told_out, teller])
        os.close(told_out)
        os.close(teller)
        self.stdout = os.fdopen(out, encoding="utf-8")
        self.pid = _NUMBER.unpack(os.read(self._told, _NUMBER.size))[0]

    def poll(self) -> int | None:
        """The exit code, None while it runs."""
        return self._await(0)

    def wait(self, timeout: float | None = None) -> int:
        """The exit code once it ended. Raises subprocess.TimeoutExpired."""
        code = self._await(timeout)
        if code is None:
            raise subprocess.TimeoutExpired(f"process {self.pid}", timeout)
        return code

    def _await(self, seconds: float | None) -> int | None:
        if self.returncode is None and select.select([self._told], [], [], seconds)[0]:
            self.returncode = os.waitstatus_to_exitcode(_NUMBER.unpack(os.read(self._told, _NUMBER.size))[0])
            os.close(self._told)
        return self.returncode

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)


@functools.cache
def _start_parent() -> socket.socket:
    """Start the process that they are forked from; it ends with this one. What asks it for another."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    ours.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _LONGEST_MESSAGE)
    command = [sys.executable, "-u", "-m", "tests.end_to_end.forked", str(theirs.fileno())]
    parent = subprocess.Popen(command, cwd=settings.ROOT, pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL)
    theirs.close()

    @atexit.register
    def end() -> None:
        ours.close()
        parent.wait(10)

    return ours


def _serve(asked: socket.socket) -> tuple[list[str], dict[str, str]]:
    """Fork for each message, until nobody can send one any more; in the forked process, return what it shall run."""
    while True:
        message, descriptors, *_ = socket.recv_fds(asked, _LONGEST_MESSAGE, 2)
        _reap()
        if not message:
            raise SystemExit
        if not os.fork():
            asked.close()
            _attend(*descriptors)
            return json.loads(message)
        for descriptor in descriptors:
            os.close(descriptor)


def _reap() -> None:
    with suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def _attend(out: int, teller: int) -> None:
    """Fork once more; tell of the child until it ends. In the child, return with its output as its own."""
    child = os.fork()
    if child:
        os.close(out)
        os.write(teller, _NUMBER.pack(child))
        os.write(teller, _NUMBER.pack(os.waitpid(child, 0)[1]))
        os._exit(0)
    os.close(teller)
    os.setsid()
    for own in (1, 2):
        os.dup2(out, own)
    os.close(out)


def _become(command: list[str], environ: dict[str, str]) -> None:
    """Go on as `python <command>` would."""
    os.environ.clear()
    os.environ.update(environ)
    first, *rest = command
    if first == "-m":
        sys.argv = rest
        runpy.run_module(rest[0], run_name="__main__", alter_sys=True)
    else:
        sys.argv = command
        runpy.run_path(first, run_name="__main__")


def main() -> None:
    """`python -m tests.end_to_end.forked <file descriptor of the socket>`."""
    import app  # noqa: F401
    import bot  # noqa: F401
    import web.front.worker  # noqa: F401

    gc.collect()
    gc.freeze()
    _become(*_serve(socket.socket(fileno=int(sys.argv[1]))))


if __name__ == "__main__":
    main()
