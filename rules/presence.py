"""The presences of the home server's members: taking changes in, and who is stored.

Catching up after a start and keeping up afterwards are the same rule, `record_presences`.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from models import Hidden, Presence
from rules.activities import OFFLINE, read_member, read_presence, read_user
from rules.versions import version_of

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
)


@dataclass(slots=True)
class Change:
    """What happened to one user since the last batch.

    `at`: when, in ms. `left_at`: the `lastSeen` if this takes the user offline. `joins`: it comes from a member
    object, so it may start a row; a presence alone may not. `gone`: whatever was stored is dropped first.
    """

    at: int
    left_at: int
    fields: dict[str, Any] = field(default_factory=dict)
    joins: bool = False
    gone: bool = False
    was_online: bool = False

    def then(self, newer: "Change") -> "Change":
        """This change and a newer one as one."""
        if newer.gone:
            return newer
        if self.gone and not (self.joins or newer.joins):
            return self
        was_offline = self.fields.get("status") == "offline"
        return Change(
            at=newer.at,
            left_at=self.left_at if was_offline else newer.left_at,
            fields={**self.fields, **newer.fields},
            joins=self.joins or newer.joins,
            gone=self.gone,
            was_online=self.was_online or self.fields.get("status", "offline") != "offline",
        )


def change_of_member(member: dict[str, Any], at: int, left_at: int, presence: dict[str, Any] | None = None) -> Change:
    """What a member object from Discord changes, with a presence if one is known. A bot is never published.

    Raises KeyError, TypeError or AttributeError when the objects are not shaped as Discord documents them.
    """
    if member["user"].get("bot"):
        return Change(at, left_at, gone=True)
    status = {} if presence is None else read_presence(presence)
    return Change(at, left_at, {**read_member(member), **status}, joins=True)


def change_of_presence(presence: dict[str, Any], at: int) -> Change:
    """What a presence update changes. Raises like `change_of_member`."""
    return Change(at, at, {**read_user(presence["user"]), **read_presence(presence)})


def record_presences(session: Session, changes: Mapping[int, Change]) -> None:
    """Store a batch of changes, at most a few hundred; an unchanged body is not written again.

    A user who asked to be forgotten is never stored.
    """
    stored = _stored_bodies(session, changes)
    forgotten = set(
        session.scalars(select(Hidden.user_id).where(Hidden.user_id.in_(changes), Hidden.forgotten.is_(True)))
    )
    new, changed, gone = [], [], []
    for user_id, change in changes.items():
        old = stored.get(user_id)
        body = None if user_id in forgotten else _apply(user_id, None if change.gone else old, change)
        if body is None:
            gone.append(user_id)
        elif old is None:
            new.append(_row(user_id, body))
        elif {**body, "updatedAt": 0} != {**old, "updatedAt": 0}:
            changed.append(_row(user_id, body))
    if gone_stored := [user_id for user_id in gone if user_id in stored]:
        session.execute(delete(Presence).where(Presence.user_id.in_(gone_stored)))
    if new:
        session.execute(insert(Presence), new)
    if changed:
        session.execute(update(Presence), changed)


def clear_presences(session: Session) -> None:
    """Drop everybody: the bot is no longer in the home server."""
    session.execute(delete(Presence))


def get_stored_ids(session: Session) -> set[int]:
    """Everybody who is stored, hidden or not."""
    return set(session.scalars(select(Presence.user_id)))


def _stored_bodies(session: Session, user_ids: Iterable[int]) -> dict[int, dict[str, Any]]:
    rows = session.execute(select(Presence.user_id, Presence.body).where(Presence.user_id.in_(user_ids)))
    return {user_id: json.loads(body) for user_id, body in rows}


def _apply(user_id: int, old: dict[str, Any] | None, change: Change) -> dict[str, Any] | None:
    if change.gone and not change.joins:
        return None
    if old is None and not change.joins:
        return None
    body = {**OFFLINE, **(old or {}), **change.fields, "userId": str(user_id), "updatedAt": change.at}
    was_online = change.was_online or (old is not None and old["status"] != "offline")
    if body["status"] != "offline":
        body["lastSeen"] = None
    elif was_online:
        body["lastSeen"] = change.left_at
    return {key: body.get(key) for key in KEYS}


def _row(user_id: int, body: dict[str, Any]) -> dict[str, Any]:
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return {"user_id": user_id, "status": body["status"], "body": text, "version": version_of(text)}
