"""Which core does what: the server has one for itself, so that the load takes nothing of it."""

import os
from collections.abc import Callable

SERVER, LOADER = 0, 1


def pinned(core: int) -> Callable[[], None]:
    """To be called in a child process before its program starts; without effect where there is one core only."""
    cores = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else []

    def pin() -> None:
        if len(cores) > 1:
            os.sched_setaffinity(0, {cores[core]})

    return pin
