"""What is to be said of users and systems at one moment, as the matching GET would say it to a viewer by then."""

import sqlite3
from collections.abc import Callable, Hashable
from contextlib import ExitStack
from types import TracebackType
from typing import Any, NamedTuple, Self

import msgspec

from database.connections import Database
from models import System
from rules.account import kv, tokens
from rules.account.tokens import Caller
from rules.errors import NotAllowed
from rules.fronting import past_switches
from rules.presence import profiles
from rules.systems import soft_delete, systems
from web.pluralkit_v2.models import show_full_switch, show_system

NO_SWITCH = {"id": None, "timestamp": None, "members": []}
_dump = msgspec.json.Encoder().encode


class UserAnswer(NamedTuple):
    """The body of `GET /user/<id>`, and of the pairs that the viewer may see; None where there is none."""

    profile: str | None
    pairs: str | None


class SystemAnswer(NamedTuple):
    """The bodies of `GET /v2/systems/<id>` and `…/fronters`; None where the viewer is refused."""

    system: str | None
    front: str | None


NOT_THERE = SystemAnswer(None, None)


class Moment:
    """All that is said within it is as it was committed by then, and is put together once for all who see the same.

    It must not last: while it is open, no checkpoint can empty the WAL. `reader` is in a transaction already.
    """

    def __init__(self, database: Database, reader: sqlite3.Connection) -> None:
        self.reader = reader
        self._database = database
        self._made: dict[Hashable, Any] = {}
        self._opened = ExitStack()
        self._session: Any = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._opened.close()

    def once(self, key: Hashable, make: Callable[[], Any]) -> Any:
        """What `make` returns, made once for each key."""
        if key not in self._made:
            self._made[key] = make()
        return self._made[key]

    def find_viewer(self, caller: Caller | None) -> int | None:
        """Whose token it is that a listener came with; nobody's once it was replaced or revoked."""
        if caller is None:
            return None
        return self.once(caller, lambda: caller.user_id if tokens.is_current(self.reader, caller) else None)

    def find_own_system(self, viewer: int | None) -> int | None:
        """The system, by the row's number, whose private things a viewer sees."""
        return self.once(("own", viewer), lambda: self._find_own_system(viewer))

    def answer_user(self, user_id: int, viewer: int | None) -> UserAnswer:
        """What a viewer is told of a user."""
        is_own = viewer == user_id
        return self.once(("user", user_id, is_own), lambda: self._answer_user(user_id, is_own))

    def answer_system(self, system_id: int, viewer: int | None) -> SystemAnswer:
        """What a viewer is told of a system, by the row's number."""
        is_own = viewer is not None and systems.is_owner(self._get_session(), viewer, system_id)
        return self.once(("system", system_id, is_own), lambda: self._answer_system(system_id, viewer))

    def is_linked(self, user_id: int, system_id: int) -> bool:
        """Whether an account is linked to a system."""
        return self.once(
            ("link", user_id, system_id), lambda: systems.is_owner(self._get_session(), user_id, system_id)
        )

    def _find_own_system(self, viewer: int | None) -> int | None:
        found = None if viewer is None else systems.find_own_system(self._get_session(), viewer)
        return None if found is None else found.id

    def _answer_user(self, user_id: int, is_own: bool) -> UserAnswer:
        profile = profiles.find_profile(self.reader, user_id, user_id if is_own else None)
        if profile is None:
            return UserAnswer(None, None)
        pairs = kv.get_pairs(self.reader, user_id) if is_own else kv.get_public_pairs(self.reader, user_id)
        return UserAnswer(profile.text, _dump(pairs).decode())

    def _answer_system(self, system_id: int, viewer: int | None) -> SystemAnswer:
        session = self._get_session()
        system = session.get(System, system_id)
        if system is None or not soft_delete.is_reachable(system.hid):
            return NOT_THERE
        is_own = systems.is_owner(session, viewer, system_id)
        text = _dump(show_system(system, is_own)).decode()
        try:
            latest = past_switches.find_seen_latest(session, system, viewer)
        except NotAllowed:
            return SystemAnswer(text, None)
        front = show_full_switch(latest, system, is_own) if latest else NO_SWITCH
        return SystemAnswer(text, _dump(front).decode())

    def _get_session(self) -> Any:
        if self._session is None:
            self._session = self._opened.enter_context(self._database.read())
        return self._session
