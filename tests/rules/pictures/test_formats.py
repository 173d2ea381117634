"""What is a picture, and which are too large to be kept."""

from random import Random

import pytest

from rules.errors import Invalid, TooLarge
from rules.pictures import formats
from tests.rules.pictures.picture_bytes import PAGE, SVG, gif, jpeg, png, webp

PICTURES = {"png": png, "gif": gif, "jpg": jpeg, "webp": webp}


@pytest.mark.parametrize(("kind", "make"), PICTURES.items())
def test_the_kinds_that_discord_shows(kind, make):
    assert formats.check_picture("It", make(4096, 4096)) == kind
    assert formats.check_beginning("It", make()[:12]) == kind
    for size in ((4097, 8), (8, 4097)):
        with pytest.raises(
            TooLarge, match=f"It has {size[0]:,} × {size[1]:,} pixels; give one of at most 4,096 × 4,096"
        ):
            formats.check_picture("It", make(*size))


@pytest.mark.parametrize("page", [PAGE, b"<html>", b" <!-- x --><p>", b"<script>"], ids=ascii)
def test_a_web_page_is_refused_as_one(page):
    with pytest.raises(
        Invalid, match="It is a web page and no picture; open the picture itself, and give its own address"
    ):
        formats.check_beginning("It", page)


@pytest.mark.parametrize("data", [b"", b"hello", SVG, b"%PDF-1.4", b"BM" + b"\x00" * 60, b"RIFF0000WAVEfmt ", b"GIF8"])
def test_what_is_no_picture(data):
    with pytest.raises(Invalid, match="It is no picture that Discord shows; give a PNG, JPEG, GIF or WebP"):
        formats.check_picture("It", data)


@pytest.mark.parametrize("begun", [png()[:20], gif()[:9], jpeg()[:20], webp()[:24]], ids=["png", "gif", "jpg", "webp"])
def test_what_only_begins_like_a_picture_is_not_kept(begun):
    with pytest.raises(Invalid, match="It is damaged; save it again, or give another"):
        formats.check_picture("It", begun)


@pytest.mark.parametrize("make", PICTURES.values())
def test_no_bytes_whatever_make_the_check_fail_in_another_way(make):
    whole, random = make(), Random(1)
    for _ in range(2000):
        data = bytearray(whole[: random.randrange(len(whole) + 1)])
        for _ in range(random.randrange(8)):
            if data:
                data[random.randrange(len(data))] = random.randrange(256)
        try:
            assert formats.check_picture("It", bytes(data)) in PICTURES
        except (Invalid, TooLarge):
            continue


def test_a_picture_that_is_too_large_is_refused_with_the_size():
    fits = png() + b"\x00" * (formats.MOST_BYTES - len(png()))
    assert formats.check_picture("The picture", fits) == "png"
    with pytest.raises(TooLarge, match="The picture is too large; give one of at most 4 MB"):
        formats.check_picture("The picture", fits + b"\x00")
