"""`python -m cli.granian`: the web side on granian, told what gunicorn.conf.py tells gunicorn."""

import contextlib
import gc
import logging
import os
import socket
import threading
import time
from typing import Any

from flask import Flask

import app
import config as settings
from cli.supervisor import prepare
from database.upgrade import BadFile
from web import request_body
from web.granian_watchdog import Stalled

# More would fight for the interpreter: with 32 it answers half as much. Only a body that is on its way holds one;
# granian itself waits for headers, and for clients that read slowly.
THREADS = 8
PLACES_FOR_BODIES = THREADS - 2
# Below the 1 024 open files that a process usually may have.
CONNECTIONS = 800
# What does not fit is refused; each connection may fill one.
HEADER_BYTES = 32 * 1024
STOP_WITHIN_S = 10
LOOK_EVERY_S = 1


def load() -> Flask:
    """The app, as a worker process gets it; the main one has made it before they part."""
    config = app.app.config["ROLLCALL"]
    request_body.places = threading.BoundedSemaphore(PLACES_FOR_BODIES)
    # Ctrl-C is for the main process, which then stops this one: told twice at once, a worker hangs.
    os.setpgrp()
    stalled = Stalled(config.port, 3 * config.body_timeout)
    threading.Thread(target=look_after, args=(stalled, os.getppid()), daemon=True).start()
    return app.app


def look_after(stalled: Stalled, parent: int) -> None:
    """Cut off stalled clients, and end this worker when the main process has died and left it the port."""
    while os.getppid() == parent:
        # When no file can be opened just now, it is done the next time.
        with contextlib.suppress(OSError):
            stalled.look()
        time.sleep(LOOK_EVERY_S)
    os._exit(1)


def make_server(config: settings.Config) -> Any:
    """granian, with everything but the app."""
    from granian import Granian
    from granian.constants import HTTPModes, Interfaces
    from granian.http import HTTP1Settings
    from granian.log import LogLevels

    return Granian(
        "app:app",
        # It takes no names.
        socket.getaddrinfo(config.host, config.port, type=socket.SOCK_STREAM)[0][4][0],
        config.port,
        interface=Interfaces.WSGI,
        workers=config.web_concurrency,
        respawn_failed_workers=True,
        blocking_threads=THREADS,
        # A thread that comes and goes opens the file anew.
        blocking_threads_idle_timeout=600,
        backpressure=CONNECTIONS,
        # Of HTTP/2 the header has no time limit.
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(header_read_timeout=int(config.body_timeout * 1000), max_buffer_size=HEADER_BYTES),
        websockets=False,
        workers_kill_timeout=STOP_WITHIN_S,
        log_level=LogLevels(config.log_level.lower()),
    )


def main() -> None:
    """End with one sentence when something keeps it from starting."""
    try:
        config = settings.load({"SERVER": "granian"})
        prepare(config)
    except (settings.BadSetting, BadFile) as error:
        raise SystemExit(str(error)) from None
    server = make_server(config)
    # Its advice on the sizes that are chosen above.
    logging.getLogger("_granian").addFilter(lambda record: not record.getMessage().startswith("Config"))
    share_app()
    server.serve(target_loader=load, wrap_loader=False)


def share_app() -> None:
    """Make the app, whose memory the workers share, and keep the collector from touching, and so copying, that."""
    _ = app.app
    gc.collect()
    gc.freeze()


if __name__ == "__main__":
    main()
