"""`make bench`: all parts, one after another; `make bench PART=reads` only one. A part takes two minutes or less."""

import importlib
import sys

PARTS = ("reads", "roads", "growth", "busy", "ingest", "latency", "memory", "proxying", "systems")


def main() -> None:
    chosen = sys.argv[1:] or PARTS
    for part in chosen:
        if part not in PARTS:
            raise SystemExit(f"There is no part {part!r}; the parts are {', '.join(PARTS)}.")
    for part in chosen:
        importlib.import_module(f"bench.{part}").main()


if __name__ == "__main__":
    main()
