"""Doing something so many times a second, from a thread of its own, until all is over."""

import itertools
import random
import threading
import time
from collections import Counter
from collections.abc import Iterator


class Run:
    """What all kinds of traffic share: when it is over, how much there was of each, and what was wrong."""

    def __init__(self, seed: str) -> None:
        self.seed = seed
        self.over = threading.Event()
        self.counts: Counter[str] = Counter()
        self.wrong: list[str] = []
        self._lock = threading.Lock()

    def count(self, what: str, times: int = 1) -> None:
        with self._lock:
            self.counts[what] += times

    def dice(self, name: str) -> random.Random:
        """The dice of one kind of traffic, the same for the same seed."""
        return random.Random(f"{self.seed} {name}")

    def pace(self, a_second: float) -> Iterator[int]:
        """Numbers, so many a second; at once where the last ones took too long."""
        begun = time.monotonic()
        for number in itertools.count():
            if self.over.wait(max(0.0, begun + number / a_second - time.monotonic())):
                return
            yield number
