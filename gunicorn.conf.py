"""How `gunicorn app:app` serves: what the settings say, and what the machine and the clients ask for."""

import gc
import os
import resource
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import config as settings
from database import locks
from database.bad_file import BadFile
from database.upgrade import upgrade
from web.front.port import PortTaken, check_port

try:
    _config = settings.load()
    upgrade(_config.database_url)
except (settings.BadSetting, BadFile) as error:
    settings.end_process(error)

# Every connection is an open file; what is allowed by default is little.
_, _most_files = resource.getrlimit(resource.RLIMIT_NOFILE)
try:
    resource.setrlimit(resource.RLIMIT_NOFILE, (_most_files, _most_files))
except (OSError, ValueError):
    # Where "no limit" stands, some systems mean less.
    pass

bind = f"{settings.bracketed(_config.host)}:{_config.port}"
workers = _config.web_concurrency
worker_class = "web.front.worker.Worker"
# The app is made once and its memory shared: half of what it costs to make it in every worker.
preload_app = True
loglevel = _config.log_level.lower()
graceful_timeout = 10
# A second instance of this user would fight over the one socket in the home directory.
control_socket_disable = True


def on_starting(server: object) -> None:
    """End with a sentence of ours where the port is taken, but where the sockets come from somebody else."""
    if {"LISTEN_FDS", "GUNICORN_FD"}.isdisjoint(os.environ) and server.cfg.bind == [bind]:
        try:
            check_port(_config.host, _config.port, "The web side", "PORT or HOST")
        except PortTaken as error:
            settings.end_process(error)


def when_ready(_server: object) -> None:
    """Be found by the maintenance commands; keep the collector from touching, and so copying, what workers share."""
    locks.announce(settings.ROOT / "instance", _config.database_url)
    gc.collect()
    gc.freeze()
