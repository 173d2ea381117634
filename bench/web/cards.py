"""A person's card that is warm, against the same person's JSON through Flask: both by the front."""

import tempfile
from contextlib import ExitStack
from functools import partial
from pathlib import Path

import requests

from bench import fixtures
from bench.load import Measured, Target, describe, describe_generator, interleave, press, ratios
from bench.report import Row, show
from bench.web.servers import serving
from rules.presence.card import read_card
from rules.presence.cdn import DISCORD
from tests.web.cards.pixels import Pixels, write_png
from web.cards.options import Options
from web.cards.person import draw_person
from web.cards.selection import select
from web.remote_pictures.disk_cache import DiskCache, get_folder

ROUNDS = 5
PEOPLE = 1000
# The pictures of a card are of about so many bytes each: 64 × 64 pixels that nothing can be saved of.
SIDE = 64


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        file = Path(folder) / "people.db"
        fixtures.make_file(file, PEOPLE)
        server = stack.enter_context(serving(file=file)).url
        path = fixtures.PATH % 0
        profile = requests.get(server + path, timeout=10).text
        keep_pictures(f"sqlite:///{file}", profile)
        card = requests.get(f"{server}{path}.svg", timeout=10)
        assert card.content.count(b"data:image/png") == 2, "the card lacks pictures"
        known = (("If-None-Match", card.headers["ETag"]),)
        targets = {
            # With a slash at its end it is not the hot read.
            "json": Target(server, f"{path}/"),
            "card": Target(server, f"{path}.svg"),
            "unchanged": Target(server, f"{path}.svg", headers=known),
        }
        found = interleave(ROUNDS, {name: partial(press, target) for name, target in targets.items()})
    show("cards", rows_of(found, len(card.content)), [f"One worker on a core of its own. {describe_generator()}"])


def keep_pictures(url: str, profile: str) -> None:
    """Put the pictures of a person's card where the server finds what it has fetched."""
    options = Options()
    drawing = draw_person(select(read_card(profile, fixtures.AT), options), options, DISCORD)
    cache = DiskCache(get_folder(url), 1024 * 1024)
    for number, picture in enumerate(drawing.pictures()):
        cache.store(picture.urls[0], noise(number))


def noise(seed: int) -> bytes:
    """A picture that cannot be made smaller."""
    rows = [bytes((seed + 37 * y + x * x * y) % 256 for x in range(3 * SIDE)) for y in range(SIDE)]
    return write_png(Pixels(SIDE, SIDE, rows))


def rows_of(found: dict[str, list[Measured]], size: int) -> list[Row]:
    against = "the same person's JSON through Flask"
    return [
        Row(
            f"time of a warm card ({size:,} bytes)",
            against,
            ratios(found["json"], found["card"]),
            at_most=3,
            notes=[describe(found["json"], found["card"])],
        ),
        Row("time of its 304", against, ratios(found["json"], found["unchanged"])),
    ]


if __name__ == "__main__":
    main()
