"""What a command is about: a system, a member, and how their fields are read and changed."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from models import System
from rules.errors import NotAllowed, Refused

FieldReader = Callable[[int | None], Awaitable[Mapping[str, Any]]]
FieldEditor = Callable[[Mapping[str, object]], Awaitable[None]]


@dataclass(frozen=True)
class SystemTarget:
    """The system that a command is about, and whether it is the caller's own."""

    system: System
    own: bool

    def check_own(self) -> None:
        """Refuse to change somebody else's. Raises NotAllowed."""
        if not self.own:
            raise NotAllowed("That is not your system; you can change only your own.")


@dataclass(frozen=True)
class MemberTarget(SystemTarget):
    """The system that a member or a group belongs to; who may not change it is refused as over HTTP."""

    refusal: Refused | None

    def check_own(self) -> None:
        """Refuse to change somebody else's. Raises NotAuthenticated."""
        if self.refusal:
            raise self.refusal


@dataclass(frozen=True)
class EditTarget:
    """A system, a member, a group or an account: `see` reads its fields as a viewer may, `edit` changes some of them.

    `command` is how a command about it begins, as in `member Ann`; `hid` is the ID of a member or a group.
    """

    target: SystemTarget
    kind: str
    see: FieldReader
    edit: FieldEditor
    command: str = "system"
    hid: str = ""
