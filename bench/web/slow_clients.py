"""What others notice while thousands of slow clients hold connections open.

They come all at once and stay: half heads, half bodies (every second with a good token), clients that ask for much and
read nothing, and idle connections that are kept. Whoever is cut off comes again. The others ask at a steady rate, and
their time counts from when they wanted to ask, so that a standstill shows. Meanwhile the bot stores presences.
"""

import asyncio
import http.client
import multiprocessing
import socket
import statistics
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from urllib.parse import urlsplit

from bench import fixtures
from bench.processes import raise_open_files
from bench.report import Row, show
from database import connections
from rules.account import kv, tokens
from rules.presence import profiles
from tests.end_to_end.rollcall import Rollcall

ROUNDS = 5
PEOPLE = 1000
# Together less than BODY_TIMEOUT, after which most of them are cut off.
COMING_S, SECONDS, A_SECOND = 3, 6, 50
HALF_HEADS, HALF_BODIES, NOT_READING, IDLE = 500, 500, 100, 1000
COME_AGAIN_S, LONGEST_S = 1.0, 60


@dataclass(frozen=True)
class Asked:
    """A request of the others."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes | None = None


def main() -> None:
    with (
        tempfile.TemporaryDirectory() as folder,
        fixtures.crowd(Path(folder), PEOPLE, WEB_CONCURRENCY="1") as (rollcall, users),
    ):
        token = add_owner(rollcall, int(users[0]))
        others = {
            "hot read": Asked("GET", f"/user/{users[1]}", {}),
            "read through Flask": Asked("GET", "/user/@me", {"Authorization": token}),
            "KV PUT": Asked("PUT", "/user/@me/kv/key", {"Authorization": token}, b"a value of some length"),
        }
        rounds = []
        for number in range(ROUNDS):
            alone = measure(rollcall, users, others, f"alone {number}", SECONDS)
            with slow_clients(rollcall.url, users[1], token):
                coming = measure(rollcall, users, others, f"coming {number}", COMING_S)
                rounds.append((alone, coming, measure(rollcall, users, others, f"beside {number}", SECONDS)))
    kinds = f"{HALF_HEADS} half heads, {HALF_BODIES} half bodies, {NOT_READING} that do not read, {IDLE:,} idle"
    show(
        "slow_clients",
        rows_of(others, *zip(*rounds, strict=True)),
        [f"One worker; {kinds}; {A_SECOND} requests/s of each kind."],
    )


def add_owner(rollcall: Rollcall, user_id: int) -> str:
    """A token, and pairs whose reading takes many packets."""
    token = tokens.make_token(user_id)
    rollcall.write(tokens.store_token, user_id, tokens.hash_token(token))
    rollcall.write(kv.edit_pairs, user_id, {f"key {number}": "v" * 9000 for number in range(50)})
    return token


@dataclass(frozen=True)
class Noticed:
    """Seconds to each answer by the kind of request, and from a presence's frame to its commit."""

    times: dict[str, list[float]]
    stored: list[float]

    def p99(self, name: str) -> float:
        return statistics.quantiles(self.times[name], n=100)[98]


def measure(rollcall: Rollcall, users: list[str], others: dict[str, Asked], mark: str, seconds: float) -> Noticed:
    times: dict[str, list[float]] = {name: [] for name in others}
    asking = [
        threading.Thread(target=ask_steadily, args=(rollcall.port, asked, seconds, times[name]))
        for name, asked in others.items()
    ]
    for thread in asking:
        thread.start()
    stored = time_writes(rollcall, users, mark, seconds)
    for thread in asking:
        thread.join()
    return Noticed(times, stored)


def ask_steadily(port: int, asked: Asked, seconds: float, times: list[float]) -> None:
    """Ask A_SECOND times a second for so many seconds; a time counts from when it was the request's turn."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    begun = time.perf_counter()
    for number in range(int(seconds * A_SECOND)):
        turn = begun + number / A_SECOND
        time.sleep(max(0.0, turn - time.perf_counter()))
        connection.request(asked.method, asked.path, asked.body, asked.headers)
        response = connection.getresponse()
        response.read()
        assert response.status < 300, f"{asked.path}: {response.status}"
        times.append(time.perf_counter() - turn)
    connection.close()


def time_writes(rollcall: Rollcall, users: list[str], mark: str, seconds: float) -> list[float]:
    """Seconds from a presence's frame to its commit by the bot, one after another for so many seconds."""
    database = connections.open_database(rollcall.database_url)
    times: list[float] = []
    begun = time.time()
    while time.time() < begun + seconds:
        user, text = users[len(times) % PEOPLE], f"{mark}.{len(times)}"
        at = rollcall.simulator.presence(user, **fixtures.update(int(user), text))
        while text not in profiles.find_public(database.own_connection(), int(user)).text:
            time.sleep(0.001)
        times.append(time.time() - at)
    database.close()
    return times


