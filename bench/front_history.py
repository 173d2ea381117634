"""A file of Simply Plural with a long history: the same bytes for the same number of fronts."""

import json
import random

MEMBERS, CUSTOM_FRONTS, GROUPS, NOTES = 60, 5, 12, 300
BEGIN_MS, MINUTE_MS = 1_500_000_000_000, 60_000
# Of a hundred fronts so many begin where the last one ends, and so many overlap it: 10 000 make some 14 700 switches.
FOLLOWING, OVERLAPPING = 53, 30
# As much as a note of a paragraph or two.
NOTE_CHARACTERS = 600


def make_export(fronts: int, notes: int = NOTES) -> bytes:
    """`export.json`, with so many rows in its front history, newest first as nobody promises."""
    chance = random.Random(fronts)
    members = [_member(chance, number) for number in range(MEMBERS)]
    custom = [{"_id": _id("c", number), "name": f"State {number}", "private": True} for number in range(CUSTOM_FRONTS)]
    everybody = [row["_id"] for row in (*members, *custom)]
    written = {
        "users": [{"_id": "owner", "uid": "owner", "username": "Foxes", "desc": "A long history.", "isAsystem": True}],
        "members": members,
        "frontStatuses": custom,
        "groups": [
            {"_id": _id("e", number), "name": f"Group {number}", "parent": "root", "members": everybody[number::7]}
            for number in range(GROUPS)
        ],
        "frontHistory": _make_fronts(chance, fronts, everybody),
        "notes": [
            {"_id": _id("d", number), "title": f"Note {number}", "note": _text(chance), "member": everybody[0]}
            for number in range(notes)
        ],
    }
    return json.dumps(written, separators=(",", ":")).encode()


def _member(chance: random.Random, number: int) -> dict[str, object]:
    return {
        "_id": _id("a", number),
        "name": f"Fox {number}",
        "desc": _text(chance)[:400],
        "pronouns": "they/them",
        "color": f"#{chance.randrange(0x1000000):06x}",
        "private": chance.random() < 0.3,
        "preventTrusted": False,
    }


def _make_fronts(chance: random.Random, count: int, everybody: list[str]) -> list[dict[str, object]]:
    rows, start, end = [], BEGIN_MS, BEGIN_MS
    for number in range(count):
        kind = chance.randrange(100)
        if kind < FOLLOWING:
            start = end
        elif kind < FOLLOWING + OVERLAPPING:
            start = max(start + 1, end - chance.randrange(1, 5) * MINUTE_MS)
        else:
            start = end + chance.randrange(1, 60) * MINUTE_MS
        end = max(end, start) + chance.randrange(6, 300) * MINUTE_MS // 10
        row = {
            "_id": _id("f", number),
            "uid": "owner",
            "member": everybody[(number * 7 + chance.randrange(3)) % len(everybody)],
            "custom": False,
            "live": False,
            "startTime": start,
            "endTime": end,
            "commentCount": 0,
        }
        rows.append(row | ({"customStatus": f"busy {number % 50}"} if number % 9 == 0 else {}))
    return rows[::-1]


def _id(kind: str, number: int) -> str:
    """A different ID for each, as MongoDB writes them."""
    return f"{kind}{number:023x}"


def _text(chance: random.Random) -> str:
    return " ".join(f"word{chance.randrange(5000)}" for _ in range(NOTE_CHARACTERS // 8))
