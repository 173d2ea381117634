"""Event streams over a real connection: what comes first and later, and what a client that comes back has missed."""

import http.client
import json
import socket
import time
from contextlib import contextmanager

import pytest

from rules import feed, opt_out
from rules.account import kv
from rules.fronting import switches
from rules.presence import fronting, updates
from rules.systems import members, systems
from tests.web.front.raw_client import Client, compose
from tests.web.front.served import wait_for
from tests.web.front.websocket_client import ask

ALICE, BOB = 80351110224678912, 80351110224678913


class Reader:
    """Reads the events of one stream."""

    def __init__(self, port: int, path: str, **headers: str) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        self.connection.request("GET", path, headers=headers)
        self.answer = self.connection.getresponse()
        self.last_id = None

    def next(self):
        """The next event as (kind, data); None at the end. Comments and what only moves on are passed over."""
        kind = data = None
        while line := self.answer.readline():
            name, _, value = line.decode().rstrip("\n").partition(": ")
            if name == "event":
                kind = value
            elif name == "id":
                self.last_id = value
            elif name == "data":
                data = json.loads(value)
            elif not line.strip() and kind:
                return kind, data
        return None

    def take(self, count: int):
        return [self.next() for _ in range(count)]

    def close(self) -> None:
        self.connection.sock and self.connection.sock.close()
        self.answer.close()
        self.connection.close()


@pytest.fixture
def listen(served):
    opened = []

    def start(path, port=None, **headers):
        opened.append(Reader(port or served.port, path, **headers))
        return opened[-1]

    yield start
    for one in opened:
        one.close()


@pytest.fixture
def foxes(write):
    def make(session):
        system = systems.create_system(session, ALICE, {"name": "Foxes"})
        for name in ("Ann", "Ben"):
            members.create_member(session, ALICE, {"name": name})
        return system.hid

    return write(make)


def switch_to(session, *names):
    system = systems.find_own_system(session, ALICE)
    by_name = {member.name: member.hid for member in session.query(members.Member).filter_by(system_id=system.id)}
    switches.log_switch(session, ALICE, [by_name[name] for name in names])


def be(write, user_id, status, at=5):
    write(
        updates.record_presences,
        {user_id: updates.change_of_presence({"user": {"id": str(user_id)}, "status": status}, at)},
    )


def get(port, path, **headers):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    connection.request("GET", path, headers=headers)
    answer = connection.getresponse()
    return answer.status, answer.read()


def test_a_stream_begins_with_what_get_says_and_goes_on_with_what_changes(served, listen, write, join):
    join(ALICE)
    stream = listen(f"/user/{ALICE}/events")
    assert stream.answer.status == 200
    assert stream.answer.headers["Content-Type"].startswith("text/event-stream")
    assert stream.answer.headers["Access-Control-Allow-Origin"] == "*"
    assert stream.next() == ("presence", json.loads(get(served.port, f"/user/{ALICE}")[1]))
    be(write, ALICE, "dnd")
    kind, data = stream.next()
    assert (kind, data["presence"]["status"]) == ("presence", "dnd")
    assert data == json.loads(get(served.port, f"/user/{ALICE}")[1])


def test_several_users_and_systems_in_one_stream(listen, write, join, foxes):
    join(ALICE)
    join(BOB)
    stream = listen(f"/events?users={ALICE},{BOB}&systems={foxes},zzzzz")
    first = stream.take(5)
    assert [kind for kind, _ in first] == ["presence", "presence", "system", "front", "gone"]
    assert [data.get("id") for _, data in first[:2]] == [str(ALICE), str(BOB)]
    assert first[2][1]["name"] == "Foxes"
    assert first[3][1] == {"system": foxes, "id": None, "timestamp": None, "members": []}
    assert first[4][1] == {"system": "zzzzz"}
    write(switch_to, "Ben", "Ann")
    kind, data = stream.next()
    assert (kind, data["system"], [one["name"] for one in data["members"]]) == ("front", foxes, ["Ben", "Ann"])
    be(write, BOB, "idle")
    kind, data = stream.next()
    assert (kind, data["id"], data["presence"]["status"]) == ("presence", str(BOB), "idle")


