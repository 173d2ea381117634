"""Lanyard's dialect over a WebSocket: what a message asks for, and what is said of users from then on.

Everybody is shown as a stranger sees them, whoever asks: nobody logs in here.
"""

import time
import zlib
from collections.abc import Collection, Iterable, Mapping
from typing import Any, Protocol

import msgspec
from websockets.frames import Frame, Opcode

from rules.lanyard import shape
from rules.parsing.fields import LARGEST_SNOWFLAKE
from rules.presence import profiles
from web.live.hub import EVERY_USER, Hub, Listener
from web.live.moment import Moment
from web.live.stream import Topic

HEARTBEAT_S = 30
HELLO, SUBSCRIBE, HEARTBEAT, UNSUBSCRIBE = 1, 2, 3, 4
MOST_IDS = 1000
# Of everybody, so many are shown at first; the others once something changes.
MOST_AT_FIRST = 1000
MESSAGES_A_SECOND = 20
# A message that asks for so many users costs as much as another message.
IDS_A_MESSAGE = 200
_GONE = 0


class Refused(Exception):
    """A message for which the socket closes; the reasons in one word are Lanyard's own."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code, self.reason = code, reason


INVALID = (4006, "invalid_payload")
ALL_IS_OFF = (4006, "subscribe_to_all is off here; name the users in subscribe_to_ids")
TOO_MANY_IDS = (4006, f"a socket may subscribe to {MOST_IDS} users; open another for more")
TOO_MANY = (1008, "more users at once than the rate limit allows")
TOO_FAST = (1008, f"at most {MESSAGES_A_SECOND} messages a second")


class Subscriber(Listener, Protocol):
    """The connection that a message came by."""

    def charge(self, requests: float) -> bool:
        """Count what a message asks for as that many requests; whether that is within the client's limit."""


