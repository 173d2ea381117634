"""What Discord's raw objects become in the answer's `presence`: pure functions, raw dict in, fields out.

The first keys and `spotifyActivity` are harmy's; `activities`, `customStatus` and the rest are Rollcall's own. A part
that is not of the type that openapi/rollcall.yaml promises is left out; the rest stands without it.
"""

from collections.abc import Callable
from typing import Any

from rules.parsing.fields import LARGEST_SNOWFLAKE
from rules.presence.activities import (
    find_cover_url,
    find_custom_status,
    find_emoji_url,
    find_spotify,
    read_activities,
)
from rules.presence.cdn import DISCORD, Cdn
from rules.presence.raw_values import read_each, read_integer, read_object, read_text, storable

OFFLINE = {
    "status": "offline",
    "spotifyActivity": None,
    "activities": [],
    "customStatus": None,
    "platforms": {},
    "spotifyCoverUrl": None,
    "customStatusEmojiUrl": None,
}
# Discord's documentation, “User Flags”: those that stand as a badge on a profile.
BADGES = {
    1 << 0: "staff",
    1 << 1: "partner",
    1 << 2: "hypesquad",
    1 << 3: "bug_hunter_level_1",
    1 << 6: "hypesquad_bravery",
    1 << 7: "hypesquad_brilliance",
    1 << 8: "hypesquad_balance",
    1 << 9: "early_supporter",
    1 << 14: "bug_hunter_level_2",
    1 << 17: "early_verified_bot_developer",
    1 << 18: "moderator_programs_alumni",
    1 << 22: "active_developer",
}


def _read_nameplate(collectibles: Any) -> dict[str, Any] | None:
    return read_object(collectibles.get("nameplate")) if isinstance(collectibles, dict) else None


_USER_FIELDS: dict[str, tuple[str, Callable[[Any], Any]]] = {
    "global_name": ("global_name", read_text),
    "avatar": ("avatar", read_text),
    "username": ("username", read_text),
    "avatar_decoration_data": ("avatarDecoration", read_object),
    "primary_guild": ("primaryGuild", read_object),
    "collectibles": ("nameplate", _read_nameplate),
    "display_name_styles": ("displayNameStyles", read_object),
    "public_flags": ("publicFlags", read_integer),
}


def read_user(user: dict[str, Any], cdn: Cdn = DISCORD) -> dict[str, Any]:
    """The fields that come from a user object; only those that it carries, since Discord may send the ID alone."""
    fields = {}
    for theirs, (ours, read) in _USER_FIELDS.items():
        if theirs in user:
            value = read(user[theirs])
            if value is not None or user[theirs] is None or ours == "nameplate":
                fields[ours] = value
    return fields | _derive(fields, user, cdn)


def read_whole_user(user: dict[str, Any]) -> dict[str, Any]:
    """A user object as Discord sent it, IDs as texts; nothing where it carries the ID alone."""
    whole = read_object(user) if len(user) > 1 else {}
    if isinstance(styles := user.get("display_name_styles"), dict):
        # No snowflakes but small numbers, which programs compare with numbers.
        numbers = {name: read_integer(styles.get(name)) for name in ("font_id", "effect_id")}
        whole["display_name_styles"] |= {name: found for name, found in numbers.items() if found is not None}
    return whole


def _derive(fields: dict[str, Any], user: dict[str, Any], cdn: Cdn) -> dict[str, Any]:
    """The addresses of the pictures, and the flags in words, of those fields that a user object carried."""
    derived: dict[str, Any] = {}
    if "avatar" in fields:
        derived["avatarUrl"] = cdn.avatar(get_user_id(user), fields["avatar"])
    if "avatarDecoration" in fields:
        derived["avatarDecorationUrl"] = cdn.avatar_decoration(_text_in(fields["avatarDecoration"], "asset"))
    if "primaryGuild" in fields:
        derived["primaryGuildBadgeUrl"] = _badge_url(fields["primaryGuild"], cdn)
    if "nameplate" in fields:
        derived["nameplateUrl"] = cdn.nameplate(_text_in(fields["nameplate"], "asset"))
    if "publicFlags" in fields:
        flags = fields["publicFlags"] or 0
        derived["badges"] = [name for flag, name in BADGES.items() if flags & flag]
    return derived


def _text_in(found: dict[str, Any] | None, key: str) -> str | None:
    return read_text(found.get(key)) if found else None


def read_member(member: dict[str, Any], cdn: Cdn = DISCORD) -> dict[str, Any]:
    """The fields that come from a member object, which is always whole: what it lacks is null."""
    user = member["user"]
    fields = read_user({"id": user["id"], **{theirs: user.get(theirs) for theirs in _USER_FIELDS}}, cdn)
    for theirs, ours in (("nick", "server_name"), ("avatar", "serverAvatar"), ("banner", "serverBanner")):
        fields[ours] = read_text(member.get(theirs))
    for kind, ours in (("avatars", "serverAvatar"), ("banners", "serverBanner")):
        fields[f"{ours}Url"] = cdn.of_member(get_user_id(user), kind, fields[ours])
    return fields


def read_roles(member: dict[str, Any]) -> list[str]:
    """The IDs of a member's roles; none where they are not as Discord documents them."""
    roles = member.get("roles")
    return roles if isinstance(roles, list) else []


def read_presence(presence: dict[str, Any], cdn: Cdn = DISCORD) -> dict[str, Any]:
    """The fields that come from a presence; without `status` where that cannot be read.

    Raises TypeError or KeyError when it is not shaped like a presence at all.
    """
    if not isinstance(presence, dict):
        raise TypeError(f"a presence must be an object, not {type(presence).__name__}")
    if not presence.keys() & {"status", "activities", "client_status"}:
        raise KeyError("status")
    status = read_text(presence.get("status"))
    # Nobody who is offline does anything, whatever else the presence says.
    if status in ("offline", "invisible"):
        return dict(OFFLINE)
    activities = read_activities(presence.get("activities"), cdn)
    custom_status = find_custom_status(activities)
    return {
        **({"status": status} if status else {}),
        "spotifyActivity": find_spotify(activities),
        "activities": activities,
        "customStatus": custom_status,
        "platforms": read_each(presence.get("client_status"), storable, read_text) or {},
        "spotifyCoverUrl": find_cover_url(activities),
        "customStatusEmojiUrl": find_emoji_url(custom_status, cdn),
    }


def get_user_id(user: dict[str, Any]) -> int:
    """The ID of a user object. Raises KeyError, TypeError or ValueError for what is none: it could not be stored."""
    user_id = int(user["id"])
    if not 0 <= user_id <= LARGEST_SNOWFLAKE:
        raise ValueError(f"no user has the ID {str(user_id)[:40]}")
    return user_id


def _badge_url(guild: dict[str, Any] | None, cdn: Cdn) -> str | None:
    # Whoever does not show the server's tag shows no badge either.
    if not guild or guild.get("identity_enabled") is not True:
        return None
    return cdn.guild_badge(_text_in(guild, "identity_guild_id"), _text_in(guild, "badge"))
