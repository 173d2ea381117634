"""What people type: instants, birthdays, time zones, proxy tags around the word text."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from rules.errors import Invalid, NotFound
from rules.parsing import birthdays, time_zones
from rules.parsing.typed_times import parse_span, parse_time, show_span
from rules.proxying.proxy_tags import read_example

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 11, 21, 20, 15, 30, tzinfo=BERLIN)
NOW_US = int(NOW.timestamp()) * 1_000_000


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("1d6h ago", "2026-11-20T14:15:30"),
        ("1w2d3h4m5s", "2026-11-12T17:11:25"),
        ("1H 30M", "2026-11-21T18:45:30"),
        ("2 hours ago", "2026-11-21T18:15:30"),
        ("now", "2026-11-21T20:15:30"),
        ("yesterday 14:00", "2026-11-20T14:00:00"),
        ("2026-11-20", "2026-11-20T00:00:00"),
        ("2026/11/20", "2026-11-20T00:00:00"),
        ("2026 11 20", "2026-11-20T00:00:00"),
        ("2026-11-20 13:00", "2026-11-20T13:00:00"),
        ("13:00, 2026-11-20", "2026-11-20T13:00:00"),
        ("2026-11-20 1430", "2026-11-20T14:30:00"),
        ("2026-11-20T13:00:00Z", "2026-11-20T14:00:00"),
        ("2026-11-20T13:00:00+02:00", "2026-11-20T12:00:00"),
        ("November 20, 2025, 14:00", "2025-11-20T14:00:00"),
        ("Nov 20th 2 PM", "2026-11-20T14:00:00"),
        ("20 Nov 2025", "2025-11-20T00:00:00"),
        ("14:30", "2026-11-21T14:30:00"),
        ("14:30:15", "2026-11-21T14:30:15"),
        ("1430", "2026-11-21T14:30:00"),
        ("2PM", "2026-11-21T14:00:00"),
        ("4:30 pm", "2026-11-21T16:30:00"),
        # Ahead of now, so it was yesterday, or last year.
        ("23:30", "2026-11-20T23:30:00"),
        ("Dec 24", "2025-12-24T00:00:00"),
        ("2027-01-01", "2027-01-01T00:00:00"),
    ],
)
def test_instants(text, at):
    local = datetime.fromtimestamp(parse_time(text, "Europe/Berlin", NOW_US) / 1_000_000, BERLIN)
    assert local.replace(tzinfo=None).isoformat() == at


NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


@pytest.mark.parametrize("zone", ["UTC", "America/New_York", "Asia/Tokyo", "Pacific/Kiritimati"])
@pytest.mark.parametrize(
    ("text", "at"),
    [
        *[(f"<t:1795262400{style}>", NOON) for style in ("", ":t", ":T", ":d", ":D", ":f", ":F", ":R", ":s", ":S")],
        ("`<t:1795262400:R>`", NOON),
        ("\\<t:1795262400:R>", NOON),
        (" <t:1795262400> ", NOON),
        ("<t:0>", datetime(1970, 1, 1, tzinfo=UTC)),
        ("<t:-86400:F>", datetime(1969, 12, 31, tzinfo=UTC)),
        ("1795262400", NOON),
        ("1795262400000", NOON),
        ("1795262400.5", NOON + timedelta(milliseconds=500)),
        ("2026-11-21T12:00:00Z", NOON),
        ("2026-11-21t12:00z", NOON),
        ("2026-11-21T14:00:00.000+02:00", NOON),
        ("2026-11-21T14:00:00,000+0200", NOON),
        ("2026-11-21T14:00+02", NOON),
        ("2026-11-21 14:00 +02:00", NOON),
        ("2026-11-21T07:00:00\N{MINUS SIGN}05:00", NOON),
        ("20261121T120000Z", NOON),
        ("2026-11-21 12:00:00 UTC", NOON),
        ("2026-11-21 14:00 UTC+2", NOON),
        ("Nov 21 2026 7 AM EST", NOON),
        ("Sat, 21 Nov 2026 14:00:00 +0200", NOON),
        ("yesterday 12:00 UTC", NOON - timedelta(days=1)),
        ("12:00 UTC", NOON),
        ("23:30 UTC", NOON - timedelta(minutes=750)),
        ("14:00 +02:00", NOON),
    ],
)
def test_what_is_absolute_is_moved_by_no_zone(text, at, zone):
    now_us = int(NOON.timestamp()) * 1_000_000 + 15 * 60 * 1_000_000
    assert parse_time(text, zone, now_us) == int(at.timestamp() * 1_000_000)


@pytest.mark.parametrize(
    "text", ["<t:99999999999999>", "<t:9999999999999>", "<t:>", "<t:x>", "<t:5:R> ago", "<t:5:RR>", "<T:5>", "<t:５>"]
)
def test_what_is_no_timestamp_of_discords(text):
    with pytest.raises(Invalid, match="I cannot read"):
        parse_time(text, "UTC", NOW_US)


def test_the_zone_decides_what_a_clock_time_is():
    in_berlin, in_new_york = (parse_time("14:00", zone, NOW_US) for zone in ("Europe/Berlin", "America/New_York"))
    assert in_new_york - in_berlin == 6 * 3600 * 1_000_000


@pytest.mark.parametrize("text", ["", "hello", "12", "99:99", "2026-02-30", "1d6x", "x" * 200, "9" * 40 + "d"])
def test_what_is_no_instant(text):
    with pytest.raises(Invalid, match="I cannot read"):
        parse_time(text, "UTC", NOW_US)


def test_a_span_longer_than_time_ends_at_its_beginning():
    assert parse_time("999999999w", "UTC", NOW_US) == 0


def test_spans():
    typed = {"6h": 21_600, " 1D 12h ": 129_600, "90s": 90, "1w2d3h4m5s": 788_645, "0s": 0}
    assert {text: parse_span(text) for text in typed} == typed


@pytest.mark.parametrize("text", ["", "6", "h", "6 hours", "-6h", "1.5h", "6h ago", "soon", "1234567890h", "1h" * 51])
def test_what_is_no_span(text):
    with pytest.raises(Invalid, match="as a length of time; write it like 6h or 1d12h"):
        parse_span(text)


def test_spans_are_shown_in_their_two_largest_units():
    assert [show_span(seconds) for seconds in (-5, 0, 59, 61, 3600, 90_061)] == [
        *("0 s", "0 s", "59 s", "1 min 1 s", "1 h", "1 d 1 h"),
    ]


@pytest.mark.parametrize(
    ("text", "stored"),
    [
        ("July 11, 2018", "2018-07-11"),
        ("Jul 11th 2018", "2018-07-11"),
        ("11 july 2018", "2018-07-11"),
        ("2018-07-11", "2018-07-11"),
        ("2018 07 11", "2018-07-11"),
        ("2018/07/11", "2018-07-11"),
        ("1st March", "0004-03-01"),
        ("Feb 29", "0004-02-29"),
        ("07-11", "0004-07-11"),
        ("7/11", "0004-07-11"),
        ("0004-07-11", "0004-07-11"),
        ("Today", "2026-11-21"),
        ("now", "2026-11-21"),
    ],
)
def test_birthdays(text, stored):
    assert birthdays.type_birthday(text, date(2026, 11, 21)) == stored


@pytest.mark.parametrize("text", ["", "Feb 30", "Feb 29 2019", "11.7.2018", "someday", "2018-13-01"])
def test_what_is_no_birthday(text):
    with pytest.raises(Invalid, match="as a birthday; write it like"):
        birthdays.type_birthday(text, date(2026, 11, 21))


def test_a_timestamp_of_discords_is_a_birthday_in_ones_own_zone():
    days = [birthdays.type_birthday("<t:1531267200:D>", date(2026, 11, 21), zone) for zone in ("UTC", "America/Lima")]
    assert days == ["2018-07-11", "2018-07-10"]


def test_birthdays_in_words():
    shown = [birthdays.show_birthday(day) for day in ("2018-07-11", "0004-07-11", "0001-12-24", "0987-01-02", None)]
    assert shown == ["July 11, 2018", "July 11", "December 24", "January 2, 0987", None]


@pytest.mark.parametrize(
    ("text", "zones"),
    [
        ("europe/berlin", ["Europe/Berlin"]),
        ("Berlin", ["Europe/Berlin"]),
        ("new york", ["America/New_York"]),
        ("US/Eastern", ["US/Eastern"]),
        ("UTC", ["UTC"]),
        ("gmt", ["UTC"]),
        ("GB", ["Europe/London"]),
        ("japan", ["Japan"]),
        ("India", ["Asia/Kolkata"]),
        ("🇯🇵", ["Asia/Tokyo"]),
        ("UTC+2", ["Etc/GMT-2"]),
        ("-3", ["Etc/GMT+3"]),
        ("+0", ["UTC"]),
        ("GMT+5:45", ["Asia/Kathmandu"]),
    ],
)
def test_time_zones(text, zones):
    assert time_zones.find_zones(text) == zones


def test_a_country_with_several_zones():
    assert {"America/New_York", "America/Los_Angeles"} < set(time_zones.find_zones("United States"))


def test_no_time_zone():
    with pytest.raises(NotFound, match="Did you mean Europe/Berlin"):
        time_zones.find_zones("Berln")
    with pytest.raises(NotFound, match="I know no time zone"):
        time_zones.find_zones("+25")


def test_the_time_in_a_zone():
    at = int(datetime(2026, 11, 21, 23, 5, tzinfo=UTC).timestamp()) * 1_000_000
    assert time_zones.show_local_time("Asia/Tokyo", at) == "Sunday, November 22, 08:05"


@pytest.mark.parametrize(
    ("example", "prefix", "suffix"),
    [
        ("[text]", "[", "]"),
        ("A: text", "A: ", None),
        ("TEXT -a", None, " -a"),
        ("text" + "x" * 96, None, "x" * 96),
    ],
)
def test_tags_around_the_word_text(example, prefix, suffix):
    assert read_example(example) == {"prefix": prefix, "suffix": suffix}


@pytest.mark.parametrize(
    ("example", "sentence"),
    [
        ("[]", "around the word text"),
        ("Text", "around the word text"),
        ("text [text]", "only once"),
        ("text", "before or after"),
        ("text" + "x" * 97, "at most 100 characters; these have 101"),
    ],
)
def test_what_are_no_tags(example, sentence):
    with pytest.raises(Invalid, match=sentence):
        read_example(example)
