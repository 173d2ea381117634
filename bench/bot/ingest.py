"""Presence updates stored, from the gateway's frame to the commit, by CPU time of the real bot's process.

Against raw `executemany` upserts of the bodies that the bot stored, in batches of 100, in the same minute.
"""

import random
import sqlite3
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path

from sqlalchemy import select

from bench import fixtures
from bench.processes import cpu_s
from bench.report import Row, show
from models import Presence
from tests.end_to_end.rollcall import Rollcall, until

ROUNDS = 5
PEOPLE, UPDATES, BATCH = 5000, 10_000, 100
UPSERT = "INSERT INTO rows VALUES (?, ?) ON CONFLICT DO UPDATE SET body = excluded.body"


def main() -> None:
    ours, theirs = [], []
    with tempfile.TemporaryDirectory() as folder, fixtures.crowd(Path(folder), PEOPLE) as (rollcall, sorted_users):
        users = [str(user_id) for user_id in shuffled(map(int, sorted_users))]
        for number in range(-1, ROUNDS):
            spent = store_by_bot(rollcall, users, number)
            raw = store_raw(Path(folder) / f"raw{number}.db", stored_bodies(rollcall))
            if number >= 0:
                ours.append(spent)
                theirs.append(raw)
    ratios = [one / other for one, other in zip(ours, theirs, strict=True)]
    against = f"raw executemany upserts at batch {BATCH}"
    rows = [
        Row("presence stored, CPU", against, ratios, at_most=8),
        Row("presence stored, CPU of the bot", "", in_us(ours), unit="µs"),
        Row("raw upsert, CPU", "", in_us(theirs), unit="µs"),
    ]
    show("ingest", rows, [f"{UPDATES:,} updates of {PEOPLE:,} people a round, as fast as they are taken in."])


def in_us(times: list[float]) -> list[float]:
    return [one * 1e6 for one in times]


def shuffled(user_ids: Iterable[int]) -> list[int]:
    """In an order that has nothing to do with their place in the file, the same at each start."""
    return random.Random(1).sample(sorted(user_ids), k=PEOPLE)


def store_by_bot(rollcall: Rollcall, users: list[str], number: int) -> float:
    """CPU seconds of the bot for each update; every body changes each time."""
    updates = [
        {"user": user, **fixtures.update(int(user), f"{number}.{turn}")}
        for turn in range(UPDATES // PEOPLE)
        for user in users
    ]
    before = cpu_s(rollcall.bot.pid)
    rollcall.simulator.presences(updates)
    until(lambda: f"{number}.{UPDATES // PEOPLE - 1}" in rollcall.get(f"/user/{users[-1]}").text)
    return (cpu_s(rollcall.bot.pid) - before) / UPDATES


def stored_bodies(rollcall: Rollcall) -> list[tuple[int, str]]:
    """What the bot stored of everybody, in the order in which it is told of them."""
    bodies = dict(rollcall.read(lambda session: session.execute(select(Presence.user_id, Presence.body)).all()))
    return [(user_id, bodies[user_id]) for user_id in shuffled(bodies)]


def store_raw(file: Path, rows: list[tuple[int, str]]) -> float:
    """CPU seconds for each upsert of bodies that change each time, with the pragmas of the bot's connection."""
    connection = sqlite3.connect(file, isolation_level=None)
    connection.executescript("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL")
    connection.execute("CREATE TABLE rows (id INTEGER PRIMARY KEY, body TEXT)")
    connection.executemany("INSERT INTO rows VALUES (?, ?)", rows)
    batches = [
        [(user_id, body.replace("number", f"{turn:06}")) for user_id, body in rows[start : start + BATCH]]
        for turn in range(UPDATES // PEOPLE)
        for start in range(0, PEOPLE, BATCH)
    ]
    begun = time.process_time()
    for batch in batches:
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany(UPSERT, batch)
        connection.execute("COMMIT")
    spent = time.process_time() - begun
    connection.close()
    return spent / UPDATES


if __name__ == "__main__":
    main()
