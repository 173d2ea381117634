"""Whose request it is that comes through a proxy, of every kind that is put in front of a Python app."""

from ipaddress import ip_network

import pytest

from web.client_address import UNIX, Claims, claims_of_environ, claims_of_head, client_address, counted_as

PROXIES = tuple(map(ip_network, ("127.0.0.0/8", "10.0.0.0/8", "::1/128", "fd00::/8")))
CLIENT, OTHER, PROXY = "198.51.100.1", "203.0.113.9", "10.0.0.1"


@pytest.mark.parametrize(
    ("peer", "forwarded_for", "client"),
    [
        ("203.0.113.7", "", "203.0.113.7"),
        ("203.0.113.7", "198.51.100.1", "203.0.113.7"),
        ("10.0.0.1", "", "10.0.0.1"),
        ("10.0.0.1", "198.51.100.1", "198.51.100.1"),
        ("10.0.0.1", "  198.51.100.1 ", "198.51.100.1"),
        ("10.0.0.1", "1.1.1.1, 198.51.100.1", "198.51.100.1"),
        ("10.0.0.1", "127.0.0.1, 198.51.100.1, 10.9.9.9", "198.51.100.1"),
        ("10.0.0.1", "1.1.1.1, 10.2.2.2, 10.3.3.3", "1.1.1.1"),
        ("10.0.0.1", "10.2.2.2, 10.3.3.3", "10.2.2.2"),
        ("10.0.0.1", "1.1.1.1, unknown", "10.0.0.1"),
        ("10.0.0.1", "unknown, 198.51.100.1", "198.51.100.1"),
        ("10.0.0.1", "198.51.100.1:4711", "198.51.100.1"),
        ("10.0.0.1", "[2001:db8::1]:4711", "2001:db8::1"),
        ("10.0.0.1", "[2001:db8::1]", "2001:db8::1"),
        ("10.0.0.1", "198.51.100.1:", "10.0.0.1"),
        ("10.0.0.1", ",", "10.0.0.1"),
        ("10.0.0.1", "<script>", "10.0.0.1"),
        ("10.0.0.1", "198.51.100.1" + ", 10.0.0.2" * 500, "198.51.100.1"),
        ("::1", "2001:db8::1", "2001:db8::1"),
        ("::1", "::ffff:198.51.100.1", "198.51.100.1"),
        ("::ffff:10.0.0.1", "198.51.100.1", "198.51.100.1"),
        ("fd00::5", "2001:DB8::1, fd00::6", "2001:db8::1"),
        ("", "198.51.100.1", ""),
        (PROXY, "198.51.100.1, unix:", CLIENT),
        (PROXY, "1.1.1.1,, 198.51.100.1 ,", CLIENT),
        (PROXY, "fe80::1%eth0", "fe80::1"),
        (PROXY, "[fe80::1%25eth0]:80", "fe80::1"),
        ("fe80::1%eth0", "198.51.100.1", "fe80::1"),
        (UNIX, "198.51.100.1", CLIENT),
        (UNIX, "1.1.1.1, 198.51.100.1", CLIENT),
        (UNIX, "", UNIX),
        (UNIX, "unix:", UNIX),
    ],
)
def test_the_rightmost_address_that_is_no_trusted_proxy_is_the_client(peer, forwarded_for, client):
    assert client_address(PROXIES, peer, Claims(forwarded_for)) == client


@pytest.mark.parametrize(
    ("forwarded", "client"),
    [
        ("for=198.51.100.1", CLIENT),
        ("for=198.51.100.1;proto=https;by=10.0.0.1", CLIENT),
        ("proto=https; For = 198.51.100.1", CLIENT),
        ('by="10.0.0.1:80";FOR="198.51.100.1:4711";host=a', CLIENT),
        ('for="198.51.100.1:_port"', CLIENT),
        ('for="[2001:db8::1]:4711"', "2001:db8::1"),
        ('for="[2001:DB8::1]"', "2001:db8::1"),
        ("for=1.1.1.1, for=198.51.100.1", CLIENT),
        ("for=1.1.1.1, for=198.51.100.1, for=10.0.0.7;proto=http", CLIENT),
        ("for=unknown", PROXY),
        ("for=198.51.100.1, for=_hidden", PROXY),
        ("for=10.0.0.9, for=10.0.0.7", "10.0.0.9"),
        ("proto=https", PROXY),
        ("198.51.100.1", PROXY),
        ('for="1.1.1.1, for=198.51.100.1', CLIENT),
        ('by=",for=1.1.1.1", for=198.51.100.1', CLIENT),
        ('for="\\", for=198.51.100.1', CLIENT),
        ("for=", PROXY),
        (";;,;=,", PROXY),
    ],
)
def test_forwarded_is_read_as_rfc_7239_has_it(forwarded, client):
    assert client_address(PROXIES, PROXY, Claims(forwarded=forwarded)) == client


