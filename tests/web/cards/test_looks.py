"""Cards as Chromium draws them, against the pictures in `looks/`: `KEEP_LOOKS=1` puts the present ones there."""

import os
from pathlib import Path

import pytest

from rules.fronting import switches
from rules.presence import fronting
from rules.systems import members, systems
from tests.web.cards.people import ALICE, BOB, STATUS, USER, game, online, song
from tests.web.cards.pixels import CHROMIUM, Pixels, photograph, read_png, write_png
from tests.web.cards.stand_in import Picture

LOOKS = Path(__file__).parent / "looks"
# On average, of 255: another font moves letters about, but not what is drawn around them.
TOLERATED = 9
NAMES = ("dark", "light", "auto", "arabic", "emoji", "initials", "offline", "narrow", "system", "nobody", "bad")

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium")


def square(red, green, blue):
    """A picture in one color."""
    return Picture(write_png(Pixels(64, 64, [bytes((red, green, blue)) * 64] * 64)))


@pytest.fixture
def shots(client, join, write, pictures, tmp_path):
    """Pictures of cards of all sorts, in blocks."""
    colors = {"avatars": (200, 60, 60), "i.scdn.co": (40, 160, 90), "media.discordapp.net": (60, 90, 200)}
    pictures.find_many = lambda addresses, wait_s: {
        address: square(*color) for address in addresses for word, color in colors.items() if word in address
    }
    svgs = {}

    def keep(name, path):
        answer = client.get(f"{path}{'&' if '?' in path else '?'}animated=false")
        assert answer.status_code == 200
        svgs[name] = answer.data

    card = f"/user/{ALICE}.svg"
    join(ALICE, status=online(STATUS, song(), game()), user=USER)
    system = write(systems.create_system, ALICE, {"name": "The Garden", "tag": "🌱"})
    made = [write(members.create_member, ALICE, {"name": name, "color": "ff7700"}) for name in ("Rowan", "Juniper")]
    write(switches.log_switch, ALICE, [member.hid for member in made])
    write(fronting.set_shown, ALICE, True)
    for theme in ("dark", "light", "auto"):
        keep(theme, f"{card}?theme={theme}")
    keep("narrow", f"{card}?theme=dark&width=280")
    keep("system", f"/v1/s/{system.hid}.svg?theme=light")
    join(BOB, status=online(game(), status="idle"), user={"global_name": "ليلى (مهندسة)", "avatar": "a"})
    keep("arabic", f"/user/{BOB}.svg?theme=light")
    join(BOB, status=online(status="online"), user={"global_name": "👩‍👩‍👧‍👦 🏳️‍🌈 日本語" * 9, "avatar": "a"})
    keep("emoji", f"/user/{BOB}.svg?theme=dark")
    join(BOB, at=9000, user={"global_name": "Dana", "avatar": "a"})
    keep("offline", f"/user/{BOB}.svg?theme=dark&hide=time")
    keep("nobody", "/user/1.svg?theme=dark")
    keep("bad", f"{card}?width=1")
    pictures.find_many = lambda addresses, wait_s: {}
    join(ALICE, status=online(song()), user={"global_name": "Alice Liddell"})
    keep("initials", f"{card}?theme=light&hide=fronter")
    assert set(svgs) == set(NAMES)
    return {name: pixels.in_blocks() for name, pixels in photograph(svgs, tmp_path).items()}


def test_cards_look_as_they_did(shots):
    if os.environ.get("KEEP_LOOKS"):
        LOOKS.mkdir(exist_ok=True)
        for name, pixels in shots.items():
            (LOOKS / f"{name}.png").write_bytes(write_png(pixels))
    kept = {name: read_png((LOOKS / f"{name}.png").read_bytes()) for name in NAMES}
    apart = {name: shots[name].differs_from(kept[name]) for name in NAMES}
    assert {name: far for name, far in apart.items() if far > TOLERATED} == {}
    # What is drawn wrongly would be seen.
    assert shots["dark"].differs_from(kept["light"]) > 10 * TOLERATED
    assert shots["light"].differs_from(kept["initials"]) > TOLERATED
    assert shots["auto"].differs_from(shots["light"]) < 1


def test_a_picture_is_read_as_it_was_written():
    pixels = Pixels(2, 2, [b"abcdef", b"ghijkl"])
    assert read_png(write_png(pixels)) == pixels
