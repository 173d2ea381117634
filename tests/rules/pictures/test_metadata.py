"""A photograph tells where it was taken: what is kept here does not."""

import struct
from random import Random

import pytest

from rules.errors import Invalid
from rules.pictures import formats
from rules.pictures.metadata import strip_metadata
from tests.rules.pictures.picture_bytes import chunk, gif, jpeg, png, webp

PLACE = b"47.3769N 8.5417E"
PICTURES = {"png": png, "gif": gif, "jpg": jpeg, "webp": webp}
LOOP = b"\x21\xff\x0bNETSCAPE2.0\x03\x01\x00\x00\x00"
FRAME = b"\x2c" + b"\x00" * 4 + b"\x08\x00\x08\x00\x00\x02\x02\x4c\x01\x00"
SCAN = b"\xff\xda\x00\x08\x01\x01\x00\x00\x3f\x00" + b"\x12\xff\x00\x34\xff\xd0\x56"


def png_with(name):
    whole = png()
    return whole[:33] + chunk(name, PLACE) + whole[33:]


def segment(marker, body):
    return bytes([0xFF, marker]) + struct.pack(">H", len(body) + 2) + body


def jpeg_with(*segments):
    """A JPEG with these segments and two scans, one of them behind a comment."""
    whole = jpeg()
    return whole[:20] + b"".join(segments) + whole[20:-2] + SCAN + segment(0xFE, PLACE) + SCAN + b"\xff\xd9"


def exif(order, orientation):
    mark = {"<": b"II*\x00", ">": b"MM\x00*"}[order]
    entries = struct.pack(f"{order}HHIHH", 0x0112, 3, 1, orientation, 0) + struct.pack(f"{order}HHII", 0x8825, 4, 1, 38)
    return b"Exif\x00\x00" + mark + struct.pack(f"{order}IH", 8, 2) + entries + b"\x00" * 4 + PLACE


def webp_chunk(name, data):
    return name + struct.pack("<I", len(data)) + data + b"\x00" * (len(data) % 2)


def webp_of(*chunks):
    body = b"WEBP" + b"".join(chunks)
    return b"RIFF" + struct.pack("<I", len(body)) + body


@pytest.mark.parametrize("name", [b"eXIf", b"tEXt", b"zTXt", b"iTXt", b"tIME"], ids=ascii)
def test_a_png_tells_no_place(name):
    assert strip_metadata("It", png_with(name), "png") == png()


def test_a_png_keeps_its_colors_and_nothing_behind_its_end():
    assert strip_metadata("It", png_with(b"iCCP") + PLACE, "png") == png_with(b"iCCP")


@pytest.mark.parametrize("marker", [0xE1, 0xE2, 0xEC, 0xED, 0xFE], ids=hex)
def test_a_jpeg_tells_no_place(marker):
    stripped = strip_metadata("It", jpeg_with(segment(marker, PLACE)) + PLACE, "jpg")
    assert stripped == jpeg()[:-2] + SCAN + SCAN + b"\xff\xd9"


def test_a_jpeg_keeps_its_colors():
    profile, adobe = segment(0xE2, b"ICC_PROFILE\x00\x01\x01x"), segment(0xEE, b"Adobe\x00\x64")
    stripped = strip_metadata("It", jpeg_with(profile, adobe), "jpg")
    assert profile + adobe in stripped
    assert PLACE not in stripped


@pytest.mark.parametrize("order", "<>")
def test_a_photograph_that_was_taken_sideways_stays_upright_and_tells_no_place(order):
    stripped = strip_metadata("It", jpeg_with(segment(0xE1, exif(order, 6))), "jpg")
    assert PLACE not in stripped
    turned = b"\x01\x12\x00\x03\x00\x00\x00\x01\x00\x06\x00\x00"
    assert segment(0xE1, b"Exif\x00\x00MM\x00*\x00\x00\x00\x08\x00\x01" + turned + b"\x00" * 4) in stripped
    assert formats.check_picture("It", stripped) == "jpg"


def test_a_webp_tells_no_place():
    size = b"\x07\x00\x00\x07\x00\x00"
    frame = webp_chunk(b"VP8L", b"\x2f\x07\xc0\x01\x00")
    told = [webp_chunk(name, PLACE) for name in (b"EXIF", b"XMP ", b"note")]
    whole = webp_of(webp_chunk(b"VP8X", b"\x2c\x00\x00\x00" + size), webp_chunk(b"ICCP", b"x"), frame, *told)
    # The flags say that there is a color profile, and no longer that there is the rest.
    bare = webp_of(webp_chunk(b"VP8X", b"\x20\x00\x00\x00" + size), webp_chunk(b"ICCP", b"x"), frame)
    assert strip_metadata("It", whole + PLACE, "webp") == bare
    assert formats.check_picture("It", bare) == "webp"


def test_a_gif_tells_no_place_and_goes_on_moving():
    comment = b"\x21\xfe" + bytes([len(PLACE)]) + PLACE + b"\x00"
    told = b"\x21\xff\x0bXMP DataXMP" + bytes([len(PLACE)]) + PLACE + b"\x00"
    whole = gif()[:-1] + LOOP + comment + FRAME + told + b";" + PLACE
    assert strip_metadata("It", whole, "gif") == gif()[:-1] + LOOP + FRAME + b";"


@pytest.mark.parametrize(("kind", "make"), PICTURES.items())
def test_a_picture_that_tells_nothing_stays_as_it_is(kind, make):
    assert strip_metadata("It", make(), kind) == make()


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        *(("png", png()[:-1]), ("png", png()[:30]), ("jpg", jpeg()[:-2]), ("jpg", jpeg()[:25])),
        *(("jpg", jpeg()[:-2] + SCAN), ("jpg", jpeg()[:-2] + b"Exif\xff\xd9"), ("gif", gif()[:-1])),
        *(("gif", gif()[:-1] + FRAME[:-1]), ("gif", gif()[:-1] + b"?;"), ("webp", webp()[:-1])),
    ],
)
def test_what_is_not_built_as_its_kind_is_refused(kind, data):
    with pytest.raises(Invalid, match="It is damaged; save it again, or give another"):
        strip_metadata("It", data, kind)


@pytest.mark.parametrize(("kind", "make"), PICTURES.items())
def test_no_bytes_whatever_make_it_fail_in_another_way(kind, make):
    whole, random = make(), Random(2)
    for _ in range(2000):
        data = bytearray(whole)
        for _ in range(random.randrange(1, 8)):
            data[random.randrange(len(data))] = random.randrange(256)
        try:
            strip_metadata("It", bytes(data), kind)
        except Invalid:
            continue
