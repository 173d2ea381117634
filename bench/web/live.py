"""From a commit, and from the gateway's frame, to whoever listens; what listeners cost, and how they outlive a restart.

Everybody listens to another person, but where it says otherwise. Whoever listens, writes and serves shares the cores.
"""

import statistics
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import requests

from bench import fixtures
from bench.load import Target, describe, describe_generator, press, ratios
from bench.processes import children, cpu_s, pss_mb, raise_open_files
from bench.report import Row, show
from bench.web.listeners import Remote, listening, read_late
from bench.web.servers import Server, serving
from database import connections
from rules.presence import updates
from tests.end_to_end.rollcall import free_port

PEOPLE, MOST = 6000, 5000
ALONE_AIM = {1: 4, 1000: 5, MOST: 6}
COMMITS, PAUSE_S = 60, 0.02
SAME_USER, SAME_COMMITS = 500, 20
IDLE_S, WARM_UP = 5, 100
ROUNDS, SECONDS, A_SECOND = 3, 2, 100
RESTARTED = 2000
SLOW_CHANGES = 400
LISTENERS, RATE, UPDATES = 1000, 200, 2000
NUMBERS = count(1_000_000)
LIMITS = {"LIVE_CONNECTIONS": "20000", "LIVE_PER_CLIENT": "20000"}


class Writer:
    """Changes presences in a file, as the bot does."""

    def __init__(self, file: Path) -> None:
        self._database = connections.open_database(f"sqlite:///{file}")

    def change(self, user: str) -> tuple[int, float]:
        """Change somebody's presence; its number, and when it was committed."""
        number = next(NUMBERS)
        raw = {"user": {"id": user}, **fixtures.update(int(user), str(number))}
        change = updates.change_of_member(fixtures.member(int(user)), fixtures.AT, fixtures.AT, raw)
        with self._database.write_presence() as session:
            updates.record_presences(session, {int(user): change})
        return number, time.time()

    @contextmanager
    def changing(self, users: list[str]) -> Iterator[None]:
        """Change one after another, A_SECOND of them, meanwhile."""
        ended = threading.Event()

        def run() -> None:
            begun = time.monotonic()
            for turn in count():
                if ended.wait(max(0.0, begun + turn / A_SECOND - time.monotonic())):
                    return
                self.change(users[turn % len(users)])

        thread = threading.Thread(target=run)
        thread.start()
        try:
            yield
        finally:
            ended.set()
            thread.join()


def main() -> None:
    raise_open_files()
    users = [str(fixtures.FIRST + number) for number in range(PEOPLE)]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        file = folder / "people.db"
        fixtures.make_file(file, PEOPLE)
        writer = Writer(file)
        with serving(file=file, **LIMITS) as server, listening(server.url) as crowd:
            plain = [f"A plain GET of the same server took {time_plain_gets(server.url, users[0]):.1f} ms."]
            rows = [*socket_rows(crowd, writer, server, users), hot_read_row(file, writer, server, users)]
            crowd.ask("close")
            rows += [same_user_row(crowd, writer, users[0]), *slow_reader_rows(crowd, writer, server, users)]
        with serving(file=file, **LIMITS) as server, listening(server.url) as crowd:
            rows += idle_rows("stream", 16, crowd, server, users)
        rows += [*restart_rows(file, users), *gateway_rows(folder)]
    show("live", rows, [*plain, describe_generator()])


def time_plain_gets(url: str, user: str) -> float:
    """The median time of a GET in ms."""
    times = []
    with requests.Session() as http:
        http.trust_env = False
        for _ in range(COMMITS):
            begun = time.time()
            http.get(f"{url}/user/{user}", timeout=5)
            times.append(time.time() - begun)
    return statistics.median(times) * 1000


def socket_rows(crowd: Remote, writer: Writer, server: Server, users: list[str]) -> list[Row]:
    """One of ever more people changes, and the socket that listens to them is told; what idle sockets cost."""
    rows, opened = [], 0
    for listeners in ALONE_AIM:
        if listeners == MOST:
            rows += idle_rows("socket", 8, crowd, server, users, opened)
        else:
            crowd.ask("open", "socket", users[opened:listeners])
        opened = listeners
        rows.append(commit_row(crowd, writer, users, listeners))
    return rows


def commit_row(crowd: Remote, writer: Writer, users: list[str], listeners: int) -> Row:
    late = [tell(crowd, writer, users[turn * 77 % listeners])[0] for turn in range(COMMITS)]
    return median_row(f"commit → message, {listeners:,} sockets, one changes", late, ALONE_AIM[listeners])


def tell(crowd: Remote, writer: Writer, user: str, listeners: int = 1) -> list[float]:
    """Change somebody; after how many seconds each of their listeners was told."""
    time.sleep(PAUSE_S)
    number, at = writer.change(user)
    return [heard - at for heard in crowd.ask("hear", number, listeners)]


def same_user_row(crowd: Remote, writer: Writer, user: str) -> Row:
    crowd.ask("open", "socket", [user] * SAME_USER)
    last = [max(tell(crowd, writer, user, SAME_USER)) for _ in range(SAME_COMMITS)]
    crowd.ask("close")
    return median_row(f"commit → the last of {SAME_USER} sockets of one person", last, 15)


