"""Which of the gateway's events may publish somebody."""

from cogs.presence import home_guild
from cogs.presence.home_guild import HomeGuild

ALICE, BOB = 80351110224678912, 80351110224678913
HOME, ELSEWHERE = 501, 502


def opened(*guild_ids, stored=HOME):
    """A home server as it is after READY."""
    here = HomeGuild(None, stored)
    here.begin(set(guild_ids), 5)
    here.settle()
    return here


def test_only_the_home_server_publishes_and_only_while_the_bot_is_in_it():
    here = opened(HOME, ELSEWHERE)
    assert here.covers(str(HOME))
    assert not here.covers(ELSEWHERE)
    here.guild_ids.discard(HOME)
    assert not here.covers(HOME)
    assert "not in the home server" in here.problem


def test_nothing_is_covered_without_a_home_server():
    here = opened(HOME, ELSEWHERE, stored=None)
    assert not here.covers(HOME)
    here.guild_ids.discard(ELSEWHERE)
    assert here.settle()
    assert here.covers(HOME)
    assert not here.settle()


def test_who_left_is_not_brought_back_by_what_was_on_its_way():
    here = opened(HOME)
    here.remove(str(ALICE))
    assert not here.has(ALICE)
    assert here.has(BOB)
    here.admit(str(ALICE))
    assert here.has(ALICE)
    here.remove(ALICE)
    here.begin({HOME}, 6)
    assert here.has(ALICE)
    assert here.gap_at == 6


def test_the_home_server_is_out_of_reach_when_discord_says_so_or_does_not_send_it(monkeypatch):
    clock = {"now": 100.0}
    monkeypatch.setattr(home_guild.time, "monotonic", lambda: clock["now"])
    here = opened(HOME)
    assert here.state == "starting"
    clock["now"] += home_guild.LATE_AFTER_S + 1
    assert here.state == "home server out of reach"
    here.arrive(HOME)
    assert here.state == "connected"
    here.lose(ELSEWHERE, 7)
    assert here.state == "connected"
    here.lose(HOME, 7)
    assert (here.state, here.gap_at) == ("home server out of reach", 5)
    here.gap_at = None
    here.lose(HOME, 9)
    assert here.gap_at == 9
    here.guild_ids.discard(HOME)
    assert here.state == "not in the home server"
