"""Everything that is stored about one person, for whoever asks what a server knows of them."""

import json
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

import models
from rules.errors import NotFound
from rules.parsing.timestamps import show_time
from rules.systems import systems
from rules.transfer.exporter import export_system
from rules.transfer.past_imports import archive, undo

# Where each table stands in the export. Whoever adds a table says it here, or why it is nobody's.
SHOWN_IN = {
    "presence": "presence",
    "presence_names": "presence",
    "kv": "kv",
    "tokens": "token",
    "github": "github",
    "hidden": "hidden",
    "opted_in": "opted_in",
    "join_notices": "was_told_of_publishing",
    "accounts": "account",
    "backups": "backup",
    **dict.fromkeys(("systems", "members", "groups", "group_members", "switches", "switch_members"), "system"),
    **dict.fromkeys(("system_guilds", "autoproxy"), "servers"),
    "member_guilds": "members_in_servers",
    "messages": "messages",
    "unfinished_proxies": "unfinished_messages",
    **dict.fromkeys(("imports", "import_sources", "front_spans"), "imports"),
    "dispatch_outbox": "waiting_events",
}
NOT_OF_PERSONS = {
    "publication": "the server's",
    "home_notices": "servers'",
    "bot_state": "the bot's",
    "guilds": "servers'",
    "quiet_channels": "servers'",
    "unlogged_channels": "servers'",
    "gone_channels": "servers'",
    "tag_signs": "made of members' tags",
    "feed": "that something changed, and not what",
    "feed_epoch": "the file's",
    "feed_mute": "the file's",
}


def export_person(session: Session, user_id: int) -> dict[str, Any]:
    """What is stored about a user: presence, pairs, GitHub card, consent, system, who sent which messages as whom.

    And each import into the system, with what is kept aside of its file.

    Of the token it says only that there is one; `public_keys` are those of the public pairs. Raises NotFound where
    nothing is stored.
    """
    system, account = systems.find_own_system(session, user_id), session.get(models.Account, user_id)
    found = {
        **_of_presence(session, user_id),
        "account": _row(account),
        "shows_front": account is not None and account.show_front,
        "system": _show_system(session, user_id, system) if system else None,
        "servers": _of_system(session, models.SystemGuild, system) + _of_system(session, models.Autoproxy, system),
        "members_in_servers": _in_servers(session, system) if system else [],
        "imports": _imports(session, user_id) if system else [],
        "backup": _row(session.get(models.Backup, user_id)),
        "waiting_events": _events(session, system) if system else [],
        "messages": _messages(session, user_id),
        "unfinished_messages": _unfinished(session, user_id),
    }
    if not any(found.values()):
        raise NotFound("Nothing is stored about this user.")
    return {"id": str(user_id), **found}


def _of_presence(session: Session, user_id: int) -> dict[str, Any]:
    presence, opted_out = session.get(models.Presence, user_id), session.get(models.OptOut, user_id)
    query = select(models.KeyValue).where(models.KeyValue.user_id == user_id).order_by(models.KeyValue.id)
    pairs = session.scalars(query).all()
    return {
        "presence": json.loads(presence.body) if presence else None,
        "discord_user": json.loads(presence.discord_user) if presence and presence.discord_user else None,
        "kv": {pair.key: pair.value for pair in pairs},
        "public_keys": [pair.key for pair in pairs if pair.is_public],
        "token": session.get(models.Token, user_id) is not None,
        "github": _row(session.get(models.GitHub, user_id)),
        "hidden": opted_out is not None,
        "forgotten": opted_out is not None and opted_out.forgotten,
        "opted_in": session.get(models.OptIn, user_id) is not None,
        "was_told_of_publishing": session.get(models.JoinNotice, user_id) is not None,
    }


def _row(row: models.Base | None) -> dict[str, Any] | None:
    """A row as it is stored; Discord's IDs are texts, as everywhere."""
    if row is None:
        return None
    shown = {column.key: getattr(row, column.key) for column in type(row).__table__.columns}
    return {name: str(value) if name in ("user_id", "guild_id") else value for name, value in shown.items()}


