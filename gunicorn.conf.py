"""How `gunicorn app:app` serves: the address from config, threads enough for clients that dawdle."""

import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import config as settings
import models
from web.server import Worker

try:
    _config = settings.load()
    models.upgrade(_config.database_url)
except (settings.BadSetting, models.BadFile) as error:
    raise SystemExit(str(error)) from None

bind = f"{settings.bracketed(_config.host)}:{_config.port}"
if "WEB_CONCURRENCY" not in os.environ:
    workers = 2
worker_class = "web.server.Worker"
threads = 32
loglevel = _config.log_level.lower()
# The client's address is worked out in web/ratelimit.py, from TRUSTED_PROXIES.
forwarded_allow_ips = ""
graceful_timeout = 10
# A second instance of this user would fight over the one socket in the home directory.
control_socket_disable = True
Worker.patience_s = _config.body_timeout
