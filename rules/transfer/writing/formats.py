"""The formats in which a system leaves, for its owner alone: each a file with its name and media type."""

import gzip
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.orm import Session

from rules.errors import Invalid
from rules.transfer import exporter
from rules.transfer.writing import calendar, history, pluralport, spreadsheet
from rules.transfer.writing.pluralport import Written

PLURALKIT, PLURALPORT, CSV, ICS = "pluralkit", "pluralport", "csv", "ics"
# What each is for, in the words of whoever asks.
FORMATS = {
    PLURALKIT: "everything that PluralKit knows",
    PLURALPORT: "everything, with pictures and what is kept aside, for other trackers",
    CSV: "who fronted when, for a spreadsheet",
    ICS: "who fronted when, for a calendar",
}


@dataclass(frozen=True, slots=True)
class OutFile:
    """A file for a system's owner: `told` is what of it whoever gets it should know, or nothing."""

    name: str
    media_type: str
    data: bytes
    told: str = ""


# Makes the file, of at most so many bytes where that is given; it takes seconds and no session. Raises TooLarge.
Maker = Callable[[int | None], OutFile]


def read(session: Session, user_id: int, form: str = PLURALKIT, folder: Path | None = None) -> Maker:
    """Read the user's own system, to be made into a file of a format; `folder` has the kept pictures.

    Raises Invalid for another format, and NotAuthenticated without a system.
    """
    if form not in FORMATS:
        raise Invalid(f"The format must be {', '.join(list(FORMATS)[:-1])} or {ICS}.")
    if form == PLURALKIT:
        exported = exporter.export_system(session, user_id)
        return lambda most: _fit("system.json", "application/json", exporter.dump(exported).encode(), most)
    if form == PLURALPORT:
        written = pluralport.write(session, user_id, folder)
        return lambda most: _pack(written, most)
    fronts = history.read_history(session, user_id)
    if form == CSV:
        return lambda most: _fit("fronts.csv", "text/csv", spreadsheet.write(fronts), most)
    told = f"Only the latest {calendar.MOST_EVENTS:,} fronts are in it." if calendar.is_cut(fronts) else ""
    return lambda most: _fit("fronts.ics", "text/calendar", calendar.write(fronts), most, told)


def _fit(name: str, media_type: str, data: bytes, most: int | None, told: str = "") -> OutFile:
    """A file as it is, or where it would have more bytes, packed; importing takes either."""
    if most is None or len(data) <= most:
        return OutFile(name, media_type, data, told)
    return OutFile(f"{name}.gz", "application/gzip", gzip.compress(data), told)


def _pack(written: Written, most: int | None) -> OutFile:
    data, is_whole = pluralport.pack(written, most)
    told = "" if is_whole else "The pictures would make it too large, so they are left out."
    return OutFile("system.pluralport.zip", "application/zip", data, told)
