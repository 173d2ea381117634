"""An import, or undoing one, killed at any of its steps: all of it is there or nothing, and it can be repeated."""

import multiprocessing
import signal
from functools import partial

import pytest

from database import connections, steps
from rules.systems import soft_delete
from rules.transfer import importer
from rules.transfer.past_imports import undo
from tests.kill_points import die_at
from tests.rules.transfer.formats import sidecars
from tests.rules.transfer.killed_imports import ALICE, SAMPLE, File, kill_at_each_point

# Forked, a process has begun at once; nothing of the file is open here meanwhile.
FORK = multiprocessing.get_context("fork")


def take(url, name=SAMPLE):
    """Import a sample, step by step, and purge, as every face does."""
    database = connections.open_database(url)

    def write(rule, *args):
        with database.write() as session:
            return rule(session, *args)

    steps.run(importer.Import(ALICE, importer.read_file(sidecars.get_sample(name))).steps(), write)
    steps.repeat(partial(write, soft_delete.purge_some))
    database.close()


def take_back(url):
    """Undo the last import, and purge."""
    database = connections.open_database(url)
    for rule, args in ((undo.undo_import, [ALICE]), (soft_delete.purge_some, [])):
        with database.write() as session:
            rule(session, *args)
    database.close()


def run_and_die(act, number):
    die_at(number)
    act()


def kill(act, number):
    """Whether a process that does this comes to its end before the point of this number."""
    process = FORK.Process(target=run_and_die, args=(act, number))
    process.start()
    process.join()
    assert process.exitcode in (0, -signal.SIGKILL)
    return process.exitcode == 0


@pytest.fixture
def file(url, monkeypatch):
    """With something in it, and imported into in small steps."""
    monkeypatch.setattr(importer, "ROWS_AT_ONCE", 100)
    monkeypatch.setattr(steps, "PAUSE_S", 0)
    made = File(url)
    made.fill()
    return made


def test_killed_at_each_step_there_is_all_or_nothing(file):
    act = partial(take, file.url)
    nothing, everything = kill_at_each_point(file, partial(kill, act), act)
    # Before and behind the commit of each of five steps, and of what is purged.
    assert (nothing, everything > 2) == (9, True)


@pytest.mark.long
@pytest.mark.parametrize("name", sidecars.NAMES)
def test_so_it_is_with_every_sample_in_steps_of_a_few_rows(file, monkeypatch, name):
    monkeypatch.setattr(importer, "ROWS_AT_ONCE", 8)
    act = partial(take, file.url, name)
    assert all(kill_at_each_point(file, partial(kill, act), act))


def test_undoing_that_is_killed_at_each_step_is_done_or_not(file):
    before = file.look()
    take(file.url)
    after, number, ended, seen = file.look(), 0, False, []
    while not ended:
        number += 1
        ended = kill(partial(take_back, file.url), number)
        found = file.look()
        assert found in (before, after)
        seen.append(found == before)
        if seen[-1]:
            take(file.url)
            after = file.look()
    assert seen == sorted(seen)
    assert set(seen) == {True, False}
