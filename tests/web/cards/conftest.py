"""Cards of an app whose pictures come from nowhere else."""

import pytest

from tests.web.cards.stand_in import StandIn


@pytest.fixture
def pictures():
    """The pictures that are to be had."""
    return StandIn()


@pytest.fixture
def card_app(make_app, pictures):
    """An app that embeds these."""
    app = make_app(DISCORD_CDN_BASE="")
    app.extensions["pictures"] = pictures
    return app


@pytest.fixture
def client(card_app):
    return card_app.test_client()
