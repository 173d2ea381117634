"""The hot read, `GET /user/<id>` for a stranger, against a bare WSGI callable that returns as many bytes."""

import tempfile
from contextlib import ExitStack
from functools import partial
from pathlib import Path

import requests

from bench import fixtures
from bench.load import Measured, Target, describe, describe_generator, interleave, p99_ratios, press, ratios
from bench.report import Row, show
from bench.web.servers import LIMITED, serving

ROUNDS = 5
PEOPLE, FRIENDS = 100_000, 20


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        file = Path(folder) / "people.db"
        fixtures.make_file(file, PEOPLE)
        hot = stack.enter_context(serving(file=file)).url
        limited = stack.enter_context(serving(file=file, RATE_LIMIT=LIMITED)).url
        one = fixtures.PATH % 0
        answer = requests.get(hot + one, timeout=10)
        size = len(answer.content)
        bare = stack.enter_context(serving("bench.web.baselines:bare", "threaded", BENCH_BYTES=str(size))).url
        targets = {
            "bare": Target(bare, fixtures.PATH, PEOPLE),
            "hot": Target(hot, fixtures.PATH, PEOPLE),
            "limited": Target(limited, fixtures.PATH, PEOPLE),
            "whole": Target(hot, one),
            "unchanged": Target(hot, one, headers=(("If-None-Match", answer.headers["ETag"]),)),
            "page": Target(hot, f"/users?ids={','.join(str(fixtures.FIRST + number) for number in range(FRIENDS))}"),
        }
        found = interleave(ROUNDS, {name: partial(press, target) for name, target in targets.items()})
    show("reads", rows_of(found, size), [f"{PEOPLE:,} people, one worker on a core of its own. {describe_generator()}"])


def rows_of(found: dict[str, list[Measured]], size: int) -> list[Row]:
    against = f"a bare callable of {size:,} bytes on the threaded worker"
    aims = {"hot": ("hot read", 4), "limited": ("hot read, rate limit on", 3.5)}
    rows = []
    for run, (name, aim) in aims.items():
        ours, bare = found[run], found["bare"]
        rows.append(Row(name, against, ratios(ours, bare), at_least=aim, notes=[describe(ours, bare)]))
        rows.append(Row(f"{name}, p99", against, p99_ratios(ours, bare), at_most=0.2))
    whole, unchanged = found["whole"], found["unchanged"]
    note = describe(unchanged, whole)
    rows.append(Row("304", "the same full answer", ratios(unchanged, whole), at_least=1.05, notes=[note]))
    people = [FRIENDS * ratio for ratio in ratios(found["page"], whole)]
    note = describe(found["page"], whole)
    return [*rows, Row(f"people/s by GET /users of {FRIENDS}", "one by one", people, notes=[note])]


if __name__ == "__main__":
    main()
