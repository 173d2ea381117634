"""Members of a system. Limits: PluralKit's v1 document."""

import json
from collections.abc import Iterable, Mapping
from functools import cache, partial
from typing import Any

from sqlalchemy import Boolean, ColumnElement, Select, and_, bindparam, func, or_, select
from sqlalchemy.orm import Session

from database.compiled_queries import CompiledQuery, Reader
from models import Member, System
from rules.errors import Invalid, InvalidFields, NotAllowed, NotFound
from rules.parsing import fields
from rules.parsing.timestamps import now_us
from rules.parsing.uuids import parse_uuid
from rules.systems import systems
from rules.systems.privacy import LATER_MEMBER_PRIVACY, MEMBER_PRIVACY, WRITTEN_BY_PRIVACY, see_member, view_member
from rules.systems.short_ids import find_by_reference, is_id, make_id

MOST_MEMBERS = 1000
NAME_LENGTH = 100
DESCRIPTION_LENGTH = 1000
MOST_TAGS = 100
TAG_LENGTH = 100
_NO_SUCH_MEMBER = ("Member not found.", "There is no such member.", 20002)

TagDict = dict[str, str | None]


def _read_tags(name: str, value: object) -> list[TagDict]:
    if not isinstance(value, list):
        raise Invalid(f"The {name} must be a list of objects with prefix and suffix.")
    if len(value) > MOST_TAGS:
        raise Invalid(f"The {name} can be at most {MOST_TAGS}; these are {len(value)}.")
    return [read_tag(f"{name}[{number}]", tag) for number, tag in enumerate(value)]


def read_tag(name: str, tag: object) -> TagDict:
    """One proxy tag: a prefix, a suffix or both, each of at most 100 code points. Raises Invalid."""
    if not isinstance(tag, dict):
        raise Invalid(f"The {name} must be an object with prefix and suffix.")
    read = {side: _read_side(f"{name}.{side}", tag.get(side)) for side in ("prefix", "suffix")}
    if read["prefix"] is None and read["suffix"] is None:
        raise Invalid(f"The {name} needs a prefix or a suffix.")
    return read


def _read_side(name: str, value: object) -> str | None:
    # A blank is a tag like any other; only the empty text is none.
    if value is None or value == "":
        return None
    fields.check_text(name, value, TAG_LENGTH)
    return value


_READERS: fields.Readers = {
    "name": partial(fields.read_needed_text, most=NAME_LENGTH, whose="member"),
    "display_name": partial(fields.read_text, most=NAME_LENGTH),
    "description": partial(fields.read_text, most=DESCRIPTION_LENGTH),
    "color": fields.read_color,
    "birthday": fields.read_birthday,
    "pronouns": partial(fields.read_text, most=NAME_LENGTH),
    "avatar_url": fields.read_url,
    "webhook_avatar_url": fields.read_url,
    "banner": fields.read_url,
    "proxy_tags": _read_tags,
    "prefix": _read_side,
    "suffix": _read_side,
    "keep_proxy": fields.read_bool,
    "privacy": fields.read_privacy,
    "autoproxy_enabled": fields.read_bool,
    "tts": fields.read_bool,
    "is_custom_front": fields.read_bool,
    "is_archived": fields.read_bool,
    **dict.fromkeys((*MEMBER_PRIVACY, *LATER_MEMBER_PRIVACY), fields.read_privacy),
}


def check_changes(changes: Mapping[str, object]) -> None:
    """Refuse what `edit_member` would refuse, before anybody waits for the write lock. Raises Invalid."""
    read_changes(changes)


def check_new(changes: Mapping[str, object]) -> None:
    """Refuse what `create_member` would refuse of a member's fields. Raises Invalid."""
    if "name" not in changes:
        raise InvalidFields({"name": Invalid("Member name must be specified.")})
    read_changes(changes)


