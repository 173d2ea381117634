"""One event stream (Server-Sent Events, HTML standard 9.2): what it was told last, and what it is to be told now."""

import json
import random
from collections.abc import Collection, Iterable
from typing import NamedTuple
from zlib import crc32

from rules.account.tokens import Caller
from web.live.moment import NOT_THERE, Moment, SystemAnswer
from web.live.subjects import Subjects

RETRY_MS = 2000
# Whoever is told of a restart comes back within this, not all at once.
RETRY_AT_RESTART_MS = (500, 3000)

# ("user", ID) or ("system", number of the row).
Topic = tuple[str, int]
EVERYTHING: Collection[Topic] = ()
# In the place of a checksum: of what is as if it had never been said, and of what may have been said.
NOTHING, UNKNOWN = 0, -1
KINDS = {"user": ("presence", "kv"), "system": ("system", "front")}
# What a position says of each subject.
KNOWN_BYTES = 4


class Event(NamedTuple):
    """An event before it has an id; `is_nothing` says that it tells no more than none."""

    kind: str
    data: str
    is_nothing: bool = False

    def checksum(self) -> int:
        """The same in every process, and after a restart."""
        return NOTHING if self.is_nothing else crc32(self.data.encode(), crc32(self.kind.encode()))


class Stream:
    """What one client is told.

    `seq`: up to which entry of the feed it knows everything. `said` holds a checksum of the last event of each kind, so
    that a change of something else repeats nothing; `known` is made of all of them, and goes with each event's id, so
    that nothing is repeated to a client that comes back: it would learn that what it may not see has changed.
    """

    __slots__ = ("_caller", "_epoch", "_known", "_opened", "_said", "_subjects", "seq")

    def __init__(self, subjects: Subjects, caller: Caller | None, epoch: str, seq: int) -> None:
        self._subjects, self._caller, self._epoch, self.seq = subjects, caller, epoch, seq
        self._said: dict[tuple[str, Topic], int] = {}
        self._known = b""
        # Whom the token made the viewer, and of which system, when that was asked last.
        self._opened: tuple[int | None, int | None] = (None, None)

    @property
    def topics(self) -> list[Topic]:
        """What it listens to; its own account too, since a token may be replaced."""
        own = [("user", self._caller.user_id)] if self._caller else []
        return list(dict.fromkeys([*self._all_topics(), *own]))

    def open(self, moment: Moment, known: bytes | None, is_reset: bool = False) -> str:
        """The beginning: `retry`, then the present state, after a `reset` or not.

        `known` is of the position to which an earlier stream told the client everything: what is as it was is unsaid.
        """
        viewer = moment.find_viewer(self._caller)
        self._opened = viewer, moment.find_own_system(viewer)
        events = [Event("reset", "{}")] if is_reset else []
        # To whom a part of this was told, nothing was.
        self._known = known or b""
        self._ask(moment, self._all_topics(), viewer)
        for number, topic in enumerate(self._all_topics()):
            if known is not None:
                # Pairs may have been withdrawn meanwhile, also where there are none now.
                self._said["kv", topic] = UNKNOWN
            news = list(self._news(moment, topic, viewer))
            told = known and known[number * KNOWN_BYTES : (number + 1) * KNOWN_BYTES]
            events += [] if told == self._sum_up(topic) else news
        # They may have been there when the client was told last.
        events += [Event("gone", f'{{"system":{json.dumps(name)}}}') for name in self._subjects.missing]
        return f"retry: {RETRY_MS}\n{self._frame(events, self.seq) or self.position()}"

    def may_know(self, known: bytes) -> bool:
        """Whether this is of a position of a stream of as many subjects."""
        return len(known) == KNOWN_BYTES * len(self._all_topics())

    def tell(self, moment: Moment, topics: Collection[Topic], seq: int) -> str:
        """What changed, of these topics or of EVERYTHING, with the feed read up to `seq`; empty where nothing did."""
        viewer = moment.find_viewer(self._caller)
        own = self._caller and ("user", self._caller.user_id)
        is_all, opened = not topics, self._opened
        # Of oneself it hears without having asked: the token may open something else, anywhere. To look at a hundred
        # systems each time that its owner's presence changes took the loop 0.3 s.
        if is_all or own in topics:
            opened = viewer, moment.find_own_system(viewer)
        asked = [one for one in self._all_topics() if is_all or opened != self._opened or one in topics]
        self._ask(moment, asked, viewer)
        self._opened = opened
        if self._caller and viewer is None:
            self._caller = None
        events = [event for topic in asked for event in self._news(moment, topic, viewer)]
        before, self.seq = self.seq, max(self.seq, seq)
        return self._frame(events, before)

    def position(self, seq: int = 0) -> str:
        """A comment that keeps the connection, and moves the place from which the client would go on."""
        self.seq = max(self.seq, seq)
        return f":\nid: {self._epoch}-{self.seq}-{self._known.hex()}\n\n"

    @staticmethod
    def farewell() -> str:
        """What is said when the worker ends: come back, each at another moment."""
        return f"retry: {random.randint(*RETRY_AT_RESTART_MS)}\n\n"

    def _all_topics(self) -> list[Topic]:
        return [("user", one) for one in self._subjects.users] + [("system", one) for one in self._subjects.systems]

    def _ask(self, moment: Moment, topics: Iterable[Topic], viewer: int | None) -> None:
        """Read all before anything counts as said: what cannot be read is asked again."""
        for kind, number in topics:
            if kind == "user":
                moment.answer_user(number, viewer)
            else:
                self._answer_system(moment, number, viewer)

    def _news(self, moment: Moment, topic: Topic, viewer: int | None) -> Iterable[Event]:
        told = self._of_user if topic[0] == "user" else self._of_system
        for kind, event in told(moment, topic[1], viewer):
            checksum = event.checksum() if event else NOTHING
            if event and self._said.get((kind, topic), NOTHING) != checksum:
                yield event
            self._said[kind, topic] = checksum

    def _sum_up(self, topic: Topic) -> bytes:
        said = [self._said[kind, topic] for kind in KINDS[topic[0]]]
        return crc32(b"%d %d" % tuple(said)).to_bytes(KNOWN_BYTES, "big")

    def _of_user(self, moment: Moment, user_id: int, viewer: int | None) -> Iterable[tuple[str, Event | None]]:
        answer, head = moment.answer_user(user_id, viewer), f'"id":"{user_id}"'
        if answer.profile is None:
            yield "presence", Event("gone", f"{{{head}}}")
            yield "kv", None
            return
        yield "presence", Event("presence", self._name(answer.profile, head))
        is_named = self._subjects.is_named
        pairs = f'{{{head},"KV":{answer.pairs}}}' if is_named else answer.pairs
        # Of somebody who never had any there is nothing to say.
        yield "kv", Event("kv", pairs, is_nothing=answer.pairs == "{}")

    def _of_system(self, moment: Moment, system_id: int, viewer: int | None) -> Iterable[tuple[str, Event | None]]:
        answer = self._answer_system(moment, system_id, viewer)
        head = f'"system":{json.dumps(self._subjects.systems[system_id])}'
        if answer.system is None:
            yield "system", Event("gone", f"{{{head}}}")
            yield "front", None
            return
        yield "system", Event("system", self._name(answer.system, head))
        front = Event("gone", f'{{{head},"of":"front"}}')
        yield "front", front if answer.front is None else Event("front", self._name(answer.front, head))

    def _answer_system(self, moment: Moment, system_id: int, viewer: int | None) -> SystemAnswer:
        account = self._subjects.accounts.get(system_id)
        is_there = account is None or moment.is_linked(account, system_id)
        return moment.answer_system(system_id, viewer) if is_there else NOT_THERE

    def _name(self, body: str, head: str) -> str:
        return f"{{{head},{body[1:]}" if self._subjects.is_named else body

    def _frame(self, events: list[Event], before: int) -> str:
        if not events:
            return ""
        known = self._known
        self._known = b"".join(map(self._sum_up, self._all_topics()))
        # Only the last one moves the client on: a connection that ends in the middle has lost nothing.
        ids = [(before, known)] * (len(events) - 1) + [(self.seq, self._known)]
        return "".join(
            f"event: {event.kind}\nid: {self._epoch}-{seq}-{known.hex()}\ndata: {event.data}\n\n"
            for event, (seq, known) in zip(events, ids, strict=True)
        )
