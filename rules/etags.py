"""The version of a text, from which its ETag is made."""

import hashlib


def version_of(text: str) -> str:
    """A short name for a text that no other text has: 24 hexadecimal digits."""
    # 96 bits are enough: that two of a million texts get the same has a chance of 10⁻¹⁷.
    return hashlib.blake2b(text.encode(), digest_size=12).hexdigest()
