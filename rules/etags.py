"""The version of a text, from which its ETag is made."""

import hashlib


def version_of(text: str | bytes) -> str:
    """A short name for a text, or its UTF-8, that no other text has: 24 hexadecimal digits."""
    encoded = text if isinstance(text, bytes) else text.encode()
    # 96 bits are enough: that two of a million texts get the same has a chance of 10⁻¹⁷.
    return hashlib.blake2b(encoded, digest_size=12).hexdigest()