def create_member(session: Session, user_id: int, changes: Mapping[str, object]) -> Member:
    """Add a member to the user's system, with the fields of `edit_member`; `name` is needed.

    At most 1 000 a system. Raises Invalid, and NotAuthenticated without a system.
    """
    system = systems.get_own_system(session, user_id)
    check_new(changes)
    count = count_members(session, system)
    if count >= MOST_MEMBERS:
        raise Invalid(
            f"Member limit reached ({count} / {MOST_MEMBERS}).",
            f"A system has at most {MOST_MEMBERS:,} members, and yours has {count:,}; delete one first.",
            40007,
        )
    member = Member(system_id=system.id, hid=make_id(session, Member.hid), created=now_us(), proxy_tags="[]")
    _apply(member, changes)
    session.add(member)
    session.flush()
    return member


def edit_member(session: Session, user_id: int, hid: str, changes: Mapping[str, object]) -> Member:
    """Change what is given of a member of the user's system and nothing else; unknown keys are ignored.

    All or nothing. Names and pronouns 100 code points, description 1 000, addresses 256, 100 proxy tags with sides
    of 100; null and blank clear a text. `prefix` and `suffix` change the first tag only, and count only when they
    differ from it and no other `proxy_tags` come along: programs send all of them as they read them. `privacy` sets
    visibility and the privacy of description, birthday and pronouns; when it is what it was, it may hide but never
    show, and single settings beside it win where they differ or `visibility` says the same.
    Raises Invalid, NotFound, and NotAuthenticated without a system and for somebody else's member.
    """
    member = get_own_member(session, user_id, hid)
    _apply(member, changes)
    return member


def delete_member(session: Session, user_id: int, hid: str) -> None:
    """Delete a member of the user's system; it leaves past switches and takes its messages' records along.

    Raises NotFound, and NotAuthenticated without a system and for somebody else's member.
    """
    session.delete(get_own_member(session, user_id, hid))


def get_member(session: Session, hid: str, code: int = _NO_SUCH_MEMBER[-1]) -> Member:
    """The member with an ID, in any case of letters, or a UUID. Raises NotFound, with `code` for v2."""
    member = find_by_reference(session, Member, hid)
    if not member:
        raise NotFound(*_NO_SUCH_MEMBER[:-1], code)
    return member


def get_own_member(session: Session, user_id: int, hid: str) -> Member:
    """A member of the user's own system.

    Raises NotAuthenticated without a system and for somebody else's member, and NotFound.
    """
    system, member = systems.get_own_system(session, user_id), get_member(session, hid)
    systems.check_part_of(system, member, hid)
    return member


def show_member(reader: Reader, hid: str, viewer: int | None) -> dict[str, Any]:
    """A member, named as for `get_member`, as the viewer may see it. Raises NotFound."""
    if uuid := parse_uuid(hid):
        member = _query_by_uuid().find(reader, uuid=uuid, viewer=viewer)
    else:
        member = _query().find(reader, hid=hid.replace("-", "").lower(), viewer=viewer)
    # What is being built or deleted is named by nothing.
    if member is None or not is_id(member.hid):
        raise NotFound(*_NO_SUCH_MEMBER)
    return view_member(member, member.own)


def show_members(reader: Reader, hid: str, viewer: int | None) -> list[dict[str, Any]]:
    """The members of a system in the order of their making; private ones only for the owner.

    Raises NotAllowed when the member list is private, and NotFound.
    """
    system = systems.get_seen_system(reader, hid, viewer)
    check_list_visible(system, system.own)
    listed = _query_all().all(reader, system_id=system.id, own=system.own)
    return [view_member(member, system.own) for member in listed]


def list_seen(session: Session, system: System, viewer: int | None, unlisted: bool = False) -> list[dict[str, Any]]:
    """All members of a system that the viewer may see, as `see_member` shows them, in the order of their making.

    With `unlisted` its owner gets custom fronts and archived ones too, and each tells by `custom_front` and `archived`
    whether it is one; nobody else does. Raises NotAllowed when the member list is private.
    """
    owner = systems.is_owner(session, viewer, system.id)
    check_list_visible(system, owner)
    found = select(Member).where(Member.system_id == system.id).order_by(Member.id)
    if owner and unlisted:
        return [
            {**see_member(one, owner), "custom_front": one.is_custom_front, "archived": one.is_archived}
            for one in session.scalars(found)
        ]
    return [see_member(one, owner) for one in session.scalars(found.where(is_listed())) if owner or not one.visibility]


