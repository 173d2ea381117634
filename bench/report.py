"""What a benchmark found: ratios of interleaved rounds, printed as a table and written as Markdown."""

import os
import platform
import sqlite3
import statistics
from collections.abc import Sequence
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

RESULTS = Path(__file__).parent / "results"
PACKAGES = ("gunicorn", "uvicorn", "httptools", "uvloop", "Flask", "SQLAlchemy", "py-cord")


@dataclass
class Row:
    """One figure: a ratio in each round, against what was measured in the same minute.

    `at_least` and `at_most` are the aim; `unit` is `×`, or that of a figure which is no ratio.
    """

    what: str
    against: str
    values: Sequence[float]
    at_least: float | None = None
    at_most: float | None = None
    unit: str = "×"
    notes: list[str] = field(default_factory=list)

    @property
    def median(self) -> float:
        return statistics.median(self.values)

    @property
    def aim(self) -> str:
        """The aim in words; empty without one."""
        parts = (("≥", self.at_least), ("≤", self.at_most))
        return " ".join(f"{sign} {bound:g}" for sign, bound in parts if bound is not None)

    @property
    def is_met(self) -> bool:
        return (self.at_least or 0) <= self.median <= (self.at_most or float("inf"))

    @property
    def cells(self) -> tuple[str, ...]:
        spread = f"{min(self.values):.2f} … {max(self.values):.2f}" if len(self.values) > 1 else ""
        verdict = ("met" if self.is_met else "**missed**") if self.aim else ""
        figure = f"{self.median:.2f} {self.unit}".strip()
        return self.what, self.against, figure, spread, str(len(self.values)), self.aim, verdict


HEAD = ("what", "against", "median", "min … max", "rounds", "aim", "")


def show(part: str, rows: Sequence[Row], notes: Sequence[str] = ()) -> None:
    """Print a part's rows and write them to bench/results/<part>.md, with the machine and the versions."""
    table = [HEAD, *(row.cells for row in rows)]
    widths = [max(len(line[column]) for line in table) for column in range(len(HEAD))]
    lines = [f"| {' | '.join(cell.ljust(width) for cell, width in zip(line, widths, strict=True))} |" for line in table]
    lines.insert(1, f"|{'|'.join('-' * (width + 2) for width in widths)}|")
    remarks = [*notes, *(f"{row.what}: {note}" for row in rows for note in row.notes)]
    text = "\n".join([f"## {part}", "", describe_machine(), "", *lines, "", *(f"- {remark}" for remark in remarks)])
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / f"{part}.md").write_text(text.rstrip() + "\n")
    print(text.rstrip(), end="\n\n", flush=True)


def describe_machine() -> str:
    """Cores, memory, system and versions in one line."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    found = [f"Python {platform.python_version()}", f"SQLite {sqlite3.sqlite_version}"]
    found += [f"{name} {installed}" for name in PACKAGES if (installed := _version(name))]
    return f"{os.cpu_count()} cores, {memory:.0f} GiB, {platform.system()} {platform.machine()}; {', '.join(found)}."


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None
