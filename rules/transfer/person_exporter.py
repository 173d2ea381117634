"""Everything that is stored about one person, for whoever asks what a server knows of them."""

import json
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

import models
from rules.errors import NotFound
from rules.parsing.timestamps import show_time
from rules.parsing.uuids import format_uuid
from rules.systems import systems
from rules.transfer.exporter import export_system
from rules.transfer.person_imports import list_imports, number_hids

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
        "servers": _of_system(session, models.SystemGuild, system) + _autoproxy(session, system),
        "members_in_servers": _in_servers(session, system) if system else [],
        "imports": list_imports(session, user_id, system) if system else [],
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
    exported = export_system(session, user_id)
    members = session.scalars(_own(models.Member, system)).all()
    groups = session.scalars(_own(models.Group, system)).all()
    hids = {group.id: group.hid for group in groups}
    listed = {"members": members, "groups": groups, "switches": session.execute(_list_switches(system))}
    return {
        **exported,
        **{kind: [one | _mark(row) for one, row in zip(exported[kind], listed[kind], strict=True)] for kind in listed},
        "custom_fronts": [member.hid for member in members if member.is_custom_front],
        "archived": [member.hid for member in members if member.is_archived],
        "groups_within": {group.hid: hids[group.parent_id] for group in groups if group.parent_id in hids},
        "has_webhook_token": system.webhook_token is not None,
    }


def _own(table: type[models.Member] | type[models.Group], system: models.System) -> Select[Any]:
    return select(table).where(table.system_id == system.id).order_by(table.id)


def _list_switches(system: models.System) -> Select[Any]:
    """Of each switch, the newest first, what its file does not say: columns and no objects, of which may be 100 000."""
    columns = (models.Switch.uuid, models.Switch.import_id, models.Switch.hides_private)
    return select(*columns).where(models.Switch.system_id == system.id).order_by(models.Switch.timestamp.desc())


def _mark(row: Any) -> dict[str, Any]:
    """Its UUID, which import brought it, and whether strangers see no private member in it; the last two if so."""
    marks = {"import": row.import_id, "hides_private": getattr(row, "hides_private", False)}
    return {"uuid": format_uuid(row.uuid), **{name: mark for name, mark in marks.items() if mark}}


def _of_system(session: Session, table: type[models.Base], system: models.System | None) -> list[dict[str, Any] | None]:
    if not system:
        return []
    return [_row(row) for row in session.scalars(select(table).where(table.system_id == system.id))]


def _autoproxy(session: Session, system: models.System | None) -> list[dict[str, Any] | None]:
    hids = number_hids(session, models.Member, system) if system else {}
    rows = _of_system(session, models.Autoproxy, system)
    return [{**row, "member_id": hids.get(row["member_id"])} for row in rows]


def _in_servers(session: Session, system: models.System) -> list[dict[str, Any]]:
    rows = (
        select(models.MemberGuild, models.Member.hid)
        .join(models.Member, models.Member.id == models.MemberGuild.member_id)
        .where(models.Member.system_id == system.id)
        .order_by(models.MemberGuild.member_id, models.MemberGuild.guild_id)
    )
    return [{**_row(row), "member_id": hid, "guild_id": str(row.guild_id)} for row, hid in session.execute(rows)]


def _events(session: Session, system: models.System) -> list[dict[str, Any]]:
    """What waits to be sent to the system's webhook, or to a former one, without what that is told by."""
    of_system = select(models.DispatchEvent).where(models.DispatchEvent.system_id == system.id)
    return [
        {
            "at": show_time(row.created_at * 1000),
            "url": row.url or system.webhook_url,
            "event": {key: value for key, value in json.loads(row.body).items() if "token" not in key},
        }
        for row in session.scalars(of_system.order_by(models.DispatchEvent.id))
    ]


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


def _unfinished(session: Session, user_id: int) -> list[dict[str, Any]]:
    """Messages that were about to be posted anew when the bot ended; at its next start they are mended."""
    rows = (
        select(models.UnfinishedProxy, models.Member.name)
        .outerjoin(models.Member, models.Member.id == models.UnfinishedProxy.member_id)
        .where(models.UnfinishedProxy.sender_id == user_id)
        .order_by(models.UnfinishedProxy.id)
    )
    return [
        {
            "original": str(one.original_id),
            "replaced": str(one.replaced_id),
            "channel": str(one.channel_id),
            "guild": str(one.guild_id),
            "member": name,
            "parts": one.parts,
            "at": show_time(one.noted_at * 1000),
            "recorded": one.recorded,
        }
        for one, name in session.execute(rows)
    ]
