"""How `gunicorn app:app` serves: what the settings say, and what the machine and the clients ask for."""

import gc
import sys
import threading
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import config as settings
from database.upgrade import BadFile, upgrade
from web import request_body
from web.gunicorn_worker import Worker

try:
    _config = settings.load()
    upgrade(_config.database_url)
except (settings.BadSetting, BadFile) as error:
    raise SystemExit(str(error)) from None

bind = f"{settings.bracketed(_config.host)}:{_config.port}"
workers = _config.web_concurrency
worker_class = "web.gunicorn_worker.Worker"
# Python runs one at a time; so many are for clients that dawdle, each of whom holds one.
threads = 32
request_body.places = threading.BoundedSemaphore(threads - 8)
# Below the 1 024 open files that a process usually may have; SQLite needs a few for each thread.
worker_connections = 800
# The app is made once and its memory shared: half of what it costs to make it in every worker.
preload_app = True
loglevel = _config.log_level.lower()
# The client's address is worked out in web/rate_limit.py, from TRUSTED_PROXIES.
forwarded_allow_ips = ""
graceful_timeout = 10
# A second instance of this user would fight over the one socket in the home directory.
control_socket_disable = True
Worker.patience_s = _config.body_timeout


def when_ready(_server: object) -> None:
    """Keep the collector from touching, and so copying, what the workers share."""
    gc.collect()
    gc.freeze()
