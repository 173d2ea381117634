"""The front before an app of the tests' own."""

import pytest

from tests.web.front.echo import echo_app
from tests.web.front.served import Served
from web.front.app import Front


@pytest.fixture
def echo(serve) -> Served:
    """A front before the app that says what it was asked."""
    return serve(Front(echo_app, patience_s=1))
