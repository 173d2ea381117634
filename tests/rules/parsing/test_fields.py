"""Discord IDs in paths, and the shape of single values."""

from functools import partial

import pytest

from rules.errors import Invalid, NotFound
from rules.parsing import fields


@pytest.mark.parametrize("text", ["0", "1", "80351110224678912", str(2**63 - 1)])
def test_ids(text):
    assert fields.get_snowflake(text) == int(text)


@pytest.mark.parametrize(
    ("text", "refusal"),
    [
        *((text, Invalid) for text in ("", "abc", "-1", "+1", "1.5", "1e5", "0x10", " 1", "1 ", "1\n", "00", "01")),
        *((text, Invalid) for text in ("٣", "１", "1_000", "1,000", "<@1>", "@me", "null", "1\0")),
        *((text, NotFound) for text in (str(2**63), "9" * 19, "1" * 20, "1" * 300, "9" * 10_000)),
    ],
    ids=lambda value: ascii(value)[:20],
)
def test_no_ids(text, refusal):
    with pytest.raises(refusal):
        fields.get_snowflake(text)


@pytest.mark.parametrize(
    ("value", "says"),
    [
        (None, "The name must be a text."),
        (5, "The name must be a text."),
        (b"abc", "The name must be a text."),
        ("abcd", "The name must have at most 3 characters; this one has 4."),
        ("😀😀😀😀", "The name must have at most 3 characters; this one has 4."),
        ("a\0", "The name must not hold a NUL character."),
        ("\ud800", "The name is not valid Unicode: it holds half of a surrogate pair."),
    ],
    ids=ascii,
)
def test_texts_that_cannot_be_kept(value, says):
    with pytest.raises(Invalid) as refused:
        fields.check_text("name", value, 3)
    assert refused.value.sentence == says


@pytest.mark.parametrize("value", ["", "abc", "😀😀😀", "\ufeff", "a\n"])
def test_texts_that_can(value):
    fields.check_text("name", value, 3)


def refused(reader, value):
    """What somebody is told who sends this."""
    with pytest.raises(Invalid) as refusal:
        reader("thing", value)
    return refusal.value.sentence


@pytest.mark.parametrize("value", [None, "", " ", "\t\n", "\u3000"], ids=ascii)
@pytest.mark.parametrize(
    ("reader", "nothing"),
    [
        (partial(fields.read_text, most=3), None),
        (fields.read_url, None),
        (fields.read_color, None),
        (fields.read_birthday, None),
        (fields.read_time_zone, "UTC"),
    ],
    ids=["text", "url", "color", "birthday", "tz"],
)
def test_null_and_blank_are_nothing(reader, nothing, value):
    assert reader("thing", value) == nothing


@pytest.mark.parametrize("value", [" a ", "a\n", "😀😀😀", "‮a"], ids=ascii)
def test_a_text_is_kept_as_it_is(value):
    assert fields.read_text("thing", value, 3) == value


@pytest.mark.parametrize(
    "reader",
    [
        partial(fields.read_text, most=3),
        *(fields.read_url, fields.read_color, fields.read_birthday, fields.read_time_zone),
    ],
)
@pytest.mark.parametrize("value", [0, 5, 2**70, 1.5, True, False, [], ["a"], {}, {"a": 1}, b"a"], ids=ascii)
def test_what_is_no_text(reader, value):
    assert refused(reader, value) == "The thing must be a text."


@pytest.mark.parametrize(
    "value",
    [
        "http://a",
        "https://i.imgur.com/Abcdefg.png",
        "HTTPS://I.IMGUR.COM/a.PNG?x=1&y=%20#z",
        "https://example.com:8443/",
        "https://my-host.example",
        "http://localhost",
        "https://[2001:db8::1]/a.png",
        "https://bücher.example/😀.png",
        "https://a/" + "x" * 246,
        "https://a/" + "😀" * 246,
    ],
    ids=lambda value: ascii(value)[:30],
)
def test_addresses(value):
    assert fields.read_url("thing", value) == value


@pytest.mark.parametrize(
    "value",
    [
        *("example.com/a.png", "//example.com/a.png", "/a.png", "a", "http", "http:", "http://", "https:///a.png"),
        *("http:a.png", "http:///", "https://?a", "https://#a", "https://@/a.png", "https://:80/"),
        *("ftp://example.com/a.png", "javascript:alert(1)", "data:image/png;base64,AAAA", "file:///etc/passwd"),
        *("https://exa mple.com", "https://example.com/a b", " https://example.com", "https://example.com "),
        *("https://example.com\n", "https://exam\nple.com", "https://example.com/\t", 'https://a/"', "https://a/<b>"),
        *("\x01https://a", "https://a/\x01", "https://a/\x7f"),
        *(
            "https://a\\@b",
            "https://user:pass@example.com/",
            "https://a/\u200b",
            "https://a:0/",
            "https://a:65536/",
            "https://a:b/",
            "https://.",
            "https://-",
            "https://[2001:db8::1",
            "https://[nonsense]/",
            "http\u200b://a",
            "ｈttps://a",
        ),
    ],
    ids=ascii,
)
def test_no_addresses(value):
    assert refused(fields.read_url, value) == "The thing must be an address that starts with http:// or https://."


