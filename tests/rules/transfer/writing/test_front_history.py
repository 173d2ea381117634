"""The front's history for a spreadsheet and for a calendar."""

import csv
import io
from datetime import timedelta

import pytest
from icalendar import Calendar

from rules.errors import NotAuthenticated
from rules.fronting import switches
from rules.parsing.timestamps import now_us
from rules.systems import members, systems
from rules.transfer.writing import calendar, fronts, history, spreadsheet
from rules.transfer.writing.fronts import Front
from rules.transfer.writing.history import Entry, History

ALICE, BOB = 80351110224678912, 80351110224678914
HOUR = 3_600_000_000
NOW = 1_700_000_000_000_000


def entries(*listed, zone="Europe/Berlin"):
    return History([Entry(f"id{n}", *one) for n, one in enumerate(listed)], zone, "Us", NOW)


def test_switches_become_fronts():
    switches = [(10, [1]), (11, [1, 2]), (12, [2]), (13, [2, 1]), (14, [])]
    assert fronts.fold(switches) == [Front(1, 10, 12), Front(2, 11, 14), Front(1, 13, 14)]
    assert fronts.fold([(1, [1]), (2, [1])]) == [Front(1, 1, None)]


@pytest.mark.parametrize(
    ("switches", "spans", "joined"),
    [
        # Two rows of one member overlap, and their switches say the same.
        ([(1, [1]), (5, [])], [(1, 1, 3), (1, 2, 5)], [(1, 1, 3), (1, 2, 5)]),
        # What somebody logged later goes on.
        ([(1, [1]), (9, [])], [(1, 1, 3)], [(1, 1, 3), (1, 3, 9)]),
        ([(1, [1]), (9, [])], [(1, 2, 3), (1, 5, 6)], [(1, 1, 2), (1, 2, 3), (1, 3, 5), (1, 5, 6), (1, 6, 9)]),
        ([(1, [1]), (3, []), (5, [1]), (7, [])], [(1, 0, 6)], [(1, 0, 6), (1, 6, 7)]),
        ([(1, [1]), (2, [])], [(2, 1, 2)], [(1, 1, 2), (2, 1, 2)]),
        # One that was open ends with its switches, and goes with them.
        ([(1, [1]), (4, [])], [(1, 1, None)], [(1, 1, 4)]),
        ([(1, [1])], [(1, 1, None)], [(1, 1, None)]),
        ([(1, [1])], [(1, 2, None)], [(1, 1, 2), (1, 2, None)]),
        ([(4, [])], [(1, 1, None)], []),
    ],
)
def test_spans_stay_and_switches_say_the_rest(switches, spans, joined):
    came = [Front(*span, app="Simply Plural") for span in spans]
    found = fronts.join(switches, came)
    assert sorted((one.member_id, one.start, one.end) for one in found) == sorted(joined)


@pytest.mark.parametrize(
    ("switches", "spans", "cut"),
    [
        ([(1, [1]), (2, [2, 1]), (4, [2, 1]), (5, [])], [], [(1, 2, [1]), (2, 4, [2, 1]), (4, 5, [2, 1])]),
        ([(1, [1]), (2, []), (3, [1, 2])], [], [(1, 2, [1]), (3, None, [1, 2])]),
        # Of whoever has a span, what is beyond it; of all others as they are.
        ([(1, [1, 2]), (9, [])], [(1, 1, 3)], [(1, 9, [2]), (3, 9, [1])]),
        ([(1, [1]), (5, [1]), (9, [])], [(1, 2, 3)], [(1, 2, [1]), (3, 5, [1]), (5, 9, [1])]),
        ([(1, [1]), (5, [2, 1]), (9, [1])], [(1, 1, 5)], [(5, 9, [2, 1]), (9, None, [1])]),
        ([], [], []),
    ],
)
def test_what_switches_say_is_cut_at_each(switches, spans, cut):
    _, beyond = fronts.split(switches, [Front(*span, app="Simply Plural") for span in spans])
    found = [list(rows) for rows in fronts.cut_by_switches(switches, beyond)]
    assert sorted((rows[0].start, rows[0].end, [row.member_id for row in rows]) for rows in found) == cut