def test_whoever_hides_is_gone_and_comes_back(listen, write, join):
    join(ALICE)
    stream = listen(f"/user/{ALICE}/events")
    stream.next()
    write(opt_out.hide, ALICE)
    assert stream.next() == ("gone", {"id": str(ALICE)})
    # While hidden nothing is told, whatever changes.
    be(write, ALICE, "dnd")
    write(opt_out.show, ALICE)
    kind, data = stream.next()
    assert (kind, data["presence"]["status"]) == ("presence", "dnd")


def test_somebody_who_joins_later_is_heard_of(listen, join):
    stream = listen(f"/events?users={BOB}")
    assert stream.next() == ("gone", {"id": str(BOB)})
    join(BOB)
    assert stream.next()[0] == "presence"


def test_pairs_are_told_to_their_owner_and_public_ones_to_everybody(listen, write, join, token_of):
    join(ALICE)
    own = listen(f"/user/{ALICE}/events", Authorization=token_of(ALICE))
    stranger = listen(f"/user/{ALICE}/events")
    own.next()
    stranger.next()
    write(kv.set_value, ALICE, "city", "Bern")
    kinds = dict(own.take(2))
    assert kinds["kv"] == {"city": "Bern"} == kinds["presence"]["KV"]
    write(kv.publish_pair, ALICE, "city")
    assert stranger.next() == ("kv", {"city": "Bern"})
    write(kv.set_value, ALICE, "secret", "x")
    write(kv.withdraw_pair, ALICE, "city")
    assert stranger.next() == ("kv", {})


def test_a_replaced_token_opens_nothing_any_more(listen, write, join, token_of):
    join(ALICE)
    write(kv.set_value, ALICE, "city", "Bern")
    stream = listen(f"/user/{ALICE}/events", Authorization=token_of(ALICE))
    assert dict(stream.take(2))["presence"]["KV"] == {"city": "Bern"}
    token_of(ALICE)
    told = dict(stream.take(2))
    assert (told["presence"]["KV"], told["kv"]) == (None, {})
    write(kv.set_value, ALICE, "city", "Basel")
    be(write, ALICE, "dnd")
    kind, data = stream.next()
    assert (kind, data["KV"], data["presence"]["status"]) == ("presence", None, "dnd")


def test_a_front_that_becomes_private_is_gone(listen, write, foxes):
    write(switch_to, "Ann")
    stream = listen(f"/events?systems={foxes}")
    assert stream.take(2)[1][0] == "front"
    write(systems.edit_system, ALICE, {"front_privacy": "private"})
    assert stream.next() == ("gone", {"system": foxes, "of": "front"})
    write(switch_to, "Ben")
    write(systems.edit_system, ALICE, {"name": "Wolves"})
    kind, data = stream.next()
    assert (kind, data["name"]) == ("system", "Wolves")
    write(systems.delete_system, ALICE)
    assert stream.next() == ("gone", {"system": foxes})


def test_a_client_that_comes_back_is_told_what_it_missed_and_nothing_else(served, listen, write, join, foxes):
    for user_id in (ALICE, BOB):
        join(user_id)
    path = f"/events?users={ALICE},{BOB}&systems={foxes}"
    stream = listen(path)
    stream.take(4)
    stream.close()
    be(write, BOB, "idle")
    again = listen(path, **{"Last-Event-ID": stream.last_id})
    kind, data = again.next()
    assert (kind, data["id"], data["presence"]["status"]) == ("presence", str(BOB), "idle")
    # He may have had public pairs when the client was told last.
    assert again.next() == ("kv", {"id": str(BOB), "KV": {}})
    write(switch_to, "Ann")
    assert again.next()[0] == "front"
    # And with nothing missed, nothing is said until something happens.
    last = listen(f"{path}&since={again.last_id}")
    be(write, ALICE, "dnd")
    assert last.next()[1]["id"] == str(ALICE)


