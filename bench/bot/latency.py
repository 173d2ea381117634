"""From the gateway's frame to a changed `GET /user/<id>`, and from a join to the first 200.

Updates go out at 200 a second over 50 users; every tenth is watched by polling its user until the answer shows it,
so the figure includes half a poll. A plain GET in the same run is what the times are compared with.
"""

import json
import multiprocessing
import statistics
import tempfile
import time
from multiprocessing.connection import Connection
from pathlib import Path

import requests

from bench.report import Row, show
from simulator.client import Simulator
from tests.end_to_end.rollcall import Rollcall, until

USERS = 50
RATE = 200
WATCHED = 500
ONE_IN = 10
JOINS = 100
PLAIN_GETS = 500


def main() -> None:
    with Simulator.start() as simulator, tempfile.TemporaryDirectory() as folder:
        simulator.add_guild("Home")
        rollcall = Rollcall(simulator, Path(folder))
        try:
            rollcall.start_bot()
            rollcall.start_web()
            users = add_users(rollcall)
            plain = time_plain_gets(rollcall, users[0])
            updates, rate = time_updates(rollcall, users)
            joins = time_joins(rollcall)
        finally:
            rollcall.stop()
    rows = [
        *rows_of(f"frame → changed answer over HTTP, {RATE} updates/s", updates, 40, 100),
        *rows_of("join → first 200", joins),
    ]
    plain_ms = statistics.median(plain) * 1000
    notes = [f"{rate:.0f} updates/s came in.", f"A plain GET took {plain_ms:.1f} ms."]
    show("latency", rows, notes)


def add_users(rollcall: Rollcall) -> list[str]:
    users = [rollcall.simulator.add_user(f"user{number}") for number in range(USERS)]
    for user_id in users:
        rollcall.simulator.join(user_id)
    until(lambda: all(rollcall.status_of(user_id) for user_id in users))
    return users


def time_plain_gets(rollcall: Rollcall, user_id: str) -> list[float]:
    times = []
    for _ in range(PLAIN_GETS):
        begun = time.time()
        rollcall.get(f"/user/{user_id}")
        times.append(time.time() - begun)
    return times


def time_updates(rollcall: Rollcall, users: list[str]) -> tuple[list[float], float]:
    """Seconds from the frame to the answer for each watched update, and how many updates a second came in."""
    ours, theirs = multiprocessing.Pipe()
    watcher = multiprocessing.get_context("spawn").Process(target=watch, args=(theirs, rollcall.url))
    watcher.start()
    ours.recv()
    sent: dict[int, float] = {}
    begun = time.time()
    for number in range(WATCHED * ONE_IN):
        time.sleep(max(0.0, begun + number / RATE - time.time()))
        user_id = users[number % USERS]
        watched = number % ONE_IN == 0
        if watched:
            ours.send((number, user_id))
        at = rollcall.simulator.presence(user_id, "online", activities=[custom_status(number)])
        if watched:
            sent[number] = at
    took = time.time() - begun
    ours.send(None)
    seen = ours.recv()
    watcher.join()
    return [seen[number] - at for number, at in sent.items()], WATCHED * ONE_IN / took


def custom_status(number: int) -> dict:
    return {"id": "custom", "type": 4, "name": "Custom Status", "state": str(number)}


def watch(pipe: Connection, url: str) -> None:
    """Poll each user that comes through the pipe until the answer holds the number; send back when it did."""
    session = requests.Session()
    session.trust_env = False
    seen = {}
    session.get(f"{url}/health", timeout=5)
    pipe.send("ready")
    while wanted := pipe.recv():
        number, user_id = wanted
        while True:
            response = session.get(f"{url}/user/{user_id}", timeout=5)
            now = time.time()
            status = json.loads(response.text)["presence"]["customStatus"]
            if status and int(status["text"]) >= number:
                break
        seen[number] = now
    pipe.send(seen)


def time_joins(rollcall: Rollcall) -> list[float]:
    """Seconds from a join's frame to the first 200."""
    times = []
    for number in range(JOINS):
        user_id = rollcall.simulator.add_user(f"joiner{number}")
        begun = time.time()
        rollcall.simulator.join(user_id)
        while rollcall.get(f"/user/{user_id}").status_code != 200:
            pass
        times.append(time.time() - begun)
    return times


def rows_of(name: str, times: list[float], median_ms: float | None = None, p99_ms: float | None = None) -> list[Row]:
    """Median and p99 in ms."""
    p99 = statistics.quantiles(times, n=100)[98] * 1000
    note = f"{len(times):,} were watched."
    return [
        Row(f"{name}, median", "", [statistics.median(times) * 1000], None, median_ms, "ms", [note]),
        Row(f"{name}, p99", "", [p99], None, p99_ms, "ms"),
    ]


if __name__ == "__main__":
    main()
