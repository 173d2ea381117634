"""Fetching from servers that mean no good: what is connected to, how much is taken, and what counts as a picture."""

import gzip
import socket
import threading

import pytest

from tests.rules.pictures.picture_bytes import chunk, gif, jpeg, png, webp
from tests.web.remote_pictures.cdn import whole
from web.remote_pictures import fetcher
from web.remote_pictures.fetcher import MOST_BYTES, Fetcher, NoAnswer, NoPicture, Unreachable
from web.remote_pictures.hosts import Hosts

DISCORD = "https://cdn.discordapp.com"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


@pytest.fixture
def fetch(cdn):
    """Fetch a path of the CDN on loopback, or a whole address."""
    hosts = Hosts((), cdn.base)
    fetching = Fetcher(hosts)
    return lambda path: fetching.fetch(hosts.find(path if "://" in path else cdn.base + path))


@pytest.fixture
def resolve(monkeypatch):
    """Names lead to the addresses in the list, and each connection is refused; which were tried."""
    tried = []

    def connect(_socket, where):
        tried.append(where[0])
        raise ConnectionRefusedError

    def answer(answers):
        def look_up(_host, port, *_, **__):
            v4, v6 = (socket.AF_INET, socket.SOCK_STREAM, 6, ""), (socket.AF_INET6, socket.SOCK_STREAM, 6, "")
            return [(*v6, (one, port, 0, 0)) if ":" in one else (*v4, (one, port)) for one in answers()]

        monkeypatch.setattr(socket, "getaddrinfo", look_up)
        monkeypatch.setattr(socket.socket, "connect", connect)
        return tried

    return answer


@pytest.mark.parametrize(
    "answers",
    [
        *(["127.0.0.1"], ["10.0.0.1", "192.168.1.1"], ["172.31.0.1"], ["169.254.169.254"], ["100.64.0.1"], ["0.0.0.0"]),
        *(["::1"], ["fd00::1"], ["fe80::1"], ["::ffff:127.0.0.1"], ["::ffff:169.254.169.254"], ["64:ff9b::7f00:1"]),
        *(["64:ff9b:1::a9fe:a9fe"], ["2002:7f00:1::"], ["::7f00:1"], ["224.0.0.1"], ["fd00:ec2::254"], []),
    ],
    ids=str,
)
def test_a_name_that_leads_into_a_private_network_is_not_followed(fetch, resolve, answers):
    tried = resolve(lambda: answers)
    with pytest.raises(NoAnswer):
        fetch(f"{DISCORD}/a.png")
    assert tried == []


def test_of_all_that_a_name_leads_to_only_what_is_public_is_tried(fetch, resolve):
    tried = resolve(lambda: ["10.0.0.1", "1.1.1.1", "::1", "2606:4700::1111"])
    with pytest.raises(NoAnswer):
        fetch(f"{DISCORD}/a.png")
    assert tried == ["1.1.1.1", "2606:4700::1111"]


def test_a_name_that_leads_elsewhere_the_second_time_is_not_followed_there(fetch, resolve):
    # Whoever checks one answer and connects by another would be led to this machine.
    answers = [["1.1.1.1"], ["127.0.0.1"], ["169.254.169.254"]]
    tried = resolve(lambda: answers.pop(0))
    for left in (2, 1, 0):
        with pytest.raises(NoAnswer):
            fetch(f"{DISCORD}/a.png")
        assert (tried, len(answers)) == (["1.1.1.1"], left)


@pytest.mark.parametrize(
    "location",
    [
        *(
            "https://cdn.discordapp.com/a.png",
            "http://127.0.0.1:1/a.png",
            "http://169.254.169.254/",
            "file:///etc/passwd",
        ),
        *("//127.0.0.1:1/a", "https://{host}/picture", "http://user@{host}/picture", "", "https://[", "\xe4", "/round"),
        *("http://{host}.example.org/picture", "data:image/png;base64,AAAA", "javascript:alert(1)"),
    ],
)
def test_a_redirect_elsewhere_is_not_followed(fetch, cdn, location):
    host = cdn.base.removeprefix("http://")
    cdn.answers = {
        "/round": f"HTTP/1.1 302 Found\r\nLocation: {location.format(host=host)}\r\n\r\n".encode("latin-1"),
        "/picture": whole(png()),
    }
    with pytest.raises(NoPicture):
        fetch("/round")
    assert not cdn.count("/picture")


def test_a_redirect_within_an_origin_is_followed_three_times(fetch, cdn):
    cdn.answers = {f"/{n}": whole(b"", "307 Temporary Redirect", location=f"/{n + 1}") for n in range(4)}
    cdn.answers["/4"] = whole(png())
    assert fetch("/1") == (png(), "png")
    with pytest.raises(NoPicture):
        fetch("/0")


@pytest.mark.parametrize(
    ("status", "error"),
    [
        *[
            (status, NoPicture)
            for status in ("204 No", "206 Part", "304 Same", "400 Bad", "403 No", "404 No", "410 Gone")
        ],
        *[(status, Unreachable) for status in ("500 Oh", "502 Oh", "503 Oh")],
        ("429 Slower", NoAnswer),
    ],
)
def test_a_status_that_is_no_picture(fetch, cdn, status, error):
    cdn.answers["/a"] = whole(png(), status)
    with pytest.raises(error) as caught:
        fetch("/a")
    assert type(caught.value) is error


