"""How a system wants things done: PluralKit's `config` command and v2's settings are these, by v2's names."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlalchemy.orm import Session

from models import Account, System
from rules.errors import Invalid, NotFound
from rules.parsing import fields
from rules.systems import members, short_ids, systems

# More is never, as PluralKit has it.
MOST_LATCH_S = 100_000 * 3600
NAME_FORMAT_LENGTH = 100
PROXY_SWITCHES = ("off", "new", "add")
PADDINGS = ("off", "left", "right")
MOST_TEMPLATES = 3
TEMPLATE_LENGTH = 1000


def _read_latch_timeout(name: str, value: object) -> int | None:
    if value is None:
        return None
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise Invalid(f"The {name} must be a number of seconds; 0 is never.")
    return value if value <= MOST_LATCH_S else 0


def _read_word(name: str, value: object, words: tuple[str, ...]) -> str:
    if value not in words or not isinstance(value, str):
        raise Invalid(f"The {name} must be {', '.join(words[:-1])} or {words[-1]}.")
    return value


def _read_templates(name: str, value: object) -> str:
    listed = [] if value is None else value
    if not isinstance(listed, list):
        raise Invalid(f"The {name} must be a list of texts.")
    if len(listed) > MOST_TEMPLATES:
        raise Invalid(f"The {name} can be at most {MOST_TEMPLATES}; these are {len(listed):,}.")
    for number, text in enumerate(listed):
        fields.check_text(f"{name}[{number}]", text, TEMPLATE_LENGTH, 1)
    return json.dumps(listed, ensure_ascii=False)


_READERS: fields.Readers = {
    "timezone": fields.read_time_zone,
    "pings_enabled": fields.read_bool,
    "latch_timeout": _read_latch_timeout,
    "member_default_private": fields.read_bool,
    "group_default_private": fields.read_bool,
    "show_private_info": fields.read_bool,
    "case_sensitive_proxy_tags": fields.read_bool,
    "proxy_error_message_enabled": fields.read_bool,
    "hid_display_split": fields.read_bool,
    "hid_display_caps": fields.read_bool,
    "hid_list_padding": partial(_read_word, words=PADDINGS),
    "card_show_color_hex": fields.read_bool,
    "proxy_switch": partial(_read_word, words=PROXY_SWITCHES),
    "name_format": partial(fields.read_text, most=NAME_FORMAT_LENGTH),
    "description_templates": _read_templates,
}
NAMES = frozenset(_READERS)
# What v2 shows to everybody, and what of the rest it lets no program change.
_PUBLIC = (
    *("pings_enabled", "latch_timeout", "case_sensitive_proxy_tags", "proxy_error_message_enabled"),
    *("hid_display_split", "hid_display_caps", "hid_list_padding", "proxy_switch", "name_format"),
)
_KEPT_FROM_PROGRAMS = ("show_private_info", "hid_list_padding")
_ORDER = (
    *("timezone", "pings_enabled", "latch_timeout", "member_default_private", "group_default_private"),
    *("show_private_info", "member_limit", "group_limit", "case_sensitive_proxy_tags", "proxy_error_message_enabled"),
    *("hid_display_split", "hid_display_caps", "hid_list_padding", "card_show_color_hex", "proxy_switch"),
    *("name_format", "description_templates"),
)


@dataclass(frozen=True)
class Display:
    """How somebody wants IDs and colors to be shown: PluralKit's `split ids`, `caps ids`, `pad ids`, `show color`."""

    split: bool = False
    caps: bool = False
    padding: str = "off"
    color: bool = False

    def show_id(self, hid: str) -> str:
        """An ID as it is shown everywhere; it is read the same with and without hyphen, in any case of letters."""
        return short_ids.show_id(hid, self.split, self.caps)

    def pad_ids(self, hids: Sequence[str]) -> list[str]:
        """IDs as they are shown in a list, where all are to be as wide as its longest."""
        return short_ids.pad_ids([self.show_id(hid) for hid in hids], self.padding)


