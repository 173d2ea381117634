"""Lanyard's dialect at /socket: what each message gets, and what is told of whom from then on."""

import json
import socket
import time
from contextlib import suppress

import pytest

from rules import feed, opt_out
from rules.account import erasure, kv
from rules.errors import NotAllowed
from rules.lanyard import shape
from rules.presence import updates
from tests.web.front.test_streams import be, get, wait_for
from tests.web.front.websocket_client import BINARY, HELLO, PING, PONG, TEXT, WebSocket, ask, frame, message

ALICE, BOB, CAROL = 80351110224678912, 80351110224678913, 80351110224678914
NOBODY = 80351110224678999
EVERYBODY = {"SUBSCRIBE_TO_ALL": "on"}


@pytest.fixture
def connect(served):
    """A socket that has heard its Hello."""
    opened = []

    def make(path="/socket", port=None, **options):
        opened.append(WebSocket(port or served.port, path, **options))
        assert opened[-1].next() == HELLO
        return opened[-1]

    yield make
    for one in opened:
        one.__exit__()


@pytest.fixture
def seen(read):
    """The presence of a user as everybody sees it."""
    return lambda user_id: json.loads(read(shape.find_public, user_id))


def subscribe(client, **asked):
    client.say({"op": 2, "d": asked})
    return client.next()


def of_one(user_id):
    return {"subscribe_to_id": str(user_id)}


def of_some(*user_ids):
    return {"subscribe_to_ids": [str(user_id) for user_id in user_ids]}


def state(body):
    return {"op": 0, "t": "INIT_STATE", "d": body}


def update(body):
    return {"op": 0, "t": "PRESENCE_UPDATE", "d": body}


def gone(user_id):
    return update(json.loads(shape.show_gone(user_id)))


def silent(client):
    """Whether a socket has nothing to hear."""
    client.send(frame(PING, b"?"))
    return client.read_frame() == (PONG, b"?")


@pytest.fixture
def settle(join, connect):
    """Wait until all sockets of the served app have been told what was committed before."""
    witness = connect()
    subscribe(witness, **of_one(CAROL))
    told = []

    def wait():
        told.append(f"carol{len(told)}")
        join(CAROL, name=told[-1], at=1000 + len(told))
        while witness.next()["d"]["discord_user"].get("username") != told[-1]:
            pass

    return wait


# What a message gets


@pytest.mark.parametrize(
    ("sent", "code", "reason"),
    [
        (b"", 4006, "invalid_payload"),
        (b"x", 4006, "invalid_payload"),
        (b"[]", 4006, "invalid_payload"),
        (b'"op"', 4006, "invalid_payload"),
        (b"2", 4006, "invalid_payload"),
        (b"null", 4006, "invalid_payload"),
        (b"[" * 10_000, 4006, "invalid_payload"),
        (b"{}", 4004, "unknown_opcode"),
        (b'{"op":0}', 4004, "unknown_opcode"),
        (b'{"op":1,"d":{}}', 4004, "unknown_opcode"),
        (b'{"op":5}', 4004, "unknown_opcode"),
        (b'{"op":"2","d":{"subscribe_to_ids":[]}}', 4004, "unknown_opcode"),
        (b'{"op":2.0,"d":{"subscribe_to_ids":[]}}', 4004, "unknown_opcode"),
        (b'{"op":[2],"d":{"subscribe_to_ids":[]}}', 4004, "unknown_opcode"),
        (b'{"op":2}', 4005, "requires_data_object"),
        (b'{"op":2,"d":null}', 4005, "requires_data_object"),
        (b'{"op":2,"d":{}}', 4005, "requires_data_object"),
        (b'{"op":2,"d":["subscribe_to_id"]}', 4005, "requires_data_object"),
        (b'{"op":2,"d":"subscribe_to_all"}', 4005, "requires_data_object"),
        (b'{"op":2,"d":{"subscribe_to":"1"}}', 4006, "invalid_payload"),
        (b'{"op":2,"d":{"subscribe_to_all":false}}', 4006, "invalid_payload"),
        (b'{"op":2,"d":{"subscribe_to_all":1}}', 4006, "invalid_payload"),
        (b'{"op":2,"d":{"subscribe_to_ids":"1"}}', 4006, "invalid_payload"),
        (b'{"op":2,"d":{"subscribe_to_ids":{"1":1}}}', 4006, "invalid_payload"),
        (
            b'{"op":2,"d":{"subscribe_to_all":true}}',
            4006,
            "subscribe_to_all is off here; name the users in subscribe_to_ids",
        ),
    ],
)
def test_what_is_no_message_closes_the_socket(connect, sent, code, reason):
    client = connect()
    client.send(frame(TEXT, sent))
    assert client.closing() == (code, reason)
    assert client.rest() == b""


