"""How `gunicorn app:app` serves: what the settings say, and what the machine and the clients ask for."""

import gc
import resource
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import config as settings
from database.bad_file import BadFile
from database.upgrade import upgrade

try:
    _config = settings.load()
    upgrade(_config.database_url)
except (settings.BadSetting, BadFile) as error:
    raise SystemExit(str(error)) from None

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


def worker_exit(_server: object, worker: object) -> None:
    """Close the file, so that the process that ends last leaves it whole without its WAL."""
    worker.app.wsgi().extensions["database"].close()


def when_ready(_server: object) -> None:
    """Keep the collector from touching, and so copying, what the workers share."""
    gc.collect()
    gc.freeze()
