"""Whether a read of systems costs the same in a large file as in a small one.

Two files are filled by bulk inserts: one small, one with 10 000 systems, 100 000 members, 20 000 groups of
ten and 1 000 000 switches.
Each read of the API is timed in turn on both, in process, through the whole app; the large one may cost 1.5 times
the small one. The systems that are asked for have the same size in both.
"""

import sqlite3
import statistics
import tempfile
import time
from contextlib import closing
from pathlib import Path
from uuid import UUID

from flask.testing import FlaskClient
from sqlalchemy import event, insert
from sqlalchemy.orm import Session

import config as settings
import models
from app import create_app
from bench.report import Row, show
from rules.account import tokens

SMALL, LARGE = 10, 10_000
MEMBERS, SWITCHES, GROUPS = 10, 100, 2
ROUNDS, READS = 20, 20
AIM = 1.5
FIRST_US = 1_600_000_000_000_000
SNOWFLAKE = 1_163_892_047_215_738_900


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        small = make_client(Path(folder) / "small.db", SMALL)
        large = make_client(Path(folder) / "large.db", LARGE)
        tables = {f"SCAN {table}" for table in models.db.metadata.tables}
        scans = sorted(step for step in query_plans(Path(folder) / "large.db") if " ".join(step.split()[:2]) in tables)
        against = f"in a file of {SMALL} systems"
        rows = [make_row(path, against, compare(small, large, path, own)) for path, own in paths()]
    size = f"{LARGE:,} systems, {LARGE * MEMBERS:,} members, {LARGE * SWITCHES:,} switches"
    show("systems", rows, [f"In a file of {size}.", f"SQLite reads without an index: {', '.join(scans) or 'nothing'}."])


def paths() -> list[tuple[str, bool]]:
    """What is asked for, with the number of a system in it; and whether its owner asks."""
    before = "2020-09-13T12:28:00.000000Z"
    return [
        ("/v1/s", True),
        ("/v1/s/{hid}", False),
        ("/v1/s/{hid}/members", False),
        ("/v1/s/{hid}/fronters", False),
        ("/v1/s/{hid}/switches", False),
        (f"/v1/s/{{hid}}/switches?before={before}", False),
        ("/v1/m/{hid}", False),
        ("/v1/a/{user}", False),
        ("/v1/msg/{message}", False),
        ("/v1/msg/{original}", False),
        ("/v2/systems/@me", True),
        ("/v2/systems/{hid}", False),
        ("/v2/systems/{user}", False),
        ("/v2/systems/{hid}/settings", False),
        ("/v2/systems/{hid}/members", False),
        ("/v2/systems/{hid}/groups?with_members=true", False),
        ("/v2/systems/{hid}/fronters", False),
        ("/v2/systems/{hid}/switches", False),
        (f"/v2/systems/{{hid}}/switches?before={before}&limit=10", False),
        ("/v2/systems/{hid}/switches/{switch}", False),
        ("/v2/members/{hid}", False),
        ("/v2/members/{hid}/groups", False),
        ("/v2/groups/{hid}", False),
        ("/v2/groups/{hid}/members", False),
        ("/v2/messages/{message}", False),
    ]


def make_client(file: Path, count: int) -> FlaskClient:
    client = open_client(file, count)
    with client.application.extensions["database"].write() as session:
        fill(session, count)
    return client


def open_client(file: Path, count: int) -> FlaskClient:
    config = settings.read({"DATABASE_URL": f"sqlite:///{file}", "RATE_LIMIT": ""})
    client = create_app(config).test_client()
    client.count = count
    return client


def hid_of(number: int) -> str:
    """A different five-letter ID for each number."""
    letters = []
    for _ in range(5):
        number, letter = divmod(number, 26)
        letters.append(chr(97 + letter))
    return "".join(reversed(letters))


def uuid_of(number: int) -> UUID:
    """A different UUID of version 4 for each number."""
    return UUID(int=number, version=4)


def fill(session: Session, count: int) -> None:
    """Systems with an account, members, switches of two members each, and a message a member."""
    systems = range(1, count + 1)
    session.execute(
        insert(models.System), [{"id": n, "hid": hid_of(n), "name": "Foxes", "created": n} for n in systems]
    )
    session.execute(insert(models.Account), [{"user_id": SNOWFLAKE + n, "system_id": n} for n in systems])
    hashed = tokens.hash_token("nobody's")
    session.execute(insert(models.Token), [{"user_id": SNOWFLAKE + n, "hash": hashed} for n in systems])
    for start in range(0, count, 1000):
        fill_systems(session, range(start + 1, min(start + 1000, count) + 1))


