"""The hot read in a file of a million people against one of a thousand."""

import tempfile
from functools import partial
from pathlib import Path

from bench import fixtures
from bench.load import Target, describe_generator, interleave, press, ratios
from bench.report import Row, show
from bench.web.servers import serving

ROUNDS = 7
SMALL, LARGE = 1000, 1_000_000


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        small, large = Path(folder) / "small.db", Path(folder) / "large.db"
        fixtures.make_file(small, SMALL)
        fixtures.make_file(large, LARGE)
        with serving(file=small) as few, serving(file=large) as many:
            targets = {"few": Target(few.url, fixtures.PATH, SMALL), "many": Target(many.url, fixtures.PATH, LARGE)}
            found = interleave(ROUNDS, {name: partial(press, target) for name, target in targets.items()})
        size = large.stat().st_size / 1e6
    row = Row(
        f"hot read in a file of {LARGE:,} people", f"in a file of {SMALL:,}", ratios(found["many"], found["few"]), 0.9
    )
    show("file_size", [row], [f"The large file has {size:,.0f} MB. gunicorn, one worker. {describe_generator()}"])


if __name__ == "__main__":
    main()
