"""REST failures that a test has ordered."""

import random
import re
from dataclasses import dataclass, field


@dataclass
class Fault:
    """What happens to requests of a method and a path (a pattern, or a route's template), `times` times.

    First the answer is held back for `delay` seconds; then, before the request is acted upon or `after` it, the
    connection is cut (`drop`) or the answer is `status`. Without either, the delay is all.
    """

    method: str
    path: str
    status: int | None
    times: int | None
    body: dict | None = None
    retry_after: float | None = None
    drop: bool = False
    after: bool = False
    delay: float = 0.0
    probability: float = 1.0
    seed: int = 0
    happened: int = 0
    pattern: re.Pattern = field(init=False)

    def __post_init__(self) -> None:
        self.pattern = re.compile(self.path)
        self._random = random.Random(self.seed)

    def due(self, method: str, path: str, template: str) -> bool:
        """Whether it happens to this request; one draw for every request that fits."""
        if self.times is not None and self.happened >= self.times:
            return False
        if self.method not in ("*", method) or not (self.path == template or self.pattern.search(path)):
            return False
        happens = self.probability >= 1 or self._random.random() < self.probability
        self.happened += happens
        return happens

    @property
    def fails(self) -> bool:
        """Whether it is more than a delay."""
        return self.drop or self.status is not None


class Faults:
    """The ordered failures, oldest first."""

    def __init__(self) -> None:
        self.ordered: list[Fault] = []

    def take(self, method: str, path: str, template: str) -> Fault | None:
        """The failure due for this request, counted."""
        return next((f for f in self.ordered if f.due(method, path, template)), None)
