"""Which of the gateway's events may publish somebody."""

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
