"""The front's history as a spreadsheet and a calendar take it that know nothing of us."""

import csv
import io
import re
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from rules.transfer.writing import formats
from tests.rules.transfer import rich_system
from tests.rules.transfer.formats import sidecars
from tests.rules.transfer.import_samples import export, run_import
from tests.rules.transfer.second_reader import reader

ALICE = 80351110224678912
FORMULA = re.compile(r"\s*[=+\-@＝＋－＠]")


@pytest.fixture
def make(read):
    """The bytes of a format."""
    return lambda form: read(formats.read, ALICE, form)(None).data


@pytest.fixture
def hids(write):
    return rich_system.make(write, ALICE)


def told(read):
    """Who fronted, by name, from and until which instant in µs, the latest first."""
    exported = export(read, ALICE)
    names = {one["id"]: one["name"] for one in exported["members"]}
    switches = [(reader.read_time(one["timestamp"]), one["members"]) for one in reversed(exported["switches"])]
    spans = [(names[hid], *span) for hid, listed in reader.fold(switches).items() for span in listed]
    return sorted(spans, key=lambda span: (span[1], span[0]))


def read_table(data, delimiter=","):
    """What a spreadsheet has in its cells."""
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), delimiter=delimiter))


def read_calendar(data):
    """The properties of a calendar, of everything in it, as RFC 5545 (3.1, 3.3.11) has them; strict."""
    assert data.endswith(b"\r\n")
    lines = data.split(b"\r\n")[:-1]
    assert max(map(len, lines)) <= 75
    # Also a program that unfolds what it has decoded must find whole characters.
    text = "\r\n".join(line.decode() for line in lines).replace("\r\n ", "")
    assert not re.search(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]", text)
    assert not re.search(r"(?<!\r)\n|\r(?!\n)", text)
    things = []
    for line in text.split("\r\n"):
        name, value = re.fullmatch(r"([A-Z-]+):(.*)", line, re.DOTALL).groups()
        if name == "BEGIN":
            things.append({})
        elif name != "END":
            assert name not in things[-1]
            things[-1][name] = value
    return things


def unescape(value):
    """A text, in which nothing may stand that is not escaped."""
    assert not re.search(r"(?<!\\)(\\\\)*[;,]", value)
    return re.sub(r"\\([\\;,nN])", lambda found: "\n" if found[1] in "nN" else found[1], value)


def test_a_table(read, make, hids):
    header, *rows = read_table(make(formats.CSV))
    assert len(header) == 6
    zone = ZoneInfo(rich_system.SYSTEM["tz"])

    def show(at):
        return "" if at is None else f"{datetime.fromtimestamp(at // 1_000_000, zone):%Y-%m-%d %H:%M:%S}"

    found = [(row[0].replace("'=", "="), row[1], row[2]) for row in reversed(rows)]
    assert sorted(found) == sorted((name, show(start), show(end)) for name, start, end in told(read))
    assert {row[5] for row in rows} <= set(hids)


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("name", ["=1", ";=1", "a;=1", "a\t=1", "a\n=1", "a\r\n+1", 'a";=1', '"a;=1', "a; @x", "＝1"])
def test_no_cell_is_a_formula_however_it_is_cut(delimiter, name):
    history = formats.history.History([formats.history.Entry("i", name, "abcde", 0, 1, name)], "UTC", "", 1)
    cells = [cell for row in read_table(formats.spreadsheet.write(history), delimiter) for cell in row]
    assert [cell for cell in cells if FORMULA.match(cell)] == []


def test_a_calendar(read, make, hids):
    calendar, *events = read_calendar(make(formats.ICS))
    assert (calendar["VERSION"], unescape(calendar["X-WR-CALNAME"])) == ("2.0", rich_system.SYSTEM["name"])
    assert calendar["PRODID"]
    assert len({event["UID"] for event in events}) == len(events) > 5
    assert {(event["CLASS"], event["TRANSP"]) for event in events} == {("PRIVATE", "TRANSPARENT")}
    found = []
    for event in events:
        assert all(re.fullmatch(r"\d{8}T\d{6}Z", event[key]) for key in ("DTSTART", "DTEND", "DTSTAMP"))
        start, end = (datetime.fromisoformat(event[key]).timestamp() for key in ("DTSTART", "DTEND"))
        assert start < end
        found.append((unescape(event["SUMMARY"]), start))
    expected = [
        (name.replace("\r\n", "\n") + (" (fronting)" if end is None else ""), start // 1_000_000)
        for name, start, end in told(read)
    ]
    assert sorted(found) == sorted(expected)


@pytest.mark.parametrize("name", ["a\nb", "a\rb", "a\r\nBEGIN:VEVENT", "a\x0b\x1b\x7fb", "a, b; c\\", " x"])
def test_a_name_breaks_no_calendar(name):
    history = formats.history.History([formats.history.Entry("i", name, "abcde", 0, 1, name)], "UTC", name, 1)
    calendar, event = read_calendar(formats.calendar.write(history))
    texts = [unescape(one) for one in (calendar["X-WR-CALNAME"], event["SUMMARY"], event["DESCRIPTION"])]
    assert set(texts) == {re.sub(r"\r\n?", "\n", name).translate(dict.fromkeys((11, 27, 127)))}


@pytest.mark.parametrize("name", sidecars.NAMES)
def test_both_have_each_front_of_a_sample(write, make, name):
    run_import(write, ALICE, sidecars.get_sample(name))
    (_, *rows), (_, *events) = read_table(make(formats.CSV)), read_calendar(make(formats.ICS))
    assert len(rows) == len(events)
    assert [row[0] for row in rows] == [unescape(event["SUMMARY"]).removesuffix(" (fronting)") for event in events]