@pytest.mark.parametrize(
    "body",
    [
        {"op": 3},
        {"op": 3, "d": None},
        {"op": 3, "d": "x"},
        {"op": 4},
        {"op": 4, "d": None},
        {"op": 4, "d": {}},
        {"op": 4, "d": [1]},
        {"op": 4, "d": {"unsubscribe_from_id": 1}},
        {"op": 4, "d": {"unsubscribe_from_ids": "1"}},
        {"op": 4, "d": {"unsubscribe_from_ids": [None, str(NOBODY)]}},
        {"op": 4, "d": {"unsubscribe_from_all": True}},
        {"op": 4, "d": {"unsubscribe_from_all": 0}},
    ],
)
def test_what_needs_no_answer_gets_none(connect, body):
    client = connect()
    client.say(body)
    assert silent(client)


def test_each_way_to_subscribe_has_a_first_state_of_its_own(connect, join, seen):
    join(ALICE)
    join(BOB, name="bob")
    client = connect()
    assert subscribe(client, **of_one(ALICE)) == state(seen(ALICE))
    assert subscribe(client, **of_one(NOBODY)) == state({})
    assert subscribe(client, **of_some(BOB, NOBODY, ALICE, ALICE)) == state(
        {str(ALICE): seen(ALICE), str(BOB): seen(BOB)}
    )
    assert subscribe(client, **of_some()) == state({})


def test_the_first_of_several_ways_counts(connect, join, seen):
    join(ALICE)
    client = connect()
    assert subscribe(client, subscribe_to_all=True, **of_one(ALICE)) == state(seen(ALICE))
    assert subscribe(client, subscribe_to_all=True, **of_one(ALICE), **of_some(NOBODY)) == state({})


@pytest.mark.parametrize(
    "odd", [ALICE, None, [], {"a": 1}, "", "x", f"0{ALICE}", f" {ALICE}", f"-{ALICE}", "9" * 30, "²"]
)
def test_what_is_no_id_is_nobody(connect, join, odd):
    join(ALICE)
    client = connect()
    assert subscribe(client, subscribe_to_id=odd) == state({})
    assert subscribe(client, subscribe_to_ids=[odd]) == state({})


def test_a_message_right_behind_the_request_is_answered_after_hello(connect, join, seen):
    join(ALICE)
    client = connect(behind=message({"op": 2, "d": of_one(ALICE)}))
    assert client.next() == state(seen(ALICE))


def test_a_binary_message_is_read_as_text(connect):
    client = connect()
    client.send(frame(BINARY, b'{"op":2,"d":{"subscribe_to_ids":[]}}'))
    assert client.next() == state({})


def test_compressed_each_message_is_a_zlib_stream_of_its_own(connect, join, seen, write):
    join(ALICE)
    client, plain = connect("/socket?v=1&compression=zlib_json"), connect("/socket?compression=zstd")
    for one in (client, plain):
        assert subscribe(one, **of_some(ALICE)) == state({str(ALICE): seen(ALICE)})
    be(write, ALICE, "idle")
    opcode, _ = client.read_frame()
    assert opcode == BINARY
    opcode, data = plain.read_frame()
    assert (opcode, json.loads(data)["d"]["discord_status"]) == (TEXT, "idle")
    be(write, ALICE, "dnd", at=6)
    assert client.next() == update(seen(ALICE))


# What is told later


def test_a_change_is_told_to_each_who_asked_for_that_user(connect, join, seen, write):
    join(ALICE)
    join(BOB, name="bob")
    one, some, other = connect(), connect(), connect()
    subscribe(one, **of_one(ALICE))
    subscribe(some, **of_some(ALICE, BOB))
    subscribe(other, **of_one(BOB))
    be(write, ALICE, "dnd")
    assert one.next() == some.next() == update(seen(ALICE))
    assert silent(other)


