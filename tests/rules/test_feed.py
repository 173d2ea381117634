"""The feed names whoever a committed change is about, whatever door it came through, and nothing else."""

import pytest
from sqlalchemy import select

from models import FeedEntry, FeedMute
from rules import feed, opt_out
from rules.account import erasure, github, kv, tokens
from rules.fronting import switches
from rules.presence import updates
from rules.systems import members, soft_delete, systems

ALICE, BOB = 80351110224678912, 80351110224678913


@pytest.fixture
def told(read, write):
    """What a change adds to the feed: the pairs of user and system."""

    def run(rule, *args):
        before = read(feed.find_newest)
        write(rule, *args)
        return [(row.user_id, row.system_id) for row in read(feed.find_since, before, 1000)]

    return run


@pytest.fixture
def foxes(write):
    """A system of Alice's with two members; its number."""

    def make(session):
        system = systems.create_system(session, ALICE, {"name": "Foxes"})
        for name in ("Ann", "Ben"):
            members.create_member(session, ALICE, {"name": name})
        return system.id

    return write(make)


def own_hids(session):
    system = systems.find_own_system(session, ALICE)
    return [member.hid for member in session.scalars(select(members.Member).filter_by(system_id=system.id))]


def switch_to(session, count):
    switches.log_switch(session, ALICE, own_hids(session)[:count])


def test_a_presence_that_comes_changes_and_goes(told, join, write):
    join(ALICE)
    online = updates.change_of_presence({"user": {"id": str(ALICE)}, "status": "idle"}, 5)
    assert told(updates.record_presences, {ALICE: online}) == [(ALICE, None)]
    # The same again is no change.
    assert told(updates.record_presences, {ALICE: online}) == []
    gone = updates.Change(9, 9, gone=True)
    assert told(updates.record_presences, {ALICE: gone}) == [(ALICE, None)]


def test_a_whole_server_is_one_entry(told, join):
    for user_id in range(10, 30):
        join(user_id)
    assert told(updates.clear_presences) == [(None, None)]


def test_hiding_and_pairs_and_tokens(told, join):
    join(ALICE)
    assert told(opt_out.hide, ALICE) == [(ALICE, None)]
    assert told(opt_out.show, ALICE) == [(ALICE, None)]
    assert told(kv.set_value, ALICE, "city", "Bern") == [(ALICE, None)]
    assert told(kv.set_value, ALICE, "city", "Bern") == []
    assert told(kv.set_value, ALICE, "city", "Basel") == [(ALICE, None)]
    assert told(kv.remove_pair, ALICE, "city") == [(ALICE, None)]
    assert told(tokens.store_token, ALICE, "$one") == [(ALICE, None)]
    assert told(tokens.store_token, ALICE, "$two") == [(ALICE, None)]


def test_switches_and_what_a_front_shows(told, foxes):
    assert set(told(switch_to, 2)) == {(None, foxes)}
    assert set(told(switch_to, 0)) == {(None, foxes)}

    def rename(session):
        members.edit_member(session, ALICE, own_hids(session)[0], {"name": "Anna"})

    def count_a_message(session):
        session.scalars(select(members.Member)).first().message_count += 1

    assert told(rename) == [(None, foxes)]
    assert told(count_a_message) == []


def test_a_switch_of_many_is_few_entries(told, foxes, write):
    def add(session):
        for number in range(40):
            members.create_member(session, ALICE, {"name": f"M{number}"})

    write(add)
    assert len(told(switch_to, 40)) <= 2


def test_a_member_who_fronts_second_and_is_deleted_is_told(told, foxes, write):
    write(switch_to, 2)

    def delete_second(session):
        members.delete_member(session, ALICE, own_hids(session)[1])

    assert (None, foxes) in told(delete_second)


def test_what_is_rolled_back_is_not_told(read, write):
    before = read(feed.find_newest)

    def fail(session):
        kv.set_value(session, ALICE, "city", "Bern")
        session.flush()
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        write(fail)
    assert read(feed.find_newest) == before


def test_a_bulk_write_that_fails_leaves_the_feed_talking(write, told):
    def fail(session):
        with feed.told_once(session):
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        write(fail)
    assert told(kv.set_value, ALICE, "city", "Bern") == [(ALICE, None)]


def test_who_goes_on_after_a_failure_within_a_bulk_write_leaves_the_feed_talking(database, told, join):
    """What was committed then kept the feed silent for ever."""
    with database.write() as session, pytest.raises(ValueError, match="no"), feed.told_once(session):
        raise ValueError("no")
    assert told(kv.set_value, ALICE, "a", "b")


def test_deleting_a_system_is_told_once_and_its_purge_not_at_all(told, foxes, write):
    def delete(session):
        soft_delete.put_out_of_reach(session, systems.find_own_system(session, ALICE))

    assert set(told(delete)) == {(ALICE, foxes), (None, foxes)}
    assert told(soft_delete.purge_some) == []
    write(lambda session: soft_delete.purge_some(session))


def test_deleting_a_whole_history_is_one_entry(told, foxes, write):
    for count in (1, 2, 0):
        write(switch_to, count)
    # And one about where it was put, of which nobody hears.
    assert told(switches.delete_all_switches, ALICE)[1:] == [(None, foxes)]


def test_whoever_is_forgotten_stays_in_the_feed_once(told, join, read, write):
    join(ALICE)
    for city in ("Bern", "Basel", "Chur"):
        write(kv.set_value, ALICE, "city", city)
    write(erasure.forget, ALICE)
    assert [row.user_id for row in read(feed.find_since, 0, 1000)].count(ALICE) == 1
    assert read(lambda session: session.get(FeedMute, 1)) is None


def test_the_newest_entry_is_never_trimmed(read, write):
    for number in range(30):
        write(kv.set_value, ALICE, "n", str(number))
    assert write(feed.trim, 10, 1000, 5) is True
    assert read(feed.find_oldest) == 6
    assert write(feed.trim, 10, 1000, 5) is False
    assert read(feed.find_oldest) == 11
    # At most so many, however new.
    assert write(feed.trim, 0, 3, 1000) is False
    assert len(read(feed.find_since, 0, 100)) == 3
    assert write(feed.trim, 10**9, 1, 1000) is False
    assert read(feed.find_newest) == read(feed.find_oldest) == 30


def test_a_number_is_never_given_twice(read, write, told):
    write(kv.set_value, ALICE, "n", "1")
    newest = read(feed.find_newest)
    write(lambda session: session.execute(FeedEntry.__table__.delete()))
    told(kv.set_value, ALICE, "n", "2")
    assert read(feed.find_newest) == newest + 1


def test_another_epoch(read, write):
    before = read(feed.find_epoch)
    write(feed.start_epoch)
    assert read(feed.find_epoch) != before


def test_github(told):
    card = '{"id": 1}'
    assert told(lambda s: s.merge(github.GitHub(user_id=BOB, account_id=1, body=card, due_at=1)) and None) == [
        (BOB, None)
    ]
    # When it was asked for again is nobody's business.
    assert told(lambda s: s.merge(github.GitHub(user_id=BOB, account_id=1, body=card, due_at=9)) and None) == []