def rows_of(
    others: dict[str, Asked], alone: Sequence[Noticed], coming: Sequence[Noticed], beside: Sequence[Noticed]
) -> list[Row]:
    rows = []
    for name in others:
        quiet = statistics.median(one.p99(name) for one in alone) * 1000
        longest = max(max(one.times[name]) for one in coming) * 1000
        note = f"{quiet:.0f} ms without them; while they come, the longest took {longest:.0f} ms."
        p99s = [one.p99(name) * 1000 for one in beside]
        rows.append(Row(f"{name}, p99 beside slow clients", "", p99s, at_most=200, unit="ms", notes=[note]))
    took = [[statistics.mean(one.stored) * 1000 for one in side] for side in (beside, alone)]
    slower = [one / other for one, other in zip(*took, strict=True)]
    note = "{:.0f} ms against {:.0f} ms.".format(*map(statistics.median, took))
    rows.append(Row("bot's writes, frame to commit", "without slow clients", slower, at_most=1.2, notes=[note]))
    return rows


@contextmanager
def slow_clients(url: str, user: str, token: str) -> Iterator[None]:
    """Hold all of them in a process of its own, which ends by itself after LONGEST_S."""
    ours, theirs = multiprocessing.Pipe()
    child = multiprocessing.get_context("spawn").Process(
        target=hold, args=(theirs, url, sendings(user, token)), daemon=True
    )
    child.start()
    theirs.close()
    ours.recv()
    try:
        yield
        ours.send("end")
        held = ours.recv()
        assert held > 0.9 * (HALF_HEADS + HALF_BODIES + NOT_READING + IDLE), f"only {held} connections stood"
    finally:
        child.terminate()
        child.join()


def sendings(user: str, token: str) -> list[tuple[bytes, bool]]:
    """What each client sends, and whether it reads what comes."""
    head = "{} HTTP/1.1\r\nHost: x\r\nAuthorization: {}\r\n".format
    half_body = "Content-Length: 5000\r\n\r\nonly this"
    return [
        *[(f"GET /user/{user} HTTP/1.1\r\nHost: x\r\nAuthoriz", True)] * HALF_HEADS,
        *[(head("PUT /user/@me/kv/slow", token) + half_body, True)] * (HALF_BODIES // 2),
        *[(head("PUT /user/@me/kv/slow", "nobody's") + half_body, True)] * (HALF_BODIES // 2),
        *[((head("GET /user/@me/kv", token) + "\r\n") * 10, False)] * (NOT_READING // 2),
        *[(f"GET /user/{user} HTTP/1.1\r\nHost: x\r\n\r\n" * 1000, False)] * (NOT_READING // 2),
        *[(f"GET /user/{user} HTTP/1.1\r\nHost: x\r\n\r\n", True)] * IDLE,
    ]


def hold(pipe: Connection, url: str, given: list[tuple[str, bool]]) -> None:
    raise_open_files()
    asyncio.run(asyncio.wait_for(_hold(pipe, urlsplit(url).port, given), LONGEST_S))


async def _hold(pipe: Connection, port: int, given: list[tuple[str, bool]]) -> None:
    held: set[SlowClient] = set()
    pipe.send("ready")
    coming = [asyncio.create_task(_come(port, text.encode(), reads, held)) for text, reads in given]
    await asyncio.to_thread(pipe.recv)
    pipe.send(len(held))
    for task in coming:
        task.cancel()


async def _come(port: int, text: bytes, reads: bool, held: set["SlowClient"]) -> None:
    """Connect, again whenever the connection ends."""
    while True:
        raw = socket.socket()
        raw.setblocking(False)
        if not reads:
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        try:
            await asyncio.get_running_loop().sock_connect(raw, ("127.0.0.1", port))
            _, client = await asyncio.get_running_loop().create_connection(lambda: SlowClient(text, reads), sock=raw)
            held.add(client)
            await client.ended.wait()
            held.discard(client)
        except OSError:
            raw.close()
        await asyncio.sleep(COME_AGAIN_S)


class SlowClient(asyncio.Protocol):
    """One that sends its text and no more."""

    def __init__(self, text: bytes, reads: bool) -> None:
        self._text, self._reads = text, reads
        self.ended = asyncio.Event()

    def connection_made(self, transport: asyncio.Transport) -> None:
        if not self._reads:
            transport.pause_reading()
        transport.write(self._text)

    def connection_lost(self, exc: Exception | None) -> None:
        self.ended.set()


if __name__ == "__main__":
    main()
