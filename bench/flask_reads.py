"""Reads that go through Flask: the owner's with a token, and PluralKit's v1, against a view of constant bytes."""

import tempfile
from contextlib import ExitStack
from dataclasses import replace
from functools import partial
from pathlib import Path

import requests
from sqlalchemy.orm import Session

from bench import fixtures
from bench.load import Target, describe_generator, interleave, press, ratios
from bench.report import Row, show
from bench.web_servers import serving
from database import connections
from rules.account import kv, tokens
from rules.systems import members, switches, systems

ROUNDS = 5
PEOPLE = 1000
MEMBERS, FRONTERS, PAIRS = 25, 2, 5
AGAINST = "a Flask view of as many constant bytes"
# What is asked for, with whose eyes, and the aim.
READS = {
    "owner's read with a token": (fixtures.PATH % 0, True, 0.5),
    "GET /v1/s/<id>": ("/v1/s/{hid}", False, 0.4),
    f"GET /v1/s/<id>/members ({MEMBERS})": ("/v1/s/{hid}/members", False, 0.25),
    f"GET /v1/s/<id>/fronters ({FRONTERS})": ("/v1/s/{hid}/fronters", False, 0.3),
}


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        file = Path(folder) / "people.db"
        fixtures.make_file(file, PEOPLE)
        token, hid = add_system(file)
        url = stack.enter_context(serving(file=file))
        rows = []
        for name, (path, is_own, aim) in READS.items():
            headers = (("Authorization", token),) if is_own else ()
            ours = Target(url, path.format(hid=hid), headers=headers)
            size = len(requests.get(url + ours.path, headers=dict(headers), timeout=10).content)
            with serving(app="bench.baselines:plain", BENCH_BYTES=str(size)) as plain:
                runs = {"ours": partial(press, ours), "plain": partial(press, replace(ours, url=plain))}
                found = interleave(ROUNDS, runs)
            rows.append(Row(name, f"{AGAINST} ({size:,})", ratios(found["ours"], found["plain"]), at_least=aim))
    show("flask_reads", rows, [f"gunicorn, one worker on a core of its own. {describe_generator()}"])


def add_system(file: Path) -> tuple[str, str]:
    """A system with members, fronters and a few pairs; its owner's token and its ID."""
    database = connections.open_database(f"sqlite:///{file}")
    token = tokens.make_token(fixtures.FIRST)
    with database.write() as session:
        hid = fill(session, token)
    database.close()
    return token, hid


def fill(session: Session, token: str) -> str:
    owner = fixtures.FIRST
    tokens.store_token(session, owner, tokens.hash_token(token))
    kv.edit_pairs(session, owner, {f"key {number}": "a value of some length" for number in range(PAIRS)})
    system = systems.create_system(session, owner, {"name": "Foxes", "description": "A system of some foxes."})
    made = [
        members.create_member(session, owner, {"name": f"Fox {number}", "color": "ff7700", "prefix": f"{number}:"})
        for number in range(MEMBERS)
    ]
    switches.log_switch(session, owner, [member.hid for member in made[:FRONTERS]])
    return system.hid


if __name__ == "__main__":
    main()
