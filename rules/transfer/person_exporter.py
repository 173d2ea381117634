"""Everything that is stored about one person, for whoever asks what a server knows of them."""

import json
from dataclasses import asdict
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

import models
from rules.errors import NotFound
from rules.systems import systems
from rules.transfer.exporter import export_system
from rules.transfer.past_imports import archive, undo


def export_person(session: Session, user_id: int) -> dict[str, Any]:
    """What is stored about a user: presence, pairs, GitHub card, opting out, system, who sent which messages as whom.

    And each import into the system, with what is kept aside of its file.

    Of the token it says only that there is one; `public_keys` are those of the public pairs. Raises NotFound where
    nothing is stored.
    """
    presence, card = session.get(models.Presence, user_id), session.get(models.GitHub, user_id)
    system, account = systems.find_own_system(session, user_id), session.get(models.Account, user_id)
    query = select(models.KeyValue).where(models.KeyValue.user_id == user_id).order_by(models.KeyValue.id)
    pairs = session.scalars(query).all()
    opted_out = session.get(models.OptOut, user_id)
    found = {
        "presence": json.loads(presence.body) if presence else None,
        "kv": {pair.key: pair.value for pair in pairs},
        "public_keys": [pair.key for pair in pairs if pair.is_public],
        "token": session.get(models.Token, user_id) is not None,
        "github": _row(card),
        "hidden": opted_out is not None,
        "forgotten": opted_out is not None and opted_out.forgotten,
        "shows_front": account is not None and account.show_front,
        "system": export_system(session, user_id) if system else None,
        "servers": _of_system(session, models.SystemGuild, system) + _of_system(session, models.Autoproxy, system),
        "imports": _imports(session, user_id) if system else [],
        "messages": _messages(session, user_id),
    }
    if not any(found.values()):
        raise NotFound("Nothing is stored about this user.")
    return {"id": str(user_id), **found}


def _row(row: models.Base | None) -> dict[str, Any] | None:
    return row and {column.key: getattr(row, column.key) for column in type(row).__table__.columns}


def _of_system(session: Session, table: type[models.Base], system: models.System | None) -> list[dict[str, Any] | None]:
    if not system:
        return []
    return [_row(row) for row in session.scalars(select(table).where(table.system_id == system.id))]


def _imports(session: Session, user_id: int) -> list[dict[str, Any]]:
    """The imports, the oldest first, each with its fronts as they came and what is kept aside of its file."""
    listed = undo.list_imports(session, user_id)[::-1]
    return [
        {
            **asdict(one),
            "fronts": _spans(session, one.id),
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
        }
        for message, name in session.execute(sent)
    ]
