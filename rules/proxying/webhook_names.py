"""The name above a proxied message: composed, and repaired where Discord refuses it."""

import re

FORMAT = "{name} {tag}"
NAME_LENGTH = 80
THIN, UNSEEN = "\u200a", "\u17b5"
_FORBIDDEN = re.compile("(c)(lyde)|(d)(iscord)", re.IGNORECASE)
_WHOLLY_FORBIDDEN = re.compile("(here|everyone)", re.IGNORECASE)
_BACKTICKS = re.compile("`(?=``)")
_PLACES = re.compile(r"\{(name|tag)\}")


def compose_name(name: str, tag: str | None, name_format: str | None) -> str:
    """A member's name with the system's tag, in the system's format: `{name} {tag}` unless it says otherwise.

    Where that leaves nothing, as the format `{tag}` does without a tag, it is the name.
    """
    values = {"name": name, "tag": tag or ""}
    return _PLACES.sub(lambda place: values[place[1]], name_format or FORMAT).strip() or name


def shows_tag(tag: str | None, name_format: str | None) -> bool:
    """Whether the system's tag is in a name that is composed so."""
    return bool(tag and tag.strip()) and "{tag}" in (name_format or FORMAT)


def repair_name(name: str) -> str:
    """A name that Discord takes: forbidden words broken by a thin blank, one character made two, at most 80 long."""
    name = _FORBIDDEN.sub(_broken, name)
    if _WHOLLY_FORBIDDEN.fullmatch(name):
        name = f"{name[0]}{THIN}{name[1:]}"
    name = _BACKTICKS.sub(f"`{THIN}", name)
    if len(name) == 1:
        name += UNSEEN
    return name[:NAME_LENGTH].rstrip()


def tell_apart(name: str) -> str:
    """The same name for somebody else, so that Discord does not show two authors' messages as one's."""
    return f"{name[: NAME_LENGTH - 2]}{THIN}{UNSEEN}"


def _broken(match: re.Match[str]) -> str:
    first, rest = match[1] or match[3], match[2] or match[4]
    return f"{first}{THIN}{rest}"
