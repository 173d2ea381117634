"""Whether anything of a text is seen on a screen."""

import re

# Blanks, controls, orders to the right and left, and signs without a shape.
_UNSEEN = re.compile(
    "[\\s\x00-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    "\u2800\u3164\ufe0f\ufeff\uffa0]*"
)


def is_seen(text: str) -> bool:
    """Whether a text leaves anything on the screen; a name that does not needs another in its place."""
    return _UNSEEN.fullmatch(text) is None
