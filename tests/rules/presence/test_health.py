"""How the bot is: its sign of life, its home server, and what health makes of them."""

import pytest

from rules import opt_out
from rules.account import erasure
from rules.presence import health as status

ALICE, BOB = 80351110224678912, 80351110224678913
NOON = 1_800_000_000_000


@pytest.fixture
def clock(monkeypatch):
    """A clock that stands until the test moves it; noon at first."""
    hands = {"now": NOON}
    monkeypatch.setattr(status, "now_ms", lambda: hands["now"])
    return hands


def test_before_the_bot_ever_ran(read):
    health = read(status.get_health)
    assert health["status"] == "the bot is not connected to Discord"
    assert health["bot"] == {
        "connected": False,
        "connectedSince": None,
        "heartbeatAgeMs": None,
        "lastEventAgeMs": None,
        "problem": None,
    }
    assert health["published"] == 0
    assert health["database"]["readable"] is True
    assert read(status.get_last_connected) is None


def test_a_connected_bot(clock, join, write, read):
    join(ALICE)
    write(status.record_beat, NOON - 60_000, NOON - 2_000, None)
    clock["now"] += 3_000
    health = read(status.get_health)
    assert health["status"] == "ok"
    assert health["bot"] == {
        "connected": True,
        "connectedSince": NOON - 60_000,
        "heartbeatAgeMs": 3_000,
        "lastEventAgeMs": 5_000,
        "problem": None,
    }
    assert health["published"] == 1
    assert health["database"]["schema"]


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
    write(status.record_beat, since, None, None)
    clock["now"] += later
    assert read(status.is_connected) is connected
    health = read(status.get_health)["bot"]
    assert health["connected"] is connected
    assert health["connectedSince"] == (NOON if connected else None)
    assert health["heartbeatAgeMs"] == max(0, later)


def test_the_last_connection_is_kept_while_there_is_none(clock, write, read):
    write(status.record_beat, NOON, NOON, None)
    clock["now"] += 5_000
    write(status.record_beat, None, NOON, "A problem.")
    assert read(status.get_last_connected) == NOON
    assert read(status.get_health)["bot"]["problem"] == "A problem."
    write(status.record_beat, NOON + 5_000, NOON, None)
    assert read(status.get_last_connected) == NOON + 5_000
    assert read(status.get_health)["bot"]["problem"] is None


def test_the_hidden_are_not_counted(join, write, read):
    join(ALICE)
    join(BOB)
    write(opt_out.hide, BOB)
    write(opt_out.hide, 12345)
    assert read(status.count_published) == 1
    write(erasure.forget, ALICE)
    assert read(status.count_published) == 0
