"""What the processes hold while they run: memory, open files, threads, and how large the file and its WAL are."""

import statistics
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

from sqlalchemy.engine import make_url

from tests.end_to_end.rollcall import Rollcall

# By how much the last third of a run may lie above the middle one, and still be called flat: a share, and so much more.
SHARE = 0.1
MORE = {"MB": 8.0, "files": 8.0, "threads": 4.0, "WAL": 4.0}


def workers(running: Rollcall) -> list[int]:
    """The web side's processes that serve."""
    found = subprocess.run(["pgrep", "-P", str(running.web.pid)], capture_output=True, text=True, check=False)
    return sorted(int(pid) for pid in found.stdout.split())


class Meter:
    """Rows of figures, one a sample; a figure is named by what it is of, and its unit."""

    def __init__(self, running: Rollcall) -> None:
        self._running = running
        self._file = make_url(running.database_url).database
        self.processes = {"bot": running.bot.pid} | {f"worker {n}": pid for n, pid in enumerate(workers(running), 1)}
        self.rows: list[dict[tuple[str, str], float]] = []
        self.health: list[tuple[int, float]] = []

    def sample(self) -> None:
        row = {}
        for name, pid in self.processes.items():
            row |= {(name, unit): figure for unit, figure in _figures(pid).items()}
        # Which of them a listener comes to is chance.
        row["workers", "files"] = sum(row.pop((name, "files")) for name in self.processes if name != "bot")
        self.rows.append(row | {("file", "MB of it"): _mb(self._file), ("file", "WAL"): _mb(f"{self._file}-wal")})
        begun = time.monotonic()
        self.health.append((self._running.get("/health").status_code, time.monotonic() - begun))

    def medians(self, key: tuple[str, str]) -> list[float]:
        """Of the first, the middle and the last third of the run."""
        figures, third = [row[key] for row in self.rows], max(1, len(self.rows) // 3)
        return [
            statistics.median(part) for part in (figures[:third], figures[third:-third] or figures, figures[-third:])
        ]

    def risen(self) -> list[str]:
        """What is not flat: its last third lies above its middle third by more than is allowed."""
        found = []
        for name, unit in self.rows[0]:
            _, middle, last = self.medians((name, unit))
            if unit in MORE and last > middle * (1 + SHARE) + MORE[unit]:
                found.append(f"{name}, {unit}: {middle:.1f}, then {last:.1f}")
        return found

    def table(self) -> str:
        lines = [f"{'':22}{'start':>9}{'middle':>9}{'end':>9}{'highest':>9}   medians of the thirds"]
        for name, unit in self.rows[0]:
            figures = [row[name, unit] for row in self.rows]
            cells = (figures[0], figures[len(figures) // 2], figures[-1], max(figures))
            thirds = ", ".join(f"{median:.1f}" for median in self.medians((name, unit)))
            lines.append(f"{f'{name}, {unit}':22}" + "".join(f"{cell:9.1f}" for cell in cells) + f"   {thirds}")
        statuses, slowest = sorted({status for status, _ in self.health}), max(took for _, took in self.health)
        return "\n".join([*lines, f"/health, asked {len(self.health)} times: {statuses}, the slowest {slowest:.2f} s"])


def _figures(pid: int) -> dict[str, float]:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    told = {name: value for name, _, value in (line.partition(":") for line in lines)}
    files = sum(1 for _ in Path(f"/proc/{pid}/fd").iterdir())
    return {"MB": int(told["VmRSS"].split()[0]) / 1024, "files": files, "threads": int(told["Threads"])}


def _mb(path: str) -> float:
    return Path(path).stat().st_size / 1024**2 if Path(path).exists() else 0.0


def every(seconds: float, meter: Meter, go_on: Callable[[], bool]) -> None:
    """Take a sample every so many seconds, for as long as it goes on."""
    begun = time.monotonic()
    while go_on():
        meter.sample()
        time.sleep(max(0.0, begun + len(meter.rows) * seconds - time.monotonic()))
