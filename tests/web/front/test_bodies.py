"""Bodies: asked for before they are read, whole before they take a thread, bounded in size and time."""

import threading

import pytest
from werkzeug.exceptions import HTTPException

from rules.systems import systems
from tests.web.front.raw_client import NOTHING, Client, ask, compose
from web.front import bodies
from web.front.app import THREADS, Front

ALICE = 80351110224678912
CHUNKED = ("Transfer-Encoding", "chunked")
EXPECTS = ("Expect", "100-continue")


def read_app(environ, start_response):
    """Reads 100 000 bytes at most, and says how many came and from which thread; or what kept them from coming."""
    try:
        told = f"{len(environ['wsgi.input'].read(int(environ.get('CONTENT_LENGTH') or 100_000)))}"
        status = "200 OK"
    except HTTPException as error:
        told, status = error.name, f"{error.code} {error.name}"
    start_response(status, [("Content-Length", str(len(told)))])
    return [told.encode()]


@pytest.fixture
def reader(serve):
    return serve(Front(read_app, patience_s=1))


@pytest.mark.parametrize("size", [0, 1, 1000, bodies.SOON_BYTES, bodies.SOON_BYTES + 1, 2_000_000])
def test_a_body_of_any_size_arrives_whole(echo, size):
    body = bytes(number % 251 for number in range(size))
    assert ask(echo.port, compose("PUT", "/a", ("Content-Length", str(size)), body=body)).body == b"PUT /a " + body


@pytest.mark.parametrize("pause_after", [0, 1, 70_000])
def test_a_body_that_comes_late_is_waited_for(echo, pause_after):
    body = b"x" * 100_000
    with Client(echo.port, compose("PUT", "/a", ("Content-Length", "100000"))) as client:
        client.send(body[:pause_after])
        threading.Event().wait(2 * bodies.SOON_S)
        client.send(body[pause_after:])
        assert client.read().body == b"PUT /a " + body


def test_a_large_body_that_keeps_coming_may_take_longer(reader, monkeypatch):
    monkeypatch.setattr(bodies, "SLOWEST_BYTES", 50_000)
    with Client(reader.port, compose("PUT", "/a", ("Content-Length", "100000"))) as client:
        for _ in range(5):
            client.send(b"x" * 20_000)
            threading.Event().wait(0.3)
        assert client.read().body == b"100000"


@pytest.mark.parametrize(("path", "limit"), [("/v1/s", "RATE_LIMIT"), ("/v2/systems/@me", "V2_UPDATE_LIMIT")])
def test_a_write_whose_body_comes_late_is_counted_once(make_app, serve, write, token_of, path, limit):
    write(systems.create_system, ALICE)
    port = serve(Front(make_app(**{"RATE_LIMIT": "1/hour", limit: "10/hour"}))).port
    kind, length = ("Content-Type", "application/json"), ("Content-Length", "12")
    with Client(port, compose("PATCH", path, ("Authorization", token_of(ALICE)), kind, length)) as client:
        threading.Event().wait(2 * bodies.SOON_S)
        client.send(b'{"name":"x"}')
        answer = client.read()
    assert (answer.status, answer.header("X-RateLimit-Remaining")) == (200, "9")


def test_chunks_are_put_together(echo):
    chunks = b"".join(b"%x\r\n%s\r\n" % (size, b"x" * size) for size in (1, 20, 70_000)) + b"0\r\n\r\n"
    assert len(ask(echo.port, compose("PUT", "/a", CHUNKED, body=chunks)).body) == len("PUT /a ") + 70_021


@pytest.mark.parametrize("header", [("Content-Length", "50"), CHUNKED])
def test_half_a_body_is_answered_in_time(reader, header):
    with Client(reader.port, compose("PUT", "/a", header) + b"5\r\nhe") as client:
        assert client.read().status == 408