# What each proxy writes for a client at CLIENT, as its own documents and README's table have it.
WRITTEN = {
    "nginx": Claims(forwarded_for=CLIENT, real_ip=CLIENT),
    "nginx, X-Real-IP alone": Claims(real_ip=CLIENT),
    "Caddy, Apache, HAProxy": Claims(forwarded_for=CLIENT),
    "Traefik": Claims(forwarded_for=CLIENT, real_ip=CLIENT),
    "a proxy that speaks RFC 7239 alone": Claims(forwarded=f'for="{CLIENT}:5000";proto=https'),
    "one that speaks both": Claims(forwarded_for=CLIENT, forwarded=f"for={CLIENT}"),
    "Azure and IIS": Claims(forwarded_for=f"{CLIENT}:5000"),
    "cloudflared": Claims(forwarded_for=CLIENT, cloudflare=CLIENT),
    "Cloudflare behind a proxy that tells nothing": Claims(cloudflare=CLIENT),
    "Cloudflare, then Caddy, which tells its peer alone": Claims(forwarded_for="10.7.7.7", cloudflare=CLIENT),
    "Cloudflare, then nginx": Claims(forwarded_for=f"{CLIENT}, 10.7.7.7", real_ip="10.7.7.7", cloudflare=CLIENT),
}


@pytest.mark.parametrize("peer", [PROXY, "127.0.0.1", "::1", "::ffff:127.0.0.1", UNIX])
@pytest.mark.parametrize("claims", WRITTEN.values(), ids=WRITTEN)
def test_a_visitor_is_told_from_others_behind_every_proxy(claims, peer):
    assert client_address(PROXIES, peer, claims) == CLIENT


@pytest.mark.parametrize("claims", WRITTEN.values(), ids=WRITTEN)
def test_whoever_is_no_trusted_proxy_is_itself_whatever_it_says(claims):
    assert client_address(PROXIES, OTHER, claims) == OTHER
    assert client_address((), "127.0.0.1", claims) == "127.0.0.1"
    assert client_address(PROXIES, "", claims) == ""


@pytest.mark.parametrize("claims", [claims for name, claims in WRITTEN.items() if "Cloudflare" not in name])
@pytest.mark.parametrize("invented", [OTHER, "for=203.0.113.9", f"{OTHER}, 10.0.0.2", "unknown", "10.0.0.2", '"', ""])
def test_behind_a_proxy_nobody_chooses_an_address_in_a_header_that_it_only_passes_on(claims, invented):
    """At worst such a client is counted as the proxy, with others who try the same."""
    for name in Claims._fields:
        if not getattr(claims, name):
            assert client_address(PROXIES, PROXY, claims._replace(**{name: invented})) in (CLIENT, PROXY)


def test_both_ways_to_read_a_request_find_the_same():
    names = ("X-Forwarded-For", "Forwarded", "X-Real-IP", "CF-Connecting-IP")
    head = {name.lower().encode(): f"é{number}".encode("latin-1") for number, name in enumerate(names)}
    environ = {f"HTTP_{name.upper().replace('-', '_')}": f"é{number}" for number, name in enumerate(names)}
    assert claims_of_head(head) == claims_of_environ(environ) == Claims("é0", "é1", "é2", "é3")


def test_a_zone_makes_no_other_client():
    assert counted_as((), "fe80::1%eth0") == counted_as((), "fe80::2%eth1") == "fe80::/64"
