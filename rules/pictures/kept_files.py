"""The folder of pictures beside the database. A file is named by its content, so its address never changes."""

import contextlib
import hashlib
import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.engine import make_url
from sqlalchemy.orm import InstrumentedAttribute, Session

from models import Group, Member, MemberGuild, System, SystemGuild
from rules.errors import NotAllowed, NotFound
from rules.pictures.formats import MEDIA_TYPES
from rules.systems import systems

# What one system may keep: a thousand small pictures, or some large ones.
MOST_BYTES_A_SYSTEM = 100 * 1024 * 1024
_PATH = "/pictures/"
_NAME = re.compile(rf"[0-9a-f]{{64}}\.(?:{'|'.join(MEDIA_TYPES)})", re.ASCII)
# Every field that holds the address of a picture.
_FIELDS: tuple[InstrumentedAttribute[str | None], ...] = (
    *(System.avatar_url, System.banner),
    *(Member.avatar_url, Member.webhook_avatar_url, Member.banner),
    *(Group.icon, Group.banner),
    *(SystemGuild.avatar_url, MemberGuild.avatar_url),
)


def get_folder(database_url: str) -> Path:
    """Where the pictures of a database are kept: beside it, and of no other in the same folder."""
    path = Path(make_url(database_url).database)
    return path.with_name(f"{path.name}.pictures")


def make_address(public_url: str, name: str) -> str:
    """The address under which a kept picture is served."""
    return f"{public_url}{_PATH}{name}"


def find_name(address: str | None) -> str | None:
    """The name of the kept picture that an address may be one of; None for any other address."""
    before, _, name = (address or "").rpartition(_PATH)
    return name if before and _NAME.fullmatch(name) else None


def get_file(folder: Path, name: str) -> Path:
    """A kept picture's file. Raises NotFound."""
    if not _NAME.fullmatch(name) or not (folder / name).is_file():
        raise NotFound("There is no picture at this address.")
    return folder / name


def get_media_type(name: str) -> str:
    """The media type of a kept picture."""
    return MEDIA_TYPES[name.rpartition(".")[2]]


def store(folder: Path, data: bytes, kind: str) -> str:
    """Keep a picture that was checked; returns its name, which is the same for the same bytes."""
    name = f"{hashlib.sha256(data).hexdigest()}.{kind}"
    folder.mkdir(mode=0o700, exist_ok=True)
    if not (folder / name).is_file():
        # Never is a half of it served, also where the machine stops in the middle.
        unfinished = folder / f"{name}.unfinished"
        unfinished.write_bytes(data)
        os.replace(unfinished, folder / name)
    return name


def copy_all(folder: Path, target: Path) -> int:
    """Bring all kept pictures into another folder too, where they are not there yet; returns how many there are now.

    On one disk they take no room twice: a file never changes under its name. What goes meanwhile is left out.
    """
    names = [path.name for path in folder.iterdir() if _NAME.fullmatch(path.name)] if folder.is_dir() else []
    if names:
        target.mkdir(mode=0o700, exist_ok=True)
    for name in names:
        with contextlib.suppress(FileNotFoundError):
            _bring(folder / name, target / name)
    return sum(1 for path in target.iterdir() if _NAME.fullmatch(path.name)) if target.is_dir() else 0


def _bring(path: Path, target: Path) -> None:
    try:
        os.link(path, target)
    except FileExistsError:
        return
    except FileNotFoundError:
        raise
    except OSError:
        # Another disk, or one that has no links.
        unfinished = target.with_name(f"{target.name}.unfinished")
        shutil.copyfile(path, unfinished)
        os.replace(unfinished, target)


def check_room(session: Session, user_id: int, folder: Path, size: int) -> None:
    """Refuse a picture of so many bytes where the user's system would keep more than 100 MiB. Raises NotAllowed."""
    system = systems.find_own_system(session, user_id)
    if system and size + sum(_sizes(folder, _names_of(session, system))) > MOST_BYTES_A_SYSTEM:
        raise NotAllowed(
            f"Your system's pictures may take {MOST_BYTES_A_SYSTEM // 1024 // 1024} MB here, and with this one they"
            " would take more; give an address of your own, or clear some others first."
        )


def delete_unused(session: Session, folder: Path) -> int:
    """Delete the files of pictures that no field names any more, and what was left unfinished; returns how many.

    Whoever keeps one must wait until it is over, from storing the file until the field is written.
    """
    names = {path.name for path in folder.iterdir()} if folder.is_dir() else set()
    if not names:
        return 0
    unused = names - _find_used(session)
    for name in unused:
        (folder / name).unlink(missing_ok=True)
    return len(unused)


def _find_used(session: Session) -> set[str | None]:
    pattern = f"%{_PATH}%"
    return {
        find_name(address) for field in _FIELDS for address in session.scalars(select(field).where(field.like(pattern)))
    }


def _names_of(session: Session, system: System) -> set[str]:
    members = select(Member.id).where(Member.system_id == system.id)
    owned = {
        System: System.id == system.id,
        Member: Member.system_id == system.id,
        Group: Group.system_id == system.id,
        SystemGuild: SystemGuild.system_id == system.id,
        MemberGuild: MemberGuild.member_id.in_(members),
    }
    addresses = (session.scalars(select(field).where(owned[field.class_])) for field in _FIELDS)
    return {name for found in addresses for address in found if (name := find_name(address))}


def _sizes(folder: Path, names: set[str]) -> Iterator[int]:
    for name in names:
        if (folder / name).is_file():
            yield (folder / name).stat().st_size
