"""Who gets a backup by DM and when: each in their turn, once, and nobody whose link or system is gone."""

import pytest

from database.connections import open_database
from models import Backup
from rules.account import erasure
from rules.errors import Invalid, NotAuthenticated
from rules.systems import systems
from rules.transfer.writing import backups

ALICE, BOB, CAROL = 80351110224678912, 80351110224678914, 80351110224678915
HOUR, DAY = 3_600_000, 24 * 3_600_000


@pytest.fixture
def clock(monkeypatch):
    """A clock that a test sets, in ms."""
    now = [1_700_000_000_000]
    monkeypatch.setattr(backups, "now_ms", lambda: now[0])

    def wait(ms):
        now[0] += ms
        return now[0]

    return wait


@pytest.fixture
def asked(write, clock):
    write(systems.create_system, ALICE, {"name": "Foxes"})
    return write(backups.schedule, ALICE, "weekly")


def test_the_next_one_is_in_a_week_and_not_for_all_at_once(write, clock, asked):
    now, times = clock(0), {asked.due_at}
    for number in range(1, 20):
        write(systems.create_system, number)
        times.add(write(backups.schedule, number, "weekly").due_at)
    assert len(times) > 15
    assert all(7 * DAY <= at - now < 7 * DAY + 6 * HOUR for at in times)
    assert 30 * DAY <= write(backups.schedule, ALICE, "monthly").due_at - now < 30 * DAY + 6 * HOUR


def test_asking_twice_changes_nothing(write, read, clock, asked):
    clock(DAY)
    assert write(backups.schedule, ALICE, "weekly") == asked == read(backups.find_schedule, ALICE)


@pytest.mark.parametrize("every", ["daily", "", "Weekly", "off "])
def test_other_words_are_refused(write, read, asked, every):
    with pytest.raises(Invalid):
        write(backups.schedule, ALICE, every)
    assert read(backups.find_schedule, ALICE) == asked


@pytest.mark.parametrize(
    "rule", [backups.find_schedule, lambda session, user: backups.schedule(session, user, "weekly")]
)
def test_only_with_a_system(write, rule):
    with pytest.raises(NotAuthenticated):
        write(rule, BOB)


def test_one_that_came_due_long_ago_is_sent_once(write, read, clock, asked):
    assert (read(backups.find_due), write(backups.take_due)) == (False, None)
    clock(50 * DAY)
    assert read(backups.find_due)
    assert write(backups.take_due) == ALICE
    write(backups.note_sent, ALICE)
    assert (read(backups.find_due), write(backups.take_due)) == (False, None)
    assert read(backups.find_schedule, ALICE).due_at - clock(0) >= 7 * DAY


def test_two_processes_never_take_the_same(write, clock, asked, url):
    clock(8 * DAY)
    assert write(backups.take_due) == ALICE
    other = open_database(url)
    with other.write() as session:
        assert backups.take_due(session) is None
    other.close()


def test_whoever_ends_in_the_middle_leaves_it_to_another(write, clock, asked):
    clock(8 * DAY)
    assert write(backups.take_due) == ALICE
    clock(HOUR + 1)
    assert write(backups.take_due) == ALICE


def test_the_longest_waiting_comes_first(write, clock, asked):
    clock(DAY)
    for user in (CAROL, BOB):
        write(systems.create_system, user)
        write(backups.schedule, user, "weekly")
        clock(DAY)
    clock(30 * DAY)
    assert [write(backups.take_due) for _ in range(4)] == [ALICE, CAROL, BOB, None]


def test_closed_dms_are_tried_again_each_day_and_told(write, read, clock, asked):
    failed_at = clock(8 * DAY)
    assert write(backups.take_due) == ALICE
    write(backups.note_failed, ALICE)
    assert read(backups.find_schedule, ALICE) == backups.Schedule("weekly", failed_at + DAY, failed_at)
    clock(DAY)
    assert write(backups.take_due) == ALICE
    write(backups.note_failed, ALICE)
    assert read(backups.find_schedule, ALICE).failed_at == failed_at
    write(backups.note_sent, ALICE)
    assert read(backups.find_schedule, ALICE).failed_at is None


@pytest.mark.parametrize("first_now", [True, False])
def test_after_two_weeks_in_vain_nobody_is_tried_until_they_ask_again(write, read, clock, asked, first_now):
    failed_at, tries = clock(8 * DAY), 0
    while write(backups.take_due):
        write(backups.note_failed, ALICE)
        tries += 1
        clock(DAY)
    assert tries == 15
    clock(1000 * DAY)
    assert not read(backups.find_due)
    found = read(backups.find_schedule, ALICE)
    assert (found, found.is_given_up) == (backups.Schedule("weekly", None, failed_at), True)
    again = write(lambda session: backups.schedule(session, ALICE, "weekly", first_now=first_now))
    assert (again.failed_at, again.is_given_up, read(backups.find_due)) == (None, False, first_now)


def switch_off(session):
    backups.schedule(session, ALICE, "off")


def unlink(session):
    systems.link_account(session, ALICE, BOB)
    systems.unlink_account(session, ALICE, ALICE)


def delete_system(session):
    systems.delete_system(session, ALICE)


def forget(session):
    erasure.forget(session, ALICE)


@pytest.mark.parametrize("act", [switch_off, unlink, delete_system, forget])
def test_what_ends_it(write, read, clock, asked, act):
    write(act)
    assert read(lambda session: session.query(Backup).count()) == 0
    clock(50 * DAY)
    assert write(backups.take_due) is None
    # What was being sent meanwhile begins nothing anew.
    write(backups.note_sent, ALICE)
    write(backups.note_failed, ALICE)
    assert read(lambda session: session.query(Backup).count()) == 0
