"""gunicorn's settings for the worker that the front is compared with: its own, with a thread for each connection."""

import os

bind = f"127.0.0.1:{os.environ['PORT']}"
worker_class = "gthread"
threads = 32
loglevel = "warning"
control_socket_disable = True
