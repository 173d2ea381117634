"""What is committed in the middle: between a stream's first state and its joining, and while many are being told."""

import asyncio
import sqlite3

import pytest

from database.turn_reader import TurnReader
from rules import feed, opt_out
from rules.account import kv
from rules.systems import systems
from tests.web.live.listeners import Socket, Stream
from web.front.live import Live
from web.live import events, hub
from web.live.counts import SharedCounts
from web.live.hub import Hub
from web.live.moment import Moment

ALICE = 80351110224678912
PATH = f"/events?users={ALICE}"


@pytest.fixture
def before(monkeypatch, write):
    """Commits something just before a function is called, the first time."""

    def arrange(owner, name, rule, *args):
        function, left = getattr(owner, name), [rule]

        def call(*given, **options):
            if left:
                write(left.pop(), *args)
            return function(*given, **options)

        monkeypatch.setattr(owner, name, call)

    return arrange


def hide(session):
    opt_out.hide(session, ALICE)


@pytest.mark.parametrize("comes_back", [False, True])
def test_what_is_committed_between_the_first_state_and_the_joining_is_told(served, join, before, write, comes_back):
    join(ALICE)
    position = None
    if comes_back:
        with Stream(served.port, PATH) as earlier:
            earlier.until("event: presence")
            position = earlier.last_id
    before(Live, "keep", kv.set_value, ALICE, "n", "committed in between", True)
    with Stream(served.port, PATH, last_id=position) as stream:
        assert stream.until("committed in between").count(b"event: kv") == 1
        write(kv.set_value, ALICE, "n", "later")
        assert stream.until("later").count(b"event: kv") == 1


def test_whoever_hides_between_the_first_state_and_the_joining_is_gone(served, join, before):
    join(ALICE)
    before(Live, "keep", hide)
    with Stream(served.port, PATH) as stream:
        stream.until("event: gone")
        assert stream.shown == {str(ALICE): {}}


def test_a_token_replaced_between_its_check_and_the_first_state_opens_nothing(served, join, before, write, token_of):
    join(ALICE)
    write(kv.set_value, ALICE, "secret", "PrivatePair")
    token = token_of(ALICE)
    before(events, "_open", lambda session: session.connection().exec_driver_sql("DELETE FROM tokens"))
    with Stream(served.port, PATH, token) as stream:
        stream.until("event: presence")
        write(kv.set_value, ALICE, "open", "PublicPair", public=True)
        stream.until("PublicPair")
        assert b"PrivatePair" not in stream.heard


def test_what_is_committed_between_the_topics_and_the_first_state_of_a_socket_is_told_once(served, join, before, write):
    join(ALICE)
    before(Hub, "now", kv.set_value, ALICE, "n", "committed in between", True)
    with Socket(served.port, subscribe_to_ids=[str(ALICE)]) as socket:
        assert socket.until_now().count(b"committed in between") == 1
        write(kv.set_value, ALICE, "n", "later")
        while b"later" not in socket.until_now():
            pass
        assert socket.heard.count(b"committed in between") == 1


class Watcher:
    """Looks Alice up when it is told of her; the one that is told first does something then."""

    kind = "sockets"

    def __init__(self, told, seq, act):
        self.told, self.seq, self.act = told, seq, act

    def tell(self, moment, topics, seq):
        is_there = moment.answer_user(ALICE, None).profile is not None
        self.told.put_nowait("there" if is_there else "gone")
        if self.told.qsize() == 1:
            self.act()

    def fail(self):
        self.told.put_nowait("failed")


@pytest.mark.parametrize("a_turn", [1, 2, 6])
def test_whoever_hides_while_many_are_told_is_not_shown_to_those_who_come_last(
    database, join, write, read, monkeypatch, a_turn
):
    monkeypatch.setattr(hub, "TOLD_A_TURN", a_turn)
    join(ALICE)

    async def listen():
        told, listening = asyncio.Queue(), Hub(database, TurnReader(database), SharedCounts().claim())
        for number in range(6):
            watcher = Watcher(told, read(feed.find_newest), lambda: write(hide))
            listening.join(watcher, [("user", ALICE)], str(number))
        write(kv.set_value, ALICE, "n", "1", True)
        first = await told.get()
        others = [await told.get() for _ in range(11)]
        listening.stop()
        return [first, *others]

    told = asyncio.run(asyncio.wait_for(listen(), 20))
    # Whoever was told in the same turn saw her as she was; the hiding itself is told to everybody.
    assert told == ["there"] * a_turn + ["gone"] * (12 - a_turn)


def test_the_file_is_asked_nothing_while_nobody_listens(database, join, read, write):
    join(ALICE)
    asked = []

    class Reader(TurnReader):
        def find_version(self):
            asked.append(1)
            return super().find_version()

    async def listen():
        told, listening = asyncio.Queue(), Hub(database, Reader(database), SharedCounts().claim())
        watcher = Watcher(told, read(feed.find_newest), lambda: None)
        listening.join(watcher, [("user", ALICE)], "1")
        write(kv.set_value, ALICE, "n", "1", True)
        await told.get()
        listening.leave(watcher)
        await asyncio.sleep(0.05)
        before = len(asked)
        write(kv.set_value, ALICE, "n", "2", True)
        await asyncio.sleep(0.3)
        listening.stop()
        return before, len(asked)

    before, after = asyncio.run(asyncio.wait_for(listen(), 20))
    assert before == after > 0


@pytest.fixture
def broken_once(monkeypatch):
    """Lets the file fail to be read, once, where a moment is asked something."""

    def arrange(name):
        function, left = getattr(Moment, name), [sqlite3.OperationalError("disk I/O error")]

        def ask(*args):
            if left:
                raise left.pop()
            return function(*args)

        monkeypatch.setattr(Moment, name, ask)
        monkeypatch.setattr(hub, "AFTER_FAULT_S", 0.01)

    return arrange


@pytest.mark.parametrize("broken", ["answer_user", "answer_system", "find_viewer", "is_linked"])
def test_what_a_replaced_token_had_opened_is_gone_also_where_the_file_could_not_be_read_at_once(
    served, join, write, token_of, broken, broken_once
):
    join(ALICE)
    write(systems.create_system, ALICE, {"name": "Foxes", "front_privacy": "private"})
    path = f"/events?users={ALICE}&systems={ALICE}"
    with Stream(served.port, path, token_of(ALICE)) as stream:
        # Until it has joined, a fault ends it.
        write(kv.set_value, ALICE, "city", "Bern")
        stream.until("Bern")
        broken_once(broken)
        token_of(ALICE)
        stream.until("event: gone")
        assert stream.kind == "gone"
        assert stream.data == {"system": str(ALICE), "of": "front"}
