"""A system of which everything is said, at its longest and oddest, for what must lose nothing of it."""

from datetime import UTC, datetime
from uuid import uuid4

from sqlalchemy import insert

from models import Member, Switch, SwitchMember
from rules.groups import groups, membership
from rules.groups.privacy import GROUP_PRIVACY
from rules.systems import config, members, systems
from rules.systems.privacy import LATER_MEMBER_PRIVACY, LATER_SYSTEM_PRIVACY, MEMBER_PRIVACY, SYSTEM_PRIVACY

RTL = "\u202eשלום\u202c مرحبا"
FAMILY = "👩‍👩‍👧‍👦🏳️‍🌈"
ODD = "=cmd|' /C calc'!A1; \"a\",\\b\r\nc\td \u0085\u2028e"
LONG = "ẞ𝔘" * 50
DESCRIPTION = "👩‍🚀" * 333 + "!"
SYSTEM = {
    "name": LONG,
    "description": DESCRIPTION,
    "tag": "𝕿" * 78,
    "pronouns": RTL,
    "avatar_url": "https://example.com/" + "a" * 236,
    "banner": "https://example.com/ü.png?x=%2F..%2F#y",
    "color": "0000ff",
    "tz": "America/Argentina/Buenos_Aires",
    **dict.fromkeys((*SYSTEM_PRIVACY, *LATER_SYSTEM_PRIVACY), "private"),
}
_PRIVATE = dict.fromkeys((*MEMBER_PRIVACY, *LATER_MEMBER_PRIVACY), "private")
FULL = {
    "name": LONG,
    "display_name": FAMILY * 4,
    "description": DESCRIPTION,
    "pronouns": RTL,
    "color": "000000",
    "birthday": "0004-02-29",
    "avatar_url": "https://example.com/a.png",
    "webhook_avatar_url": "https://example.com/b.png",
    "banner": "http://example.com/c.gif",
    "keep_proxy": True,
    "tts": True,
    "autoproxy_enabled": False,
    "proxy_tags": [{"prefix": "[" * 100, "suffix": "]" * 100}, {"prefix": None, "suffix": FAMILY}],
}
MEMBERS = (
    {**FULL, **_PRIVATE},
    {**FULL, "name": ODD, "birthday": "0001-01-01", "pronouns": " ", "proxy_tags": [{"prefix": " x", "suffix": None}]},
    {"name": RTL, "birthday": "9999-12-31", "metadata_privacy": "private"},
    {"name": "Twin", "proxy_privacy": "private"},
    {"name": "Twin", "description": "\n"},
    {"name": "Asleep", "visibility": "private"},
    {"name": "Gone", "display_name": "was here"},
)
CUSTOM_FRONT, ARCHIVED = 5, 6
GROUPS = (
    {
        "name": FAMILY,
        "display_name": ODD,
        "description": DESCRIPTION,
        "icon": "https://example.com/i.png",
        "banner": "https://example.com/j.png",
        "color": "ffffff",
        **dict.fromkeys(GROUP_PRIVACY, "private"),
    },
    {"name": LONG, "icon_privacy": "private"},
    {"name": "Twin"},
    {"name": "Empty"},
)
# Which groups are within which, and who is in them.
WITHIN = {1: 0, 2: 1}
INSIDE = {0: [0, 1], 1: [1, 5, 6], 2: [3, 4]}
FRONTS = ([], [0], [0, 1], [1, 0], [1, 0, 5], [], [], [6], [3, 4, 2], [4, 3, 2], [4])
START = round(datetime(2019, 2, 3, 4, 5, 6, tzinfo=UTC).timestamp()) * 1_000_000 + 7


def make(write, user_id, many=11):
    """Make it, with so many switches; returns the IDs of its members."""
    write(systems.create_system, user_id, SYSTEM)
    write(config.edit_config, user_id, {"latch_timeout": 60, "description_templates": [ODD], "name_format": "{tag}"})
    hids = [write(members.create_member, user_id, fields).hid for fields in MEMBERS]
    own = [write(groups.create_group, user_id, fields).hid for fields in GROUPS]
    for number, inside in INSIDE.items():
        write(membership.change_members, user_id, own[number], [hids[one] for one in inside], "add")

    def finish(session):
        found = [members.get_member(session, hid) for hid in hids]
        found[CUSTOM_FRONT].is_custom_front = found[ARCHIVED].is_archived = True
        found[0].message_count, found[0].last_message_at = 3, START
        for number, above in WITHIN.items():
            groups.get_group(session, own[number]).parent_id = groups.get_group(session, own[above]).id
        add_switches(session, found, [FRONTS[number % len(FRONTS)] for number in range(many)])

    write(finish)
    return hids


def add_switches(session, found: list[Member], fronts):
    """Log them, two each hour, as near to each other as two can be."""
    at = [START + number // 2 * 3_600_000_000 + number % 2 for number in range(len(fronts))]
    rows = [{"system_id": found[0].system_id, "timestamp": one, "uuid": uuid4().bytes} for one in at]
    ids = session.scalars(insert(Switch).returning(Switch.id, sort_by_parameter_order=True), rows).all() if rows else []
    named = [
        {"switch_id": own_id, "position": place, "member_id": found[one].id}
        for own_id, fronting in zip(ids, fronts, strict=True)
        for place, one in enumerate(fronting)
    ]
    if named:
        session.execute(insert(SwitchMember), named)
