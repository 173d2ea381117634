"""Where a request begins and ends (RFC 9112), and what is said to whatever is none."""

import json

import pytest

from tests.web.front.echo import echo_app
from tests.web.front.odd_requests import CHUNKED, SHAPES
from tests.web.front.raw_client import NOTHING, Client, ask, compose
from web.front.app import Front
from web.front.protocol import LARGEST_HEAD, LONGEST_LINE, MOST_HEADERS, MOST_PIPELINED
from web.front.worker import Worker


@pytest.mark.parametrize(("sent", "statuses"), SHAPES.values(), ids=SHAPES)
def test_what_is_a_request_and_what_is_not(echo, sent, statuses):
    with Client(echo.port, sent) as client:
        answers = [client.read() for _ in statuses]
        client.say_no_more()
        assert [answer.status for answer in answers] == statuses
        assert client.read() == NOTHING
    for answer in answers:
        if answer.status >= 400 and answer.status != 401:
            check_refusal(answer)


def check_refusal(answer):
    told = json.loads(answer.body)
    if "error" in told:
        # At /socket, in Lanyard's words.
        assert (answer.status, told["error"]["code"]) == (400, "upgrade_failed")
    else:
        assert told["code"] == answer.status
        assert told["message"].endswith(".")
    assert answer.header("Access-Control-Allow-Origin") == "*"
    assert answer.header("Connection") == "close"


# Whether a WebSocket is behind another request depends on when it comes, and so on the network.
CUT = {name: sent for name, (sent, _) in SHAPES.items() if name != "a WebSocket behind another request"}


@pytest.mark.parametrize("sent", CUT.values(), ids=CUT)
def test_it_does_not_matter_where_the_network_cuts(echo, sent):
    def told(pieces):
        with Client(echo.port) as client:
            for piece in pieces:
                client.send(piece)
            client.say_no_more()
            statuses = []
            while (answer := client.read()) != NOTHING:
                statuses.append((answer.status, answer.body if answer.status == 200 else b""))
            return statuses

    whole = told([sent])
    assert told([sent[place : place + 1] for place in range(len(sent))]) == whole
    for place in range(1, len(sent), 7):
        assert told([sent[:place], sent[place:]]) == whole


@pytest.mark.parametrize(
    ("head", "status"),
    [
        (compose("GET", "/" + "x" * (LONGEST_LINE - 1)), 200),
        (compose("GET", "/" + "x" * LONGEST_LINE), 414),
        (compose("GET", "/", ("X", "x" * (LONGEST_LINE - 1))), 200),
        (compose("GET", "/", ("X", "x" * LONGEST_LINE)), 431),
        (compose("GET", "/", *[("X", "x")] * (MOST_HEADERS - 1)), 200),
        (compose("GET", "/", *[("X", "x")] * MOST_HEADERS), 431),
        (compose("GET", "/", *[("X", "x" * 8000)] * 8), 200),
        (compose("GET", "/", *[("X", "x" * 8000)] * 9), 431),
        (b"GET /" + b"x" * 20_000, 414),
        (b"GET / HTTP/1.1\r\nX: " + b"x" * (LARGEST_HEAD + 300_000), 431),
        (CHUNKED + b"0\r\n" + b"X: x\r\n" * (2 * MOST_HEADERS) + b"\r\n", 200),
        (CHUNKED + b"0\r\nX: " + b"x" * (LONGEST_LINE + 1) + b"\r\n\r\n", 431),
    ],
)
def test_a_head_has_a_size(echo, head, status):
    with Client(echo.port, head) as client:
        answer = client.read()
    assert answer.status == status
    if status != 200:
        check_refusal(answer)


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (compose("GET", "/v1/users/1?" + "x" * LONGEST_LINE), 414),
        (compose("GET", "/v1/users/1?a", ("X", "x" * LONGEST_LINE)), 431),
        (compose("GET", "/1.png", ("X", "a\x10b")), 400),
        (b"GET /v1/users/1 HTTP/1.1\r\nHost: a\r\n", 408),
    ],
)
def test_lanyards_clients_read_nothing_but_their_envelope(echo, sent, status):
    with Client(echo.port, sent) as client:
        answer = client.read()
    told = json.loads(answer.body)
    assert (answer.status, told["success"], list(told["error"])) == (status, False, ["code", "message"])
    assert told["error"]["message"].endswith(".")


def test_a_long_pipeline_is_not_taken_for_a_long_head(echo):
    """Twenty in flight at a time; the last of each lot is cut in the middle."""
    one = compose("GET", "/a", ("X", "x" * 4000))
    with Client(echo.port) as client:
        left = one * 100
        for _ in range(5):
            client.send(left[: 20 * len(one) - 300])
            left = left[20 * len(one) - 300 :]
            assert [client.read().status for _ in range(19)] == [200] * 19
            client.send(left[:300])
            left = left[300:]
            assert client.read().status == 200


def test_a_pipeline_has_a_length(echo):
    with Client(echo.port, compose("GET", "/a") * 5 * MOST_PIPELINED) as client:
        answers = []
        while (answer := client.read()) != NOTHING:
            answers.append(answer)
    assert MOST_PIPELINED < len(answers) < 5 * MOST_PIPELINED
    assert {answer.status for answer in answers[:-1]} == {200}
    assert answers[-1].status == 503
    check_refusal(answers[-1])


@pytest.mark.parametrize("trailer", [b"Authorization: t", b"X-Forwarded-For: 1.2.3.4", b"Host: evil"])
def test_a_trailer_is_no_header(serve, trailer):
    def tell(environ, start_response):
        environ["wsgi.input"].read(100)
        told = repr(sorted(key for key in environ if key.startswith("HTTP_"))).encode() + environ["HTTP_HOST"].encode()
        start_response("200 OK", [("Content-Length", str(len(told)))])
        return [told]

    answer = ask(serve(Front(tell)).port, CHUNKED + b"1\r\na\r\n0\r\n" + trailer + b"\r\n\r\n")
    assert answer.body == b"['HTTP_HOST', 'HTTP_TRANSFER_ENCODING']x"


@pytest.mark.parametrize("behind", [b"", b"GET /b HTTP/1.1\r\nHo", compose("PUT", "/b", ("Content-Length", "9"))])
def test_who_says_no_more_still_hears_the_answers_to_whole_requests(echo, behind):
    with Client(echo.port, compose("PUT", "/a", body=b"x") * 3 + behind) as client:
        client.say_no_more()
        assert [client.read().body for _ in range(3)] == [b"PUT /a x"] * 3
        assert client.rest() == b""


@pytest.fixture
def impatient(monkeypatch, serve):
    """A front that does not keep a connection for long."""
    monkeypatch.setattr("web.front.protocol.KEEP_ALIVE_S", 0.2)
    monkeypatch.setitem(Worker.CONFIG_KWARGS, "timeout_keep_alive", 0.2)
    return serve(Front(echo_app, patience_s=0.2))


@pytest.mark.parametrize("after", [b"", b"\r\n", b"GET / HTTP/1.1\r\nH"])
@pytest.mark.parametrize("before", [compose("GET", "/a"), compose("PUT", "/refuse", body=b"x" * 100_000), b"\r\n"])
def test_a_connection_that_asks_nothing_is_closed(impatient, before, after):
    with Client(impatient.port, before) as client:
        if before != b"\r\n":
            assert client.read().status in (200, 401)
        client.send(after)
        assert client.read().status == (408 if after.startswith(b"GET") else 0)
