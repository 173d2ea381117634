"""Writes that belong together and are too long for one transaction: each step has its own, and others come between."""

import time
from collections.abc import Callable, Iterable
from typing import Any

# The other process asks for the lock every 100 ms; in a shorter pause it could miss the moment in which it is free.
PAUSE_S = 0.11
WORK_S = 0.25


def run(
    steps: Iterable[tuple[Callable[..., None], tuple[Any, ...]]],
    write: Callable[..., Any],
    tell: Callable[[], None] = lambda: None,
) -> None:
    """Run each step by `write(rule, *args)`, and tell that it is done; in the caller's thread, with pauses."""
    paused_at = time.monotonic()
    for rule, args in steps:
        write(rule, *args)
        tell()
        if time.monotonic() - paused_at > WORK_S:
            time.sleep(PAUSE_S)
            paused_at = time.monotonic()


def repeat(step: Callable[[], bool]) -> None:
    """Run a step as often as it says that more is left, with pauses."""
    while step():
        time.sleep(PAUSE_S)
