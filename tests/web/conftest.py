"""The front before an app, served on loopback from a thread, as gunicorn's worker serves it."""

from collections.abc import Iterator

import pytest

from tests.web.front.served import Served
from web.front.app import Front
from web.front.worker import front_of


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
def front(make_app, serve):
    """Serve Rollcall's own app, of some settings."""
    return lambda **settings: serve(front_of(make_app(**settings)))


@pytest.fixture
def served(front) -> Served:
    """Rollcall's own app as it comes."""
    return front()
