"""Which client a request is counted as: its address, behind whatever proxies are trusted."""

import ipaddress
import re

from config import Network


def client_address(peer: str, forwarded: list[str], trusted: tuple[Network, ...]) -> str:
    """The rightmost address that is no trusted proxy, of X-Forwarded-For's and then the peer."""
    hops = [hop.strip() for line in forwarded for hop in line.split(",")] + [peer]
    for hop in reversed(hops):
        address = _parse(hop)
        if address is None:
            return peer
        if not any(address in network for network in trusted):
            return str(address)
    return str(_parse(hops[0]))


def _parse(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    # Some proxies add the port: 192.0.2.1:5678, [2001:db8::1]:5678.
    bare = re.fullmatch(r"\[([^]]+)](?::[0-9]+)?|([0-9.]+):[0-9]+", text)
    try:
        address = ipaddress.ip_address((bare[1] or bare[2]) if bare else text)
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


def counted_as(trusted: tuple[Network, ...], peer: str, forwarded: str | None) -> str:
    """What tells one client from another: the address, of IPv6 the network that a household gets (/64)."""
    address = client_address(peer, [] if forwarded is None else [forwarded], trusted)
    parsed = _parse(address)
    if parsed is not None and parsed.version == 6:
        return str(ipaddress.ip_network((parsed, 64), strict=False))
    return address
