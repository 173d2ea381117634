"""Fetching what a stranger links to: where the bot never goes, and how much it takes."""

import asyncio
import socket

import discord
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from cogs.pictures import fetching
from rules.errors import Invalid


def _connect(*_, **__):
    raise AssertionError("connected")


def fetch(url, most=1000):
    return asyncio.run(fetching.fetch(url, most))


@pytest.mark.parametrize(
    "url",
    [
        "https://127.0.0.1/a.png",
        "https://[::1]/a.png",
        "https://[::ffff:169.254.169.254]/a.png",
        "https://192.168.1.1/a.png",
        "https://localhost/a.png",
        # An older way to write 127.0.0.1, which only the system understands.
        "https://0x7f.0.0.1/a.png",
    ],
)
def test_a_private_address_is_refused_however_it_is_written(monkeypatch, url):
    monkeypatch.setattr(socket.socket, "connect", _connect)
    with pytest.raises(Invalid, match="That address is in a private network"):
        fetch(url)


@pytest.mark.parametrize("host", ["127.1", "2130706433", "0"])
def test_a_number_that_the_system_may_take_for_an_address_is_none(monkeypatch, host):
    monkeypatch.setattr(socket.socket, "connect", _connect)
    with pytest.raises(Invalid, match="That address cannot be opened"):
        fetch(f"https://{host}/a.png")


@pytest.mark.parametrize("answers", [["127.0.0.1"], ["10.0.0.1", "192.168.1.1"], ["fd00::1"]], ids=str)
def test_a_name_that_leads_into_a_private_network_is_not_followed(monkeypatch, answers):
    def look_up(_host, port, *_, **__):
        v4, v6 = (socket.AF_INET, socket.SOCK_STREAM, 6, ""), (socket.AF_INET6, socket.SOCK_STREAM, 6, "")
        return [(*v6, (one, port, 0, 0)) if ":" in one else (*v4, (one, port)) for one in answers]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    monkeypatch.setattr(socket.socket, "connect", _connect)
    with pytest.raises(Invalid, match="That address is in a private network"):
        fetch("https://pictures.example/a.png")


def test_a_name_that_nobody_knows_is_no_refusal(monkeypatch):
    def look_up(*_, **__):
        raise socket.gaierror

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    with pytest.raises(fetching.Unreachable, match="its name leads nowhere"):
        fetch("https://pictures.example/a.png")


def test_nothing_is_looked_at_without_encryption():
    with pytest.raises(fetching.Unreachable, match="I look only at addresses that start with https://"):
        fetch("http://pictures.example/a.png")


@pytest.mark.parametrize(
    ("url", "is_it"),
    [
        ("https://cdn.discordapp.com/attachments/1/2/a.png", True),
        ("https://media.discordapp.net/attachments/1/2/a.png", True),
        ("http://cdn.discordapp.com/attachments/1/2/a.png", False),
        ("https://cdn.discordapp.com.example/a.png", False),
        ("https://cdn.discordapp.com@example.com/a.png", False),
        ("https://cdn.discordapp.com:444/a.png", False),
        ("https://[", False),
    ],
)
def test_whose_files_are_discords(url, is_it):
    assert fetching.is_discords(url) is is_it


@pytest.fixture
def ask(monkeypatch):
    """Fetch from a server that stands for Discord's; `answers` is a handler by path."""

    def run(answers, path="/a", most=1000):
        async def handle(request):
            return await answers[request.path](request)

        async def go():
            app = web.Application()
            app.router.add_get("/{tail:.*}", handle)
            async with TestServer(app) as server:
                monkeypatch.setattr(discord.asset.Asset, "BASE", str(server.make_url("")).rstrip("/"))
                return await fetching.fetch(str(server.make_url(path)), most)

        return asyncio.run(go())

    return run


def say(status=200, body=b"x" * 50, **headers):
    async def answer(_request):
        return web.Response(status=status, body=body, headers=headers)

    return answer


def test_no_more_is_taken_than_was_asked_for(ask):
    assert ask({"/a": say()}, most=20) == b"x" * 20
    assert ask({"/a": say()}) == b"x" * 50


def test_what_is_not_there_is_refused_and_what_may_be_is_not(ask):
    for status in (404, 410):
        with pytest.raises(Invalid, match=f"There is nothing at that address .status {status}."):
            ask({"/a": say(status)})
    for status in (403, 429, 500):
        with pytest.raises(fetching.Unreachable, match=f"it answered with status {status}"):
            ask({"/a": say(status)})


def test_a_redirect_is_followed_on_the_same_host_alone(ask):
    assert ask({"/a": say(302, Location="/b"), "/b": say(body=b"here")}) == b"here"
    for elsewhere in ("http://127.0.0.1:1/a", "https://example.com/a", "file:///etc/passwd"):
        with pytest.raises(Invalid, match="That address only leads on to another"):
            ask({"/a": say(301, Location=elsewhere)})
    with pytest.raises(Invalid, match="That address leads in a circle"):
        ask({"/a": say(302, Location="/a")})


def test_who_takes_too_long_is_not_waited_for(ask, monkeypatch):
    monkeypatch.setattr(fetching, "TIMEOUT_S", 0.2)

    async def dawdle(_request):
        await asyncio.sleep(30)

    with pytest.raises(fetching.Unreachable, match="it did not answer in time"):
        ask({"/a": dawdle})
