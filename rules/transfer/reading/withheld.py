"""What of another app's file is never taken, kept, told or exported: keys to accounts, and what others own."""

import re
from functools import lru_cache
from typing import Any

from rules.transfer.left_out import says_nothing

# Deeper than any app nests.
MOST_DEPTH = 64
TOLD = "Keys to the account, friends and logs in the file are not taken, and kept nowhere."
# What the apps' servers keep about accounts, beside what a person has written.
_COLLECTIONS = re.compile(
    "token|secret|passw|friend|^privates?$|security|usage|reports?$|audit|events?$|avatarexport|notification"
    "|accounts?$|session|mail|subscri|payment|patreon|device|verif|^manifest$"
)
_KEYS = re.compile(
    r"token|secret|passw|friend|e-?mail|avataruuid|webhook|session|device_?id|^ip(_?addr(ess)?)?$|^uid$|^user_?id$"
)
# Simply Plural's pictures went with its servers.
_DEAD_HOST = "apparyllis.com"


def is_withheld(collection: str) -> bool:
    """Whether nothing of this collection is taken: tokens, friends, logs and the like, in any spelling."""
    return bool(_COLLECTIONS.search(collection.lower())) or _is_secret(collection)


def without_withheld(value: Any, depth: int = MOST_DEPTH) -> Any:
    """The same without the keys that are never taken, and without addresses of dead pictures."""
    if isinstance(value, dict) and depth:
        return {
            key: without_withheld(inside, depth - 1)
            for key, inside in value.items()
            if not (_is_secret(key) or is_dead_picture(key, inside))
        }
    if isinstance(value, list) and depth:
        return [without_withheld(inside, depth - 1) for inside in value]
    return None if isinstance(value, dict | list) else value


def is_dead_picture(key: str, value: object) -> bool:
    """Whether this names a picture on a server that is closed."""
    name = key.lower()
    if name == "avataruuid":
        return not says_nothing(value)
    return "avatar" in name and isinstance(value, str) and _DEAD_HOST in value.lower()


@lru_cache(4096)
def _is_secret(key: str) -> bool:
    return bool(_KEYS.search(key.lower()))