def _show_system(session: Session, user_id: int, system: models.System) -> dict[str, Any]:
    """The system's file, and what PluralKit's form of it has no place for."""
    members = select(models.Member).where(models.Member.system_id == system.id).order_by(models.Member.id)
    groups = select(models.Group.hid, models.Group.parent_id).where(models.Group.system_id == system.id)
    own = session.execute(select(models.Group.id, models.Group.hid).where(models.Group.system_id == system.id))
    hids = dict(own.all())
    listed = session.scalars(members).all()
    return {
        **export_system(session, user_id),
        "custom_fronts": [member.hid for member in listed if member.is_custom_front],
        "archived": [member.hid for member in listed if member.is_archived],
        "groups_within": {hid: hids[parent] for hid, parent in session.execute(groups) if parent in hids},
        "has_webhook_token": system.webhook_token is not None,
    }


def _of_system(session: Session, table: type[models.Base], system: models.System | None) -> list[dict[str, Any] | None]:
    if not system:
        return []
    return [_row(row) for row in session.scalars(select(table).where(table.system_id == system.id))]


def _in_servers(session: Session, system: models.System) -> list[dict[str, Any]]:
    rows = (
        select(models.MemberGuild, models.Member.hid)
        .join(models.Member, models.Member.id == models.MemberGuild.member_id)
        .where(models.Member.system_id == system.id)
        .order_by(models.MemberGuild.member_id, models.MemberGuild.guild_id)
    )
    return [{**_row(row), "member_id": hid, "guild_id": str(row.guild_id)} for row, hid in session.execute(rows)]


def _events(session: Session, system: models.System) -> list[dict[str, Any]]:
    """What waits to be sent to the system's webhook, without what that is told by."""
    of_system = select(models.DispatchEvent).where(models.DispatchEvent.system_id == system.id)
    rows = session.scalars(of_system.order_by(models.DispatchEvent.id))
    return [{key: value for key, value in json.loads(row.body).items() if "token" not in key} for row in rows]


def _imports(session: Session, user_id: int) -> list[dict[str, Any]]:
    """The imports, the oldest first, each with its fronts as they came and what is kept aside of its file."""
    listed = undo.list_imports(session, user_id)[::-1]
    return [
        {
            **asdict(one),
            "fronts": _spans(session, one.id),
            "sources": list(_sources(session, one.id)),
            "archive": archive.get_archive(session, user_id, one.id) if one.kept else None,
        }
        for one in listed
    ]


def _spans(session: Session, import_id: int) -> list[dict[str, Any]]:
    of_import = select(models.FrontSpan, models.Member.hid).join(models.Member)
    rows = session.execute(of_import.where(models.FrontSpan.import_id == import_id).order_by(models.FrontSpan.start))
    return [
        {"member": hid, "start": one.start, "end": one.end, "status": one.status, "source": one.source}
        for one, hid in rows
    ]


def _sources(session: Session, import_id: int) -> Iterator[dict[str, Any]]:
    """Which member or group is which of the file's."""
    rows = (
        select(models.ImportSource.kind, models.ImportSource.source, models.Member.hid, models.Group.hid)
        .outerjoin(models.Member, models.Member.id == models.ImportSource.member_id)
        .outerjoin(models.Group, models.Group.id == models.ImportSource.group_id)
        .where(models.ImportSource.import_id == import_id, models.ImportSource.source.is_not(None))
        .order_by(models.ImportSource.kind, models.ImportSource.place)
    )
    for kind, source, member, group in session.execute(rows):
        yield {"kind": kind, "source": source, "id": member or group}


def _messages(session: Session, user_id: int) -> list[dict[str, str | None]]:
    sent = (
        select(models.Message, models.Member.name)
        .join(models.Member, models.Member.id == models.Message.member_id)
        .where(models.Message.sender_id == user_id)
        .order_by(models.Message.id)
    )
    return [
        {
            "id": str(message.id),
            "original": str(message.original_id),
            "channel": str(message.channel_id),
            "guild": message.guild_id and str(message.guild_id),
            "member": name,
            "kept_until": message.forget_at and show_time(message.forget_at * 1000),
        }
        for message, name in session.execute(sent)
    ]


def _unfinished(session: Session, user_id: int) -> list[dict[str, str]]:
    """Messages that were about to be posted anew when the bot ended; at its next start they are mended."""
    rows = select(models.UnfinishedProxy).where(models.UnfinishedProxy.sender_id == user_id)
    return [
        {"original": str(one.original_id), "channel": str(one.channel_id), "guild": str(one.guild_id)}
        for one in session.scalars(rows)
    ]
