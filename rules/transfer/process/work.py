"""What is done with files, from their bytes to the plan or to the end of the import; the same in any process."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.orm import Session

from database import locks, steps
from rules.errors import Invalid
from rules.systems import systems
from rules.transfer import import_plan, importer
from rules.transfer.import_commit import Result
from rules.transfer.import_file import File
from rules.transfer.import_plan import Plan
from rules.transfer.preview.choices import Choices

BUSY = "An import into your system is running; wait until it is done, and then do this again."
# Runs a rule with its arguments on a session of its own.
Run = Callable[..., Any]
# Is told after each step how many of how many switches and fronts are staged; what it raises ends the import.
Tell = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Asked:
    """Whose files they are, what was chosen, and whether they are to be imported or only to be told of."""

    user_id: int
    choices: Choices = field(default_factory=Choices)
    applies: bool = False


def perform(
    url: str, read: Run, write: Run, asked: Asked, texts: list[bytes], tell: Tell, check: Callable[[], None]
) -> Plan | Result:
    """Read files, plan what they would change, and where that is asked for import them, all of it or nothing.

    `texts` is emptied once they are read, since they may have 128 MB. `check` is called before the last step, and what
    it raises ends the import. Takes seconds, a core, and up to 200 MB. Raises Invalid, also while another import into
    the system runs, TooLarge, NotAllowed, and what `read` and `write` do.
    """
    if not asked.applies:
        return read(import_plan.plan, asked.user_id, _read_files(texts, asked.choices))
    with alone(url, read(name_system, asked.user_id)):
        file = _read_files(texts, asked.choices)
        plan = read(import_plan.plan, asked.user_id, file)
        work = importer.Import(asked.user_id, file, **asked.choices.applied(plan))

        def run(rule: Callable[..., None], *args: Any) -> None:
            if rule == work.finish:
                check()
            write(rule, *args)

        try:
            steps.run(work.steps(), run, lambda: tell(work.done, work.total))
        except BaseException:
            write(work.cancel)
            raise
        return work.result


def alone(url: str, name: str) -> AbstractContextManager[None]:
    """Be the only one who imports into what `name_system` names, or takes an import back, until the end of the block.

    Whoever dies within is it no longer. Raises Invalid where another is.
    """
    return locks.importing(url, name, Invalid(BUSY))


def _read_files(texts: list[bytes], choices: Choices) -> File:
    file = importer.read_files(texts, **choices.reading)
    texts.clear()
    return file


def name_system(session: Session, user_id: int) -> str:
    """What a user's system is called for `alone`: accounts may share one, and who has none may be making it."""
    system = systems.find_own_system(session, user_id)
    return f"{system.id}" if system else f"of-{user_id}"
