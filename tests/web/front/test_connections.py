"""How many connections there may be, and for how long they may owe something."""

import resource
import socket

import pytest

from tests.end_to_end.rollcall import until
from tests.web.front.raw_client import NOTHING, Client, ask, compose
from web.front.app import Front
from web.front.connections import MOST_CONNECTIONS, MOST_UNSENT_BYTES, Connections, most_connections
from web.front.protocol import MOST_TOLD

LARGE = b"x" * 4_000_000


def large_app(environ, start_response):
    start_response("200 OK", [("Content-Length", str(len(LARGE)))])
    return [LARGE]


@pytest.fixture
def large(serve):
    return serve(Front(large_app, patience_s=0.3))


def lazy_client(port, request):
    """A client that takes little and reads nothing."""
    client = socket.socket()
    client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    client.settimeout(20)
    client.connect(("127.0.0.1", port))
    client.sendall(request)
    return client


def read_all(client):
    data = b""
    try:
        while piece := client.recv(65536):
            data += piece
    except ConnectionResetError:
        pass
    return data


def test_an_answer_that_is_not_taken_is_thrown_away(large):
    with lazy_client(large.port, compose("GET", "/")) as client:
        until(lambda: large.front.connections)
        until(lambda: not large.front.connections)
        assert len(read_all(client)) < len(LARGE) // 2


def test_who_takes_it_in_time_gets_all(large):
    assert ask(large.port, compose("GET", "/")).body == LARGE


class Fake:
    """A connection that has left so many bytes unsent."""

    unsent_since = None

    def __init__(self, unsent):
        self.transport, self.unsent, self.is_open = self, unsent, True

    def get_write_buffer_size(self):
        return self.unsent

    def get_extra_info(self, _name):
        return None

    def abort(self):
        self.is_open = False

    def check(self, now, patience_s):
        pass


def test_where_all_together_is_too_much_who_has_most_goes():
    connections = Connections(patience_s=1)
    fakes = [Fake(size * MOST_UNSENT_BYTES // 10) for size in (1, 2, 3, 1, 4, 2, 0)]
    connections.update(fakes)
    connections.look(now=1000)
    assert [fake.is_open for fake in fakes] == [True, True, True, True, False, True, True]


def test_what_is_not_taken_is_bounded_over_all(large, monkeypatch):
    monkeypatch.setattr("web.front.connections.MOST_UNSENT_BYTES", 10_000_000)
    monkeypatch.setattr(large.front.connections, "patience_s", 1000)
    clients = [lazy_client(large.port, compose("GET", "/")) for _ in range(6)]
    until(lambda: len(large.front.connections) == 6)
    until(lambda: len(large.front.connections) <= 3)
    assert ask(large.port, compose("GET", "/")).body == LARGE
    assert large.front.connections
    for client in clients:
        client.close()


def test_too_many_are_told_so_and_those_before_go_on(echo):
    echo.front.connections.most = 3
    kept = [Client(echo.port, compose("GET", "/a")) for _ in range(3)]
    assert [client.read().status for client in kept] == [200] * 3
    refused = ask(echo.port, compose("GET", "/a"))
    assert (refused.status, refused.header("Retry-After")) == (503, "2")
    for client in kept:
        client.send(compose("GET", "/b"))
        assert client.read().body == b"GET /b "
    kept.pop().__exit__()
    assert until(lambda: ask(echo.port, compose("GET", "/a")).status == 200)
    for client in kept:
        client.__exit__()


def test_refused_ones_are_bounded_too(echo):
    echo.front.connections.most = 0
    clients = []
    for _ in range(MOST_TOLD + 20):
        try:
            clients.append(Client(echo.port))
        except ConnectionResetError:
            pass
    answers = [client.read() for client in clients]
    assert [answer.status for answer in answers if answer != NOTHING] == [503] * MOST_TOLD
    for client in clients:
        client.__exit__()
    until(lambda: not echo.front.connections)


@pytest.mark.parametrize(
    ("files", "most"),
    [(1024, 768), (256, 128), (20_000, MOST_CONNECTIONS), (resource.RLIM_INFINITY, MOST_CONNECTIONS)],
)
def test_there_are_fewer_than_files_may_be_open(monkeypatch, files, most):
    monkeypatch.setattr("resource.getrlimit", lambda _: (files, files))
    assert most_connections() == most


def test_half_a_head_is_told_in_time(large):
    with Client(large.port, b"GET / HTTP/1.1\r\nHost") as client:
        assert client.read().status == 408
        assert client.rest() == b""


def test_a_head_that_comes_byte_by_byte_has_no_more_time(large):
    """What counts is when it began."""
    with Client(large.port, b"GET / HTTP/1.1\r\n") as client:
        client.socket.settimeout(0.05)
        for _ in range(400):
            client.send(b"X: y\r\n")
            try:
                if client.socket.recv(1, socket.MSG_PEEK):
                    break
            except TimeoutError:
                pass
        client.socket.settimeout(5)
        assert client.read().status == 408


def test_who_connects_and_says_nothing_is_closed(large):
    with Client(large.port) as client:
        assert client.rest() == b""
