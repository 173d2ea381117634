"""Telling which app's file somebody gave, by what is in it: names of files prove nothing."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from rules.errors import Invalid
from rules.transfer.formats import ampersand, octocon, pluralkit, simply_plural, tupperbox
from rules.transfer.formats.pluralport import reader as pluralport
from rules.transfer.import_file import File

READ = "Simply Plural, Octocon, PluralPort (OpenPlural), PluralKit, Tupperbox, Ampersand and Rollcall"
_SIMPLY_PLURAL = {
    *("fronthistory", "frontstatuses", "customfronts", "privacybuckets", "private", "privates", "boardmessages"),
}
_WRAPPER = {"exists", "id", "content"}
# More than Octocon numbers members to.
_MOST_NUMBER = 32_767
_SHOWN_KEYS = 5
_NO_LIST = (
    "The file must be a JSON object. A list is read where it is one collection of Simply Plural's token dump, such as"
    " members.json."
)


@dataclass(frozen=True, slots=True)
class Format:
    """A kind of file: whether the object at its top looks like one, and who reads it."""

    name: str
    fits: Callable[[Mapping[str, Any]], bool]
    read: Callable[[Mapping[str, Any]], File]


def read_data(data: Any, *, adds_unknown: bool = False, takes_birthdays: bool = False) -> File:
    """A file of whichever app, from its JSON. Raises Invalid for one of no app that is read, named where it is known.

    One that looks like the files of two apps, put together by hand, is read as the first in the table, and says so.
    The choices are those of `simply_plural.read`.
    """
    if isinstance(data, list):
        if not is_wrapped(data):
            raise Invalid(_NO_LIST)
        return simply_plural.read_wrappers(data, takes_birthdays=takes_birthdays)
    if not isinstance(data, dict):
        raise Invalid("The file must be a JSON object.")
    found = [one for one in _FORMATS if one.fits(data)]
    if not found:
        return _read_rest(data)
    if found[0].read is simply_plural.read:
        file = simply_plural.read(data, adds_unknown=adds_unknown, takes_birthdays=takes_birthdays)
    else:
        file = found[0].read(data)
    return _tell_others(file, found) if len(found) > 1 else file


def is_wrapped(listed: object) -> bool:
    """Whether it is a collection of Simply Plural's token dump: a list whose items are all wrapped."""
    return isinstance(listed, list) and bool(listed) and all(is_wrapper(item) for item in listed)


def is_wrapper(item: object) -> bool:
    """Whether it is one entry of Simply Plural's token dump."""
    return isinstance(item, dict) and item.keys() >= _WRAPPER


def is_pluralport(data: Mapping[str, Any]) -> bool:
    """Whether it names a version of PluralPort, or of OpenPlural, as it was called."""
    return "pluralport_version" in data or "openplural_version" in data


def _read_rest(data: Mapping[str, Any]) -> File:
    """The files of PluralKit and Tupperbox whose lists are none, or Invalid with what would help."""
    if "tuppers" in data:
        return tupperbox.read(data)
    if advice := next((advice for fits, advice in _UNREAD if fits(data)), None):
        raise Invalid(advice)
    if "switches" in data:
        return pluralkit.read(data)
    shown = ", ".join(f"“{key[:20]}”" for key in list(data)[:_SHOWN_KEYS])
    more = " and others" if len(data) > _SHOWN_KEYS else ""
    seen = (
        f"a JSON object with the key{'' if len(data) == 1 else 's'} {shown}{more}" if shown else "an empty JSON object"
    )
    raise Invalid(f"I read files of {READ}; this is {seen}.")


def _tell_others(file: File, found: list[Format]) -> File:
    others = " and ".join(dict.fromkeys(one.name for one in found[1:]))
    told = f"This is read as a file of {found[0].name}, but looks like one of {others} too; of that nothing is taken."
    return replace(file, remarks=(told, *file.remarks))


def _is_tupperbox(data: Mapping[str, Any]) -> bool:
    return isinstance(data.get("tuppers"), list)


def _is_ampersand(data: Mapping[str, Any]) -> bool:
    database = data.get("database")
    lists = isinstance(database, dict) and any(isinstance(database.get(key), list) for key in ("members", "systems"))
    return lists and ("revision" in data or "config" in data)


def _is_octocon(data: Mapping[str, Any]) -> bool:
    return _has_lists(data, "alters", "fronts") and isinstance(data.get("user"), dict)


def _is_simply_plural(data: Mapping[str, Any]) -> bool:
    keys = {key.lower() for key in data}
    return "members" in keys and (bool(keys & _SIMPLY_PLURAL) or is_wrapped(data.get("members")))


def _is_short_octocon(data: Mapping[str, Any]) -> bool:
    if (
        not _is_pluralkit(data)
        or not data["members"]
        or any(key in data for key in ("id", "uuid", "privacy", "config"))
    ):
        return False
    return all(isinstance(one, dict) and _is_small_number(one.get("id")) for one in data["members"])


def _is_pluralkit(data: Mapping[str, Any]) -> bool:
    return _has_lists(data, "members", "switches")


def _has_lists(data: Mapping[str, Any], *keys: str) -> bool:
    return all(isinstance(data.get(key), list) for key in keys)


def _is_small_number(text: object) -> bool:
    is_number = isinstance(text, str) and text.isascii() and text.isdigit() and len(text) < 6
    return is_number and int(text) <= _MOST_NUMBER


# The order decides, for files that fit twice.
_FORMATS = (
    Format("PluralPort", is_pluralport, pluralport.read),
    Format("Tupperbox", _is_tupperbox, tupperbox.read),
    Format("Ampersand", _is_ampersand, ampersand.read),
    Format("Octocon", _is_octocon, octocon.read_full),
    Format("Simply Plural", _is_simply_plural, simply_plural.read),
    Format("Octocon", _is_short_octocon, octocon.read_short),
    Format("PluralKit", lambda data: _is_pluralkit(data) and not _is_short_octocon(data), pluralkit.read),
)
_UNREAD = (
    (
        lambda data: {"formatVersion", "headmates"} <= data.keys(),
        "This is Prism's own file, which only Prism reads; export it there as PluralPort, and give me that.",
    ),
    (
        lambda data: {"version", "system", "fronts"} <= data.keys() and data["version"] in ("1", "2"),
        "This is Sheaf's own file, which only Sheaf reads; export it there with `format=openplural`, and give me that.",
    ),
    (
        lambda data: "schema_version" in data and bool({"front_entries", "custom_statuses"} & data.keys()),
        "This is a file of BerryTree, which I do not read; PluralPort's converter makes one of it that I do.",
    ),
    (
        is_wrapper,
        "This is one entry of Simply Plural's token dump; what I need is members.json or the zip of the whole folder.",
    ),
)
