"""Reading JSON that somebody sent: strictly, so that nothing is kept that would break later."""

import json
from functools import partial
from typing import Any

from rules.errors import Invalid

# Far below Python's limit on recursion, so that whatever was taken can be written out again.
MOST_DEPTH = 32


def read_object(text: str, what: str = "body") -> dict[str, Any]:
    """A JSON object; `what` names the text in the sentences.

    Raises Invalid for what is no JSON object, is nested more than 32 deep, or holds NaN, a key twice, NUL or half a
    surrogate pair.
    """
    value = read_value(text, what)
    if not isinstance(value, dict):
        raise Invalid(f"The {what} must be a JSON object.")
    return value


def read_array(text: str, what: str = "body") -> list[Any]:
    """A JSON array, as strictly as `read_object`. Raises Invalid."""
    value = read_value(text, what)
    if not isinstance(value, list):
        raise Invalid(f"The {what} must be a JSON array.")
    return value


def read_value(text: str, what: str = "body", depth: int = MOST_DEPTH) -> Any:
    """JSON of any kind, nested at most `depth` deep, else as strictly as `read_object`. Raises Invalid."""
    value = _read(text, what, depth)
    del text
    _check_value(value, what, depth, depth)
    return value


def _read(text: str, what: str, depth: int) -> Any:
    hooks = {"object_pairs_hook": partial(_object, what), "parse_constant": partial(_refuse_constant, what)}
    try:
        return json.loads(text, **hooks)
    except RecursionError:
        raise _too_deep(what, depth) from None
    except json.JSONDecodeError as error:
        raise Invalid(f"The {what} is not JSON: {_tell(error)}.") from None
    except ValueError:
        raise Invalid(f"The {what} holds a number that is too long.") from None


def _tell(error: json.JSONDecodeError) -> str:
    if not error.doc or error.doc.isspace():
        return "it is empty"
    if error.pos >= len(error.doc) or error.msg.startswith("Unterminated string"):
        return "it ends in the middle, so it was not saved or sent to its end"
    return str(error)


def _object(what: str, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    # Readers differ on which of two counts: what one checks, another might not see.
    value = dict(pairs)
    if len(value) < len(pairs):
        seen: set[str] = set()
        twice = next(key for key, _ in pairs if key in seen or seen.add(key))
        raise Invalid(f"The {what} names the key {json.dumps(twice)[:60]} twice.")
    return value


def _refuse_constant(what: str, name: str) -> None:
    raise Invalid(f"The {what} holds {name}, which is not JSON.")


def _too_deep(what: str, depth: int) -> Invalid:
    return Invalid(f"The {what} is nested more than {depth} deep.")


def _check_value(value: Any, what: str, depth: int, most: int) -> None:
    if depth < 0:
        raise _too_deep(what, most)
    if isinstance(value, str):
        if "\0" in value:
            raise Invalid(f"The {what} holds a NUL character.")
        try:
            # The fastest way to ask.
            value.encode()
        except UnicodeEncodeError:
            raise Invalid(f"The {what} holds half of a surrogate pair, which is not valid Unicode.") from None
    elif isinstance(value, list):
        for item in value:
            _check_value(item, what, depth - 1, most)
    elif isinstance(value, dict):
        for key, item in value.items():
            _check_value(key, what, depth, most)
            _check_value(item, what, depth - 1, most)
