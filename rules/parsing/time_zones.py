"""Time zones as people name them: `Europe/Berlin`, `berlin`, `DE`, `Germany`, a flag, `UTC+2`."""

import difflib
import re
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from functools import cache
from importlib.resources import files
from zoneinfo import ZoneInfo

from rules.errors import Invalid, NotFound
from rules.parsing import fields

_OFFSET = re.compile(r"(?:UTC|GMT)?\s*([+-])\s*(\d{1,2})(?::?([0-5]\d))?", re.IGNORECASE | re.ASCII)
_FLAG = re.compile("[\U0001f1e6-\U0001f1ff]{2}")
_FLAG_A = 0x1F1E6


def find_zones(text: str) -> list[str]:
    """The time zones that a text may mean, the likeliest first. Raises NotFound, with what is near."""
    plain = " ".join(text.split())
    found = _by_code(plain) or _by_name(plain) or _by_offset(plain) or _countries().get(plain.casefold())
    if not found:
        known = {zone.rsplit("/", 1)[-1].replace("_", " "): zone for zone in _zones()}
        near = difflib.get_close_matches(plain.title(), list(known), 1)
        hint = f" Did you mean {known[near[0]]}?" if near else ""
        raise NotFound(f"I know no time zone “{plain[:40]}”; name it like Europe/Berlin, Germany or UTC+2.{hint}")
    return found


def show_local_time(zone: str, now_us: int) -> str:
    """The time in a zone, as a person reads it: `Saturday, November 21, 20:15`."""
    local = datetime.fromtimestamp(now_us / 1_000_000, ZoneInfo(zone))
    return f"{local:%A, %B} {local.day}, {local:%H:%M}"


def _by_name(plain: str) -> list[str]:
    if plain.upper() in ("UTC", "GMT", "Z"):
        return ["UTC"]
    try:
        return [fields.read_time_zone("time zone", plain.replace(" ", "_"))]
    except Invalid:
        end = f"/{plain.replace(' ', '_')}".lower()
        return [zone for zone in _zones() if zone.lower().endswith(end)]


def _by_offset(plain: str) -> list[str]:
    match = _OFFSET.fullmatch(plain)
    if not match:
        return []
    sign, hours, minutes = match[1], int(match[2]), int(match[3] or 0)
    if not minutes and hours <= 12:
        # Olson's signs are the other way round.
        return [f"Etc/GMT{'-' if sign == '+' else '+'}{hours}" if hours else "UTC"]
    wanted = timedelta(hours=hours, minutes=minutes) * (1 if sign == "+" else -1)
    year = datetime.now(UTC).year
    seasons = [datetime(year, month, 1, tzinfo=UTC) for month in (1, 7)]
    return [zone for zone in _zones() if {_offset(zone, at) for at in seasons} == {wanted}]


def _offset(zone: str, at: datetime) -> timedelta | None:
    return at.astimezone(ZoneInfo(zone)).utcoffset()


def _by_code(plain: str) -> list[str]:
    code = "".join(chr(ord(sign) - _FLAG_A + ord("A")) for sign in plain) if _FLAG.fullmatch(plain) else plain.upper()
    return _countries().get(code, [])


def _zones() -> list[str]:
    return sorted({zone for zones in _countries().values() for zone in zones})


def _table(name: str) -> list[list[str]]:
    lines = (files("tzdata.zoneinfo") / name).read_text("utf-8").splitlines()
    return [line.split("\t") for line in lines if line and not line.startswith("#")]


@cache
def _countries() -> dict[str, list[str]]:
    """The zones of each country, by its code and by its name in small letters."""
    zones = defaultdict(list)
    for code, _, zone, *_ in _table("zone.tab"):
        zones[code].append(zone)
    for code, name in _table("iso3166.tab"):
        zones[name.casefold()] = zones.get(code, [])
    zones["uk"] = zones["UK"] = zones["GB"]
    zones["usa"] = zones["USA"] = zones["US"]
    return dict(zones)