def test_half_bodies_hold_no_thread(reader):
    clients = [Client(reader.port, compose("PUT", "/a", ("Content-Length", "50"))) for _ in range(3 * THREADS)]
    assert ask(reader.port, compose("PUT", "/a", body=b"x")).body == b"1"
    assert {client.read().status for client in clients} == {408}
    for client in clients:
        client.__exit__()


def test_who_hangs_up_in_the_middle_is_no_whole_request(serve):
    read = threading.Event()

    def app(environ, start_response):
        with pytest.raises(HTTPException):
            environ["wsgi.input"].read(50)
        read.set()
        start_response("400 Bad Request", [("Content-Length", "0")])
        return []

    port = serve(Front(app, patience_s=20)).port
    with Client(port, compose("PUT", "/a", ("Content-Length", "50")) + b"half") as client:
        client.say_no_more()
        assert client.read() == NOTHING
    assert read.wait(10)


@pytest.mark.parametrize("header", [("Content-Length", "500000"), CHUNKED])
def test_who_is_refused_is_told_before_the_body_comes(echo, header):
    with Client(echo.port, compose("PUT", "/refuse", header)) as client:
        assert client.read().status == 401


@pytest.mark.parametrize("keep", ["keep-alive", "close"])
@pytest.mark.parametrize("size", [10_000, 500_000])
def test_who_is_refused_while_the_body_comes_hears_it_and_may_go_on(echo, keep, size):
    with Client(echo.port, compose("PUT", "/refuse", ("Content-Length", str(size)), ("Connection", keep))) as client:
        for _ in range(10):
            client.send(b"x" * (size // 10))
        client.send(compose("GET", "/a"))
        assert client.read().status == 401
        assert client.read().status == (200 if keep == "keep-alive" else 0)


def test_a_body_without_end_is_cut_off(echo):
    with Client(echo.port, compose("PUT", "/refuse", CHUNKED)) as client:
        assert client.read().status == 401
        chunk = b"10000\r\n" + b"x" * 0x10000 + b"\r\n"
        with pytest.raises(OSError):
            client.socket.sendall(chunk * 1000)


def test_a_body_above_its_limit_is_told_so_while_it_comes(reader):
    """The app takes 100 000 bytes of chunks; what comes behind them is read for a while, so that it is heard."""
    chunk = b"4e20\r\n" + b"x" * 20_000 + b"\r\n"
    with Client(reader.port, compose("PUT", "/a", CHUNKED)) as client:
        for _ in range(20):
            client.send(chunk)
        client.send(b"0\r\n\r\n")
        assert client.read().body == b"100000"


@pytest.mark.parametrize("path", ["/a", "/refuse"])
def test_who_asks_first_is_told_whether_to_send(echo, path):
    with Client(echo.port, compose("PUT", path, ("Content-Length", "5"), EXPECTS)) as client:
        if path == "/refuse":
            assert client.read().status == 401
        else:
            assert client.read().status == 100
            client.send(b"hello")
            assert client.read().body == b"PUT /a hello"


def test_who_asks_first_and_sends_without_waiting_is_understood(echo):
    with Client(echo.port, compose("PUT", "/a", EXPECTS, body=b"hello") + compose("GET", "/b")) as client:
        answers = [client.read() for _ in range(3)]
    assert [answer.body for answer in answers if answer.status == 200] == [b"PUT /a hello", b"GET /b "]


def test_all_bodies_together_are_bounded(reader, monkeypatch):
    monkeypatch.setattr("web.front.bodies.MOST_BYTES", 100_000)
    announced = compose("PUT", "/a", ("Content-Length", "100000"), EXPECTS)
    idle = [Client(reader.port, announced) for _ in range(20)]
    assert {client.read().status for client in idle} == {100}
    first, second = idle[:2]
    first.send(b"x" * 90_000)
    second.send(b"x" * 90_000)
    told = {first.read().status, second.read().status}
    assert 503 in told
    assert told <= {503, 408}
    for client in idle:
        client.__exit__()
    with Client(reader.port, announced) as client:
        assert client.read().status == 100
        client.send(b"x" * 100_000)
        assert client.read().body == b"100000"
