"""The benchmarks, one after another, each against a baseline of the same minute. A part takes three minutes or less.

`make bench` runs all, `make bench PART=reads` one; `python -m bench reads latency` several.
"""

import argparse
import importlib

PARTS = {
    "web": {
        "reads": "the hot read, against a bare WSGI callable on gunicorn's threaded worker",
        "flask_reads": "reads through Flask, against the same on the threaded worker and a view of constant bytes",
        "cards": "a person's card that is warm, against the same person's JSON through Flask",
        "file_size": "the hot read in a file of a million people, against a file of a thousand",
        "tail_latency": "the hot read's 99th percentile while presences come in, and beside slower reads",
        "slow_clients": "what others notice of 2 100 clients that dawdle",
        "idle_websockets": "memory and CPU of 5 000 idle WebSockets",
        "live": "from a commit and from the gateway's frame to whoever listens; what listeners cost; a restart",
        "systems": "`/v1` reads in a file of 10 000 systems",
        "transfer": "files of 10 000 and 100 000 fronts: planned, imported, and what others notice of it",
    },
    "bot": {
        "ingest": "presences from the gateway's frame to the commit",
        "latency": "from the gateway's frame to the changed answer",
        "memory": "bot and web with 100 000 members",
        "proxying": "from a message to its copy's request, against a bot that only echoes",
    },
}
MODULES = {part: f"bench.{room}.{part}" for room, parts in PARTS.items() for part in parts}


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m bench",
        description=__doc__,
        epilog="\n".join(f"{part:16} {what}" for parts in PARTS.values() for part, what in parts.items()),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("parts", nargs="*", metavar="part", help="which to run; all without any")
    chosen = parser.parse_args().parts
    for part in chosen:
        if part not in MODULES:
            parser.error(f"there is no part {part!r}; the parts are {', '.join(MODULES)}.")
    for part in chosen or MODULES:
        importlib.import_module(MODULES[part]).main()


if __name__ == "__main__":
    main()
