"""Text in a picture: as wide as there is room, cut between graphemes, and of no effect on what stands beside it."""

import pytest
import regex

from web.cards.text import ELLIPSIS, clean, fit, initials, measure

ISOLATES = "\u2068\u2069"
FAMILY, FLAG, THUMB = "👩‍👩‍👧‍👦", "🏳️‍🌈", "👍🏽"
LONG = ["W" * 200, "i" * 200, "日本" * 80, FAMILY * 40, FLAG * 40, THUMB * 40, "é" * 200, "ا ب" * 70, "नि" * 90]


@pytest.mark.parametrize("text", ["Alice", "日本語", FAMILY, "ليلى", "é", "a b", "<&>\"'"])
def test_what_fits_stays_as_it_is(text):
    assert fit(text, 300, 14) == f"\u2068{text}\u2069"


@pytest.mark.parametrize("text", LONG)
@pytest.mark.parametrize("width", [40, 120, 300])
def test_what_does_not_fit_is_cut_between_graphemes(text, width):
    shown = fit(text, width, 14).strip(ISOLATES)
    assert shown.endswith(ELLIPSIS)
    kept = regex.findall(r"\X", shown.removesuffix(ELLIPSIS))
    assert kept == regex.findall(r"\X", text)[: len(kept)]
    assert measure(shown, 14) <= width + 1


def test_bold_letters_take_more_room():
    assert measure("Alice", 14, bold=True) > measure("Alice", 14) > measure("Alic", 14)


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("a\nb\tc\r\nd", "a b c d"),
        ("a\u2028b\u2029c", "a b c"),
        ("\u202eevil\u202c", "evil"),
        ("\u2066a\u2069\u200f", "a"),
        ("a\x00\x01\x1b[31mb", "a [31mb"),
        ("a\ud800b\udfff", "ab"),
        ("a\ufffe\uffffb", "ab"),
        ("\ufeff", "\ufeff"),
        (FAMILY, FAMILY),
        ("   ", ""),
    ],
)
def test_a_text_is_one_line_that_xml_takes_and_that_orders_nothing(text, cleaned):
    assert clean(text) == cleaned


def test_a_letter_with_a_tower_of_marks_stays_without_its_top():
    assert clean("a" + "\u0301" * 30 + "b") == "a" + "\u0301" * 4 + "b"
    assert initials("z" + "\u0334" * 30).strip(ISOLATES) == "Z" + "\u0334" * 4


def test_a_chain_that_is_one_grapheme_is_left_out():
    assert fit("a" + "\u200d" * 30 + "b", 100, 14).strip(ISOLATES) == "b"


@pytest.mark.parametrize(
    ("plain", "wide"),
    [("Moon Wolf", "𝓜𝓸𝓸𝓷 𝓦𝓸𝓵𝓯"), ("aaa", "★★★"), ("ааа", "ШШШ"), ("a" * 9, "\ufdfd")],
)
def test_letters_that_are_wide_are_measured_so(plain, wide):
    assert measure(wide, 14) > 1.2 * measure(plain, 14)


@pytest.mark.parametrize("text", ["", "   ", "\u202e", "\x00", "\ud800"])
def test_what_is_nothing_draws_nothing(text):
    assert fit(text, 100, 14) == ""
    assert initials(text) == ""


@pytest.mark.parametrize(
    ("name", "letters"),
    [("alice", "A"), ("the garden of foxes", "TG"), (f"{FAMILY} fam", f"{FAMILY}F"), ("ليلى م", "لم"), ("<b>", "<")],
)
def test_initials_are_the_first_graphemes_of_two_words(name, letters):
    assert initials(name).strip(ISOLATES) == letters