def edit_config(session: Session, user_id: int, changes: Mapping[str, object]) -> System:
    """Change what is given and nothing else; unknown keys are ignored. All or nothing.

    `timezone` is one of the Olson database. `latch_timeout` in seconds, 0 for never, null for 6 hours; more than
    100 000 hours is never. `name_format` has at most 100 code points, `description_templates` are at most 3 texts of
    1 to 1,000 code points. Raises Invalid, and NotAuthenticated without a system.
    """
    system = systems.get_own_system(session, user_id)
    for name, value in read_config(changes).items():
        setattr(system, name, value)
    return system


def check_changes(changes: Mapping[str, object]) -> None:
    """Refuse what `edit_config` would refuse, before anybody waits for the write lock. Raises Invalid."""
    read_config(changes)


def patch_config(session: Session, user_id: int, changes: Mapping[str, object]) -> System:
    """`edit_config` for a program with a token: what v2's document lets no program change is ignored as well."""
    return edit_config(session, user_id, {name: changes[name] for name in changes if name not in _KEPT_FROM_PROGRAMS})


def read_config(changes: Mapping[str, object]) -> dict[str, Any]:
    """What of these can be stored, by column and as it is stored. Raises Invalid."""
    return {_column(name): value for name, value in fields.read_fields(_READERS, changes).items()}


def show_config(system: System) -> dict[str, Any]:
    """All settings of a system for its owner, limits among them, in the order of v2 and of exports."""
    shown = {name: getattr(system, _column(name)) for name in _READERS} | {
        "member_limit": members.MOST_MEMBERS,
        "group_limit": 250,
        "description_templates": get_templates(system),
    }
    return {name: shown[name] for name in _ORDER}


def see_config(system: System, is_owner: bool) -> dict[str, Any]:
    """The settings of a system as v2 shows them: all to the owner, to others only what changes how it proxies."""
    shown = show_config(system)
    return shown if is_owner else {name: shown[name] for name in _PUBLIC}


def get_display(session: Session, user_id: int) -> Display:
    """How a user wants IDs and colors to be shown; as they are, to who has no system."""
    system = systems.find_own_system(session, user_id)
    return display_of(system) if system else Display()


def display_of(system: System) -> Display:
    """How IDs and colors are to be shown to a system's accounts."""
    colored = system.card_show_color_hex
    return Display(system.hid_display_split, system.hid_display_caps, system.hid_list_padding, colored)


def get_templates(system: System) -> list[str]:
    """The texts with which descriptions may begin."""
    return json.loads(system.description_templates)


def add_template(session: Session, user_id: int, text: str) -> int:
    """Keep one more text to begin descriptions with; its number, from 1. Raises Invalid, NotAuthenticated."""
    templates = [*get_templates(systems.get_own_system(session, user_id)), text]
    edit_config(session, user_id, {"description_templates": templates})
    return len(templates)


def remove_template(session: Session, user_id: int, number: int) -> None:
    """Forget the template with a number, from 1. Raises NotFound, NotAuthenticated."""
    system = systems.get_own_system(session, user_id)
    get_template(system, number)
    kept = get_templates(system)
    del kept[number - 1]
    edit_config(session, user_id, {"description_templates": kept})


def get_template(system: System, number: int) -> str:
    """The template with a number, from 1. Raises NotFound."""
    templates = get_templates(system)
    if not 1 <= number <= len(templates):
        raise NotFound(f"There is no template {number}; `config template` lists yours.")
    return templates[number - 1]


def allow_autoproxy(session: Session, user_id: int, allowed: object) -> None:
    """Say whether what this one account writes is autoproxied. Raises Invalid, NotAuthenticated without a system."""
    _get_account(session, user_id).allow_autoproxy = fields.read_bool("setting", allowed)


def is_autoproxy_allowed(session: Session, user_id: int) -> bool:
    """Whether what this one account writes is autoproxied. Raises NotAuthenticated without a system."""
    return _get_account(session, user_id).allow_autoproxy


def _column(name: str) -> str:
    return "tz" if name == "timezone" else name


def _get_account(session: Session, user_id: int) -> Account:
    systems.get_own_system(session, user_id)
    return session.get_one(Account, user_id)
