"""How the bot is: its sign of life, its home server, and what health makes of them."""

import pytest

from rules import presence, status, visibility

ALICE, BOB = 80351110224678912, 80351110224678913
HOME, ELSEWHERE = 501, 502
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
    assert read(status.get_home) is None
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


def test_the_home_server_is_kept_and_a_beat_leaves_it(join, write, read):
    write(status.move_home, HOME)
    write(status.record_beat, NOON, NOON, None)
    assert read(status.get_home) == HOME


def test_moving_takes_everybody_away_and_leaves_the_heartbeat(clock, join, write, read):
    write(status.move_home, HOME)
    write(status.record_beat, NOON, NOON, None)
    join(ALICE)
    join(BOB)
    write(status.move_home, ELSEWHERE)
    assert read(presence.get_stored_ids) == set()
    assert read(status.get_home) == ELSEWHERE
    assert read(status.is_connected) is True


@pytest.mark.parametrize(
    ("setting", "stored", "guild_ids", "home"),
    [
        (None, None, [], None),
        (None, None, [HOME], HOME),
        (None, None, [HOME, ELSEWHERE], None),
        (None, HOME, [], HOME),
        (None, HOME, [ELSEWHERE], HOME),
        (None, HOME, [HOME, ELSEWHERE], HOME),
        (ELSEWHERE, HOME, [HOME], ELSEWHERE),
        (ELSEWHERE, None, [HOME], ELSEWHERE),
        (ELSEWHERE, None, [], ELSEWHERE),
    ],
)
def test_which_server_is_home(setting, stored, guild_ids, home):
    assert status.find_home(setting, stored, guild_ids) == home


@pytest.mark.parametrize(
    ("home", "guild_ids", "says"),
    [
        (HOME, [HOME], None),
        (HOME, [HOME, ELSEWHERE], None),
        (None, [], "in no server yet"),
        (None, [HOME, ELSEWHERE], "set HOME_GUILD_ID"),
        (HOME, [], f"not in the home server {HOME}"),
        (HOME, [ELSEWHERE], f"not in the home server {HOME}"),
    ],
)
def test_why_nobody_is_published(home, guild_ids, says):
    problem = status.find_problem(home, guild_ids)
    assert (problem is None) if says is None else (says in problem and problem.endswith("Nobody is published."))


def test_the_hidden_are_not_counted(join, write, read):
    join(ALICE)
    join(BOB)
    write(visibility.hide, BOB)
    write(visibility.hide, 12345)
    assert read(status.count_published) == 1
    write(visibility.forget, ALICE)
    assert read(status.count_published) == 0
