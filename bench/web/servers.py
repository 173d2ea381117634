"""Servers under load, each on a port of its own, with one worker that has a core for itself."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import requests

import config as settings
from bench.cpu_pinning import SERVER, pinned
from tests.end_to_end.rollcall import free_port

PATIENCE_S = 30
# Rollcall's own settings, from gunicorn.conf.py, and gunicorn's threaded worker.
WORKERS = {"front": (), "threaded": ("--config", "python:bench.web.threaded")}
# So high that nothing is refused, and counted all the same.
LIMITED = "3000000/3second"


class Server(NamedTuple):
    """A server that answers; `pid` is that of the process whose children its workers are."""

    url: str
    pid: int


@contextmanager
def serving(
    app: str = "app:app",
    worker: str = "front",
    file: Path | None = None,
    workers: int = 1,
    port: int | None = None,
    pins: bool = True,
    **environ: str,
) -> Iterator[Server]:
    """Run a WSGI app by gunicorn, with one of WORKERS; a single one has a core for itself, unless nothing `pins` it."""
    port = port or free_port()
    given = {"PORT": str(port), "WEB_CONCURRENCY": str(workers), "RATE_LIMIT": "", "LOG_LEVEL": "WARNING", **environ}
    if file:
        given["DATABASE_URL"] = f"sqlite:///{file}"
    child = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", *WORKERS[worker], app],
        cwd=settings.ROOT,
        env={**os.environ, **given},
        stdout=subprocess.DEVNULL,
        preexec_fn=pinned(SERVER) if pins and workers == 1 else None,
    )
    url = f"http://127.0.0.1:{port}"
    try:
        wait_for(url)
        yield Server(url, child.pid)
    finally:
        child.terminate()
        child.wait(PATIENCE_S)


def wait_for(url: str) -> None:
    """Until a server answers at all."""
    until = time.monotonic() + PATIENCE_S
    with requests.Session() as http:
        http.trust_env = False
        while True:
            try:
                http.get(f"{url}/health", timeout=5)
                return
            except requests.ConnectionError:
                assert time.monotonic() < until, f"nobody answers at {url}"
                time.sleep(0.05)
