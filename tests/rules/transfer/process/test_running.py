"""Files in a process of their own: what comes of them is the same; what ends either process leaves nothing."""

import gzip
import json
import os
import re
import signal
import sys
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError

from bench.processes import children
from database import locks
from database.faults import is_unwritable
from models import Member, Switch
from rules.errors import Invalid, NotAuthenticated, TooLarge
from rules.parsing.timestamps import show_time
from rules.systems import soft_delete, systems
from rules.transfer.import_commit import Result
from rules.transfer.process import program, running, work
from rules.transfer.process.work import Asked
from tests.rules.transfer.formats.sidecars import get_sample
from tests.rules.transfer.import_samples import pluralkit

ALICE = 80351110224678912
SAMPLE = get_sample("simply-plural-export.json")
TABLES = (Member, Switch)
IMPORT = Asked(ALICE, applies=True)
SECOND_US = 1_000_000
TIMES = [show_time(1_600_000_000 * SECOND_US + number * SECOND_US) for number in range(5000)]
FRONTS = pluralkit([{"id": "a", "name": "Ann"}], [(time, ["a"] * (n % 2)) for n, time in enumerate(TIMES)])


@pytest.fixture
def perform(url, read, write):
    def run(asked, text, tell=lambda done, total: None, check=lambda: None):
        return running.perform(url, read, write, asked, [text], tell, check)

    return run


@pytest.fixture
def elsewhere(monkeypatch):
    """Every file is large."""
    monkeypatch.setattr(running, "MOST_HERE", -1)


@pytest.fixture
def rows(read):
    return lambda: [
        read(lambda s, t=table: s.scalar(select(func.count()).select_from(t))) for table in (Member, Switch)
    ]


def find_process():
    """The one that imports."""
    commands = {child: Path(f"/proc/{child}/cmdline").read_bytes() for child in children(os.getpid())}
    return next(child for child, command in commands.items() if program.__name__.encode() in command)


def test_a_large_file_is_planned_and_imported_elsewhere(perform, write, elsewhere, rows):
    told = []
    assert perform(Asked(ALICE), SAMPLE).sentences[0].startswith("A file of Simply Plural")
    done = perform(IMPORT, SAMPLE, lambda *now: told.append(now))
    assert isinstance(done, Result)
    assert (done.new, told[-1][0]) == (9, told[-1][1])
    assert rows() == [9, done.switches]
    assert not perform(Asked(ALICE), SAMPLE).new_switches


def test_a_refusal_is_the_same_elsewhere(perform, elsewhere):
    with pytest.raises(Invalid, match="The file is not JSON") as refused:
        perform(IMPORT, b"x")
    assert refused.value.told == refused.value.sentence


@pytest.mark.parametrize(
    ("text", "is_small"),
    [
        (b"{}", True),
        (b" " * (running.MOST_HERE + 1), False),
        (gzip.compress(b"{}"), True),
        (gzip.compress(b" " * (running.MOST_HERE + 1)), False),
        (gzip.compress(gzip.compress(b"{}")), False),
        (gzip.compress(b"{}") + gzip.compress(b" " * 10**7), False),
        (b"\x1f\x8bx", True),
        (b"PK\x03\x04", True),
        (get_sample("simply-plural-token-dump.zip"), True),
    ],
    ids=["bare", "long", "gzip", "bomb", "twice", "two in one", "no gzip", "no zip", "zip"],
)
def test_small_is_what_is_small_unpacked(text, is_small):
    assert running.is_small([text]) == is_small


def test_what_takes_too_much_memory_is_refused_and_nobody_else_has_less(perform, rows):
    """Within the bounds of bytes and objects, but Python would hold half a GB for it."""
    listed = [{str(number): number} for number in range(1_100_000)]
    text = json.dumps({"members": [{"id": "a", "name": "Ann"}], "switches": [], "kept": listed}).encode()
    with pytest.raises(TooLarge, match="more than can be read at once"):
        perform(IMPORT, text)
    assert rows() == [0, 0]


@pytest.fixture
def python_within(monkeypatch, tmp_path):
    """Let whoever runs this allow its processes no more than that, by the option of `ulimit`."""

    def limit(option):
        script = tmp_path / "python"
        script.write_text(f'#!/bin/sh\nulimit {option} && exec "{sys.executable}" "$@"\n')
        script.chmod(0o700)
        monkeypatch.setattr(sys, "executable", str(script))

    return limit


