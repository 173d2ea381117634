"""How the bot is: its sign of life, its home server, and what health makes of them."""

import pytest

from models import BotState
from rules import opt_out
from rules.account import erasure
from rules.presence import health, states

ALICE, BOB = 80351110224678912, 80351110224678913
NOON = 1_800_000_000_000
UPTIME, DAY = 3_600_000, 86_400_000


@pytest.fixture
def clock(monkeypatch):
    """A clock that stands until the test moves it, noon at first, and how long the machine has been running then."""
    hands = {"now": NOON, "uptime": UPTIME}
    monkeypatch.setattr(health, "now_ms", lambda: hands["now"])
    monkeypatch.setattr(health, "uptime_ms", lambda: hands["uptime"])
    return hands


def pass_time(clock, ms):
    clock["now"] += ms
    clock["uptime"] += ms


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
    write(health.record_beat, NOON - 60_000, UPTIME - 2_000, None)
    pass_time(clock, 3_000)
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
    [(NOON, 0, True), (NOON, 15_000, True), (NOON, 15_001, False), (NOON, 10**9, False), (None, 0, False)],
)
def test_a_sign_of_life_holds_for_15_seconds(clock, write, read, since, later, connected):
    write(health.record_beat, since, None, None)
    pass_time(clock, later)
    assert (read(health.find_state) == states.CONNECTED) is connected
    body = read(health.get_health)
    assert body["state"] == (states.CONNECTED if connected else states.NOT_CONNECTED)
    assert body["bot"]["connected"] is connected
    assert body["bot"]["connectedSince"] == (NOON if connected else None)
    assert body["bot"]["heartbeatAgeMs"] == later


@pytest.mark.parametrize("set_by", [-DAY, DAY])
@pytest.mark.parametrize(("later", "connected"), [(5_000, True), (40_000, False)])
def test_a_clock_that_is_set_makes_nobody_dead_or_alive(clock, write, read, set_by, later, connected):
    write(health.record_beat, NOON, UPTIME, None)
    pass_time(clock, later)
    clock["now"] += set_by
    body = read(health.get_health)
    assert body["bot"]["connected"] is connected
    assert (body["bot"]["heartbeatAgeMs"], body["bot"]["lastEventAgeMs"]) == (later, later)


def test_after_the_machine_started_again_the_old_sign_of_life_counts_no_more(clock, write, read):
    write(health.record_beat, NOON, UPTIME, None)
    clock["now"] += 60_000
    clock["uptime"] = 8_000
    assert read(health.find_state) == states.NOT_CONNECTED
    assert read(health.get_health)["bot"]["heartbeatAgeMs"] == 60_000


def test_a_bot_of_an_older_version_is_believed_by_the_clock(clock, write, read):
    write(lambda session: session.add(BotState(id=1, beat_at=NOON, connected_since=NOON - 1, last_event_at=NOON)))
    pass_time(clock, 4_000)
    assert read(health.find_state) == states.CONNECTED
    assert read(health.get_health)["bot"]["heartbeatAgeMs"] == 4_000
    pass_time(clock, 12_000)
    assert read(health.find_state) == states.NOT_CONNECTED


@pytest.mark.parametrize(
    "state", [states.STARTING, states.COUNTING, states.OUT_OF_REACH, states.NOT_IN_HOME, states.CANNOT_WRITE]
)
def test_each_state_is_told_by_its_name(clock, write, read, state):
    write(health.record_beat, NOON, UPTIME, None, state)
    body = read(health.get_health)
    assert body["state"] == state
    assert body["status"].startswith("the bot ")
    assert state.removesuffix("ing") in body["status"]
    # Those that say nothing of themselves are over in a moment, or have their own problem.
    assert bool(body["bot"]["problem"]) is (state in (states.OUT_OF_REACH, states.CANNOT_WRITE))


@pytest.mark.parametrize(("can_write", "state"), [(False, states.CANNOT_WRITE), (True, states.NOT_CONNECTED)])
def test_a_bot_that_went_silent_may_be_one_that_cannot_write(clock, write, read, can_write, state):
    write(health.record_beat, NOON, UPTIME, None)
    assert read(health.find_state, lambda: can_write) == states.CONNECTED
    pass_time(clock, 20_000)
    assert read(health.find_state, lambda: can_write) == state
    assert read(health.get_health, lambda: can_write)["state"] == state


def test_the_last_connection_is_kept_while_there_is_none(clock, write, read):
    write(health.record_beat, NOON, UPTIME, None)
    pass_time(clock, 5_000)
    write(health.record_beat, None, UPTIME, "A problem.")
    assert read(health.get_last_connected) == NOON
    assert read(health.get_health)["bot"]["problem"] == "A problem."
    write(health.record_beat, NOON + 5_000, UPTIME, None)
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
