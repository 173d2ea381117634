"""Octocon's alters and tags, and the members and groups of its short export."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from rules.systems.members import TagDict
from rules.transfer.import_file import (
    FileGroup,
    FileMember,
    find_past,
    name_group,
    name_member,
    quote,
    read_group,
    read_member,
)
from rules.transfer.left_out import LeftOut
from rules.transfer.openings import PRIVATE_GROUP, PRIVATE_MEMBER
from rules.transfer.reading.kept import Pictures, count_cut, keep
from rules.transfer.reading.loose_values import find_id, make_source, number_ids, reduce_color
from rules.transfer.reading.nesting import find_members, find_parents
from rules.transfer.reading.tally import Tally

Row = Mapping[str, Any]
# What stands in a proxy for what is said.
_TEXT = "text"


class RowReader:
    """Reads the rows of a file, whose `rows` of members are numbered by their IDs in `numbers`."""

    def __init__(self, rows: Sequence[Row], left_out: LeftOut, tally: Tally) -> None:
        self.numbers = number_ids(find_id(row.get("id")) for row in rows)
        self.pictures = Pictures(tally)
        self._left_out, self._tally = left_out, tally

    def read_alter(self, alter: Row, number: int, account: str | None) -> FileMember:
        """An alter of this account's full export."""
        tags = list(self._split_proxies(alter.get("discord_proxies"), name_member(alter, number)))
        member = self._read(alter, number, alter.get("proxy_name"), tags)
        own_id = find_id(alter.get("id"))
        is_known = account and own_id and self.numbers[own_id] == number
        # Everybody's alters begin at 1, so the number alone would find another account's.
        return replace(member, source=make_source("alters", f"{account}:{own_id}") if is_known else None)

    def read_member(self, row: Row, number: int) -> FileMember:
        """A member of the short export."""
        return self._read(row, number, row.get("display_name"), as_list(row.get("proxy_tags")))

    def read_tags(self, tags: Sequence[Row]) -> list[FileGroup]:
        """The tags of the full export; one whose level is public is public, as far as its members are."""
        ids = [find_id(tag.get("id")) for tag in tags]
        parents = find_parents(ids, [find_id(tag.get("parent_tag_id")) for tag in tags], self._tally)
        firsts = set(number_ids(ids).values())
        return [self._read_tag(tag, place, parents[place], place in firsts) for place, tag in enumerate(tags)]

    def read_group(self, row: Row, place: int, members: str) -> FileGroup:
        """A group, with its members' IDs under the key `members`."""
        whose = name_group(row, place)
        color = reduce_color(row.get("color"), whose, self._left_out)
        given = {"description": row.get("description"), "color": color}
        name, values, first_values = read_group(row, place, given, self._left_out)
        count_cut(row.get("description"), values.get("description"), self._tally)
        found = find_members(row.get(members), whose, self.numbers, self._left_out, self._tally)
        kept = keep(row, {**values, "name": name, **{key: row.get(key) for key in (members, "parent_tag_id")}})
        return FileGroup(name, values, {**first_values, **PRIVATE_GROUP}, members=found, kept=kept)

    def _read_tag(self, tag: Row, place: int, parent: int | None, is_first: bool) -> FileGroup:
        group = self.read_group(tag, place, "alters")
        is_private = tag.get("security_level") != "public"
        return replace(
            group,
            first_values=group.first_values | dict.fromkeys(PRIVATE_GROUP, is_private),
            created=find_past(tag.get("inserted_at")),
            source=make_source("tags", find_id(tag.get("id"))) if is_first else None,
            parent=parent,
        )

    def _read(self, row: Row, number: int, display_name: object, tags: Sequence[object]) -> FileMember:
        whose, before = name_member(row, number), self._left_out.tags
        given = {
            **{key: row.get(key) for key in ("description", "pronouns")},
            "avatar_url": self.pictures.find_address(row, "avatar_url"),
            "color": reduce_color(row.get("color"), whose, self._left_out),
            "display_name": display_name,
        }
        name, values, first_values = read_member(row, number, given, self._left_out)
        count_cut(row.get("description"), values.get("description"), self._tally)
        values |= self._left_out.read_tags(whose, "proxies", tags)
        carried = {**values, "name": name, "proxy_name": values.get("display_name")}
        carried |= {"proxy_tags": row.get("proxy_tags")} if self._left_out.tags == before else {}
        return FileMember(name, values, {**first_values, **PRIVATE_MEMBER}, kept=keep(row, carried))

    def _split_proxies(self, proxies: object, whose: str) -> Iterator[TagDict]:
        """Proxies as tags, split where Octocon splits them: at the first “text”."""
        if not isinstance(proxies, list | None):
            self._left_out.add(whose, "The discord_proxies must be a list of texts.")
        for proxy in as_list(proxies):
            prefix, found, suffix = proxy.strip().partition(_TEXT) if isinstance(proxy, str) else ("", "", "")
            if not found:
                self._left_out.tags += 1
                self._left_out.add(whose, "A proxy without “text” in it is left out.")
                continue
            if _TEXT in suffix:
                self._left_out.add(whose, f"The proxy {quote(proxy)} has “text” in it twice; it is split at the first.")
            yield {"prefix": prefix, "suffix": suffix}


def as_list(value: object) -> list[Any]:
    """A list as it is, and anything else as none."""
    return value if isinstance(value, list) else []
