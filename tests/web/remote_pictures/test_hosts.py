"""Which addresses may be fetched at all."""

import pytest

from rules.presence.cdn import Cdn
from web.remote_pictures.hosts import Hosts

BASE = "http://127.0.0.1:5/cdn"
ALLOWED = Hosts(("i.example.org",), BASE)

REFUSED = {
    "nothing": [
        "",
        " ",
        None,
        7,
        b"https://cdn.discordapp.com/a.png",
        "https://",
        "cdn.discordapp.com/a.png",
        "/a.png",
    ],
    "another scheme": [
        *(
            "http://cdn.discordapp.com/a.png",
            "file:///etc/passwd",
            "ftp://cdn.discordapp.com/a.png",
            "//cdn.discordapp.com/",
        ),
        *("data:image/png;base64,AAAA", "HTTPS://cdn.discordapp.com/a.png", "https:cdn.discordapp.com/a.png"),
        *("file://cdn.discordapp.com/a.png", "gopher://cdn.discordapp.com/", "https:///cdn.discordapp.com/a.png"),
    ],
    "another host": [
        *("https://example.org/a.png", "https://discordapp.com/a.png", "https://evil-cdn.discordapp.com/a.png"),
        *(
            "https://cdn.discordapp.com.example.org/",
            "https://x.cdn.discordapp.com/a.png",
            "https://cdn.discordapp.comx/",
        ),
        *("https://discord.com/a.png", "https://images-ext-3.discordapp.net/a.png", "https://localhost/a.png"),
    ],
    "another reading of the host": [
        *("https://cdn.discordapp.com@example.org/a.png", "https://cdn.discordapp.com:x@example.org/a.png"),
        *("https://example.org\\@cdn.discordapp.com/", "https://cdn.discordapp.com\\@example.org/a.png"),
        *("https://u:p@cdn.discordapp.com/a.png", "https://@cdn.discordapp.com/a.png", "https://cdn.discordapp.com#/a"),
        *(
            "https://cdn.discordapp.com#@example.org/",
            "https://cdn.discordapp.com?@example.org/",
            "https://cdn.discordapp.com",
        ),
        *("https://cdn.discordapp.com%2eexample.org/", "https://cdn.discordapp.com%00.example.org/a.png"),
    ],
    "a host that is written otherwise": [
        *(
            "https://cdn.discordapp.com./a.png",
            "https://CDN.discordapp.com/a.png",
            "https://cdn。discordapp。com/a.png",
        ),
        *(
            "https://ⅽdn.discordapp.com/a.png",
            "https://cdn.discordapp.com\u00ad/a.png",
            "https://cdn.d\u0456scordapp.com/a.png",
        ),
        *(
            "https://xn--cdn-.discordapp.com/a.png",
            "https://cdn..discordapp.com/a.png",
            "https://.cdn.discordapp.com/a",
        ),
    ],
    "another port": [
        *(
            "https://cdn.discordapp.com:444/a.png",
            "https://cdn.discordapp.com:80/a.png",
            "https://cdn.discordapp.com:/a",
        ),
        *(
            "https://cdn.discordapp.com:0/a.png",
            "https://cdn.discordapp.com:-1/a",
            "https://cdn.discordapp.com:999999/a",
        ),
        *("https://cdn.discordapp.com:٤٤٣/a.png", "https://i.example.org:8443/a.png"),
    ],
    "an address in numbers": [
        *("https://127.0.0.1/a", "https://10.0.0.1/a", "https://172.16.0.1/a", "https://192.168.1.1/a", "https://0/a"),
        *(
            "https://169.254.169.254/latest/meta-data/",
            "https://127.1/a",
            "https://2130706433/a",
            "https://0x7f000001/a",
        ),
        *("https://017700000001/a", "https://0177.0.0.1/a", "https://0x7f.1/a", "https://[::1]/a", "https://[::]/a"),
        *("https://[::ffff:127.0.0.1]/a", "https://[::ffff:169.254.169.254]/a", "https://[64:ff9b::7f00:1]/a"),
        *("https://[fe80::1%25eth0]/a", "https://[fd00::1]/a", "https://1.1.1.1/a", "https://[2606:4700::1111]/a"),
    ],
    "what would break out of the request": [
        *(
            "https://cdn.discordapp.com/a b",
            "https://cdn.discordapp.com/a\r\nHost: x",
            "https://cdn.discordapp.com/a\0",
        ),
        *("https://cdn.discordapp.com/a\tb", " https://cdn.discordapp.com/a", "https://cdn.discordapp.com/a\n"),
        *("https://cdn.discordapp.com/ä", "https://cdn.discordapp.com/\ud800", "https://cdn.discordapp.com/a#b"),
        *("https://cdn.disc\nordapp.com/a", "https://cdn.discordapp.com/" + "a" * 2048, 'https://cdn.discordapp.com/"'),
    ],
    "not quite what the operator named": [
        *(
            "http://127.0.0.1:6/cdn/a",
            "http://127.0.0.1/cdn/a",
            "https://127.0.0.1:5/cdn/a",
            "http://localhost:5/cdn/a",
        ),
        *(
            "http://127.0.0.1.:5/cdn/a",
            "http://[::1]:5/cdn/a",
            "http://x@127.0.0.1:5/cdn/a",
            "http://127.0.0.2:5/cdn/a",
        ),
        *("http://i.example.org/a.png", "https://example.org/a.png", "https://a.i.example.org/a.png"),
    ],
}


