"""Importing a file in steps, each a short write transaction, so that nobody waits for long and no half of it is seen.

`read_file` needs no database; `import_plan.plan` says what would change; then `Import` has the steps: what is new is
staged out of reach (`import_staging`), and the last step swaps it in (`import_commit`).
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy.orm import Session

from rules import feed
from rules.systems.soft_delete import ROWS_AT_ONCE
from rules.transfer import known_switches
from rules.transfer.formats import files
from rules.transfer.import_commit import Result, finish_import
from rules.transfer.import_file import MOST_BYTES, File, FileSpan, FileSwitch
from rules.transfer.import_staging import (
    Membership,
    Staged,
    begin_import,
    cancel_import,
    stage_memberships,
    stage_spans,
    stage_switches,
)
from rules.transfer.past_imports.archive import pack


def read_file(text: bytes, *, adds_unknown: bool = False, takes_birthdays: bool = False) -> File:
    """A file of any app that is read, with everything in it checked but what only the database knows.

    It is told by its bytes which app's it is. What of it does not fit is left out and listed; only what makes the whole
    of it senseless is refused. At most 32 MiB of JSON, also when it comes packed by gzip or in a zip archive, 1 000
    members, 100 000 switches with 150 members each. Takes seconds and no session. Of Simply Plural's, `adds_unknown`
    makes members of those who front and are defined nowhere, `takes_birthdays` takes custom fields for birthdays.
    Raises TooLarge, and Invalid.
    """
    return read_files([text], adds_unknown=adds_unknown, takes_birthdays=takes_birthdays)


def read_files(texts: Sequence[bytes], *, adds_unknown: bool = False, takes_birthdays: bool = False) -> File:
    """The same of several files that belong together: lists of Simply Plural's token dump, or a file and its pictures.

    Raises Invalid for files that do not belong together too.
    """
    file = files.read(texts, MOST_BYTES, adds_unknown=adds_unknown, takes_birthdays=takes_birthdays)
    # Now, since nobody should wait for that later.
    return replace(file, packed=pack(file))


class Import:
    """One import, step by step: each step is a rule with its arguments, to be run in a write of its own.

    `done` of `total` switches and fronts are staged; `result` is there after the last step. Between two steps belongs a
    pause as long as the one before took, or whoever waits for the lock may never come first. When a step fails or is
    not run, `cancel` is to be run instead of the rest. What is private here and public in the file stays private unless
    it `opens`. `switches` is one of `known_switches.WAYS`: all, those before the first that is there, or none. With
    `fronts_now` those who front last in the file do so now, and autoproxy may speak as them.
    """

    def __init__(
        self,
        user_id: int,
        file: File,
        opens: bool = False,
        switches: str = known_switches.ALL,
        fronts_now: bool = False,
    ) -> None:
        self.total, self.done = len(file.switches) + len(file.spans), 0
        self.result: Result | None = None
        self._user_id, self._file = user_id, file
        self._opens, self._way, self._fronts_now = opens, switches, fronts_now
        self._staged: Staged | None = None

    def steps(self) -> Iterator[tuple[Callable[..., None], tuple[Any, ...]]]:
        """The rules to run one after the other; the next is to be taken after the one before has been run."""
        yield self.begin, ()
        for chunk in _cut(self._file.switches):
            yield self.stage, (chunk,)
        for spans in _cut_spans(self._file):
            yield self.stage_spans, (spans,)
        for memberships in _cut_memberships(self._file):
            yield self.stage_groups, (memberships,)
        yield self.finish, ()

    def begin(self, session: Session) -> None:
        """Run `begin_import`."""
        with feed.muted(session):
            self._staged = begin_import(session, self._user_id, self._file, self._opens, self._way)

    def stage(self, session: Session, chunk: Sequence[FileSwitch]) -> None:
        """Run `stage_switches`."""
        with feed.muted(session):
            stage_switches(session, self._staged, chunk)
        self.done += len(chunk)

    def stage_spans(self, session: Session, chunk: Sequence[FileSpan]) -> None:
        """Run `stage_spans`."""
        with feed.muted(session):
            stage_spans(session, self._staged, chunk)
        self.done += len(chunk)

    def stage_groups(self, session: Session, chunk: Sequence[Membership]) -> None:
        """Run `stage_memberships`."""
        with feed.muted(session):
            stage_memberships(session, self._staged, chunk)

    def finish(self, session: Session) -> None:
        """Run `finish_import`."""
        self.result = finish_import(session, self._user_id, self._file, self._staged, self._opens, self._fronts_now)

    def cancel(self, session: Session) -> None:
        """Run `cancel_import` if there is something to cancel."""
        if self._staged:
            cancel_import(session, self._staged)


def _cut(switches: Sequence[FileSwitch]) -> Iterator[Sequence[FileSwitch]]:
    """The switches in parts of about ROWS_AT_ONCE rows, which are short work for one transaction."""
    start = rows = 0
    for number, (_, fronting) in enumerate(switches):
        rows += 1 + len(fronting)
        if rows >= ROWS_AT_ONCE:
            yield switches[start : number + 1]
            start, rows = number + 1, 0
    if start < len(switches):
        yield switches[start:]


def _cut_spans(file: File) -> Iterator[Sequence[FileSpan]]:
    """The spans, by their starts, in such parts."""
    spans = sorted(file.spans, key=lambda span: span.start)
    for start in range(0, len(spans), ROWS_AT_ONCE):
        yield spans[start : start + ROWS_AT_ONCE]


def _cut_memberships(file: File) -> Iterator[Sequence[Membership]]:
    """Who is in which of the file's groups, in parts as large as those of `_cut`."""
    memberships = [(number, member) for number, group in enumerate(file.groups) for member in group.members]
    for start in range(0, len(memberships), ROWS_AT_ONCE):
        yield memberships[start : start + ROWS_AT_ONCE]
