"""REST failures that a test has ordered."""

import re
from dataclasses import dataclass


@dataclass
class Fault:
    """Requests whose method and path match fail `times` times."""

    method: str
    path: re.Pattern
    status: int
    times: int
    body: dict | None = None
    retry_after: float | None = None
    drop: bool = False


class Faults:
    """The ordered failures, oldest first."""

    def __init__(self) -> None:
        self.pending: list[Fault] = []

    def take(self, method: str, path: str) -> Fault | None:
        """The failure due for this request, counted down."""
        for fault in self.pending:
            if fault.method in ("*", method) and fault.path.search(path):
                fault.times -= 1
                self.pending = [f for f in self.pending if f.times > 0]
                return fault
        return None
