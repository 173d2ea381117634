"""The JSON types of a body's fields, wherever they stand, so that the rules may rely on them."""

from typing import Any

from simulator.errors import invalid_form

_LISTS = {"embeds", "components", "fields", "attachments", "options", "choices"}
_OBJECTS = {"allowed_mentions", "message_reference", "footer", "image", "thumbnail", "author", "data"}
# not "type": an embed's is a word
_NUMBERS = {"flags", "color", "style", "min_values", "max_values"}


def check_shape(node: Any, path: list[str | int]) -> None:
    """Refuse (50035) a field of the wrong JSON type, however deep it stands."""
    if isinstance(node, list):
        for index, item in enumerate(node):
            check_shape(item, [*path, index])
    elif isinstance(node, dict):
        for key, value in node.items():
            _check_field(key, value, [*path, key])


def _check_field(key: str, value: Any, path: list[str | int]) -> None:
    if value is None:
        return
    if key in _LISTS:
        _check_objects(value, path)
    if key in _OBJECTS and not isinstance(value, dict):
        raise invalid_form(path, "MODEL_TYPE_CONVERT", "Only dictionaries may be used in a ModelType")
    if key in _NUMBERS and (not isinstance(value, int) or isinstance(value, bool)):
        raise invalid_form(path, "NUMBER_TYPE_COERCE", f'Value "{value}" is not int.')
    check_shape(value, path)


def _check_objects(value: Any, path: list[str | int]) -> None:
    if not isinstance(value, list):
        raise invalid_form(path, "LIST_TYPE_CONVERT", "Only iterables may be used in a ListType")
    for index, item in enumerate(value):
        if not isinstance(item, dict):
            sentence = "Only dictionaries may be used in a ModelType"
            raise invalid_form([*path, index], "MODEL_TYPE_CONVERT", sentence)
