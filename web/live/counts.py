"""How many listen and what they were told, over all workers: in memory that they share, made before they are forked."""

import mmap
import os

# More workers than this are not served by one machine; the last slot is then shared.
SLOTS = 128
FIELDS = ("sockets", "streams", "events", "dropped")
# How many there are now; the others count what has been.
GAUGES = FIELDS[:2]
_PLACES = {field: place for place, field in enumerate(FIELDS, 1)}


class Counts:
    """The counts of one worker: add to `counts[field]`."""

    def __init__(self, memory: memoryview) -> None:
        self._memory = memory

    def add(self, field: str, count: int = 1) -> None:
        self._memory[_PLACES[field]] += count


class SharedCounts:
    """The counts of all workers, each in a slot of its own that only it writes."""

    def __init__(self) -> None:
        self._width = 1 + len(FIELDS)
        self._memory = memoryview(mmap.mmap(-1, 8 * self._width * SLOTS)).cast("q")

    def claim(self) -> Counts:
        """The slot of this process: a free one, or that of a worker that has ended, whose events still count."""
        # Workers that are forked together look in different places first.
        slots = [self._slot((os.getpid() + number) % SLOTS) for number in range(SLOTS)]
        mine = next((slot for slot in slots if not slot[0] or not _is_running(slot[0])), slots[-1])
        mine[0] = os.getpid()
        for field in GAUGES:
            mine[_PLACES[field]] = 0
        return Counts(mine)

    def total(self) -> dict[str, int]:
        """The sum over all workers, by field."""
        sums = dict.fromkeys(FIELDS, 0)
        for number in range(SLOTS):
            pid, *counted = self._slot(number)
            if not pid:
                continue
            running = _is_running(pid)
            for field, count in zip(FIELDS, counted, strict=True):
                sums[field] += count if running or field not in GAUGES else 0
        return sums

    def _slot(self, number: int) -> memoryview:
        return self._memory[number * self._width : (number + 1) * self._width]


def init_app(app: object) -> None:
    """Let the app's health tell what the workers, made later, count."""
    app.extensions["live_counts"] = SharedCounts()


def _is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True