def is_listed() -> ColumnElement[bool]:
    """The condition that a member stands in lists and is counted and proxied: neither a custom front nor archived."""
    return and_(Member.is_custom_front.is_(False), Member.is_archived.is_(False))


def check_list_visible(system: Any, is_owner: bool) -> None:
    """Refuse strangers a member list that is private. Raises NotAllowed."""
    if system.member_list_privacy and not is_owner:
        raise NotAllowed("Unauthorized to view member list.", "The member list of this system is private.", 30001)


@cache
def _query() -> CompiledQuery:
    return CompiledQuery(_seen().where(Member.hid == bindparam("hid")))


@cache
def _query_by_uuid() -> CompiledQuery:
    return CompiledQuery(_seen().where(Member.uuid == bindparam("uuid")))


def _seen() -> Select[Any]:
    return select(*Member.__table__.columns, systems.is_own(Member.system_id))


@cache
def _query_all() -> CompiledQuery:
    seen = or_(bindparam("own", type_=Boolean), Member.visibility.is_(False))
    listed = select(*Member.__table__.columns).where(Member.system_id == bindparam("system_id"), seen, is_listed())
    return CompiledQuery(listed.order_by(Member.id))


def count_members(session: Session, system: System) -> int:
    """How many members a system has, private ones, custom fronts and archived ones included."""
    return session.scalar(select(func.count()).where(Member.system_id == system.id))


def read_changes(changes: Mapping[str, object]) -> dict[str, Any]:
    """What of these can be stored, as it is read. Raises Invalid."""
    return fields.read_fields(_READERS, changes)


def dump_tags(tags: Iterable[TagDict]) -> str:
    """A member's tags as they are stored."""
    return json.dumps([{"prefix": tag["prefix"], "suffix": tag["suffix"]} for tag in tags], ensure_ascii=False)


def _apply(member: Member, changes: Mapping[str, object]) -> None:
    read = read_changes(changes)
    tags = _with_sides(read, json.loads(member.proxy_tags))
    for name, value in _with_privacy(read, member).items():
        setattr(member, name, value)
    member.proxy_tags = dump_tags(tags)


def _with_privacy(read: dict[str, Any], member: Member) -> dict[str, Any]:
    if "privacy" not in read:
        return read
    privacy = read.pop("privacy")
    singles = {name: read[name] for name in MEMBER_PRIVACY if name in read}
    if privacy == bool(member.visibility):
        # Whoever sends back what was read must not show what a single setting hides.
        return {**read, **(dict.fromkeys(WRITTEN_BY_PRIVACY, True) if privacy else {}), **singles}
    # A program that knows the single settings changes `visibility` along with `privacy`; one that does not sends
    # them back as it read them.
    knows = singles.get("visibility") == privacy
    meant = {name: value for name, value in singles.items() if knows or value != bool(getattr(member, name))}
    return {**read, **dict.fromkeys(WRITTEN_BY_PRIVACY, privacy), **meant}


def _with_sides(read: dict[str, Any], before: list[TagDict]) -> list[TagDict]:
    tags = read.pop("proxy_tags", before)
    stored = before[0] if before else {"prefix": None, "suffix": None}
    sent = {side: read.pop(side) for side in ("prefix", "suffix") if side in read}
    changed = {side: value for side, value in sent.items() if value != stored[side]}
    # On a new member nothing was read before, so both may be meant.
    if not changed or (tags != before and before):
        return tags
    first = {**(tags[0] if tags else {"prefix": None, "suffix": None}), **changed}
    return [first, *tags[1:]] if first["prefix"] or first["suffix"] else tags[1:]