@pytest.mark.parametrize(
    "position",
    ["nonsense", "00000000-5-{one}", "{epoch}-99999999-{one}", "{epoch}-0-{one}", "{epoch}-5", "{epoch}-5-{one}{one}"],
)
def test_who_comes_back_too_late_begins_anew(listen, join, read, write, position):
    join(ALICE)
    for number in range(5):
        write(kv.set_value, ALICE, "n", str(number))
    write(feed.trim, 3, 1000)
    epoch = read(feed.find_epoch)
    stream = listen(f"/events?users={ALICE}", **{"Last-Event-ID": position.format(epoch=epoch, one="00000000")})
    assert [kind for kind, _ in stream.take(2)] == ["reset", "presence"]


def test_who_comes_back_learns_nothing_of_what_changed_in_private(listen, write, join, foxes):
    join(ALICE)
    join(BOB)
    write(systems.edit_system, ALICE, {"front_privacy": "private", "description_privacy": "private"})
    write(kv.set_value, ALICE, "open", "1", True)
    path = f"/events?users={ALICE},{BOB}&systems={foxes}"
    stream = listen(path)
    assert [kind for kind, _ in stream.take(5)] == ["presence", "kv", "presence", "system", "gone"]
    for number, act in enumerate(
        (
            lambda: write(switch_to, "Ann"),
            lambda: write(kv.set_value, ALICE, "secret", "1"),
            lambda: write(systems.edit_system, ALICE, {"description": "x"}),
        )
    ):
        stream.close()
        act()
        stream = listen(path, **{"Last-Event-ID": stream.last_id})
        be(write, BOB, ("idle", "dnd")[number % 2])
        kind, data = stream.next()
        assert (kind, data["id"]) == ("presence", str(BOB))


@pytest.mark.parametrize(
    "path",
    [
        *("/events", "/events?users=", "/events?users=x", "/events?users=1,,2", "/events?systems=,"),
        "/events?users=" + ",".join(map(str, range(1, 102))),
        "/events?users=" + ",".join(map(str, range(1, 60))) + "&systems=" + ",".join(f"ab{n}" for n in range(60)),
    ],
)
def test_a_stream_of_nobody_or_of_too_many_is_refused(served, path):
    status, body = get(served.port, path)
    told = json.loads(body)
    assert (status, told["code"]) == (400, 400)
    assert told["message"].endswith(" like /events?users=80351110224678912&systems=abcde.")


def test_ones_own_stream_needs_a_token(served):
    assert get(served.port, "/user/@me/events")[0] == 401
    assert get(served.port, "/user/@me/events", Authorization="rc_1_x")[0] == 401


def test_no_more_than_the_settings_say(front, listen):
    port = front(LIVE_CONNECTIONS="3", LIVE_PER_CLIENT="2").port
    first = listen(f"/events?users={ALICE}", port)
    listen(f"/events?users={ALICE}", port).next()
    status, body = get(port, f"/events?users={ALICE}")
    assert status == 429
    assert "2 streams" in json.loads(body)["message"]
    first.next()
    first.close()
    wait_for(lambda: get_status_only(port) == 200)


def get_status_only(port):
    reader = Reader(port, f"/events?users={ALICE}")
    reader.close()
    return reader.answer.status


def test_a_stop_says_when_to_come_back(served, listen, join):
    join(ALICE)
    stream = listen(f"/events?users={ALICE}")
    stream.next()
    served.end()
    rest = stream.answer.read()
    assert rest.startswith(b"retry: ")


@pytest.mark.parametrize(
    ("request_of", "last"), [(compose("GET", f"/user/{ALICE}/events"), b"retry: "), (ask(), b"Service restart")]
)
def test_who_comes_while_the_worker_ends_is_told_so_and_does_not_keep_it(served, request_of, last):
    """The worker waited for them for 8 s, and cut them off without a word."""
    with Client(served.port, request_of[:20]) as client:
        wait_for(lambda: served.front.connections)
        served.end()
        wait_for(lambda: all(one.is_last for one in served.front.connections))
        client.send(request_of[20:])
        assert last in client.rest()[-40:]
        wait_for(lambda: not served.front.connections, 3)