@pytest.mark.parametrize("address", [address for refused in REFUSED.values() for address in refused], ids=ascii)
def test_an_address_that_is_not_fetched(address):
    assert ALLOWED.find(address) is None


@pytest.mark.parametrize(
    "address",
    [
        *("https://cdn.discordapp.com/avatars/1/a.png?size=1024", "https://i.example.org/", f"{BASE}/a.png"),
        *("https://media.discordapp.net/external/a-b_c/%3Fa%3Db/https/example.org/a.png", "http://127.0.0.1:5/"),
        *(
            "https://images-ext-1.discordapp.net/a",
            "https://images-ext-2.discordapp.net/a",
            "https://i.scdn.co/image/ab",
        ),
    ],
)
def test_an_address_that_is_fetched(address):
    place = ALLOWED.find(address)
    assert place.address == address
    assert place.trusted == address.startswith("http://127.0.0.1:5/")


def test_an_address_is_fetched_and_kept_under_one_writing():
    assert ALLOWED.find("https://cdn.discordapp.com:443/a").address == "https://cdn.discordapp.com/a"
    assert Hosts((), "http://[::1]:80").find("http://[::1]/a").address == "http://[::1]/a"


@pytest.mark.parametrize("base", ["https://cdn.discordapp.com", "http://127.0.0.1:5/cdn"])
def test_whatever_we_name_ourselves_can_be_fetched(base):
    cdn = Cdn(base, guild_id=1)
    addresses = [
        *(cdn.avatar(1, None), cdn.avatar(1, "a_b"), cdn.avatar_as(1, "b", "webp"), cdn.of_member(1, "avatars", "a")),
        *(cdn.avatar_decoration("a_b"), cdn.guild_badge("1", "b"), cdn.nameplate("a/b/"), cdn.emoji("1", True)),
        *[cdn.of_activity(f"{kind}:a", None) for kind in ("mp", "spotify", "twitch", "youtube")],
        *(cdn.of_activity("1", "2"), cdn.of_activity("mp:external/a/%3Fb/https/example.org/c.png", None)),
    ]
    assert [address for address in addresses if not Hosts((), base).find(address)] == []


@pytest.mark.parametrize(
    ("address", "fresh_s"),
    [
        ("https://cdn.discordapp.com/a", 7 * 86400),
        ("https://i.scdn.co/a", 7 * 86400),
        ("https://media.discordapp.net/a", 3600),
        ("https://i.example.org/a", 3600),
        ("https://static-cdn.jtvnw.net/a", 60),
        ("https://i.ytimg.com/a", 60),
    ],
)
def test_how_long_a_picture_stays_as_it_is(address, fresh_s):
    assert ALLOWED.find(address).fresh_s == fresh_s