@pytest.mark.parametrize(("value", "kept"), [("ff0000", "ff0000"), ("FF0000", "ff0000"), ("aBcDeF", "abcdef")])
def test_colours_are_kept_in_lower_case(value, kept):
    assert fields.read_color("thing", value) == kept


@pytest.mark.parametrize(
    "value", ["f00", "ff000", "fff00g", "#ff000", "0xff00", "+ff000", "ff 000", "ff000\n", "１２３４５６"]
)
def test_no_colours(value):
    assert (
        refused(fields.read_color, value)
        == f"The thing must be six hexadecimal digits, like ff0000; this one has {len(value)} characters."
    )


@pytest.mark.parametrize(
    "value",
    ["2018-07-11", "0001-01-01", "0001-07-11", "0004-07-11", "0004-02-29", "2024-02-29", "9999-12-31", "0999-01-01"],
)
def test_birthdays(value):
    assert fields.read_birthday("thing", value) == value


@pytest.mark.parametrize(
    "value",
    [
        *("0001-02-29", "2023-02-29", "1900-02-29", "2018-02-30", "2018-13-01", "2018-00-01", "2018-01-00"),
        *("0000-01-01", "2018-7-11", "18-07-11", "2018/07/11", "11.07.2018", "20180711", "2018-W01-1", "2018-192"),
        *("07-11", "--07-11", "-018-07-11", "２０１８-07-11", "2018-07-1\n", " 2018-07-1", "tomorrow"),
    ],
    ids=ascii,
)
def test_no_birthdays(value):
    assert refused(fields.read_birthday, value).startswith("The thing must be a date of the calendar, like 2018-07-11")


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        ("UTC", "UTC"),
        ("utc", "UTC"),
        ("Europe/Berlin", "Europe/Berlin"),
        ("EUROPE/berlin", "Europe/Berlin"),
        ("America/Argentina/Buenos_Aires", "America/Argentina/Buenos_Aires"),
        ("Etc/GMT+5", "Etc/GMT+5"),
        ("US/Pacific", "US/Pacific"),
    ],
)
def test_time_zones_are_kept_in_their_own_spelling(value, kept):
    assert fields.read_time_zone("thing", value) == kept


@pytest.mark.parametrize(
    "value",
    [
        *("Europe", "Europe/", "Europe/Bern", "Berlin", "+02:00", "UTC+2", "Mars/Olympus", " UTC", "UTC "),
        *("../Europe/Berlin", "/etc/localtime", "localtime", "posixrules", "Factory", "zone.tab", "posix/UTC"),
    ],
)
def test_no_time_zones(value):
    assert (
        refused(fields.read_time_zone, value) == f"The thing must be a time zone like Europe/Berlin; “{value}” is none."
    )


@pytest.mark.parametrize(
    ("reader", "most"),
    [
        (partial(fields.read_text, most=100), 100),
        (fields.read_url, 256),
        (fields.read_color, 6),
        (fields.read_birthday, 10),
        (fields.read_time_zone, 64),
    ],
)
def test_too_long_is_told_before_anything_else(reader, most):
    for value in ("x" * (most + 1), "😀" * (most + 1)):
        told = f"The thing must have at most {most} characters; this one has {most + 1}."
        assert refused(reader, value) == told


@pytest.mark.parametrize(("value", "private"), [("public", False), ("private", True), (None, False)])
def test_privacy(value, private):
    assert fields.read_privacy("thing", value) is private


@pytest.mark.parametrize(
    "value",
    ["", " ", "Private", "PUBLIC", "private ", "hidden", "null", "true", True, False, 0, 1, [], ["private"], {}],
    ids=ascii,
)
def test_no_privacy(value):
    assert refused(fields.read_privacy, value) == "The thing must be public or private."


def test_true_and_false_are_nothing_else():
    assert fields.read_bool("thing", True) is True
    assert fields.read_bool("thing", False) is False
    for value in (None, 0, 1, 0.0, "", "true", "false", [], {}):
        assert refused(fields.read_bool, value) == "The thing must be true or false."
