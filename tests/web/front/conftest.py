"""The front before an app, served on loopback from a thread, as gunicorn's worker serves it."""

from collections.abc import Iterator

import pytest

from tests.web.front.echo import echo_app
from tests.web.front.served import Served
from web.front.app import Front


@pytest.fixture
def serve() -> Iterator:
    """Serve a front until the test ends."""
    running: list[Served] = []

    def start(front: Front) -> Served:
        running.append(Served(front))
        return running[-1]

    yield start
    for served in running:
        served.end()
    for served in running:
        served.stop()


@pytest.fixture
def echo(serve) -> Served:
    """A front before the app that says what it was asked."""
    return serve(Front(echo_app, patience_s=1))
