"""A CDN on loopback, and pictures that are fetched from it."""

import pytest

from tests.web.remote_pictures.cdn import Cdn, be_patient


@pytest.fixture(autouse=True)
def patience(monkeypatch):
    be_patient(monkeypatch)


@pytest.fixture
def cdn():
    serving = Cdn()
    yield serving
    serving.close()


@pytest.fixture
def make_pictures(make_app, cdn):
    """The pictures of an app of some settings."""
    return lambda **settings: make_app(**{"DISCORD_CDN_BASE": cdn.base, **settings}).extensions["pictures"]


@pytest.fixture
def pictures(make_pictures):
    return make_pictures()
