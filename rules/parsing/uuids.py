"""UUIDs: 16 bytes in the file, 36 characters for everybody else."""

import re
from uuid import UUID, uuid4

_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII | re.IGNORECASE)


def make_uuid() -> bytes:
    """A new one of version 4."""
    return uuid4().bytes


def format_uuid(uuid: bytes) -> str:
    """As it is shown: lower-case, with hyphens."""
    # A fifth of what `str(UUID(bytes=uuid))` takes.
    digits = uuid.hex()
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"


def find_random_uuid(text: object) -> bytes | None:
    """What a text in the usual form names, if that is a UUID of version 4; None for anything else."""
    found = parse_uuid(text) if isinstance(text, str) else None
    return found if found and UUID(bytes=found).version == 4 else None


def parse_uuid(text: str) -> bytes | None:
    """What a text in the usual form names, in any case of letters; None for anything else."""
    return UUID(text).bytes if _UUID.fullmatch(text) else None
