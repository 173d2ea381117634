"""Where a request begins and ends (RFC 9112), and what is said to whatever is none."""

import json

import pytest

from tests.web.front.echo import echo_app
from tests.web.front.raw_client import NOTHING, Client, ask, compose
from web.front.app import Front
from web.front.protocol import LARGEST_HEAD, LONGEST_LINE, MOST_HEADERS, MOST_PIPELINED
from web.front.worker import Worker

HOST = b"Host: x\r\n"
PUT = b"PUT /a HTTP/1.1\r\n" + HOST
CHUNKED = PUT + b"Transfer-Encoding: chunked\r\n\r\n"
SOCKET = (
    b"GET /socket HTTP/1.1\r\n" + HOST + b"Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
)
SMUGGLED = b"GET /smuggled HTTP/1.1\r\n" + HOST + b"\r\n"

# What is sent, and the statuses of all answers to it; a refusal is always the last.
SHAPES = {
    "plain": (b"GET /a HTTP/1.1\r\n" + HOST + b"\r\n", [200]),
    "blank lines before (2.2)": (b"\r\n\r\nGET /a HTTP/1.1\r\n" + HOST + b"\r\n", [200]),
    "nothing but blank lines": (b"\r\n\r\n", []),
    "1.0 without a Host": (b"GET /a HTTP/1.0\r\n\r\n", [200]),
    "1.1 without a Host (3.2)": (b"GET /a HTTP/1.1\r\n\r\n", [400]),
    "two Hosts (3.2)": (b"GET /a HTTP/1.1\r\n" + HOST + HOST + b"\r\n", [400]),
    "0.9": (b"GET /a\r\n\r\n", [400]),
    "9.9": (b"GET /a HTTP/9.9\r\n" + HOST + b"\r\n", [400]),
    "HTTP/2 with prior knowledge": (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", [400]),
    "TLS": (bytes.fromhex("16030100f1010000ed0303"), [400]),
    "both lengths (6.1)": (PUT + b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + SMUGGLED, [400]),
    "both lengths the other way": (
        PUT + b"Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n" + SMUGGLED,
        [400],
    ),
    "two lengths (6.3)": (PUT + b"Content-Length: 4\r\nContent-Length: 5\r\n\r\nabcde" + SMUGGLED, [400]),
    "the same length twice": (PUT + b"Content-Length: 4\r\nContent-Length: 4\r\n\r\nabcd", [400]),
    "a list of lengths": (PUT + b"Content-Length: 4, 4\r\n\r\nabcd", [400]),
    "a length with a sign": (PUT + b"Content-Length: +4\r\n\r\nabcd", [400]),
    "a negative length": (PUT + b"Content-Length: -4\r\n\r\nabcd", [400]),
    "a length in hex": (PUT + b"Content-Length: 0x4\r\n\r\nabcd", [400]),
    "a length above 64 bits": (PUT + b"Content-Length: 99999999999999999999999\r\n\r\nabcd", [400]),
    "no length": (PUT + b"Content-Length: \r\n\r\n", [400]),
    "bare LF": (b"GET /a HTTP/1.1\nHost: x\n\n", [400]),
    "bare LF in a header": (b"GET /a HTTP/1.1\r\nHost: x\nA: b\r\n\r\n", [400]),
    "bare CR (2.2)": (b"GET /a HTTP/1.1\r\nHost: x\rA: b\r\n\r\n", [400]),
    "bare LF before the body": (PUT + b"Content-Length: 4\r\n\nabcd", [400]),
    "a folded header (5.2)": (b"GET /a HTTP/1.1\r\nHost: x\r\nA: b\r\n c\r\n\r\n", [400]),
    "a header before the first": (b"GET /a HTTP/1.1\r\n A: b\r\n" + HOST + b"\r\n", [400]),
    "a blank before the colon (5.1)": (b"GET /a HTTP/1.1\r\nHost : x\r\n\r\n", [400]),
    "a coding with a blank": (PUT + b"Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n", [400]),
    "a coding after a tab": (PUT + b"Transfer-Encoding:\tchunked\r\n\r\n0\r\n\r\n", [200]),
    "a coding in capitals": (PUT + b"TRANSFER-ENCODING: CHUNKED\r\n\r\n0\r\n\r\n", [200]),
    "an unknown coding (6.1)": (PUT + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n", [501]),
    "two codings": (PUT + b"Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", [501]),
    "chunked not last (6.1)": (PUT + b"Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n", [400]),
    "the coding twice": (PUT + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", [400]),
    "a coding in 1.0 (6.1)": (b"PUT /a HTTP/1.0\r\n" + HOST + b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", [400]),
    "chunks": (CHUNKED + b"3\r\nabc\r\n1;a=b\r\nd\r\n0\r\n\r\n" + SMUGGLED, [200, 200]),
    "a size that is none": (CHUNKED + b"zz\r\n", [400]),
    "a size with a sign": (CHUNKED + b"+3\r\nabc\r\n0\r\n\r\n", [400]),
    "a size in 0x": (CHUNKED + b"0x3\r\nabc\r\n0\r\n\r\n", [400]),
    "a size above 64 bits": (CHUNKED + b"10000000000000003\r\nabc\r\n0\r\n\r\n", [400]),
    "an extension with LF": (CHUNKED + b"1;a\nb\r\nx\r\n0\r\n\r\n", [400]),
    "a chunk that is longer than it says": (CHUNKED + b"3\r\nabcd\r\n0\r\n\r\n", [400]),
    "a chunk that ends with LF": (CHUNKED + b"3\nabc\r\n0\r\n\r\n", [400]),
    "a trailer": (CHUNKED + b"1\r\na\r\n0\r\nX-Checksum: 5\r\n\r\n", [200]),
    "a trailer with a length": (CHUNKED + b"1\r\na\r\n0\r\nContent-Length: 5\r\n\r\n", [400]),
    "NUL in a header (5.5)": (b"GET /a HTTP/1.1\r\nHost: x\r\nA: \0b\r\n\r\n", [400]),
    "NUL in the target": (b"GET /\0a HTTP/1.1\r\nHost: x\r\n\r\n", [400]),
    "an unknown method": (b"FOO /a HTTP/1.1\r\n" + HOST + b"\r\n", [400]),
    "a method in lower case": (b"get /a HTTP/1.1\r\n" + HOST + b"\r\n", [400]),
    "WebDAV": (b"PROPFIND /a HTTP/1.1\r\n" + HOST + b"\r\n", [200]),
    "CONNECT": (b"CONNECT a:1 HTTP/1.1\r\n" + HOST + b"\r\n", [400]),
    "a target in full (3.2.2)": (b"GET http://y/a HTTP/1.1\r\n" + HOST + b"\r\n", [200]),
    "a star (3.2.4)": (b"OPTIONS * HTTP/1.1\r\n" + HOST + b"\r\n", [200]),
    "a target without a slash": (b"GET a HTTP/1.1\r\n" + HOST + b"\r\n", [400]),
    "a blank in the target": (b"GET /a b HTTP/1.1\r\n" + HOST + b"\r\n", [400]),
    "no ASCII in the target": ("GET /é HTTP/1.1\r\n".encode() + HOST + b"\r\n", [400]),
    "a pipeline": (compose("GET", "/a") * 5 + compose("PUT", "/b", body=b"x") * 5, [200] * 10),
    "a pipeline with a body that is refused": (compose("PUT", "/refuse", body=b"x") + compose("GET", "/a"), [401, 200]),
    "a pipeline that ends in noise": (compose("GET", "/a") * 2 + b"\1\2 noise\r\n\r\n", [200, 200, 400]),
    "a pipeline that ends in a bad chunk": (compose("GET", "/a") * 2 + CHUNKED + b"zz\r\n", [200, 200, 400]),
    "a body that looks like a request": (compose("PUT", "/a", body=SMUGGLED), [200]),
    "a GET with a body": (compose("GET", "/a", body=SMUGGLED), [200]),
    "h2c": (
        b"GET /a HTTP/1.1\r\n"
        + HOST
        + b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: x\r\n\r\n",
        [200],
    ),
    "h2c with a body": (
        PUT
        + b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: x\r\nContent-Length: 4\r\n\r\nabcd",
        [200],
    ),
    "a WebSocket with a body": (SOCKET + b"Content-Length: 4\r\n\r\nabcd", [400]),
    "a WebSocket behind another request": (compose("PUT", "/slow", body=b"x") + SOCKET + b"\r\n", [200, 400]),
}


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
    assert told["code"] == answer.status
    assert told["message"].endswith(".")
    assert answer.header("Access-Control-Allow-Origin") == "*"
    assert answer.header("Connection") == "close"


@pytest.mark.parametrize("sent", [sent for sent, _ in SHAPES.values()], ids=SHAPES)
def test_it_does_not_matter_where_the_network_cuts(echo, sent):
    def told(pieces):
        with Client(echo.port) as client:
            for piece in pieces:
                client.send(piece)
            client.say_no_more()
            statuses = []
            while (answer := client.read()) != NOTHING:
                statuses.append((answer.status, answer.body))
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
