"""The presences of the home server's members: taking changes in, and who is stored.

Catching up after a start and keeping up afterwards are the same rule, `record_presences`.
"""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from models import Presence
from rules import feed, names
from rules.etags import version_of
from rules.presence import payloads, publication
from rules.presence.cdn import DISCORD, Cdn
from rules.presence.payloads import read_member, read_presence, read_roles, read_user

KEYS = (
    # harmy's, in the order of its README
    "userId",
    "status",
    "global_name",
    "server_name",
    "avatar",
    "spotifyActivity",
    # ours
    "username",
    "activities",
    "customStatus",
    "platforms",
    "avatarDecoration",
    "primaryGuild",
    "lastSeen",
    "updatedAt",
    # came later: an older row has them when it is written again
    "avatarUrl",
    "spotifyCoverUrl",
    "customStatusEmojiUrl",
    "serverAvatar",
    "serverAvatarUrl",
    "serverBanner",
    "serverBannerUrl",
    "avatarDecorationUrl",
    "primaryGuildBadgeUrl",
    "nameplate",
    "nameplateUrl",
    "displayNameStyles",
    "publicFlags",
    "badges",
)

# A value as the JSON that is stored; two are equal when their bytes are.
Json = msgspec.Raw
_encode = msgspec.json.Encoder().encode


def _as_json(fields: Mapping[str, Any]) -> dict[str, Json]:
    return {key: Json(_encode(value)) for key, value in fields.items()}


NULL = Json(b"null")
OFFLINE = _as_json(payloads.OFFLINE)
_DEFAULTS = {**dict.fromkeys(KEYS, NULL), **OFFLINE, "badges": Json(b"[]")}
_Body = msgspec.defstruct("_Body", [(key, Json, default) for key, default in _DEFAULTS.items()])
_decode = msgspec.json.Decoder(_Body).decode

# One statement a batch each, past SQLAlchemy's work for every row.
_STORED = """
SELECT wanted.value, presence.body, presence.discord_user, hidden.forgotten, opted_in.user_id
FROM json_each(?) AS wanted
LEFT JOIN presence ON presence.user_id = wanted.value
LEFT JOIN hidden ON hidden.user_id = wanted.value
LEFT JOIN opted_in ON opted_in.user_id = wanted.value
"""
_COLUMNS = Presence.__table__.columns.keys()
_STORE = f"""
INSERT INTO presence ({", ".join(_COLUMNS)}) VALUES ({", ".join(f":{name}" for name in _COLUMNS)})
ON CONFLICT (user_id) DO UPDATE SET {", ".join(f"{name} = excluded.{name}" for name in _COLUMNS if name != "user_id")}
"""


@dataclass(slots=True)
class Change:
    """What happened to one user since the last batch.

    `at`: when, in ms. `left_at`: the `lastSeen` if this takes the user offline. `joins`: it comes from a member
    object, so it may start a row; a presence alone may not. `gone`: whatever was stored is dropped first.
    `roles`: the IDs of the member's roles, where it comes from a member object. `user`: what was sent of the user
    object, all of it where `joins`.
    """

    at: int
    left_at: int
    fields: dict[str, Json] = field(default_factory=dict)
    joins: bool = False
    gone: bool = False
    was_online: bool = False
    roles: Collection[str] | None = None
    user: dict[str, Any] = field(default_factory=dict)

    def then(self, newer: "Change") -> "Change":
        """This change and a newer one as one, as if they had been stored one after the other."""
        if newer.gone:
            return newer
        if self.gone and not (self.joins or newer.joins):
            return self
        status = self.fields.get("status")
        was_offline = status == OFFLINE["status"]
        return Change(
            at=newer.at,
            left_at=self.left_at if was_offline else newer.left_at,
            fields={**self.fields, **newer.fields},
            joins=self.joins or newer.joins,
            gone=self.gone,
            was_online=self.was_online or (status is not None and not was_offline),
            roles=self.roles if newer.roles is None else newer.roles,
            user=newer.user if newer.joins else {**self.user, **newer.user},
        )


