"""What waits to be sent: how much of it is read at once, and what reading it costs."""

import sqlite3
from contextlib import closing

import pytest

from rules.dispatch import outbox, webhooks
from rules.systems import systems

ALICE = 1


@pytest.fixture
def system_id(write):
    write(systems.create_system, ALICE)
    write(webhooks.set_webhook, ALICE, "https://example.com/hook", "secret")
    for number in range(5):
        write(systems.edit_system, ALICE, {"name": str(number)})
    return write(systems.get_own_system, ALICE).id


def test_what_was_taken_is_removed_and_the_rest_keeps_its_order(read, write, system_id):
    first = read(outbox.get_waiting, system_id, 2).events
    write(outbox.remove_sent, system_id, first[-1][0])
    rest = read(outbox.get_waiting, system_id).events
    assert [number for number, *_ in first + rest] == [1, 2, 3, 4, 5]


def test_a_number_is_never_given_again(read, write, system_id):
    write(outbox.remove_sent, system_id, 5)
    assert read(outbox.find_newer, 5) == []
    write(systems.edit_system, ALICE, {"name": "x"})
    assert read(outbox.find_newer, 5) == [(system_id, 6)]


def test_who_is_far_behind_is_told_apart(read, system_id, monkeypatch):
    assert not read(outbox.get_waiting, system_id, 2).too_many
    monkeypatch.setattr(outbox, "MOST_WAITING", 4)
    assert read(outbox.get_waiting, system_id, 2).too_many


def test_a_dropped_outbox_goes_a_few_at_a_time(read, write, system_id):
    write(webhooks.clear_webhook, ALICE)
    assert [write(outbox.drop_some, system_id, 2) for _ in range(3)] == [True, True, False]
    assert read(outbox.find_newer, 0) == []


def test_no_look_scans_the_outbox(database, database_file, system_id):
    asked = []
    with database.write() as session:
        session.connection().connection.driver_connection.set_trace_callback(asked.append)
        outbox.find_newer(session, 5)
        outbox.get_waiting(session, system_id, 2)
        outbox.remove_sent(session, system_id, 2)
        outbox.drop_some(session, system_id)
    with closing(sqlite3.connect(database_file)) as connection:
        plans = [connection.execute(f"EXPLAIN QUERY PLAN {sql}") for sql in asked if "dispatch_outbox" in sql]
        steps = [row[3] for plan in plans for row in plan]
    assert len(plans) > 2
    assert not [step for step in steps if step.startswith("SCAN")], steps
