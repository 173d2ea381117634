"""Reads that go through the front to Flask: against the same on gunicorn's threaded worker, and a constant view's."""

import tempfile
from contextlib import ExitStack
from functools import partial
from pathlib import Path

import requests

from bench import fixtures
from bench.load import Measured, Target, describe, describe_generator, interleave, press, ratios
from bench.report import Row, show
from bench.web.servers import serving

ROUNDS = 5
PEOPLE = 1000
# What is asked for, with whose eyes, and how much slower than a view of constant bytes it may be.
READS = {
    "owner's read with a token": (fixtures.PATH % 0, True, 0.5),
    "GET /v1/s/<id>": ("/v1/s/{hid}", False, 0.4),
    f"GET /v1/s/<id>/members ({fixtures.MEMBERS})": ("/v1/s/{hid}/members", False, 0.25),
    f"GET /v1/s/<id>/fronters ({fixtures.FRONTERS})": ("/v1/s/{hid}/fronters", False, 0.3),
}


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        file = Path(folder) / "people.db"
        fixtures.make_file(file, PEOPLE)
        token, hid = fixtures.add_system(file)
        front, threaded = (stack.enter_context(serving(file=file, worker=name)).url for name in ("front", "threaded"))
        rows = []
        for name, (path, is_own, aim) in READS.items():
            given = path.format(hid=hid), 1, (("Authorization", token),) if is_own else ()
            found, size = compare({"front": Target(front, *given), "threaded": Target(threaded, *given)})
            rows += rows_of(name, size, aim, found)
    constant = Row(
        "a Flask view of constant bytes",
        "the same on the threaded worker",
        ratios(found["constant"], found["constant threaded"]),
        at_least=1,
        notes=[describe(found["constant"], found["constant threaded"])],
    )
    show("flask_reads", [constant, *rows], [f"One worker on a core of its own. {describe_generator()}"])


def compare(targets: dict[str, Target]) -> tuple[dict[str, list[Measured]], int]:
    """The targets in turn with a view of as many constant bytes behind both workers; and how many these are."""
    one = targets["front"]
    size = len(requests.get(one.url + one.path, headers=dict(one.headers), timeout=10).content)
    with (
        serving(app="bench.web.baselines:plain", BENCH_BYTES=str(size)) as plain,
        serving(app="bench.web.baselines:plain", worker="threaded", BENCH_BYTES=str(size)) as plain_threaded,
    ):
        targets |= {"constant": Target(plain.url, "/v1/x"), "constant threaded": Target(plain_threaded.url, "/v1/x")}
        return interleave(ROUNDS, {name: partial(press, target) for name, target in targets.items()}), size


def rows_of(name: str, size: int, aim: float, found: dict[str, list[Measured]]) -> list[Row]:
    front, threaded, constant = found["front"], found["threaded"], found["constant"]
    return [
        Row(
            name,
            "the same on the threaded worker",
            ratios(front, threaded),
            at_least=1,
            notes=[describe(front, threaded)],
        ),
        Row(
            name,
            f"a Flask view of as many constant bytes ({size:,}) behind the front",
            ratios(front, constant),
            at_least=aim,
        ),
    ]


if __name__ == "__main__":
    main()