class LanyardSocket:
    """What one client asked for and was told last.

    `_said` holds, for each user it named, a hash of the last presence, so that a change of something else repeats
    nothing; `_others` the same of those it hears of since it subscribed to all, None while it has not. `_alone` is the
    user that it named by `subscribe_to_id`, unless it asked for more in another way.
    """

    __slots__ = ("_alone", "_is_compressed", "_may_have_all", "_others", "_said", "_used_until")

    def __init__(self, is_compressed: bool, may_have_all: bool) -> None:
        self._is_compressed, self._may_have_all = is_compressed, may_have_all
        self._said: dict[int, int] = {}
        self._others: dict[int, int] | None = None
        self._alone: int | None = None
        self._used_until = 0.0

    @property
    def topics(self) -> list[Topic]:
        """All that it hears of."""
        users = [("user", user_id) for known in (self._said, self._others or {}) for user_id in known]
        return users if self._others is None else [*users, EVERY_USER]

    def hello(self) -> bytes:
        """What is said first."""
        return _HELLO[self._is_compressed]

    def take(self, text: str, listener: Subscriber, hub: Hub) -> bytes:
        """Do what a message asks for, and what to answer. Raises Refused, and sqlite3.Error."""
        self._count(1)
        message = _read(text)
        opcode, asked = message.get("op"), message.get("d")
        if type(opcode) is not int or opcode not in (SUBSCRIBE, HEARTBEAT, UNSUBSCRIBE):
            raise Refused(4004, "unknown_opcode")
        if opcode == SUBSCRIBE:
            return self._subscribe(asked, listener, hub)
        if opcode == UNSUBSCRIBE and isinstance(asked, dict):
            self._unsubscribe(asked, listener, hub)
        return b""

    def tell(self, moment: Moment, topics: Collection[Topic]) -> bytes:
        """The messages about what changed of these topics, or of EVERYTHING; empty where nothing that shows did."""
        topics = topics or self.topics
        users = [number for kind, number in topics if kind == "user"]
        if EVERY_USER in topics:
            users += moment.once(EVERY_USER, lambda: profiles.list_published(moment.reader, MOST_AT_FIRST))
        # All is read before anything counts as said: what cannot be read is asked again.
        shown = [(user_id, _show(moment, user_id)) for user_id in users if self._find_known(user_id) is not None]
        return b"".join([self._news(moment, user_id, text) for user_id, text in shown])

    def _find_known(self, user_id: int) -> dict[int, int] | None:
        return self._said if user_id in self._said else self._others

    def _news(self, moment: Moment, user_id: int, text: str | None) -> bytes:
        known, digest = self._find_known(user_id), _hash(text)
        # Of whom it never heard, it does not learn that they are not published.
        if known.get(user_id, _GONE) == digest:
            return b""
        known[user_id] = digest
        if text is None and self._others is None and self._said.keys() == {self._alone}:
            return self._once(moment, "nobody", _state_of, "{}")
        return self._once(moment, user_id, _update_of, shape.show_gone(user_id) if text is None else text)

    def _once(self, moment: Moment, key: object, compose: Any, body: str) -> bytes:
        is_compressed = self._is_compressed
        return moment.once(("frame", key, is_compressed), lambda: _frame(compose(body), is_compressed))

    def _subscribe(self, asked: object, listener: Subscriber, hub: Hub) -> bytes:
        if not isinstance(asked, dict) or not asked:
            raise Refused(4005, "requires_data_object")
        if "subscribe_to_ids" in asked:
            user_ids = _read_ids(asked["subscribe_to_ids"])
            self._add(user_ids, listener, hub)
            self._alone = None
            with hub.now() as moment:
                return self._begin(moment, user_ids)
        if "subscribe_to_id" in asked:
            user_ids = _read_ids([asked["subscribe_to_id"]])
            self._add(user_ids, listener, hub)
            self._alone = next(iter(user_ids), None)
            with hub.now() as moment:
                return self._begin(moment, user_ids, is_bare=True)
        if asked.get("subscribe_to_all") is not True:
            raise Refused(*INVALID)
        return self._subscribe_to_all(listener, hub)

    def _subscribe_to_all(self, listener: Subscriber, hub: Hub) -> bytes:
        if not self._may_have_all:
            raise Refused(*ALL_IS_OFF)
        self._count(MOST_AT_FIRST // IDS_A_MESSAGE)
        hub.add(listener, [EVERY_USER])
        self._others = self._others or {}
        with hub.now() as moment:
            return self._begin(moment, profiles.list_published(moment.reader, MOST_AT_FIRST))

    def _add(self, user_ids: Collection[int], listener: Subscriber, hub: Hub) -> None:
        self._count(len(user_ids) / IDS_A_MESSAGE)
        if len(user_ids) > 1 and not listener.charge(len(user_ids) / IDS_A_MESSAGE):
            raise Refused(*TOO_MANY)
        new = [user_id for user_id in user_ids if user_id not in self._said]
        if len(self._said) + len(new) > MOST_IDS:
            raise Refused(*TOO_MANY_IDS)
        hub.add(listener, [("user", user_id) for user_id in new])
        for user_id in new:
            self._said[user_id] = self._others.pop(user_id, _GONE) if self._others else _GONE

    def _begin(self, moment: Moment, user_ids: Collection[int], is_bare: bool = False) -> bytes:
        shown = shape.find_many(moment.reader, user_ids, None)
        for user_id in user_ids:
            self._find_known(user_id)[user_id] = _hash(shown.get(user_id))
        if is_bare:
            body = next(iter(shown.values()), "{}")
        else:
            body = "{" + ",".join(f'"{user_id}":{text}' for user_id, text in shown.items()) + "}"
        return _frame(_state_of(body), self._is_compressed)

    def _unsubscribe(self, asked: Mapping[str, object], listener: Subscriber, hub: Hub) -> None:
        if "unsubscribe_from_ids" in asked or "unsubscribe_from_id" in asked:
            named = asked.get("unsubscribe_from_ids", [asked.get("unsubscribe_from_id")])
            self._remove(_find_ids(named) if isinstance(named, list) else [], listener, hub)
        elif asked.get("unsubscribe_from_all") is True:
            self._others = None
            hub.remove(listener, [EVERY_USER])

    def _remove(self, user_ids: Iterable[int], listener: Subscriber, hub: Hub) -> None:
        known = [user_id for user_id in user_ids if user_id in self._said]
        hub.remove(listener, [("user", user_id) for user_id in known])
        for user_id in known:
            digest = self._said.pop(user_id)
            # Whoever subscribed to all goes on hearing of them.
            if self._others is not None:
                self._others[user_id] = digest

    def _count(self, messages: float) -> None:
        """Count what a message costs. Raises Refused above MESSAGES_A_SECOND, all of which may come at once."""
        now = time.monotonic()
        self._used_until = max(self._used_until, now) + messages / MESSAGES_A_SECOND
        # Sums of floating numbers: a thousandth of a second is none.
        if self._used_until - now > 1.001:
            raise Refused(*TOO_FAST)


def _show(moment: Moment, user_id: int) -> str | None:
    return moment.once(("lanyard", user_id), lambda: shape.find_public(moment.reader, user_id))


def _read(text: str) -> dict[str, Any]:
    try:
        message = msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError):
        message = None
    if not isinstance(message, dict):
        raise Refused(*INVALID)
    return message


def _read_ids(named: object) -> dict[int, None]:
    if not isinstance(named, list):
        raise Refused(*INVALID)
    return _find_ids(named)


def _find_ids(named: list[object]) -> dict[int, None]:
    """The user IDs in a list, each once; nobody has any other."""
    return dict.fromkeys(int(text) for text in named if isinstance(text, str) and _is_id(text))


def _is_id(text: str) -> bool:
    return len(text) <= 19 and text.isascii() and text.isdigit() and text[0] != "0" and int(text) <= LARGEST_SNOWFLAKE


def _hash(text: str | None) -> int:
    return _GONE if text is None else hash(text)


def _state_of(body: str) -> str:
    return f'{{"op":0,"t":"INIT_STATE","d":{body}}}'


def _update_of(body: str) -> str:
    return f'{{"op":0,"t":"PRESENCE_UPDATE","d":{body}}}'


def _frame(text: str, is_compressed: bool) -> bytes:
    """A whole message; compressed, it is a zlib stream of its own."""
    data = text.encode()
    kind, payload = (Opcode.BINARY, zlib.compress(data)) if is_compressed else (Opcode.TEXT, data)
    return Frame(kind, payload).serialize(mask=False)


_HELLO = [_frame(f'{{"op":{HELLO},"d":{{"heartbeat_interval":{HEARTBEAT_S * 1000}}}}}', kind) for kind in (False, True)]
