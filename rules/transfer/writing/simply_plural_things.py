"""What is kept aside of Simply Plural, also as PluralPort's own records, which other trackers read."""

from collections.abc import Iterator, Mapping, Set
from typing import Any

from rules.parsing.fields import read_color
from rules.parsing.timestamps import EARLIEST_US, LATEST_US, show_time
from rules.transfer.left_out import LeftOut
from rules.transfer.reading.loose_values import find_id, find_instant, reduce_color
from rules.transfer.writing.ids import Ids

APP = "Simply Plural"
# There nothing was for everybody; what says nothing may be taken for public.
_PRIVATE = "private"
# By the number of the field's type there.
_TYPES = ("text", "color", "date", "month", "year", "month_year", "timestamp", "month_day")
Record = dict[str, Any]


class Things:
    """The rows of one archive; `members` are our IDs of its members by theirs, `details` what is kept of each.

    A row that lacks what PluralPort needs is none here; it goes out as it came all the same.
    """

    def __init__(self, things: Mapping[str, Any], members: Mapping[str, str], details: Mapping[str, Any], ids: Ids):
        self._things, self._members, self._details, self._ids = things, members, details, ids

    def list_records(self) -> dict[str, list[Record]]:
        """Notes, custom fields with their values, and comments on fronts."""
        fields = list(self._fields())
        known = {field["id"] for field in fields}
        return {
            "notes": list(self._notes()),
            "custom_fields": fields,
            "custom_field_values": [value for value in self._values() if value["field_id"] in known],
            "front_comments": list(self._comments()),
        }

    def list_objects(self) -> dict[str, Record]:
        """The boards, and the chat with its conversations."""
        posts = list(self._posts())
        conversations = [
            {**self._record("channels", row), "kind": "internal_chat", "title": row.get("name")}
            for row in self._rows("channels")
        ]
        messages = list(self._messages({one["id"] for one in conversations}))
        boards = {"boards": {"posts": posts}} if posts else {}
        return boards | ({"chat": {"conversations": conversations, "messages": messages}} if conversations else {})

    def _notes(self) -> Iterator[Record]:
        for row in self._rows("notes", "note", "date"):
            color = LeftOut().read_one("", "color", reduce_color(row.get("color"), "", LeftOut()), read_color)
            note = {"title": row.get("title"), "member_id": self._find_member(row, "member"), "visibility": _PRIVATE}
            note |= {"color": f"#{color}"} if color else {}
            yield {**self._record("notes", row), "body": row["note"], "created_at": _time(row["date"]), **note}

    def _fields(self) -> Iterator[Record]:
        for row in self._rows("customFields", "name"):
            kind = row.get("type")
            is_known = isinstance(kind, int) and 0 <= kind < len(_TYPES)
            field_type = _TYPES[kind] if is_known else _TYPES[0]
            field = {"name": row["name"], "field_type": field_type, "privacy": {"visibility": _PRIVATE}}
            yield {**self._record("customFields", row), **field}

    def _values(self) -> Iterator[Record]:
        for member, kept in self._details.items():
            info = kept.get("info") if isinstance(kept, dict) else None
            for field, value in info.items() if isinstance(info, dict) else ():
                field_id = self._ids.of("customFields", field)
                named = {"field_id": field_id, "subject_type": "member", "subject_id": member, "value": value}
                yield {"id": self._ids.of("value", field_id, member), **named}

    def _comments(self) -> Iterator[Record]:
        for row in self._rows("comments", "text", "time"):
            at = _time(row["time"])
            yield {**self._record("comments", row), "target_time": at, "body": row["text"], "created_at": at}

    def _posts(self) -> Iterator[Record]:
        for row in self._rows("boardMessages", "message", "writtenAt"):
            people = {
                "target_member_id": self._find_member(row, "writtenFor"),
                "author_member_id": self._find_member(row, "writtenBy"),
            }
            said = {"title": row.get("title"), "body": row["message"], "audience": _PRIVATE}
            times = dict.fromkeys(("created_at", "written_at"), _time(row["writtenAt"]))
            yield {**self._record("boardMessages", row), **people, **said, **times}

    def _messages(self, conversations: Set[str]) -> Iterator[Record]:
        found = self._rows("chatMessages", "message", "writtenAt")
        named = [(self._ids.of("channels", find_id(row.get("channel"))), row) for row in found]
        rows = [(conversation, row) for conversation, row in named if conversation in conversations]
        known = {find_id(row["_id"]) for _, row in rows}
        for conversation, row in rows:
            to = find_id(row.get("replyTo"))
            yield {
                "id": self._name("chatMessages", row),
                "conversation_id": conversation,
                "author_member_id": self._find_member(row, "writer"),
                "body": row["message"],
                "created_at": _time(row["writtenAt"]),
                "reply_to_message_id": self._ids.of("chatMessages", to) if to in known else None,
            }

    def _rows(self, collection: str, text: str = "_id", time: str | None = None) -> Iterator[Record]:
        """The rows that have an ID, a text, and a time that can be shown."""
        listed = self._things.get(collection)
        for row in listed if isinstance(listed, list) else ():
            is_whole = isinstance(row, dict) and find_id(row.get("_id")) and isinstance(row.get(text), str)
            if is_whole and (time is None or _time(row.get(time))):
                yield row

    def _record(self, collection: str, row: Record) -> Record:
        return {"id": self._name(collection, row), "system_id": self._ids.system}

    def _name(self, collection: str, row: Record) -> str:
        return self._ids.of(collection, find_id(row["_id"]))

    def _find_member(self, row: Record, key: str) -> str | None:
        return self._members.get(find_id(row.get(key)) or "")


def _time(value: object) -> str | None:
    at = find_instant(value)
    return show_time(at) if at is not None and EARLIEST_US <= at <= LATEST_US else None
