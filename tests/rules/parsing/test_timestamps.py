"""Instants as v1 shows them, and as its clients send them back."""

from datetime import UTC, datetime

import pytest

from rules.errors import Invalid
from rules.parsing import timestamps

NOON = 1_795_262_400_000_000  # 2026-11-21T12:00:00Z
LAST = 253_402_300_799_999_999


def test_noon_is_noon():
    assert datetime(2026, 11, 21, 12, tzinfo=UTC).timestamp() * 1_000_000 == NOON


@pytest.mark.parametrize(
    ("instant", "shown"),
    [
        (NOON, "2026-11-21T12:00:00.000000Z"),
        (NOON + 1, "2026-11-21T12:00:00.000001Z"),
        (NOON + 120_000, "2026-11-21T12:00:00.120000Z"),
        (NOON - 1, "2026-11-21T11:59:59.999999Z"),
        (0, "1970-01-01T00:00:00.000000Z"),
        (-1, "1969-12-31T23:59:59.999999Z"),
        (LAST, "9999-12-31T23:59:59.999999Z"),
        (-62_135_596_800_000_000, "0001-01-01T00:00:00.000000Z"),
    ],
)
def test_what_is_shown_has_six_digits_and_reads_back(instant, shown):
    assert timestamps.show_time(instant) == shown
    assert timestamps.read_time("before", shown) == instant


@pytest.mark.parametrize(
    ("text", "after_noon"),
    [
        ("2026-11-21T12:00:00Z", 0),
        ("2026-11-21t12:00:00z", 0),
        ("2026-11-21 12:00:00Z", 0),
        ("2026-11-21T12:00:00+00:00", 0),
        ("2026-11-21T12:00:00-00:00", 0),
        ("2026-11-21T13:30:00+01:30", 0),
        ("2026-11-21T13:30:00 01:30", 0),
        ("2026-11-21 12:00:00 00:00", 0),
        ("2026-11-21T07:00:00-05:00", 0),
        ("2026-11-22T11:59:00+23:59", 0),
        ("2026-11-20T12:01:00-23:59", 0),
        ("2026-11-21T12:00:00.1Z", 100_000),
        ("2026-11-21T12:00:00.12Z", 120_000),
        ("2026-11-21T12:00:00.123Z", 123_000),
        ("2026-11-21T12:00:00.1234Z", 123_400),
        ("2026-11-21T12:00:00.12345Z", 123_450),
        ("2026-11-21T12:00:00.123456Z", 123_456),
        ("2026-11-21T12:00:00.1234567Z", 123_457),
        ("2026-11-21T12:00:00.12345678Z", 123_457),
        ("2026-11-21T12:00:00.123456789Z", 123_457),
        ("2026-11-21T12:00:00.000000001Z", 1),
        ("2026-11-21T12:00:00.999999999Z", 1_000_000),
        ("2026-11-21T11:59:59.999999Z", -1),
        ("2026-11-21T14:00:00.5+02:00", 500_000),
    ],
)
def test_every_form_of_an_instant(text, after_noon):
    assert timestamps.read_time("before", text) == NOON + after_noon


@pytest.mark.parametrize("text", ["9999-12-31T23:59:59.999999-23:59", "0001-01-01T00:00:00+23:59"])
def test_an_offset_may_lead_beyond_the_years_that_can_be_written(text):
    timestamps.read_time("before", text)


@pytest.mark.parametrize(
    "text",
    [
        *("", " ", "now", "0", "1795262400", "null"),
        *("2026-11-21", "2026-11-21T12:00Z", "2026-11-21T12Z", "12:00:00Z", "2026-11-21T12:00:00"),
        *("2026-11-21T12:00:00+0000", "2026-11-21T12:00:00+00", "2026-11-21T12:00:00 UTC", "2026-11-21T12:00:00ZZ"),
        *("2026-11-21T12:00:00.Z", "2026-11-21T12:00:00.1234567890Z", "2026-11-21T12:00:00,5Z"),
        *("2026-02-29T12:00:00Z", "2026-13-01T12:00:00Z", "2026-11-31T12:00:00Z", "0000-01-01T00:00:00Z"),
        *("2026-11-21T25:00:00Z", "2026-11-21T12:60:00Z", "2026-11-21T12:00:61Z", "2026-11-21T12:00:00+24:00"),
        *("2026-11-21T12:00:00+00:60", "2026-11-21T12:00:00-23:99"),
        *("12026-11-21T12:00:00Z", "-026-11-21T12:00:00Z", "26-11-21T12:00:00Z", "2026-11-21T1２:00:00Z"),
        *(" 2026-11-21T12:00:00Z", "2026-11-21T12:00:00Z\n", "2026-11-21T12:00:00\0Z", "2026-11-21T12:00:00Z" * 9),
    ],
    ids=lambda text: ascii(text)[:40],
)
def test_no_instants(text):
    with pytest.raises(Invalid) as refused:
        timestamps.read_time("before", text)
    assert refused.value.sentence == "The time in before must look like 2026-11-21T20:15:00Z."


def test_now_is_now_in_both_units():
    assert abs(timestamps.now_us() // 1000 - timestamps.now_ms()) < 60_000
    assert timestamps.show_time(timestamps.now_us())[:4] == str(datetime.now(UTC).year)