def test_subscriptions_add_up_and_end_one_by_one(connect, join, seen, write, settle):
    join(ALICE)
    join(BOB, name="bob")
    client = connect()
    subscribe(client, **of_one(ALICE))
    subscribe(client, **of_some(BOB))
    be(write, ALICE, "dnd")
    assert client.next() == update(seen(ALICE))
    client.say({"op": 4, "d": {"unsubscribe_from_id": str(ALICE)}})
    assert silent(client)
    be(write, ALICE, "idle", at=6)
    be(write, BOB, "idle")
    assert client.next() == update(seen(BOB))
    client.say({"op": 4, "d": {"unsubscribe_from_ids": [str(BOB)]}})
    assert silent(client)
    be(write, BOB, "dnd", at=6)
    settle()
    assert silent(client)


def test_who_joins_later_is_shown_from_then_on(connect, join, seen, write):
    client, other = connect(), connect()
    assert subscribe(client, **of_one(ALICE)) == state({})
    assert subscribe(other, **of_some(ALICE, BOB)) == state({})
    join(ALICE)
    assert client.next() == other.next() == update(seen(ALICE))
    be(write, ALICE, "dnd", at=2000)
    assert client.next() == other.next() == update(seen(ALICE))


def hide(write, leave, user_id):
    write(opt_out.hide, user_id)


def go(write, leave, user_id):
    leave(user_id)


def forget(write, leave, user_id):
    write(erasure.forget, user_id)


@pytest.mark.parametrize("disappear", [hide, go, forget])
def test_whoever_disappears_does_not_stay_on_pages(connect, join, seen, write, leave, settle, disappear):
    join(ALICE)
    join(BOB, name="bob")
    alone, both, mixed = connect(), connect(), connect()
    subscribe(alone, **of_one(ALICE))
    subscribe(both, **of_some(ALICE))
    subscribe(mixed, **of_one(ALICE))
    subscribe(mixed, **of_some(BOB))
    disappear(write, leave, ALICE)
    assert alone.next() == state({})
    assert both.next() == mixed.next() == gone(ALICE)
    assert subscribe(connect(), **of_one(ALICE)) == state({})
    be(write, ALICE, "dnd", at=10_000)
    with suppress(NotAllowed):
        write(kv.set_value, ALICE, "n", "1", public=True)
    settle()
    assert silent(alone)
    assert silent(both)


def test_who_is_gone_has_nothing_but_an_id(join):
    assert json.loads(shape.show_gone(ALICE)) == {
        "kv": {},
        "discord_user": {"id": str(ALICE)},
        "activities": [],
        "discord_status": "offline",
        **{f"active_on_discord_{client}": False for client in ("web", "desktop", "mobile", "embedded", "vr")},
        "listening_to_spotify": False,
        "spotify": None,
    }


def test_who_shows_themselves_again_is_shown(connect, join, seen, write):
    join(ALICE)
    client = connect()
    subscribe(client, **of_one(ALICE))
    write(opt_out.hide, ALICE)
    assert client.next() == state({})
    write(opt_out.show, ALICE)
    assert client.next() == update(seen(ALICE))


def test_a_public_pair_is_told_and_a_private_one_is_not(connect, join, seen, write, settle):
    join(ALICE)
    client = connect()
    subscribe(client, **of_one(ALICE))
    write(kv.set_value, ALICE, "secret", "1")
    settle()
    assert silent(client)
    write(kv.publish_pair, ALICE, "secret")
    assert client.next() == update(seen(ALICE))
    write(kv.withdraw_pair, ALICE, "secret")
    told = client.next()
    assert told == update(seen(ALICE))
    assert told["d"]["kv"] == {}
    write(kv.set_value, ALICE, "secret", "2")
    write(kv.remove_pair, ALICE, "secret")
    settle()
    assert silent(client)


def test_everybody_may_be_asked_for_where_that_is_on(front, connect, join, leave, seen, write):
    join(ALICE)
    join(BOB, name="bob")
    write(opt_out.hide, BOB)
    port = front(**EVERYBODY).port
    client = connect(port=port)
    assert subscribe(client, subscribe_to_all=True) == state({str(ALICE): seen(ALICE)})
    be(write, BOB, "dnd")
    join(CAROL, name="carol")
    assert client.next() == update(seen(CAROL))
    leave(ALICE)
    assert client.next() == gone(ALICE)
    write(opt_out.show, BOB)
    assert client.next() == update(seen(BOB))
    assert subscribe(client, **of_one(CAROL)) == state(seen(CAROL))
    client.say({"op": 4, "d": {"unsubscribe_from_all": True}})
    assert silent(client)
    be(write, BOB, "idle", at=6)
    be(write, CAROL, "idle", at=2000)
    assert client.next() == update(seen(CAROL))


