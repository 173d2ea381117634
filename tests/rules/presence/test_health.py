"""How the bot is: its sign of life, its home server, and what health makes of them."""

import pytest

from rules import opt_out
from rules.account import erasure
from rules.presence import health

ALICE, BOB = 80351110224678912, 80351110224678913
NOON = 1_800_000_000_000


@pytest.fixture
def clock(monkeypatch):
    """A clock that stands until the test moves it; noon at first."""
    hands = {"now": NOON}
    monkeypatch.setattr(health, "now_ms", lambda: hands["now"])
    return hands


def test_before_the_bot_ever_ran(read):
    body = read(health.get_health)
    assert body["status"] == "the bot is not connected to Discord"
    assert body["bot"] == {
        "connected": False,
        "connectedSince": None,
        "heartbeatAgeMs": None,
        "lastEventAgeMs": None,
        "problem": None,
    }
    assert body["published"] == 0
    assert body["database"]["readable"] is True
    assert read(health.get_last_connected) is None


def test_a_connected_bot(clock, join, write, read):
    join(ALICE)
    write(health.record_beat, NOON - 60_000, NOON - 2_000, None)
    clock["now"] += 3_000
    body = read(health.get_health)
    assert body["status"] == "ok"
    assert body["bot"] == {
        "connected": True,
        "connectedSince": NOON - 60_000,
        "heartbeatAgeMs": 3_000,
        "lastEventAgeMs": 5_000,
        "problem": None,
    }
    assert body["published"] == 1
    assert body["database"]["schema"]


@pytest.mark.parametrize(
    ("since", "later", "connected"),
    [
        (NOON, 0, True),
        (NOON, 15_000, True),
        (NOON, 15_001, False),
        (NOON, 10**9, False),
        (NOON, -5_000, True),
        (None, 0, False),
    ],
)
def test_a_sign_of_life_holds_for_15_seconds(clock, write, read, since, later, connected):
    write(health.record_beat, since, None, None)
    clock["now"] += later
    assert read(health.is_connected) is connected
    body = read(health.get_health)["bot"]
    assert body["connected"] is connected
    assert body["connectedSince"] == (NOON if connected else None)
    assert body["heartbeatAgeMs"] == max(0, later)


def test_the_last_connection_is_kept_while_there_is_none(clock, write, read):
    write(health.record_beat, NOON, NOON, None)
    clock["now"] += 5_000
    write(health.record_beat, None, NOON, "A problem.")
    assert read(health.get_last_connected) == NOON
    assert read(health.get_health)["bot"]["problem"] == "A problem."
    write(health.record_beat, NOON + 5_000, NOON, None)
    assert read(health.get_last_connected) == NOON + 5_000
    assert read(health.get_health)["bot"]["problem"] is None


def test_the_hidden_are_not_counted(join, write, read):
    join(ALICE)
    join(BOB)
    write(opt_out.hide, BOB)
    write(opt_out.hide, 12345)
    assert read(health.count_published) == 1
    write(erasure.forget, ALICE)
    assert read(health.count_published) == 0
