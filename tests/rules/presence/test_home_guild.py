"""Which server is the home server."""

import pytest

from rules.presence import health, home_guild, updates

ALICE, BOB = 80351110224678912, 80351110224678913
HOME, ELSEWHERE = 501, 502


def test_no_home_server_is_stored_at_first(read):
    assert read(home_guild.get_home) is None


def test_the_home_server_is_kept_and_a_beat_leaves_it(join, write, read):
    write(home_guild.move_home, HOME)
    write(health.record_beat, health.now_ms(), health.uptime_ms(), None)
    assert read(home_guild.get_home) == HOME


def test_moving_takes_everybody_away_and_leaves_the_heartbeat(join, write, read):
    write(home_guild.move_home, HOME)
    write(health.record_beat, health.now_ms(), health.uptime_ms(), None)
    join(ALICE)
    join(BOB)
    write(home_guild.move_home, ELSEWHERE)
    assert read(updates.get_stored_ids) == set()
    assert read(home_guild.get_home) == ELSEWHERE
    assert read(health.find_state) == "connected"


@pytest.mark.parametrize(
    ("setting", "stored", "guild_ids", "expected"),
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
def test_which_server_is_home(setting, stored, guild_ids, expected):
    assert home_guild.find_home(setting, stored, guild_ids) == expected


@pytest.mark.parametrize(
    ("stored", "guild_ids", "says"),
    [
        (HOME, [HOME], None),
        (HOME, [HOME, ELSEWHERE], None),
        (None, [], "in no server yet"),
        (None, [HOME, ELSEWHERE], "set HOME_GUILD_ID"),
        (HOME, [], f"not in the home server {HOME}"),
        (HOME, [ELSEWHERE], f"not in the home server {HOME}"),
    ],
)
def test_why_nobody_is_published(stored, guild_ids, says):
    problem = home_guild.find_problem(stored, guild_ids)
    assert (problem is None) if says is None else (says in problem and problem.endswith("Nobody is published."))
