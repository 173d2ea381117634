"""The history of a system's front as a table for a spreadsheet: CSV as RFC 4180 has it, one front a row."""

import csv
import io
import re
from zoneinfo import ZoneInfo

from rules.transfer.writing.history import History, at_utc

# Without it Excel takes UTF-8 for the letters of an old code page.
_MARK = "\ufeff"
# What a spreadsheet takes for a formula, which may send what is in it to somebody: at the beginning, and behind what
# divides cells or lines for a program that takes another sign for that than the comma.
_FORMULA = re.compile(r"^(?= *[=+\-@＝＋－＠\t\r\n])|(?<=[;\t\r\n])(?= *[=+\-@＝＋－＠])")


def write(history: History) -> bytes:
    """All fronts, the latest first, in the owner's time zone and to the second; hours of one that lasts are until now.

    Before what a spreadsheet would take for a formula stands an apostrophe.
    """
    zone, text = ZoneInfo(history.zone), io.StringIO(newline="")
    table = csv.writer(text)
    table.writerow(["Member", f"From ({history.zone})", f"Until ({history.zone})", "Hours", "Status", "Member ID"])
    for entry in history.entries:
        until = "" if entry.end is None else _show(entry.end, zone)
        hours = ((history.at if entry.end is None else entry.end) - entry.start) / 3_600_000_000
        row = [_defuse(entry.name), _show(entry.start, zone), until, f"{max(hours, 0):.2f}"]
        table.writerow([*row, _defuse(entry.status or ""), entry.hid])
    return (_MARK + text.getvalue()).encode()


def _show(microseconds: int, zone: ZoneInfo) -> str:
    return at_utc(microseconds).astimezone(zone).strftime("%Y-%m-%d %H:%M:%S")


def _defuse(text: str) -> str:
    return _FORMULA.sub("'", text)
