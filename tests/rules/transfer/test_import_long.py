"""The largest import: 100 000 switches into a system that has as many."""

import pytest

from rules.parsing.timestamps import show_time
from rules.systems import soft_delete
from rules.transfer import exporter
from tests.rules.transfer.import_samples import export, pluralkit, run_import, without_ids

ALICE = 80351110224678912
MINUTE_US = 60_000_000
BEGIN = 1_500_000_000_000_000
SWITCHES = 100_000
NAMES = [f"Ann {number}" for number in range(1000)]


HALF_US = MINUTE_US // 2


def largest(after_us):
    """A file with a thousand members, and two of them in each of 100 000 switches."""
    members = [{"id": name, "name": name} for name in NAMES]
    switches = [
        (show_time(BEGIN + number * MINUTE_US + after_us), (NAMES[number % 1000], NAMES[number * 7 % 1000 - 1]))
        for number in reversed(range(SWITCHES))
    ]
    return pluralkit(members, switches, id="other")


def fronters(number):
    return list(dict.fromkeys((NAMES[number % 1000], NAMES[number * 7 % 1000 - 1])))


@pytest.mark.long
def test_a_hundred_thousand_switches_between_as_many(write, read):
    run_import(write, ALICE, largest(0))
    running = run_import(write, ALICE, largest(HALF_US), stop_before="finish")
    assert len(export(read, ALICE)["switches"]) == SWITCHES
    write(running.finish)
    exported = export(read, ALICE)
    shown = [(one["timestamp"], one["members"]) for one in without_ids(exported)["switches"]][::-1]
    assert shown == [
        (show_time(BEGIN + number * MINUTE_US + after_us), fronters(number))
        for number in range(SWITCHES)
        for after_us in (0, HALF_US)
    ]
    assert running.result.switches == running.done == running.total == SWITCHES
    exported["switches"] = exported["switches"][:SWITCHES]
    again = run_import(write, ALICE, exporter.dump(exported).encode())
    assert again.result.sentence == "Imported: 0 members added and 0 changed, 0 switches added."
    while write(soft_delete.purge_some):
        pass
