"""Which client a request is counted as: its address, behind whatever proxies are trusted."""

import ipaddress
import re
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from config import Network

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

# The peer on a unix socket has no address; whoever may open that socket is a proxy on this machine.
UNIX = "unix"


class Claims(NamedTuple):
    """What a request's headers say about where it came from; empty where they say nothing."""

    forwarded_for: str = ""
    forwarded: str = ""
    real_ip: str = ""
    cloudflare: str = ""


_NAMES = ("X-Forwarded-For", "Forwarded", "X-Real-IP", "CF-Connecting-IP")
_IN_HEAD = [name.lower().encode() for name in _NAMES]
_IN_ENVIRON = ["HTTP_" + name.upper().replace("-", "_") for name in _NAMES]
NO_CLAIMS = Claims()
# Some proxies add the port: 192.0.2.1:5678, [2001:db8::1]:5678; RFC 7239 lets it be any name.
_WITH_PORT = re.compile(r"\[([^]]+)](?::[\w.-]+)?|([0-9.]+):[\w.-]+", re.ASCII)


def claims_of_head(headers: Mapping[bytes, bytes]) -> Claims:
    """What the headers of a head say, their names in lower case."""
    return Claims(*[headers.get(name, b"").decode("latin-1") for name in _IN_HEAD])


def claims_of_environ(environ: Mapping[str, Any]) -> Claims:
    """What the headers in a WSGI environ say."""
    return Claims(*[environ.get(name, "") for name in _IN_ENVIRON])


def claims_of(get_all: Callable[[str], list[str]]) -> Claims:
    """What headers say that are asked for by name, each as often as it came."""
    return Claims(*[",".join(get_all(name)) for name in _NAMES])


def is_trusted(trusted: tuple[Network, ...], peer: str) -> bool:
    """Whether what this peer says about its clients is believed."""
    return peer == UNIX or _is_within(_parse(peer), trusted)


def client_address(trusted: tuple[Network, ...], peer: str, claims: Claims) -> str:
    """The address of the client that a peer speaks for; the peer itself, unless it is trusted.

    Of each header it is the rightmost address that is no trusted proxy. Where headers name different clients one of
    them comes from the client itself, since a proxy passes on what it does not write, and none is believed.
    CF-Connecting-IP is asked only where all that the others name are trusted proxies.
    """
    known = _parse(peer)
    own = peer if known is None else str(known)
    if not is_trusted(trusted, peer):
        return own
    chains = [_read_list(claims.forwarded_for), _read_forwarded(claims.forwarded), _read_list(claims.real_ip)]
    named = {_find_client(chain, trusted, own) for chain in chains} - {None}
    named = named or {_find_client(_read_list(claims.cloudflare), trusted, own)} - {None}
    if named:
        return named.pop() if len(named) == 1 else own
    # Only trusted addresses: somebody in a network all of which is trusted.
    return next((str(_parse(chain[0]) or own) for chain in chains if chain), own)


def counted_as(trusted: tuple[Network, ...], peer: str, claims: Claims = NO_CLAIMS) -> str:
    """What tells one client from another: the address, of IPv6 the network that a household gets (/64)."""
    address = client_address(trusted, peer, claims)
    parsed = _parse(address)
    if parsed is not None and parsed.version == 6:
        return str(ipaddress.ip_network((parsed, 64), strict=False))
    return address


def _find_client(chain: list[str], trusted: tuple[Network, ...], own: str) -> str | None:
    """The last hop that is no trusted proxy; `own` where one before it cannot be read, None where all are trusted."""
    for hop in reversed(chain):
        address = _parse(hop)
        if not _is_within(address, trusted) and not _is_unix(hop):
            return own if address is None else str(address)
    return None


def _read_list(text: str) -> list[str]:
    # Split without regard to quotes: one that a client opens must not swallow what the proxy writes behind it.
    return [stripped for part in text.split(",") if (stripped := part.strip())]


def _read_forwarded(text: str) -> list[str]:
    """Whom the elements of Forwarded (RFC 7239, section 4) stand for; those that do not say it are left out."""
    pairs = [pair.partition("=") for element in _read_list(text) for pair in element.split(";")]
    return [value.strip().strip('"') for name, _, value in pairs if name.strip().lower() == "for"]


def _is_unix(hop: str) -> bool:
    # nginx behind another one, on a unix socket.
    return hop in (UNIX, "unix:")


def _is_within(address: Address | None, networks: tuple[Network, ...]) -> bool:
    return address is not None and any(address in network for network in networks)


def _parse(text: str) -> Address | None:
    bare = _WITH_PORT.fullmatch(text)
    # An address of one link has a zone, fe80::1%eth0, which means something to this machine alone.
    written = ((bare[1] or bare[2]) if bare else text).partition("%")[0]
    try:
        address = ipaddress.ip_address(written)
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address
