"""Alice and Bob, of whom each has a private pair and a public one, and clients that ask for them."""

import pytest

from rules.account import kv
from rules.presence import health
from tests.web.lanyard.people import ALICE, BOB


@pytest.fixture
def tokens(join, write, token_of):
    """Their tokens."""
    write(health.record_beat, health.now_ms(), health.uptime_ms(), None)
    for user_id in (ALICE, BOB):
        join(user_id)
        write(kv.edit_pairs, user_id, {"private": "p", "public": "o"})
        write(kv.publish_pair, user_id, "public")
    return {ALICE: token_of(ALICE), BOB: token_of(BOB)}


@pytest.fixture
def ask(client, tokens):
    """Ask, as somebody if that is said."""

    def run(method, path, viewer=None, **options):
        headers = {"Authorization": tokens.get(viewer, viewer)} if viewer else {}
        return client.open(path, method=method, headers=headers | dict(options.pop("headers", {})), **options)

    return run
