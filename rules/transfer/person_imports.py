"""What is stored of the imports into somebody's system, for that person."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

import models
from rules.transfer.past_imports import archive, undo
from rules.transfer.past_imports.record import Record


def list_imports(session: Session, user_id: int, system: models.System) -> list[dict[str, Any]]:
    """The imports, the oldest first, each with its fronts as they came, what is kept aside of its file, and what was
    there before. Raises NotAuthenticated without a system.
    """
    members, groups = (number_hids(session, table, system) for table in (models.Member, models.Group))
    return [
        {
            **asdict(one),
            "fronts_now": session.get(models.Import, one.id).fronts_now,
            "fronts": _spans(session, one.id),
            "sources": list(_sources(session, one.id)),
            "archive": _archive(session, user_id, one.id, members, groups) if one.kept else None,
            "before": _before(session, one.id, members, groups),
        }
        for one in undo.list_imports(session, user_id)[::-1]
    ]


def _archive(
    session: Session, user_id: int, import_id: int, members: Mapping[int, str], groups: Mapping[int, str]
) -> dict[str, Any]:
    kept = archive.get_archive(session, user_id, import_id)
    return kept | {"members": _by_hid(kept["members"], members), "groups": _by_hid(kept["groups"], groups)}


def _before(
    session: Session, import_id: int, members: Mapping[int, str], groups: Mapping[int, str]
) -> dict[str, Any] | None:
    """What an import changed, as before and after it, by which it can be undone; also of who is deleted since."""
    stored = session.scalar(select(models.Import.undo).where(models.Import.id == import_id))
    if stored is None:
        return None
    kept = Record.load(stored)
    joined, held = (
        _by_hid({number: [members.get(one, str(one)) for one in inside] for number, inside in listed.items()}, groups)
        for listed in (kept.joined, kept.held)
    )
    changed = {"members": _by_hid(kept.members, members), "groups": _by_hid(kept.groups, groups)}
    return {"system": kept.system, **changed, "joined": joined, "held": held}


def _by_hid(rows: Mapping[int, Any], hids: Mapping[int, str]) -> dict[str, Any]:
    return {hids.get(number, str(number)): row for number, row in rows.items()}


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


def number_hids(
    session: Session, table: type[models.Member] | type[models.Group], system: models.System
) -> dict[int, str]:
    """The short IDs of a system's members or groups by the numbers of their rows."""
    return dict(session.execute(select(table.id, table.hid).where(table.system_id == system.id)).all())