def change_of_member(
    member: dict[str, Any],
    at: int,
    left_at: int,
    presence: dict[str, Any] | None = None,
    cdn: Cdn = DISCORD,
) -> Change:
    """What a member object from Discord changes, with a presence if one is known. A bot is never published.

    Raises KeyError, TypeError or AttributeError when the objects are not at all what Discord documents.
    """
    if member["user"].get("bot"):
        return Change(at, left_at, gone=True)
    status = {} if presence is None else read_presence(presence, cdn)
    fields = {**read_member(member, cdn), **status}
    user = payloads.read_whole_user(member["user"])
    return Change(at, left_at, _as_json(fields), joins=True, roles=read_roles(member), user=user)


def change_of_presence(presence: dict[str, Any], at: int, cdn: Cdn = DISCORD) -> Change:
    """What a presence update changes.

    Raises KeyError, TypeError or AttributeError when the object is not at all what Discord documents.
    """
    fields = {**read_user(presence["user"], cdn), **read_presence(presence, cdn)}
    return Change(at, at, _as_json(fields), user=payloads.read_whole_user(presence["user"]))


def record_presences(session: Session, changes: Mapping[int, Change]) -> None:
    """Store a batch of changes, at most a few hundred. Whoever asked to be forgotten is never stored, nor whom the
    choice of who is published does not let in: such a user's row goes.

    A body that differs in its times alone is not written again, so that its ETag stays.
    """
    connection = session.connection()
    known = connection.exec_driver_sql(_STORED, (json.dumps(list(changes)),)).fetchall()
    choice = publication.get_choice(session)
    rows, gone, renamed = [], [], {}
    for user_id, text, user, forgotten, opted_in in known:
        change, old = changes[user_id], _decode(text) if text else None
        kept_out = forgotten or not publication.is_published(choice, opted_in is not None, change.roles)
        body = None if kept_out else _apply(user_id, None if change.gone else old, change)
        if body is None:
            gone += [user_id] if old else []
        else:
            whole_user = _merge_user(user, change)
            if old is None or not _is_same(body, old) or whole_user != user:
                rows.append(_row(user_id, body, whole_user))
                if old is None or _names_in(body) != _names_in(old):
                    renamed[user_id] = [msgspec.json.decode(name) for name in _names_in(body)]
    if gone:
        session.execute(delete(Presence).where(Presence.user_id.in_(gone)))
    if rows:
        connection.exec_driver_sql(_STORE, rows)
    names.store_names(session, renamed)


def clear_presences(session: Session) -> None:
    """Drop everybody: the bot is no longer in the home server."""
    with feed.told_once(session):
        session.execute(delete(Presence))


def get_stored_ids(session: Session) -> set[int]:
    """Everybody who is stored, hidden or not."""
    return set(session.scalars(select(Presence.user_id)))


def _apply(user_id: int, old: _Body | None, change: Change) -> _Body | None:
    if not change.joins and (change.gone or old is None):
        return None
    # Encoded by hand: each is a number, and this runs for every update that comes in.
    fresh = {"userId": Json(b'"%d"' % user_id), "updatedAt": Json(b"%d" % change.at)}
    body = msgspec.structs.replace(old or _Body(), **change.fields, **fresh)
    if body.status != OFFLINE["status"]:
        body.lastSeen = NULL
        return body
    # Where a status could not be read the one before holds, and whoever is offline does nothing.
    body = msgspec.structs.replace(body, **OFFLINE)
    if change.was_online or (old and old.status != OFFLINE["status"]):
        body.lastSeen = Json(b"%d" % change.left_at)
    return body


def _is_same(body: _Body, old: _Body) -> bool:
    return msgspec.structs.replace(body, updatedAt=old.updatedAt) == old


def _names_in(body: _Body) -> tuple[Json, Json, Json]:
    return body.username, body.global_name, body.server_name


def _merge_user(stored: str | None, change: Change) -> str | None:
    """The user object after a change, in JSON: a presence may carry a part of it, or the ID alone."""
    if not change.user:
        return None if change.gone else stored
    before = {} if change.joins or stored is None else msgspec.json.decode(stored)
    return _encode({**before, **change.user}).decode()


def _row(user_id: int, body: _Body, whole_user: str | None) -> dict[str, Any]:
    text = _encode(body).decode()
    row = {"user_id": user_id, "status": msgspec.json.decode(body.status), "body": text, "version": version_of(text)}
    return {**row, "discord_user": whole_user}
