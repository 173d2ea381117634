"""Where the bot goes on behalf of somebody: to the public internet, and no further."""

import asyncio
import gzip
import socket
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from cogs.dispatch import receivers
from cogs.dispatch.receivers import Receivers, Unreachable
from rules.dispatch import webhooks
from rules.errors import Invalid

EVENT = {"type": "PING", "system_id": "foxes"}


def post(url, loopback=False):
    async def go():
        posting = Receivers(loopback)
        try:
            return await posting.post(url, "secret", EVENT)
        finally:
            await posting.close()

    return asyncio.run(go())


@pytest.fixture
def unconnected(monkeypatch):
    """Nothing is connected to; whatever would be fails the test."""

    def connect(*_, **__):
        pytest.fail("connected")

    monkeypatch.setattr(socket.socket, "connect", connect)


@pytest.mark.parametrize(
    "host",
    [
        *("127.0.0.1", "127.1", "2130706433", "017700000001", "0x7f000001", "0x7f.0.0.1", "0177.0.0.1", "0", "0.0.0.0"),
        *("[::1]", "[::]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[64:ff9b::127.0.0.1]", "[::127.0.0.1]"),
        *("localhost", "localhost.", "LOCALHOST", "127.0.0.1.", "\u2460\u2461\u2466.0.0.1", "169.254.169.254"),
        "１２７.0.0.1",
    ],
)
@pytest.mark.usefixtures("unconnected")
def test_a_private_address_is_refused_however_it_is_written(host):
    with pytest.raises(Unreachable, match=r"private network|no connection"):
        post(f"https://{host}/hook")


@pytest.mark.parametrize(
    "answers",
    [["127.0.0.1"], ["10.0.0.1", "192.168.1.1"], ["fd00::1"], ["::ffff:127.0.0.1"], ["169.254.169.254"]],
    ids=str,
)
@pytest.mark.usefixtures("unconnected")
def test_a_name_that_leads_into_a_private_network_is_not_followed(monkeypatch, answers):
    resolve(monkeypatch, lambda: answers)
    with pytest.raises(Unreachable, match="its address is in a private network"):
        post("https://hooks.example/a")


@pytest.mark.usefixtures("unconnected")
def test_a_name_that_leads_elsewhere_the_second_time_is_not_followed_there(monkeypatch):
    # Whoever checks one answer and connects by another would be led to this machine.
    asked = []
    resolve(monkeypatch, lambda: asked.append(1) or ["127.0.0.1"])
    for _ in range(2):
        with pytest.raises(Unreachable, match="its address is in a private network"):
            post("https://hooks.example/a")
    assert len(asked) == 2


def resolve(monkeypatch, answers):
    def look_up(_host, port, *_, **__):
        v4, v6 = (socket.AF_INET, socket.SOCK_STREAM, 6, ""), (socket.AF_INET6, socket.SOCK_STREAM, 6, "")
        return [(*v6, (one, port, 0, 0)) if ":" in one else (*v4, (one, port)) for one in answers()]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)


def test_a_name_that_nobody_answers_for_holds_up_nothing_else(monkeypatch):
    never = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: never.wait(30) or [])
    monkeypatch.setattr(receivers, "TIMEOUT_S", 0.05)

    async def go():
        asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(1))
        posting = Receivers(True)
        try:
            with pytest.raises(Unreachable, match="did not answer"):
                await posting.post("https://hooks.example/a", "secret", EVENT)
            return await asyncio.wait_for(asyncio.to_thread(lambda: "done"), 10)
        finally:
            never.set()
            await posting.close()

    assert asyncio.run(go()) == "done"


@pytest.mark.usefixtures("unconnected")
def test_http_is_for_this_machine_alone_and_where_a_setting_allows_it():
    with pytest.raises(Unreachable, match="does not start with https://"):
        post("http://127.0.0.1/")
    with pytest.raises(Unreachable, match="private network"):
        post("https://192.168.1.1/", loopback=True)


@pytest.mark.parametrize(
    "url",
    [
        *(
            "",
            "   ",
            "example.com",
            "ftp://example.com",
            "http://example.com/",
            "https://",
            "https://user:pw@example.com/",
        ),
        *("https://example.com:0/", "https://exa mple.com/", "https://example.com:99999/", "https://[", "file:///etc"),
        *("https://example.com\\@127.0.0.1/", "https://" + "a" * 300, "http://localhost.example.com/", None, 7),
    ],
)
def test_what_is_no_address_of_a_webhook(url):
    with pytest.raises(Invalid):
        webhooks.read_url(url)


@pytest.mark.parametrize("url", ["https://example.com/hook?a=b", "https://bücher.example/", "http://127.0.0.1:8080/"])
def test_what_is_one(url):
    assert webhooks.read_url(url) == url


@pytest.fixture
def ask(monkeypatch):
    """Post to a server on this machine; `answer` is its handler."""
    monkeypatch.setattr(receivers, "TIMEOUT_S", 0.5)
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")

    def run(answer):
        async def go():
            app = web.Application()
            app.router.add_post("/", answer)
            async with TestServer(app) as server:
                posting = Receivers(True)
                try:
                    return await posting.post(str(server.make_url("/")), "secret", EVENT)
                finally:
                    await posting.close()

        return asyncio.run(go())

    return run


def test_no_redirect_is_followed(ask):
    async def redirect(_request):
        return web.Response(status=307, headers={"Location": "http://127.0.0.1:1/"})

    assert ask(redirect) == 307


def test_of_a_huge_answer_little_is_read(ask):
    sent = []

    async def huge(request):
        answer = web.StreamResponse()
        await answer.prepare(request)
        try:
            while len(sent) < 5000:
                await answer.write(b"x" * 65_536)
                sent.append(1)
        except ConnectionError:
            pass
        return answer

    assert ask(huge) == 200
    assert len(sent) < 500


def test_what_is_packed_is_not_unpacked(ask):
    bomb = gzip.compress(b"\0" * 50_000_000)

    async def pack(_request):
        return web.Response(body=bomb, headers={"Content-Encoding": "gzip"})

    assert ask(pack) == 200


def test_who_takes_too_long_with_header_or_body_is_not_waited_for(ask):
    async def slow_header(_request):
        await asyncio.sleep(30)

    async def slow_body(request):
        answer = web.StreamResponse()
        await answer.prepare(request)
        await asyncio.sleep(30)
        return answer

    for slow in (slow_header, slow_body):
        with pytest.raises(Unreachable, match="it did not answer within"):
            ask(slow)
