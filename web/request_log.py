"""The request log, for REQUEST_LOG: what kind of question was asked and how it went; never by whom or about whom."""

import logging
import time
from collections.abc import Callable, Iterable
from typing import Any

from flask import Flask

from config import Config
from web.responses import Environ, WsgiApp

# Of what the front answers by itself, by what an address begins with.
HOT_ROUTES = {b"/us": "/user/<user_id>", b"/v1": "/v1/users/<user_id>"}

log = logging.getLogger(__name__)


def init_app(app: Flask, config: Config) -> None:
    """Log every request that Flask answers, if the setting says so; without it nothing is put in its way."""
    if config.request_log:
        # Whoever asks for the log wants it, however quiet the rest is.
        log.setLevel(logging.INFO)
        app.wsgi_app = _logging(app.wsgi_app)


def note(method: str, route: str, status: str, began: float) -> None:
    """One line: method, the pattern that the path fits, status, and milliseconds since `began` (time.perf_counter)."""
    log.info("%s %s %s %.1f ms", method, route, status, 1000 * (time.perf_counter() - began))


def _logging(app: WsgiApp) -> WsgiApp:
    def answer(environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        # A request whose body is still on its way is asked about twice.
        began = environ.setdefault("rollcall.began", time.perf_counter())

        def start(status: str, *rest: Any) -> Any:
            rule = environ["werkzeug.request"].url_rule
            note(environ["REQUEST_METHOD"], rule.rule if rule else "no route", status[:3], began)
            return start_response(status, *rest)

        return app(environ, start)

    return answer
