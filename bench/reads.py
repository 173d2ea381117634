"""The hot read, `GET /user/<id>` for a stranger, against a bare WSGI callable that returns as many bytes."""

import tempfile
from contextlib import ExitStack
from functools import partial
from pathlib import Path

import requests

from bench import fixtures
from bench.load import Target, describe_generator, interleave, press, ratios
from bench.report import Row, show
from bench.web_servers import LIMITED, serving

ROUNDS = 5
PEOPLE = 100_000


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        file = Path(folder) / "people.db"
        fixtures.make_file(file, PEOPLE)
        start = lambda **options: stack.enter_context(serving(file=file, **options))  # noqa: E731
        hot, limited = start(), start(RATE_LIMIT=LIMITED)
        one = fixtures.PATH % 0
        answer = requests.get(hot + one, timeout=10)
        size = str(len(answer.content))
        bare = start(app="bench.baselines:bare", BENCH_BYTES=size)
        targets = {
            "bare": Target(bare, fixtures.PATH, PEOPLE),
            "hot": Target(hot, fixtures.PATH, PEOPLE),
            "limited": Target(limited, fixtures.PATH, PEOPLE),
            "granian": Target(start(server="granian"), fixtures.PATH, PEOPLE),
            "granian limited": Target(start(server="granian", RATE_LIMIT=LIMITED), fixtures.PATH, PEOPLE),
            "whole": Target(hot, one),
            "unchanged": Target(hot, one, headers=(("If-None-Match", answer.headers["ETag"]),)),
        }
        found = interleave(ROUNDS, {name: partial(press, target) for name, target in targets.items()})
    against = f"bare callable of {size} bytes on the same gunicorn"
    rows = [
        Row("hot read, gunicorn", against, ratios(found["hot"], found["bare"]), at_least=0.8),
        Row("hot read, gunicorn, rate limit on", against, ratios(found["limited"], found["bare"]), at_least=0.7),
        Row("hot read, granian", against, ratios(found["granian"], found["bare"]), at_least=5),
        Row("hot read, granian, rate limit on", against, ratios(found["granian limited"], found["bare"]), at_least=3),
        Row("304 on the hot read", "the same full answer", ratios(found["unchanged"], found["whole"]), at_least=1.05),
    ]
    show("reads", rows, [f"{PEOPLE:,} people, one worker on a core of its own. {describe_generator()}"])


if __name__ == "__main__":
    main()