def slow_reader_rows(crowd: Remote, writer: Writer, server: Server, users: list[str]) -> list[Row]:
    """What is kept for a stream that is not read while its person changes all the time, and what others notice."""
    crowd.ask("open", "socket", users[:2])
    slow, late = read_late(server.url, users[0]), []
    for _ in range(SLOW_CHANGES):
        writer.change(users[0])
        number, at = writer.change(users[1])
        late += [heard - at for heard in crowd.ask("hear", number, 1)]
    crowd.ask("close")
    kept = 0
    slow.settimeout(1)
    try:
        while data := slow.recv(65536):
            kept += len(data)
    except TimeoutError:
        pass
    slow.close()
    return [
        Row("kept for a stream that is not read", "", [kept / 1024], at_most=256, unit="KiB"),
        Row("commit → message beside it, p99", "", [p99(late)], at_most=15, unit="ms"),
    ]


def idle_rows(kind: str, aim_kb: float, crowd: Remote, server: Server, users: list[str], opened: int = 0) -> list[Row]:
    """What a listener costs who is told nothing, when so many are open already."""
    if not opened:
        opened = WARM_UP
        crowd.ask("open", kind, users[:opened])
    before = pss_mb(server.pid)
    crowd.ask("open", kind, users[opened:MOST])
    kilobytes = (pss_mb(server.pid) - before) * 1000 / (MOST - opened)
    [worker] = children(server.pid)
    spent, begun = cpu_s(worker), time.monotonic()
    time.sleep(IDLE_S)
    percent = (cpu_s(worker) - spent) / (time.monotonic() - begun) * 100
    return [
        Row(f"memory of an idle {kind}", "", [kilobytes], at_most=aim_kb, unit="kB"),
        Row(f"CPU of a worker with {MOST:,} of them", "one core", [percent], at_most=3, unit="%"),
    ]


def hot_read_row(file: Path, writer: Writer, server: Server, users: list[str]) -> Row:
    """The hot read of a server with all listeners, against one without, while as many change for both."""
    beside, without = [], []
    with serving(file=file) as bare, writer.changing(users):
        for _ in range(ROUNDS):
            without.append(press(Target(bare.url, fixtures.PATH, PEOPLE), SECONDS))
            beside.append(press(Target(server.url, fixtures.PATH, PEOPLE), SECONDS))
    what = f"hot read with {MOST:,} sockets, {A_SECOND} changes/s"
    return Row(what, "the changes alone", ratios(beside, without), at_least=0.9, notes=[describe(beside, without)])


def restart_rows(file: Path, users: list[str]) -> list[Row]:
    """A server ends and another takes its place; all come again at once, as use-lanyard's clients do."""
    some, port = users[:RESTARTED], free_port()
    with listening(f"http://127.0.0.1:{port}") as crowd:
        with serving(file=file, port=port, **LIMITS):
            crowd.ask("open", "socket", some)
            crowd.begin("come_again", "socket", some)
            at = time.time()
        with serving(file=file, port=port, **LIMITS):
            told, again = crowd.end()
    note = f"the first was served after {min(again) - at:.1f} s."
    return [
        Row(f"SIGTERM → the last of {RESTARTED:,} sockets told", "", [max(told) - at], at_most=0.5, unit="s"),
        Row("SIGTERM → the last served again by the next server", "", [max(again) - at], None, 5, "s", [note]),
    ]


def gateway_rows(folder: Path) -> list[Row]:
    """The whole way, through the real bot."""
    (folder / "all").mkdir()
    with (
        fixtures.crowd(folder / "all", LISTENERS, WEB_CONCURRENCY="1", **LIMITS) as (rollcall, users),
        listening(rollcall.url) as crowd,
    ):
        crowd.ask("open", "socket", users)
        numbers = [next(NUMBERS) for _ in range(UPDATES)]
        turns = [users[number * 77 % LISTENERS] for number in numbers]
        changes = [
            {"user": user, **fixtures.update(int(user), str(number))}
            for user, number in zip(turns, numbers, strict=True)
        ]
        written = dict(zip(numbers, rollcall.simulator.presences(changes, RATE), strict=True))
        heard = crowd.ask("hear_all", numbers, 5)
    late = [heard[number] - at for number, at in written.items() if number in heard]
    name = f"gateway's frame → socket, {RATE} updates/s, {LISTENERS:,} sockets"
    note = f"{len(late):,} of {UPDATES:,} were told each by itself."
    row = median_row(name, late, 8)
    row.notes.append(note)
    return [row, Row(f"{name}, p99", "", [p99(late)], at_most=40, unit="ms")]


def median_row(what: str, times: list[float], at_most: float) -> Row:
    """The median in ms, with the p99 beside it."""
    return Row(what, "", [statistics.median(times) * 1000], None, at_most, "ms", [f"p99 {p99(times):.1f} ms."])


def p99(times: list[float]) -> float:
    """The 99th percentile in ms, or the largest of a few."""
    return (statistics.quantiles(times, n=100)[98] if len(times) >= 100 else max(times)) * 1000


if __name__ == "__main__":
    main()