def test_of_everybody_so_many_are_shown_at_first_and_the_others_once_they_change(
    front, connect, join, seen, write, monkeypatch
):
    monkeypatch.setattr("web.live.lanyard_socket.MOST_AT_FIRST", 1)
    join(ALICE)
    join(BOB, name="bob")
    client = connect(port=front(**EVERYBODY).port)
    assert subscribe(client, subscribe_to_all=True) == state({str(ALICE): seen(ALICE)})
    be(write, BOB, "dnd")
    assert client.next() == update(seen(BOB))


def test_when_everything_may_have_changed_each_is_told_what_did(front, connect, join, seen, write):
    for user_id in (ALICE, BOB):
        join(user_id, name=str(user_id))
    port = front(**EVERYBODY).port
    alone, everybody = connect(port=port), connect(port=port)
    subscribe(alone, **of_one(ALICE))
    assert len(subscribe(everybody, subscribe_to_all=True)["d"]) == 2

    def replace_home(session):
        with feed.told_once(session):
            updates.record_presences(session, {ALICE: updates.Change(9000, 9000, gone=True)})
            user = {"id": str(CAROL), "username": "carol"}
            updates.record_presences(session, {CAROL: updates.change_of_member({"user": user}, 1, 1)})

    write(replace_home)
    assert alone.next() == state({})
    assert [everybody.next(), everybody.next()] == [gone(ALICE), update(seen(CAROL))]


# Limits


def test_a_socket_hears_of_no_more_users_than_the_limit(connect, monkeypatch):
    monkeypatch.setattr("web.live.lanyard_socket.MOST_IDS", 3)
    client = connect()
    assert subscribe(client, **of_some(1, 2, 3)) == state({})
    assert subscribe(client, **of_some(2, 3)) == state({})
    client.say({"op": 4, "d": {"unsubscribe_from_ids": ["1", "2"]}})
    assert subscribe(client, **of_some(4, 5)) == state({})
    client.say({"op": 2, "d": of_one(6)})
    assert client.closing() == (4006, "a socket may subscribe to 1000 users; open another for more")


def test_messages_that_ask_for_many_count_for_more(connect):
    client = connect()
    many = message({"op": 2, "d": of_some(*range(ALICE, ALICE + 600))})
    client.send(many * 5)
    for _ in range(5):
        assert client.next() == state({})
    client.send(many)
    assert client.close_code() == 1008


def test_a_file_that_cannot_be_read_ends_the_socket_and_not_the_worker(connect, served, monkeypatch, join, seen):
    join(ALICE)
    client = connect()
    with monkeypatch.context() as broken:
        broken.setattr("web.live.lanyard_socket.shape.find_many", lambda *_: 1 / 0)
        client.say({"op": 2, "d": of_one(ALICE)})
        assert client.close_code() == 1011
    assert subscribe(connect(), **of_one(ALICE)) == state(seen(ALICE))


def change_often(write):
    for number in range(60):
        write(kv.set_value, ALICE, "n", "x" * 9000 + str(number), public=True)
        time.sleep(0.01)


class NotReading(WebSocket):
    """A socket whose client takes little."""

    def __init__(self, port):
        self.socket = socket.socket()
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        self.socket.settimeout(20)
        self.socket.connect(("127.0.0.1", port))
        self._reader = self.socket.makefile("rb")
        self.send(ask() + message({"op": 2, "d": of_one(ALICE)}))
        assert self.read().status == 101
        assert self.next() == HELLO
        self.next()


def test_who_does_not_read_costs_little_and_is_told_the_last_state(front, connect, write, join):
    join(ALICE)
    served = front(BODY_TIMEOUT="300")
    reading = connect(port=served.port)
    subscribe(reading, **of_one(ALICE))
    with NotReading(served.port) as slow:
        change_often(write)
        most = max(one.transport.get_write_buffer_size() for one in served.front.connections)
        assert 0 < most < 128 * 1024
        told = 0
        while slow.next()["d"]["kv"]["n"] != "x" * 9000 + "59":
            told += 1
        assert told < 59
    while reading.next()["d"]["kv"]["n"] != "x" * 9000 + "59":
        pass


def test_who_goes_on_not_reading_is_cut_off(front, write, join):
    join(ALICE)
    served = front(BODY_TIMEOUT="1")
    with NotReading(served.port):
        change_often(write)
        wait_for(lambda: len(served.front.live.hub) == 0)
    with WebSocket(served.port):
        live = json.loads(get(served.port, "/health")[1])["live"]
    assert live.pop("events") > 0
    assert live == {"sockets": 1, "streams": 0, "dropped": 1}
