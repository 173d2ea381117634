"""The one reader of the feed in this process, and who listens to what."""

import asyncio
import logging
import sqlite3
from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import Any, Protocol

from sqlalchemy.exc import DatabaseError

from database.commit_watch import CommitWatch
from database.compiled_queries import Reader
from database.connections import Database
from database.turn_reader import TurnReader
from rules import feed
from rules.presence import fronting
from web.live.counts import Counts
from web.live.moment import Moment
from web.live.stream import EVERYTHING, Topic

log = logging.getLogger(__name__)

ROWS_AT_ONCE = 10_000
# So many are told before the loop reads, accepts and stops again.
TOLD_A_TURN = 250
AFTER_FAULT_S = 0.5
# What reading the file may raise.
FAULTS = (sqlite3.Error, DatabaseError)
# Whoever listens to this hears of every user.
EVERY_USER: Topic = ("users", 0)


class Listener(Protocol):
    """Whoever is told of changes; none of it may wait, and what it raises costs this one alone."""

    # Up to which entry of the feed it knows everything; 0 for one that does not mind being told twice.
    seq: int
    # What it is counted as, one of `counts.GAUGES`.
    kind: str

    def tell(self, moment: Moment, topics: Collection[Topic], seq: int) -> None:
        """Something about these topics, or EVERYTHING, changed; the feed was read up to `seq`."""

    def fail(self) -> None:
        """Telling failed: end the connection."""


