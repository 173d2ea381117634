"""The shape of single values: texts and Discord IDs."""

import re

from rules.errors import Invalid, NotFound

LARGEST_SNOWFLAKE = 2**63 - 1


def check_text(name: str, value: object, most: int, least: int = 0) -> None:
    """Refuse what is no text of `least` to `most` code points, or holds what cannot be stored.

    Raises Invalid, naming the field, the limit and the length.
    """
    if not isinstance(value, str):
        raise Invalid(f"The {name} must be a text.")
    if not least <= len(value) <= most:
        span = f"{least} to {most:,}" if least else f"at most {most:,}"
        raise Invalid(f"The {name} must have {span} characters; this one has {len(value):,}.")
    if "\0" in value:
        raise Invalid(f"The {name} must not hold a NUL character.")
    if re.search("[\ud800-\udfff]", value):
        raise Invalid(f"The {name} is not valid Unicode: it holds half of a surrogate pair.")


def get_snowflake(text: str) -> int:
    """Read a Discord ID from a path.

    Raises Invalid when it is none, and NotFound when it is larger than any ID can be.
    """
    if not re.fullmatch("0|[1-9][0-9]*", text, re.ASCII):
        raise Invalid("A user ID is a number, like 80351110224678912; in Discord, “Copy User ID” shows it.")
    if len(text) > 19 or int(text) > LARGEST_SNOWFLAKE:
        raise NotFound("There is no user with an ID this large.")
    return int(text)
