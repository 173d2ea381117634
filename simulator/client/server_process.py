"""A simulator in a child process, so that a test's timing is real."""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from simulator.errors import SimulatorError

_HOUSE = Path(__file__).resolve().parents[2]
_LARGEST_LOG = 1 << 20


class ServerProcess:
    """`python -m simulator --empty` on a port; `url` is where it listens."""

    def __init__(self, port: int = 0, seconds: float = 15.0) -> None:
        """Start it. Raises SimulatorError with the child's own words when it does not listen in time."""
        # a file, not a pipe: a pipe that nobody reads would stop the child when it is full
        self._log = tempfile.TemporaryFile()  # noqa: SIM115 - closed by stop()
        self.url = ""
        self._child = subprocess.Popen(
            [sys.executable, "-m", "simulator", "--empty", "--until-eof", "--port", str(port)],
            cwd=_HOUSE,
            # closed by the system when this process ends, however it ends
            stdin=subprocess.PIPE,
            stdout=self._log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        self.url = self._wait_for_url(time.monotonic() + seconds)

    def _said(self) -> str:
        # pread leaves the file's position alone, which the child writes at
        return os.pread(self._log.fileno(), _LARGEST_LOG, 0).decode(errors="replace")

    def _wait_for_url(self, deadline: float) -> str:
        while time.monotonic() < deadline and self._child.poll() is None:
            first, newline, _ = self._said().partition("\n")
            if newline and first.startswith("DISCORD_API_BASE="):
                return first.split()[0].partition("=")[2].removesuffix("/api/v10")
            time.sleep(0.01)
        words = self._said().strip() or "it said nothing."
        self.stop()
        raise SimulatorError(f"The simulator did not start: {words}")

    def stop(self) -> None:
        """End it; what it said beside its greeting (errors) goes to stderr."""
        self._child.terminate()
        try:
            self._child.wait(5)
        except subprocess.TimeoutExpired:
            self._child.kill()
            self._child.wait()
        lines = [line for line in self._said().splitlines() if not line.startswith(("DISCORD_", "Type a"))]
        if lines and self.url:
            print(*lines, sep="\n", file=sys.stderr)
        self._log.close()
        self._child.stdin.close()
