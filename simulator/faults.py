"""REST failures that a test has ordered."""

import random
import re
from dataclasses import dataclass, replace


@dataclass
class FaultOrder:
    """Let the next `times` requests of a method ("*" is any) and a path fail; None is for ever.

    The path is a pattern, searched in what comes after /api/v10 (or in all of a path below /cdn), or a route's template
    such as /webhooks/{webhook_id}/{webhook_token}. First the answer is held back for `delay` seconds; then, before
    the request is acted upon or `after` it, the connection is cut (`drop`) or the answer is `status`, with `body`, or
    for a 429 with `retry_after`. With status None and no drop, the delay is all. Each matching request fails with
    `probability`, drawn from `seed`.
    """

    method: str
    path_regex: str
    status: int | None = 500
    times: int | None = 1
    body: dict | None = None
    retry_after: float | None = None
    drop: bool = False
    after: bool = False
    delay: float = 0.0
    probability: float = 1.0
    seed: int = 0

    @property
    def fails(self) -> bool:
        """Whether it is more than a delay."""
        return self.drop or self.status is not None


class Fault:
    """An order, and how often it has happened."""

    def __init__(self, order: FaultOrder) -> None:
        """Raises re.error when the path is no pattern."""
        self.order = replace(order, method=order.method.upper())
        self.happened = 0
        self._pattern = re.compile(order.path_regex)
        self._random = random.Random(order.seed)

    def due(self, method: str, path: str, template: str) -> bool:
        """Whether it happens to this request; one draw for every request that fits."""
        order = self.order
        if order.times is not None and self.happened >= order.times:
            return False
        if order.method not in ("*", method):
            return False
        if order.path_regex != template and not self._pattern.search(path):
            return False
        happens = order.probability >= 1 or self._random.random() < order.probability
        self.happened += happens
        return happens


class Faults:
    """The ordered failures, oldest first."""

    def __init__(self) -> None:
        self.ordered: list[Fault] = []

    def take(self, method: str, path: str, template: str) -> FaultOrder | None:
        """The failure due for this request, counted."""
        return next((f.order for f in self.ordered if f.due(method, path, template)), None)
