"""Running an import's steps and what follows them one after the other, for whoever waits in a thread of its own."""

import time
from collections.abc import Callable
from typing import Any

from rules.transfer.import_commit import Result
from rules.transfer.importer import Import

# The other process asks for the lock every 100 ms; in a shorter pause it could miss the moment in which it is free.
PAUSE_S = 0.11
WORK_S = 0.25


def run(work: Import, write: Callable[..., Any], tell: Callable[[int], None] = lambda done: None) -> Result:
    """Run all steps of an import, each by `write(rule, *args)`, and tell how many switches and fronts are done.

    It pauses so that others come to write too. Raises what a step raises, and then nothing is changed.
    """
    paused_at = time.monotonic()
    try:
        for rule, args in work.steps():
            write(rule, *args)
            tell(work.done)
            if time.monotonic() - paused_at > WORK_S:
                time.sleep(PAUSE_S)
                paused_at = time.monotonic()
    except BaseException:
        write(work.cancel)
        raise
    return work.result


def repeat(step: Callable[[], bool]) -> None:
    """Run a step as often as it says that more is left, with the same pauses."""
    while step():
        time.sleep(PAUSE_S)