class Hub:
    """Reads the feed while somebody listens, and tells each listener what changed. On the event loop alone.

    `told_to` is the entry up to which everybody has been told everything. `most` is how many may listen.
    """

    def __init__(
        self, database: Database, reader: TurnReader, counts: Counts, most: int = 5000, most_a_client: int = 100
    ) -> None:
        self.counts, self.most, self.most_a_client = counts, most, most_a_client
        self.told_to = 0
        self._database, self._reader = database, reader
        self._listeners: dict[Listener, tuple[list[Topic], str]] = {}
        self._by_topic: dict[Topic, set[Listener]] = defaultdict(set)
        self._by_client: dict[str, int] = defaultdict(int)
        self._read_to = 0
        self._commits = CommitWatch(reader, database.wal_path, self._begin_to_read)
        self._reading: asyncio.Task | None = None

    def __len__(self) -> int:
        return len(self._listeners)

    def is_full(self) -> bool:
        """Whether no more may listen in this process."""
        return len(self._listeners) >= self.most

    def is_full_for(self, client: str) -> bool:
        """Whether no more may listen from one client's address."""
        return self._by_client.get(client, 0) >= self.most_a_client

    def client_of(self, listener: Listener) -> str:
        """Which client somebody who listens is counted as."""
        return self._listeners[listener][1]

    def join(self, listener: Listener, topics: Collection[Topic], client: str) -> None:
        """Tell a listener from now on of what comes after its `seq`. Raises sqlite3.Error."""
        self._listeners[listener] = ([], client)
        self._by_client[client] += 1
        self.counts.add(listener.kind)
        self.add(listener, topics)
        self._catch_up(listener)

    def add(self, listener: Listener, topics: Collection[Topic]) -> None:
        """Let a listener who has joined hear of more; what it is told of them from the start is its own affair.

        Raises sqlite3.Error.
        """
        known, _ = self._listeners[listener]
        # Whoever only said that they are there costs nothing more.
        if topics and self._is_at_rest():
            self._read_to = self.told_to = feed.find_newest(self._reader.begin_anew())
            self._commits.forget()
        for topic in topics:
            if listener not in self._by_topic[topic]:
                self._by_topic[topic].add(listener)
                known.append(topic)
        if self._by_topic and self._is_at_rest():
            self._commits.wait()

    def remove(self, listener: Listener, topics: Iterable[Topic]) -> None:
        """Let a listener hear no more of these."""
        known, _ = self._listeners[listener]
        gone = set(topics) & set(known)
        known[:] = [topic for topic in known if topic not in gone]
        for topic in gone:
            self._forget(topic, listener)

    def leave(self, listener: Listener) -> None:
        """Tell a listener nothing any more; whether it joined or not."""
        topics, client = self._listeners.pop(listener, ([], None))
        for topic in topics:
            self._forget(topic, listener)
        if client is not None:
            self.counts.add(listener.kind, -1)
            self._by_client[client] -= 1
            if not self._by_client[client]:
                del self._by_client[client]

    def tell_one(self, listener: Listener, topics: Collection[Topic]) -> None:
        """Tell one listener what it has missed while it did not read."""
        with self.now() as moment:
            self._tell(listener, moment, topics, self.told_to)

    def now(self) -> Moment:
        """What is to be said by what is committed at this moment. Raises sqlite3.Error."""
        return Moment(self._database, self._reader.begin_anew())

    def stop(self) -> None:
        """Read no more."""
        self._commits.stop()
        if self._reading:
            self._reading.cancel()

    def _is_at_rest(self) -> bool:
        return not self._commits.is_waiting and self._reading is None

    def _forget(self, topic: Topic, listener: Listener) -> None:
        self._by_topic[topic].discard(listener)
        if not self._by_topic[topic]:
            del self._by_topic[topic]
        if not self._by_topic:
            # Nobody asks while nobody listens.
            self._commits.rest()

    def _catch_up(self, listener: Listener) -> None:
        """Tell what was committed after the listener's first state was read, and has been read here since."""
        if listener.seq >= self._read_to or not self._listeners[listener][0]:
            return
        reader = self._reader.begin_anew()
        rows = feed.find_since(reader, listener.seq, ROWS_AT_ONCE)
        topics, everything = find_topics(reader, rows)
        is_long = len(rows) == ROWS_AT_ONCE or feed.find_oldest(reader) > listener.seq + 1
        own = topics.intersection(self._listeners[listener][0])
        if own or everything or is_long:
            seq = rows[-1].seq if rows else self._read_to
            with Moment(self._database, reader) as moment:
                self._tell(listener, moment, EVERYTHING if everything or is_long else own, seq)

    def _begin_to_read(self) -> None:
        self._reading = asyncio.create_task(self._read())

    async def _read(self) -> None:
        try:
            await self._look()
        except Exception as error:
            # Whoever was told already hears nothing twice.
            self._read_to = self.told_to
            self._commits.forget()
            is_known = isinstance(error, FAULTS)
            log.warning("the feed of changes could not be read: %r", error, exc_info=not is_known)
            await asyncio.sleep(AFTER_FAULT_S)
        self._reading = None
        if self._by_topic:
            self._commits.wait()

    async def _look(self) -> None:
        reader = self._reader.begin_anew()
        rows = feed.find_since(reader, self._read_to, ROWS_AT_ONCE)
        if not rows:
            return
        # Where the process slept past what is kept, anything may have changed.
        was_trimmed = rows[0].seq > self._read_to + 1 and feed.find_oldest(reader) > self._read_to + 1
        self._read_to = seq = rows[-1].seq
        if len(rows) == ROWS_AT_ONCE:
            self._commits.forget()
        topics, everything = find_topics(reader, rows)
        if everything or was_trimmed:
            await self._tell_all(dict.fromkeys(self._listeners, EVERYTHING), seq)
        else:
            await self._tell_all(self._find_listeners(topics), seq)
        self.told_to = seq

    def _find_listeners(self, topics: Collection[Topic]) -> dict[Listener, Collection[Topic]]:
        found: dict[Listener, list[Topic]] = {}
        for topic in topics:
            for listener in self._by_topic.get(topic, ()):
                found.setdefault(listener, []).append(topic)
        if EVERY_USER in self._by_topic:
            users = [topic for topic in topics if topic[0] == "user"]
            found.update(dict.fromkeys(self._by_topic[EVERY_USER], users) if users else {})
        return found

    async def _tell_all(self, news: dict[Listener, Collection[Topic]], seq: int) -> None:
        waiting = list(news.items())
        for first in range(0, len(waiting), TOLD_A_TURN):
            if first:
                await asyncio.sleep(0)
            # A state of its own for each turn: whoever has hidden meanwhile is not shown to those who come last.
            with Moment(self._database, self._reader.begin()) as moment:
                for listener, topics in waiting[first : first + TOLD_A_TURN]:
                    if listener in self._listeners and listener.seq < seq:
                        self._tell(listener, moment, topics, seq)

    def _tell(self, listener: Listener, moment: Moment, topics: Collection[Topic], seq: int) -> None:
        try:
            listener.tell(moment, topics, seq)
        except FAULTS:
            raise
        except Exception:
            log.exception("a listener could not be told of a change")
            listener.fail()


def find_topics(reader: Reader, rows: Iterable[Any]) -> tuple[set[Topic], bool]:
    """Whom entries of the feed are about, and whether one is about everybody.

    A system's are about the accounts that show who fronts in it as well.
    """
    users = {row.user_id for row in rows if row.user_id is not None}
    found = {row.system_id for row in rows if row.system_id is not None}
    users.update(fronting.find_showing(reader, found))
    topics = {*(("user", user_id) for user_id in users), *(("system", system_id) for system_id in found)}
    return topics, any(row.user_id is None and row.system_id is None for row in rows)
