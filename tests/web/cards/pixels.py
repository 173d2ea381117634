"""Pictures as Chromium draws them, in blocks so large that another font makes no difference."""

import shutil
import struct
import subprocess
import zlib
from pathlib import Path
from typing import NamedTuple

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
CHROMIUM = next((path for name in NAMES if (path := shutil.which(name))), None)
QUIET = (
    *("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-extensions"),
    *("--hide-scrollbars", "--force-color-profile=srgb", "--force-device-scale-factor=1"),
)
# A quarter of its size is enough to see, and a sixteenth to read.
SMALLER, BLOCK = 4, 4
_SIGNATURE = b"\x89PNG\r\n\x1a\n"


class Pixels(NamedTuple):
    """A picture in rows of red, green and blue."""

    width: int
    height: int
    rows: list[bytes]

    def cut(self, y: int, width: int, height: int) -> "Pixels":
        """What stands at the left from `y` on."""
        return Pixels(width, height, [row[: 3 * width] for row in self.rows[y : y + height]])

    def in_blocks(self) -> "Pixels":
        """The average of each BLOCK × BLOCK pixels; what is left over at the edges is left out."""
        rows = [
            bytes(
                sum(sum(row[3 * x + color : 3 * (x + BLOCK) : 3]) for row in self.rows[y : y + BLOCK]) // BLOCK**2
                for x in range(0, self.width - BLOCK + 1, BLOCK)
                for color in range(3)
            )
            for y in range(0, self.height - BLOCK + 1, BLOCK)
        ]
        return Pixels(self.width // BLOCK, len(rows), rows)

    def differs_from(self, other: "Pixels") -> float:
        """How far the channels are apart on average, from 0 to 255; 255 where the sizes differ."""
        if (self.width, self.height) != (other.width, other.height):
            return 255
        pairs = zip(b"".join(self.rows), b"".join(other.rows), strict=True)
        return sum(abs(one - another) for one, another in pairs) / (3 * self.width * self.height)


def photograph(svgs: dict[str, bytes], folder: Path) -> dict[str, Pixels]:
    """Cards as a page shows them that embeds them as pictures, by their names."""
    sizes, y, page = {}, 0, ["<!doctype html><meta charset=utf-8><style>body{margin:0;background:#888}</style>"]
    for name, svg in svgs.items():
        (folder / f"{name}.svg").write_bytes(svg)
        head = svg[: svg.index(b">")].decode()
        sides = (float(head.partition(f'{side}="')[2].partition('"')[0]) for side in ("width", "height"))
        width, height = (int(side / SMALLER) for side in sides)
        page.append(
            f'<img src="{name}.svg" style="position:absolute;left:0;top:{y}px;width:{width}px;height:{height}px">'
        )
        sizes[name] = (y, width, height)
        y += height
    (folder / "page.html").write_text("".join(page))
    shot = folder / "shot.png"
    size = f"--window-size={max(width for _, width, _ in sizes.values())},{y}"
    profile, page_url = f"--user-data-dir={folder / 'profile'}", (folder / "page.html").as_uri()
    subprocess.run(
        [CHROMIUM, *QUIET, profile, size, f"--screenshot={shot}", page_url], check=True, capture_output=True, timeout=90
    )
    whole = read_png(shot.read_bytes())
    return {name: whole.cut(*place) for name, place in sizes.items()}


def read_png(data: bytes) -> Pixels:
    """A PNG of 8 bits a channel, not interlaced, with or without an alpha channel, which is left out."""
    chunks, at = {}, len(_SIGNATURE)
    while at < len(data):
        (length,), kind = struct.unpack(">I", data[at : at + 4]), data[at + 4 : at + 8]
        chunks[kind] = chunks.get(kind, b"") + data[at + 8 : at + 8 + length]
        at += length + 12
    width, height, depth, kind, _, _, interlaced = struct.unpack(">IIBBBBB", chunks[b"IHDR"])
    assert (depth, interlaced) == (8, 0)
    channels = {2: 3, 6: 4}[kind]
    lines, above, rows = zlib.decompress(chunks[b"IDAT"]), bytes(width * channels), []
    for y in range(height):
        start = y * (width * channels + 1)
        above = _unfilter(lines[start], lines[start + 1 : start + 1 + width * channels], above, channels)
        rows.append(above if channels == 3 else bytes(value for at, value in enumerate(above) if at % 4 < 3))
    return Pixels(width, height, rows)


def write_png(pixels: Pixels) -> bytes:
    """The same as a PNG."""
    head = struct.pack(">IIBBBBB", pixels.width, pixels.height, 8, 2, 0, 0, 0)
    lines = zlib.compress(b"".join(b"\0" + row for row in pixels.rows), 9)
    parts = ((b"IHDR", head), (b"IDAT", lines), (b"IEND", b""))
    return _SIGNATURE + b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body)) for kind, body in parts
    )


def _unfilter(how: int, line: bytes, above: bytes, channels: int) -> bytes:
    """One line of a PNG, by the filters of its specification's chapter 9."""
    if how == 0:
        return line
    if how == 2:
        return bytes((one + up) & 255 for one, up in zip(line, above, strict=True))
    done = bytearray(len(line))
    for at, one in enumerate(line):
        left = done[at - channels] if at >= channels else 0
        corner = above[at - channels] if at >= channels else 0
        guess = {1: left, 3: (left + above[at]) // 2, 4: _paeth(left, above[at], corner)}[how]
        done[at] = (one + guess) & 255
    return bytes(done)


def _paeth(left: int, up: int, corner: int) -> int:
    guess = left + up - corner
    return min((left, up, corner), key=lambda one: abs(guess - one))
