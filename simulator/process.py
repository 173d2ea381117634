"""A simulator in a child process, so that a test's timing is real."""

import os
import select
import subprocess
import sys
import time
from pathlib import Path

_HOUSE = Path(__file__).resolve().parent.parent


def start(port: int = 0, seconds: float = 15.0) -> tuple[subprocess.Popen, str]:
    """Start `python -m simulator --empty` on a port (0: a free one); the process and its URL.

    Raises RuntimeError with the child's own words when it does not listen in time.
    """
    command = [sys.executable, "-m", "simulator", "--empty", "--port", str(port)]
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    child = subprocess.Popen(
        command,
        cwd=_HOUSE,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        stdin=subprocess.DEVNULL,
        start_new_session=True,
    )
    said, deadline = b"", time.monotonic() + seconds
    while (left := deadline - time.monotonic()) > 0:
        if not select.select([child.stdout], [], [], left)[0]:
            break
        piece = os.read(child.stdout.fileno(), 65536)
        said += piece
        for line in said.decode(errors="replace").splitlines(keepends=True):
            if line.startswith("DISCORD_API_BASE=") and line.endswith("\n"):
                return child, line.split()[0].partition("=")[2].removesuffix("/api/v10")
        if not piece:
            break
    stop(child)
    raise RuntimeError(f"The simulator did not start: {said.decode(errors='replace').strip()}")


def stop(child: subprocess.Popen) -> None:
    """End a simulator that `start` began."""
    child.terminate()
    try:
        child.wait(5)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()
    child.stdout.close()
