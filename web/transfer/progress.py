"""How far the imports are that came over HTTP, in memory that all workers share: any of them may be asked."""

import mmap
import time

from flask import Flask, current_app

_PLACES = 1024
# A worker that was killed cannot say that it ended. No step takes so long.
_SILENT_S = 30


class Progress:
    """For each user who imports: how much of how much is done, and when that was said (time.monotonic, in s).

    Two whose IDs leave the same rest share a place, and only the last of them is told.
    """

    def __init__(self) -> None:
        memory = memoryview(mmap.mmap(-1, 4 * 8 * _PLACES))
        self._rows = memory.cast("Q", (_PLACES, 4))

    def tell(self, user_id: int, done: int, total: int) -> None:
        """Note how far a user's import is."""
        for column, value in enumerate((user_id, done, total, int(time.monotonic()) + 1)):
            self._rows[user_id % _PLACES, column] = value

    def end(self, user_id: int) -> None:
        """Note that it has ended."""
        if self._rows[user_id % _PLACES, 0] == user_id:
            self._rows[user_id % _PLACES, 3] = 0

    def find(self, user_id: int) -> tuple[int, int] | None:
        """How much of how much is done of a user's import; None where none runs."""
        owner, done, total, told_at = (self._rows[user_id % _PLACES, column] for column in range(4))
        is_running = owner == user_id and told_at and time.monotonic() - told_at < _SILENT_S
        return (done, total) if is_running else None


def init_app(app: Flask) -> None:
    """Give an app its memory, before its workers are made."""
    app.extensions["import_progress"] = Progress()


def get_progress() -> Progress:
    """That of the app that is asked."""
    return current_app.extensions["import_progress"]
