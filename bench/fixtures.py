"""A file full of people: their presences, as the bot would have stored them."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.orm import Session

import models
from database import connections
from database.upgrade import upgrade
from rules.account import kv, tokens
from rules.fronting import switches
from rules.presence import updates
from rules.systems import members, systems
from simulator.client import Simulator
from tests.end_to_end.rollcall import Rollcall, until

# The last eight digits count; a load generator fills them in.
FIRST = 10_000_000_000_000_000
PATH = f"/user/{str(FIRST)[:-8]}%08d"
AT = 1_795_262_400_000
MEMBERS, FRONTERS, PAIRS = 25, 2, 5


def make_file(path: Path, count: int) -> None:
    """A new file with the presences of `count` people, whose IDs follow one another."""
    url = f"sqlite:///{path}"
    upgrade(url)
    database = connections.open_database(url)
    with database.write() as session:
        fill(session, count)
    database.close()


def fill(session: Session, count: int) -> None:
    """The first one by the rule; the others are copies with another ID, since the rule takes a minute for a million."""
    change = updates.change_of_member(member(FIRST), AT, AT, raw_presence(FIRST))
    updates.record_presences(session, {FIRST: change})
    columns = [column.name for column in models.Presence.__table__.columns]
    copied = {"user_id": "user_id + n", "body": f"replace(body, '{FIRST}', user_id + n)"}
    session.execute(
        text(
            f"WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < :most)"
            f" INSERT INTO presence ({', '.join(columns)})"
            f" SELECT {', '.join(copied.get(name, name) for name in columns)} FROM presence, numbers"
            f" WHERE user_id = {FIRST} AND n <= :most"
        ),
        {"most": count - 1},
    )


def member(user_id: int) -> dict:
    """A member object as Discord sends it."""
    user = {
        "id": str(user_id),
        "username": "wanderer",
        "global_name": "Wanderer",
        "discriminator": "0",
        "avatar": "a_1269e74af4df7417b13759eae50c83dc",
        "public_flags": 0,
    }
    return {"user": user, "nick": "The wanderer", "roles": [], "joined_at": "2026-01-01T00:00:00+00:00", "flags": 0}


def raw_presence(user_id: int) -> dict:
    """A presence object as Discord sends it."""
    return {"user": {"id": str(user_id)}, **update(user_id, "0")}


def update(user_id: int, number: str) -> dict:
    """A status with a song and a custom status that holds the number: about 1.1 kB on the wire."""
    song = {
        "id": "spotify:1",
        "type": 2,
        "name": "Spotify",
        "flags": 48,
        "created_at": AT,
        "session_id": "140ecdfb976bdbf29d4452d492e551c7",
        "sync_id": "4uLU6hMCjMI75M1A2tKUQC",
        "details": "A song of some length",
        "state": "Its singer; another singer",
        "timestamps": {"start": AT, "end": AT + 213_000},
        "assets": {"large_image": "spotify:ab67616d0000b273c0ffee", "large_text": "The album"},
        "party": {"id": f"spotify:{user_id}"},
    }
    custom = {"id": "custom", "type": 4, "name": "Custom Status", "state": f"number {number}", "created_at": AT}
    return {
        "status": "online",
        "client_status": {"desktop": "online", "mobile": "idle"},
        "activities": [song, custom],
    }


def add_system(file: Path) -> tuple[str, str]:
    """A system of the first person, with members, fronters and a few pairs; its owner's token and its ID."""
    database = connections.open_database(f"sqlite:///{file}")
    token = tokens.make_token(FIRST)
    with database.write() as session:
        hid = fill_system(session, token)
    database.close()
    return token, hid


def add_tokens(file: Path, count: int) -> list[str]:
    """Tokens of the first people, who have no systems."""
    database = connections.open_database(f"sqlite:///{file}")
    made = [tokens.make_token(FIRST + number) for number in range(count)]
    with database.write() as session:
        for number, token in enumerate(made):
            tokens.store_token(session, FIRST + number, tokens.hash_token(token))
    database.close()
    return made


def fill_system(session: Session, token: str) -> str:
    tokens.store_token(session, FIRST, tokens.hash_token(token))
    kv.edit_pairs(session, FIRST, {f"key {number}": "a value of some length" for number in range(PAIRS)})
    system = systems.create_system(session, FIRST, {"name": "Foxes", "description": "A system of some foxes."})
    made = [
        members.create_member(session, FIRST, {"name": f"Fox {number}", "color": "ff7700", "prefix": f"{number}:"})
        for number in range(MEMBERS)
    ]
    switches.log_switch(session, FIRST, [member.hid for member in made[:FRONTERS]])
    return system.hid


@contextmanager
def crowd(folder: Path, count: int, **environ: str) -> Iterator[tuple[Rollcall, list[str]]]:
    """A Rollcall, both processes, with a home server of so many people, and their IDs in order once all are published.

    `environ` are the web side's settings.
    """
    with Simulator.start() as simulator:
        simulator.add_guild("Home")
        simulator.fill(None, count, online=0)
        rollcall = Rollcall(simulator, folder)
        try:
            rollcall.start_bot()
            rollcall.start_web(**environ)
            found = until(lambda: len(found := rollcall.read(updates.get_stored_ids)) == count and found)
            yield rollcall, sorted(map(str, found))
        finally:
            rollcall.stop()