def test_only_its_owner_has_a_history(read, write):
    with pytest.raises(NotAuthenticated):
        read(history.read_history, BOB)
    write(systems.create_system, ALICE, "Us")
    assert read(history.read_history, ALICE).entries == []


def test_a_table_a_person_reads():
    table = entries(
        ("Ann", "abcde", NOW - 2 * HOUR, NOW - HOUR // 2, "at work"), ("Zoë", "fghij", NOW - HOUR, None, None)
    )
    data = spreadsheet.write(table)
    assert data.startswith(b"\xef\xbb\xbf")
    assert list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""))) == [
        ["Member", "From (Europe/Berlin)", "Until (Europe/Berlin)", "Hours", "Status", "Member ID"],
        ["Ann", "2023-11-14 21:13:20", "2023-11-14 22:43:20", "1.50", "at work", "abcde"],
        ["Zoë", "2023-11-14 22:13:20", "", "1.00", "", "fghij"],
    ]


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "\n=1"])
def test_no_cell_is_a_formula(text):
    data = spreadsheet.write(entries((text, "abcde", NOW, None, text)))
    [_, row] = csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""))
    assert (row[0][0], row[4][0]) == ("'", "'")
    assert row[0].replace("'", "") == row[4].replace("'", "") == text


def test_a_calendar_as_the_standard_has_it():
    name = "Ann; the “first”, \\ of\nall " + "é" * 80
    data = calendar.write(
        entries((name, "abcde", NOW - HOUR, NOW, "at, work"), ("Ben", "fghij", NOW - HOUR, None, None))
    )
    lines = data.split(b"\r\n")
    assert not any(b"\n" in line or b"\r" in line for line in lines)
    assert all(len(line) <= 75 for line in lines)
    first, second = Calendar.from_ical(data).walk("VEVENT")
    assert (first["summary"], first["description"], first["uid"]) == (name, "at, work", "id0@rollcall")
    assert b"DTSTART:20231114T211320Z" in lines
    assert b"DTEND:20231114T221320Z" in lines
    assert (second["summary"], second.decoded("dtend")) == ("Ben (fronting)", history.at_utc(NOW))


def test_an_event_has_a_length_and_an_id_of_its_own():
    twice = entries(("Ann", "abcde", NOW, NOW + 1, None))
    data = calendar.write(History(twice.entries * 2, "UTC", "Us", NOW))
    first, second = Calendar.from_ical(data).walk("VEVENT")
    assert first.decoded("dtend") - first.decoded("dtstart") == timedelta(seconds=1)
    assert [first["uid"], second["uid"]] == ["id0@rollcall", "id0-1@rollcall"]


def test_a_calendar_tells_what_it_leaves_out(monkeypatch):
    monkeypatch.setattr(calendar, "MOST_EVENTS", 1)
    cut = entries(("Ann", "abcde", NOW, None, None), ("Ben", "fghij", NOW - HOUR, NOW, None))
    assert calendar.is_cut(cut)
    read = Calendar.from_ical(calendar.write(cut))
    assert [event["summary"] for event in read.walk("VEVENT")] == ["Ann (fronting)"]
    assert read["x-wr-caldesc"] == r"The latest 1 fronts\; 1 earlier ones are left out."


def test_ids_stay_from_one_file_to_the_next(read, write):
    write(systems.create_system, ALICE, "Us")
    hid = write(lambda session: members.create_member(session, ALICE, {"name": "Ann"}).hid)
    write(switches.log_switch, ALICE, [hid])
    [open_one] = read(history.read_history, ALICE).entries
    write(switches.log_switch, ALICE, [])
    [ended] = read(history.read_history, ALICE).entries
    assert (open_one.end, ended.id) == (None, open_one.id)
    assert ended.start < ended.end <= now_us() + 1