def fill_systems(session: Session, systems: range) -> None:
    members = [(n - 1) * MEMBERS + m + 1 for n in systems for m in range(MEMBERS)]
    rows = [
        {"id": m, "hid": hid_of(m), "system_id": (m - 1) // MEMBERS + 1, "name": f"Member {m}", "created": m}
        for m in members
    ]
    session.execute(insert(models.Member), rows)
    switches = [(n - 1) * SWITCHES + s + 1 for n in systems for s in range(SWITCHES)]
    rows = [
        {
            "id": s,
            "uuid": uuid_of(s).bytes,
            "system_id": (s - 1) // SWITCHES + 1,
            "timestamp": FIRST_US + (s - 1) % SWITCHES * 1_000_000,
        }
        for s in switches
    ]
    session.execute(insert(models.Switch), rows)
    rows = [
        {"switch_id": s, "position": p, "member_id": (s - 1) // SWITCHES * MEMBERS + (s + p) % MEMBERS + 1}
        for s in switches
        for p in (0, 1)
    ]
    session.execute(insert(models.SwitchMember), rows)
    rows = [
        {"id": SNOWFLAKE + 2 * m, "original_id": SNOWFLAKE + 2 * m + 1, "sender_id": 1, "channel_id": 1, "member_id": m}
        for m in members
    ]
    session.execute(insert(models.Message), rows)
    groups = [(n - 1) * GROUPS + g + 1 for n in systems for g in range(GROUPS)]
    rows = [
        {"id": g, "hid": hid_of(g), "system_id": (g - 1) // GROUPS + 1, "name": f"Group {g}", "created": g}
        for g in groups
    ]
    session.execute(insert(models.Group), rows)
    rows = [{"group_id": g, "member_id": (g - 1) // GROUPS * MEMBERS + m + 1} for g in groups for m in range(MEMBERS)]
    session.execute(insert(models.GroupMember), rows)


def query_plans(file: Path) -> set[str]:
    """The steps of SQLite's query plans for all that is asked for all paths."""
    client = open_client(file, LARGE)
    asked: set[str] = set()

    def trace(connection: sqlite3.Connection, _record: object) -> None:
        connection.set_trace_callback(asked.add)

    with client.application.app_context():
        event.listen(models.db.engine, "connect", trace)
    for path, own in paths():
        time_reads(client, path, own_token(client) if own else {}, 1)
    selects = [sql for sql in asked if sql.startswith("SELECT")]
    assert len(selects) >= len(paths())
    with closing(sqlite3.connect(file)) as connection:
        return {row[3] for sql in selects for row in connection.execute(f"EXPLAIN QUERY PLAN {sql}")}


def make_row(path: str, against: str, rounds: list[tuple[float, float]]) -> Row:
    """A row of the ratios, which says how long one read took in each file (median)."""
    of_small, of_large = (statistics.median(times) / READS * 1000 for times in zip(*rounds, strict=True))
    ratios = [large / small for small, large in rounds]
    return Row(path, f"{against}: {of_large:.2f} and {of_small:.2f} ms", ratios, at_most=AIM)


def compare(small: FlaskClient, large: FlaskClient, path: str, own: bool) -> list[tuple[float, float]]:
    """Seconds for READS reads of the small and of the large file in each round, measured in turn."""
    tokens_of = {client: own_token(client) if own else {} for client in (small, large)}
    rounds = [
        tuple(time_reads(client, path, tokens_of[client], number) for client in (small, large))
        for number in range(ROUNDS)
    ]
    return rounds[5:]


def own_token(client: FlaskClient) -> dict[str, str]:
    owner = SNOWFLAKE + client.count // 2
    token = tokens.make_token(owner)
    with client.application.extensions["database"].write() as session:
        tokens.store_token(session, owner, tokens.hash_token(token))
    return {"Authorization": token}


def time_reads(client: FlaskClient, path: str, headers: dict[str, str], number: int) -> float:
    """Seconds for some reads of systems spread over the file."""
    addresses = []
    for read in range(READS):
        system = (number * READS + read) * 7919 % client.count + 1
        member = SNOWFLAKE + 2 * system * MEMBERS
        values = {"hid": hid_of(system), "user": SNOWFLAKE + system, "message": member, "original": member + 1}
        values["switch"] = uuid_of((system - 1) * SWITCHES + 1)
        addresses.append(path.format(**values))
    begun = time.perf_counter()
    for address in addresses:
        assert client.get(address, headers=headers).status_code == 200
    return time.perf_counter() - begun


if __name__ == "__main__":
    main()
