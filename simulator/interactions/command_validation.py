"""What Discord takes as an application command; refusals are error 50035 naming the field."""

import re

from simulator.errors import invalid_form, required, too_long

CHAT_INPUT, USER_MENU, MESSAGE_MENU = 1, 2, 3
SUB_COMMAND, SUB_COMMAND_GROUP = 1, 2
STRING, INTEGER, BOOLEAN, USER, CHANNEL, ROLE, MENTIONABLE, NUMBER, ATTACHMENT = range(3, 12)
# Of slash commands, and of the commands in each of the two menus.
COMMANDS_LIMIT, MENU_LIMIT, OPTIONS_LIMIT, CHOICES_LIMIT = 100, 15, 25, 25
_NAME = re.compile(r"[-_'\w]{1,32}")


def check_commands(commands: list, path: list) -> None:
    """A whole list, as a bulk overwrite brings it: at most 100 slash commands and 15 in each menu, no name twice."""
    seen = set()
    for index, command in enumerate(commands):
        check_command(command, [*path, index])
        key = (command.get("type", CHAT_INPUT), command["name"])
        if key in seen:
            sentence = "Application command names must be unique"
            raise invalid_form([*path, index], "APPLICATION_COMMANDS_DUPLICATE_NAME", sentence)
        seen.add(key)
    kinds = [kind for kind, _ in seen]
    for kind, limit in ((CHAT_INPUT, COMMANDS_LIMIT), (USER_MENU, MENU_LIMIT), (MESSAGE_MENU, MENU_LIMIT)):
        if kinds.count(kind) > limit:
            raise too_long(path, limit)


def check_command(command: dict, path: list) -> None:
    """One command with its options."""
    if command.get("type", CHAT_INPUT) != CHAT_INPUT:
        _check_menu(command, path)
        return
    _check_name(command.get("name"), path)
    _check_length(command.get("description"), [*path, "description"], 100)
    _check_options(command.get("options") or [], path, depth=0)
    if _size(command) > 8000:
        sentence = "Command exceeds maximum size (8000)"
        raise invalid_form(path, "APPLICATION_COMMAND_TOO_LARGE", sentence)


def _check_menu(command: dict, path: list) -> None:
    if command["type"] not in (USER_MENU, MESSAGE_MENU):
        raise invalid_form([*path, "type"], "BASE_TYPE_CHOICES", "Value must be one of {1, 2, 3}.")
    _check_length(command.get("name"), [*path, "name"], 32)
    if command.get("description"):
        sentence = "Context menu commands cannot have description"
        raise invalid_form(path, "APPLICATION_COMMANDS_CONTEXT_MENU_DESCRIPTION", sentence)
    if command.get("options"):
        sentence = "Context menu commands cannot have options"
        raise invalid_form(path, "APPLICATION_COMMANDS_CONTEXT_MENU_OPTIONS", sentence)


def _check_name(name: object, path: list) -> None:
    if not name:
        raise required([*path, "name"])
    if not isinstance(name, str) or not _NAME.fullmatch(name) or name != name.lower():
        sentence = "Command name is invalid"
        raise invalid_form([*path, "name"], "APPLICATION_COMMAND_INVALID_NAME", sentence)


def _check_length(text: object, path: list, limit: int) -> None:
    if not text:
        raise required(path)
    if len(str(text)) > limit:
        raise invalid_form(path, "BASE_TYPE_BAD_LENGTH", f"Must be between 1 and {limit} in length.")


def _check_options(options: list, path: list, depth: int) -> None:
    if len(options) > OPTIONS_LIMIT:
        raise too_long([*path, "options"], OPTIONS_LIMIT)
    optional_seen, names = False, set()
    for index, option in enumerate(options):
        here = [*path, "options", index]
        _check_option(option, here, depth)
        if option["name"] in names:
            sentence = "Option names must be unique"
            raise invalid_form(here, "APPLICATION_COMMAND_OPTIONS_NAME_ALREADY_EXISTS", sentence)
        names.add(option["name"])
        if option.get("required") and optional_seen:
            sentence = "Required options must be placed before non-required options"
            raise invalid_form(here, "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID", sentence)
        optional_seen = optional_seen or not option.get("required")
    kinds = {o["type"] in (SUB_COMMAND, SUB_COMMAND_GROUP) for o in options}
    if len(kinds) > 1:
        sentence = "Sub-command and sub-command group option types are mutually exclusive to all other types"
        raise invalid_form([*path, "options"], "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", sentence)


def _check_option(option: dict, path: list, depth: int) -> None:
    kind = option.get("type")
    if kind not in range(1, 12):
        sentence = "Value must be one of {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}."
        raise invalid_form([*path, "type"], "BASE_TYPE_CHOICES", sentence)
    _check_name(option.get("name"), path)
    _check_length(option.get("description"), [*path, "description"], 100)
    choices = option.get("choices") or []
    if len(choices) > CHOICES_LIMIT:
        raise too_long([*path, "choices"], CHOICES_LIMIT)
    for index, choice in enumerate(choices):
        _check_length(choice.get("name"), [*path, "choices", index, "name"], 100)
    if choices and option.get("autocomplete"):
        sentence = "Options with choices cannot have autocomplete"
        raise invalid_form([*path, "autocomplete"], "APPLICATION_COMMAND_OPTIONS_CHOICES_AUTOCOMPLETE", sentence)
    if kind in (SUB_COMMAND, SUB_COMMAND_GROUP):
        if depth > (1 if kind == SUB_COMMAND else 0):
            sentence = "Sub-commands and groups cannot be nested this deep"
            raise invalid_form(path, "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", sentence)
        _check_options(option.get("options") or [], path, depth + 1)


def _size(node: dict) -> int:
    own = sum(len(str(node.get(key) or "")) for key in ("name", "description", "value"))
    below = (node.get("options") or []) + (node.get("choices") or [])
    return own + sum(map(_size, below))
