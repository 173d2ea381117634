"""A file of Simply Plural with a long history: how soon it is planned and imported, and what others notice of it.

The web side is the real one, with one worker, and nothing is pinned to a core. Each round is another person without a
system. Whoever reads meanwhile leaves the import room: two connections, against the same two right before.
"""

import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean

import requests

from bench import fixtures
from bench.front_history import make_export
from bench.load import Measured, Target, describe_generator, press
from bench.lock_holds import LockWatch
from bench.processes import pss_mb
from bench.report import Row, show
from bench.web.servers import Server, serving

# Fronts, with how often each file is imported.
ROUNDS = {10_000: 3, 100_000: 1}
PEOPLE, CONNECTIONS, SECONDS = 1000, 2, 2
# Between two reads whose longest counts, and between two looks at the memory.
PROBE_EVERY_S, LOOK_EVERY_S = 0.01, 0.05
MOST_PLANNED_S, MOST_IMPORTED_S, MOST_HELD_S, MOST_MB = 2, 10, 1, 200


@dataclass
class Found:
    """What one round found: seconds, MB, and the hot read before and meanwhile."""

    planned: float
    imported: float
    quiet: Measured
    busy: list[Measured]
    longest: float = 0
    held: float = 0
    idle: float = 0
    peak: float = 0
    told: str = ""

    @property
    def rate(self) -> float:
        return fmean(one.rate for one in self.busy)

    @property
    def p99(self) -> float:
        return max(one.p99 for one in self.busy)


def main() -> None:
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "people.db"
        fixtures.make_file(file, PEOPLE)
        tokens = iter(fixtures.add_tokens(file, sum(ROUNDS.values())))
        with serving(file=file, pins=False) as server:
            for fronts, rounds in ROUNDS.items():
                text = make_export(fronts)
                rows += rows_of(fronts, [import_once(server, file, text, next(tokens)) for _ in range(rounds)])
    show("transfer", rows, [f"All that runs shares the cores. {describe_generator()}"])


def rows_of(fronts: int, found: list[Found]) -> list[Row]:
    is_aimed = fronts == min(ROUNDS)
    what, quiet = f"{fronts:,} fronts", found[0].quiet
    return [
        Row(f"{what} planned", "", [one.planned for one in found], None, MOST_PLANNED_S if is_aimed else None, "s"),
        Row(
            f"{what} imported",
            "",
            [one.imported for one in found],
            None,
            MOST_IMPORTED_S if is_aimed else None,
            "s",
            [found[0].told],
        ),
        Row("hot read p99 meanwhile", f"{quiet.p99 * 1000:.1f} ms without", [o.p99 * 1000 for o in found], unit="ms"),
        Row("its requests/s meanwhile", f"{quiet.rate:,.0f} without", [one.rate for one in found], unit=""),
        Row("the longest read meanwhile", "", [one.longest * 1000 for one in found], unit="ms"),
        Row("the lock held longest", "", [one.held for one in found], None, MOST_HELD_S, "s"),
        Row(
            "memory above idle",
            f"{found[0].idle:.0f} MB idle",
            [one.peak - one.idle for one in found],
            None,
            MOST_MB,
            "MB",
        ),
    ]


def import_once(server: Server, file: Path, text: bytes, token: str) -> Found:
    """Plan a file, and import it while others read."""
    target = Target(server.url, fixtures.PATH, PEOPLE)
    idle = pss_mb(server.pid)
    quiet = press(target, SECONDS, CONNECTIONS)
    with ThreadPoolExecutor(1) as beside, LockWatch(file) as lock, watching(server) as seen:
        planned = send(server, token, text, "")[0]
        running = beside.submit(send, server, token, text, "apply=true")
        busy = press_until(target, running)
        imported, told = running.result()
    return Found(planned, imported, quiet, busy, seen["longest"], lock.longest, idle, seen["peak"], told)


def send(server: Server, token: str, text: bytes, query: str) -> tuple[float, str]:
    """Send a file; seconds until the answer, and the last of its sentences."""
    begun = time.monotonic()
    with requests.Session() as http:
        http.trust_env = False
        url = f"{server.url}/user/@me/imports?{query}"
        answer = http.post(url, data=text, headers={"Authorization": token}, timeout=600)
    assert answer.status_code == 200, answer.text
    return time.monotonic() - begun, answer.json()["sentences"][-1]


def press_until(target: Target, running: Future) -> list[Measured]:
    """Ask again and again until something is done, at least once."""
    found = [press(target, SECONDS, CONNECTIONS)]
    while not running.done():
        found.append(press(target, SECONDS, CONNECTIONS))
    return found


@contextmanager
def watching(server: Server) -> Iterator[dict[str, float]]:
    """The longest read of somebody, and the most memory, until the end of the block."""
    seen, stopped = {"longest": 0.0, "peak": 0.0}, threading.Event()
    http = requests.Session()
    http.trust_env = False

    def read() -> None:
        begun = time.monotonic()
        http.get(f"{server.url}/user/{fixtures.FIRST}", timeout=60)
        seen["longest"] = max(seen["longest"], time.monotonic() - begun)

    def look() -> None:
        try:
            seen["peak"] = max(seen["peak"], pss_mb(server.pid))
        except OSError:
            # A process that ended meanwhile.
            pass

    def repeat(step: Callable[[], None], every: float) -> threading.Thread:
        def run() -> None:
            while not stopped.wait(every):
                step()

        thread = threading.Thread(target=run)
        thread.start()
        return thread

    threads = [repeat(read, PROBE_EVERY_S), repeat(look, LOOK_EVERY_S)]
    try:
        yield seen
    finally:
        stopped.set()
        for thread in threads:
            thread.join()


if __name__ == "__main__":
    main()