@pytest.mark.parametrize(
    "body",
    {
        "nothing": b"",
        "SVG with a script": SVG,
        "HTML": b"<!doctype html><script>alert(1)</script>",
        "XML": b"<?xml version='1.0'?><svg/>",
        "JSON": b"{}",
        "a cursor": b"\x00\x00\x02\x00",
        "a bitmap": b"BM" + bytes(60),
        "TIFF": b"II*\x00" + bytes(60),
        "AVIF": b"\x00\x00\x00\x1cftypavif" + bytes(60),
        "only a beginning": b"\x89PNG\r\n\x1a\n",
        "SVG behind a beginning": b"\x89PNG\r\n\x1a\n" + SVG,
        "a PNG that is cut off": png()[:-5],
        "a PNG without an end": png()[:-12],
        "a JPEG that is cut off": jpeg()[:-2],
        "a GIF that is cut off": gif()[:-1],
        "a WebP that is cut off": webp()[:-4],
        "too wide": png(4097, 1),
        "too high": png(1, 4097),
        "a bomb": png(2**31 - 1, 2**31 - 1),
        "a GIF bomb": gif(65535, 65535),
        "a WebP bomb": webp(16384, 16384),
        "no width": png(0, 5),
    }.items(),
    ids=lambda case: case[0],
)
def test_what_is_no_picture_whatever_is_said_of_it(fetch, cdn, body):
    cdn.answers["/a"] = whole(body[1], content_type="image/png")
    with pytest.raises(NoPicture):
        fetch("/a")


def test_what_stands_beside_a_picture_is_left_out(fetch, cdn):
    said = png()[:33] + chunk(b"tEXt", b"GPS\0here") + png()[33:] + SVG
    cdn.answers["/a"] = whole(said)
    assert fetch("/a") == (png(), "png")


@pytest.mark.parametrize(
    "answer",
    {
        "longer than it says": whole(png(), content_length=len(png()) - 4),
        "a length that is too much": whole(png(), content_length=MOST_BYTES + 1),
        "a length that is negative": whole(png()[:-4], content_length=-5),
        "packed": whole(gzip.compress(png()), content_encoding="gzip"),
        "packed twice": whole(png(), content_encoding="identity, gzip"),
        "a bomb": whole(gzip.compress(bytes(10_000_000)), content_encoding="gzip"),
    }.items(),
    ids=lambda case: case[0],
)
def test_an_answer_that_is_not_taken(fetch, cdn, answer):
    cdn.answers["/a"] = answer[1]
    with pytest.raises(NoPicture):
        fetch("/a")


@pytest.mark.parametrize(
    "answer",
    {
        "shorter than it says": whole(png(), content_length=len(png()) + 4),
        "a chunk that is cut off": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n50\r\n" + png()[:16],
        "chunks of nonsense": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n" + png(),
        "no HTTP": png(),
        "nothing": b"",
        "no status": b"HTTP/1.1\r\n\r\n",
        "a long header": b"HTTP/1.1 200 OK\r\nA: " + b"a" * 100_000 + b"\r\n\r\n" + png(),
        "many headers": b"HTTP/1.1 200 OK\r\n" + b"A: a\r\n" * 1000 + b"\r\n" + png(),
    }.items(),
    ids=lambda case: case[0],
)
def test_an_answer_that_breaks_off(fetch, cdn, answer):
    cdn.answers["/a"] = answer[1]
    with pytest.raises(Unreachable):
        fetch("/a")


def test_a_picture_may_come_in_chunks_or_without_its_length(fetch, cdn):
    cdn.answers["/a"] = b"HTTP/1.1 200 OK\r\n\r\n" + png()
    size = f"{len(png()):x}".encode()
    cdn.answers["/b"] = (
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + size + b"\r\n" + png() + b"\r\n0\r\n\r\n"
    )
    assert fetch("/a") == fetch("/b") == (png(), "png")


def test_of_a_huge_answer_little_is_read(fetch, cdn):
    sent, ended = [], threading.Event()

    def huge(connection):
        try:
            connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n" + png()[:-12])
            while len(sent) < 5000:
                connection.sendall(b"x" * 65_536)
                sent.append(1)
        finally:
            ended.set()

    cdn.answers["/a"] = huge
    with pytest.raises(NoPicture):
        fetch("/a")
    assert ended.wait(10)
    assert len(sent) < 500


@pytest.mark.parametrize("part", ["nothing", "header", "body"])
def test_a_server_that_trickles_is_left_in_the_end(fetch, cdn, monkeypatch, part):
    monkeypatch.setattr(fetcher, "TIMEOUT_S", 0.3)
    over = threading.Event()

    def trickle(connection):
        if part == "body":
            connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n" + png()[:8])
        elif part == "header":
            connection.sendall(b"HTTP/1.1 200 OK\r\nA: ")
        # Each byte comes long before a time-out that counts from the last.
        while not over.wait(0.02):
            if part != "nothing":
                connection.sendall(b"a")

    cdn.answers["/a"] = trickle
    try:
        with pytest.raises(NoAnswer):
            fetch("/a")
    finally:
        over.set()


def test_a_name_that_nobody_answers_for_is_left_too(fetch, monkeypatch):
    never, asked = threading.Event(), []
    monkeypatch.setattr(fetcher, "TIMEOUT_S", 0.05)
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: asked.append(1) or never.wait(30) or [])
    try:
        for _ in range(5):
            with pytest.raises(NoAnswer):
                fetch(f"{DISCORD}/a.png")
        # No thread more for each that asks.
        assert len(asked) == 1
    finally:
        never.set()


def test_nobody_is_told_who_asks(fetch, cdn, monkeypatch):
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    cdn.answers["/a"] = whole(png(), set_cookie="id=1; Path=/")
    fetch("/a")
    fetch("/a")
    for _, head in cdn.asked:
        names = {line.partition(b":")[0].lower() for line in head.split(b"\r\n")[1:-2]}
        assert names == {b"host", b"user-agent", b"accept", b"accept-encoding", b"connection"}
        assert b"Host: " + cdn.base.removeprefix("http://").encode() in head
