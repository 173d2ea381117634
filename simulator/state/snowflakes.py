"""Discord ids: milliseconds since 2015 in the high bits, a counter in the low ones."""

import time

EPOCH_MS = 1420070400000


class Snowflakes:
    """Hands out ids that only ever rise, as strings."""

    def __init__(self) -> None:
        self._last = 0

    def next(self) -> str:
        """The next free id, carrying the present time."""
        now = (int(time.time() * 1000) - EPOCH_MS) << 22
        # the clock may stand still or go back, and ids tell which message is newer
        self._last = max(now, self._last + 1)
        return str(self._last)


def created_at(snowflake: str) -> float:
    """Unix seconds at which this id was made."""
    return ((int(snowflake) >> 22) + EPOCH_MS) / 1000