def test_a_client_that_is_gone_is_forgotten_at_once(served, listen):
    stream = listen(f"/events?users={ALICE}")
    stream.next()
    hub = served.front.live.hub
    wait_for(lambda: len(hub) == 1)
    stream.close()
    wait_for(lambda: len(hub) == 0)


@contextmanager
def not_reading(served):
    """A client that asks for Alice's stream and does not read; its socket."""
    with socket.socket() as slow:
        slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        slow.settimeout(20)
        slow.connect(("127.0.0.1", served.port))
        slow.sendall(f"GET /user/{ALICE}/events HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        wait_for(lambda: len(served.front.live.hub) == 1)
        yield slow


def change_often(write):
    write(kv.set_value, ALICE, "n", "", public=True)
    for number in range(60):
        write(kv.set_value, ALICE, "n", "x" * 9000 + str(number))
        time.sleep(0.01)


def test_who_does_not_read_costs_little_and_is_told_the_last_state(front, write, join):
    join(ALICE)
    served = front(BODY_TIMEOUT="300")
    with not_reading(served) as slow:
        change_often(write)
        [connection] = [one for one in served.front.connections if hasattr(one, "_stream")]
        assert 0 < connection.transport.get_write_buffer_size() < 128 * 1024
        received = b""
        while b'x59"' not in received:
            data = slow.recv(65536)
            assert data
            received = received[-20000:] + data


def test_who_goes_on_not_reading_is_cut_off(front, write, join):
    join(ALICE)
    served = front(BODY_TIMEOUT="1")
    with not_reading(served):
        change_often(write)
        wait_for(lambda: len(served.front.live.hub) == 0)
    live = json.loads(get(served.port, "/health")[1])["live"]
    assert live.pop("events") > 0
    assert live == {"sockets": 0, "streams": 0, "dropped": 1}
    metrics = get(served.port, "/metrics")[1].decode()
    assert "\nrollcall_live_dropped_total 1\n" in metrics


def test_a_server_without_a_front_answers_and_ends(client, join):
    join(ALICE)
    answer = client.get(f"/user/{ALICE}/events")
    assert answer.status_code == 200
    assert answer.text.startswith("retry: 2000\nevent: presence\nid: ")


def test_head_says_what_get_would(served):
    connection = http.client.HTTPConnection("127.0.0.1", served.port, timeout=5)
    connection.request("HEAD", f"/user/{ALICE}/events")
    answer = connection.getresponse()
    assert (answer.status, answer.read()) == (200, b"")


def test_who_fronts_is_told_with_the_presence_of_who_shows_it_and_of_nobody_else(served, listen, write, join, foxes):
    join(ALICE)
    join(BOB)
    write(systems.link_account, ALICE, BOB)
    write(fronting.set_shown, ALICE, True)
    write(switch_to, "Ann")
    stream, bobs = listen(f"/user/{ALICE}/events"), listen(f"/user/{BOB}/events")
    assert stream.next()[1]["fronting"]["members"][0]["name"] == "Ann"
    assert bobs.next()[1]["fronting"] is None
    write(switch_to, "Ben")
    kind, told = stream.next()
    assert (kind, [member["name"] for member in told["fronting"]["members"]]) == ("presence", ["Ben"])
    assert told == json.loads(get(served.port, f"/user/{ALICE}")[1])
    stream.close()
    write(systems.edit_system, ALICE, {"front_privacy": "private"})
    again = listen(f"/user/{ALICE}/events", **{"Last-Event-ID": stream.last_id})
    assert again.next()[1]["fronting"] is None
    assert again.next() == ("kv", {})
    for user_id in (ALICE, BOB):
        be(write, user_id, "dnd")
    assert [one.next()[1]["presence"]["status"] for one in (again, bobs)] == ["dnd", "dnd"]
