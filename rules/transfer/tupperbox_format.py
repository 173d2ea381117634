"""Reading Tupperbox's export: its tuppers become members, which are found again by their name."""

from collections.abc import Mapping
from typing import Any

from rules.errors import Invalid
from rules.systems.members import TagDict
from rules.transfer.import_file import (
    File,
    FileMember,
    check_member_count,
    get_objects,
    is_usable_tag,
    name_member,
    naming,
    read_count,
    read_values,
    tell_unusable,
)

_BRACKETS = "The brackets must be a list of texts in pairs: one before what is said, one after."


def read(data: Mapping[str, Any]) -> File:
    """A file of Tupperbox. Raises Invalid, naming the member and the field."""
    tuppers = get_objects(data, "tuppers")
    check_member_count(tuppers)
    return File(
        [_read_tupper(tupper, number) for number, tupper in enumerate(tuppers)], left_out=_left_out(data, tuppers)
    )


def _read_tupper(tupper: Mapping[str, Any], number: int) -> FileMember:
    with naming(name_member(tupper, "name", number)):
        values = read_values({"name": tupper.get("name"), **_translate(tupper)})
        return FileMember(
            values["name"],
            values,
            {"message_count": read_count("posts", tupper.get("posts"))},
        )


def _translate(tupper: Mapping[str, Any]) -> dict[str, object]:
    given = {
        "avatar_url": tupper.get("avatar_url"),
        "description": tupper.get("description"),
        "birthday": _date(tupper.get("birthday")),
        "display_name": _display_name(tupper),
        "proxy_tags": [tag for tag in _read_brackets(tupper.get("brackets")) if is_usable_tag(tag)],
    }
    # Null would be refused, being neither true nor false.
    if tupper.get("show_brackets") is not None:
        given["keep_proxy"] = tupper["show_brackets"]
    return given


def _display_name(tupper: Mapping[str, Any]) -> object:
    tag = tupper.get("tag")
    if tag is None or tag == "":
        return tupper.get("nick")
    if not isinstance(tag, str):
        raise Invalid("The tag must be a text.")
    return f"{tupper.get('name')} {tag}"


def _date(birthday: object) -> object:
    # An instant: the date is what comes before its T.
    return birthday.split("T")[0] if isinstance(birthday, str) else birthday


def _read_brackets(brackets: object) -> list[TagDict]:
    if brackets is None:
        return []
    if not isinstance(brackets, list) or len(brackets) % 2 or not all(isinstance(side, str) for side in brackets):
        raise Invalid(_BRACKETS)
    return [{"prefix": brackets[at], "suffix": brackets[at + 1]} for at in range(0, len(brackets), 2)]


def _left_out(data: Mapping[str, Any], tuppers: list[dict[str, Any]]) -> tuple[str, ...]:
    unusable = sum(not is_usable_tag(tag) for tupper in tuppers for tag in _read_brackets(tupper.get("brackets")))
    left_out = []
    if data.get("groups") or any(tupper.get("group_id") is not None for tupper in tuppers):
        left_out.append("Tupperbox's groups are left out: Rollcall keeps none.")
    if any(tupper.get("tag") for tupper in tuppers):
        left_out.append(
            "Tupperbox's tags become a part of the display names: Rollcall keeps one tag, for the whole system."
        )
    return (*left_out, *tell_unusable(unusable))