def test_lower_limits_stay_and_nothing_of_a_file_gets_into_a_core_dump(perform, elsewhere, python_within):
    python_within("-t 60")
    limits = []
    perform(IMPORT, SAMPLE, lambda *_done: limits.append(Path(f"/proc/{find_process()}/limits").read_text()))
    assert re.search(r"Max cpu time +60 +60 ", limits[0])
    assert re.search(r"Max core file size +0 +0 ", limits[0])


def test_a_full_disk_is_told_as_such(perform, elsewhere, python_within, rows):
    python_within("-f 8")
    with pytest.raises(OperationalError) as failed:
        perform(IMPORT, SAMPLE)
    assert is_unwritable(failed.value)
    assert failed.value.params is None
    assert rows() == [0, 0]


def test_modules_are_found_where_they_are_found_here(perform, elsewhere, monkeypatch, tmp_path):
    """Also where nobody but PYTHONPATH says where they are."""
    monkeypatch.setenv("PYTHONPATH", "/nowhere")
    monkeypatch.setenv("DISCORD_TOKEN", "secret")
    monkeypatch.syspath_prepend(str(tmp_path))
    seen = []
    perform(IMPORT, SAMPLE, lambda *_done: seen.append(Path(f"/proc/{find_process()}/environ").read_text()))
    assert str(tmp_path) in seen[0]
    assert not re.search("secret|nowhere", seen[0])


def test_what_ends_it_from_here_takes_away_what_it_staged(perform, write, rows):
    """A token that was revoked meanwhile, or a bot that stops."""

    def refuse(*_done):
        raise NotAuthenticated("No.")

    with pytest.raises(NotAuthenticated):
        perform(IMPORT, FRONTS, tell=refuse)
    with pytest.raises(NotAuthenticated):
        perform(IMPORT, FRONTS, check=refuse)
    while write(soft_delete.purge_some):
        pass
    assert rows() == [0, 0]


def test_a_process_that_is_killed_leaves_nothing_and_no_lock(perform, write, url, rows):
    def kill(*_done):
        process = find_process()
        os.kill(process, signal.SIGKILL)
        # Until it is gone.
        os.waitid(os.P_PID, process, os.WEXITED | os.WNOWAIT)

    with pytest.raises(Invalid, match="was interrupted"):
        perform(IMPORT, FRONTS, tell=kill)
    assert rows() != [0, 0]
    assert not locks.is_importing(url)
    write(soft_delete.abandon_all)
    while write(soft_delete.purge_some):
        pass
    assert rows() == [0, 0]
    assert perform(IMPORT, FRONTS).switches == 5000


def test_where_the_end_is_not_told_nobody_says_that_nothing_was_changed(perform, elsewhere):
    with pytest.raises(Invalid) as refused:
        perform(IMPORT, SAMPLE, check=lambda: os.kill(find_process(), signal.SIGKILL))
    assert refused.value.sentence == running.UNSURE


def test_nobody_imports_beside_another(perform, read, write, url):
    """Neither here nor in another process, and nobody takes an import back meanwhile."""
    seen = []

    def look(*_done):
        for text in (FRONTS, SAMPLE):
            with pytest.raises(Invalid) as refused:
                perform(IMPORT, text)
            seen.append(refused.value.sentence)
        with pytest.raises(Invalid), work.alone(url, read(work.name_system, ALICE)):
            pass
        assert perform(Asked(ALICE), SAMPLE).makes_system
        assert locks.is_importing(url)

    assert perform(IMPORT, FRONTS, check=look).switches == 5000
    assert set(seen) == {work.BUSY}
    assert not locks.is_importing(url)
    assert perform(IMPORT, SAMPLE).new == 9
    assert not list(Path(url.removeprefix("sqlite:///")).parent.glob("*.import-*"))


def test_a_system_that_is_deleted_meanwhile_ends_it(perform, write, rows):
    write(systems.create_system, ALICE)
    with pytest.raises(Invalid, match="Your system was deleted or replaced during the import"):
        perform(IMPORT, FRONTS, check=lambda: write(systems.delete_system, ALICE))
    while write(soft_delete.purge_some):
        pass
    assert rows() == [0, 0]
