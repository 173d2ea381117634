"""The hot read's 99th percentile while presence updates come in, and beside slower reads, against a quiet time.

The processes are the real ones. The load leaves the web side room: what is asked is how long an answer takes, not how
many there are.
"""

import tempfile
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from bench import fixtures
from bench.load import Measured, Target, describe, describe_generator, p99_ratios, press, ratios
from bench.report import Row, show
from bench.web.servers import serving
from tests.end_to_end.rollcall import Rollcall, until

ROUNDS = 7
PEOPLE, A_SECOND, SECONDS, CONNECTIONS, READERS = 5000, 1000, 4, 2, 4


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        rows = [*beside_presences(Path(folder)), *beside_reads(Path(folder))]
    show("tail_latency", rows, [f"All that runs shares the cores. {describe_generator()}"])


def beside_presences(folder: Path) -> list[Row]:
    quiet, busy = [], []
    with fixtures.crowd(folder, PEOPLE, WEB_CONCURRENCY="1") as (rollcall, users):
        target = Target(rollcall.url, f"/user/{users[0]}")
        for _ in range(ROUNDS):
            quiet.append(press(target, SECONDS, CONNECTIONS))
            busy.append(press_busily(rollcall, users, target))
    return rows_of(f"while {A_SECOND:,} updates/s come in", busy, quiet, 1.5)


def beside_reads(folder: Path) -> list[Row]:
    """The hot read while other clients read what a thread has to work for, in the same worker."""
    file, quiet, busy = folder / "people.db", [], []
    fixtures.make_file(file, PEOPLE)
    _, hid = fixtures.add_system(file)
    with serving(file=file) as server, ThreadPoolExecutor(1) as beside:
        hot, slow = Target(server.url, fixtures.PATH, PEOPLE), Target(server.url, f"/v1/s/{hid}/members")
        for _ in range(ROUNDS):
            quiet.append(press(hot, SECONDS, CONNECTIONS))
            reading = beside.submit(press, slow, SECONDS, READERS)
            busy.append(press(hot, SECONDS, CONNECTIONS))
            reading.result()
    return rows_of(f"beside {READERS} clients of /v1/s/<id>/members ({fixtures.MEMBERS})", busy, quiet)


def rows_of(when: str, busy: list[Measured], quiet: list[Measured], at_most: float | None = None) -> list[Row]:
    slower = p99_ratios(busy, quiet)
    return [
        Row(f"hot read p99 {when}", "without", slower, at_most=at_most, notes=[describe(busy, quiet)]),
        Row(f"its requests/s {when}", "without", ratios(busy, quiet)),
    ]


def press_busily(rollcall: Rollcall, users: list[str], target: Target) -> Measured:
    """Ask while updates come in all the time."""
    count = A_SECOND * (SECONDS + 2)
    updates = [
        {"user": users[number % PEOPLE], **fixtures.update(int(users[number % PEOPLE]), str(number))}
        for number in range(count)
    ]
    coming = threading.Thread(target=rollcall.simulator.presences, args=(updates, A_SECOND))
    coming.start()
    until(lambda: "number" in rollcall.get(f"/user/{users[0]}").text)
    measured = press(target, SECONDS, CONNECTIONS)
    coming.join()
    return measured


if __name__ == "__main__":
    main()
