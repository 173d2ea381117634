"""Which IP addresses are of the public internet: what may be connected to on behalf of somebody."""

import ipaddress

# These hold an IPv4 address within, which could be any, or are of no use outside of one network.
_INNER = (
    *("::/96", "::ffff:0:0:0/96", "64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32", "fec0::/10"),
    *("192.88.99.0/24", "192.0.0.0/24", "3fff::/20", "5f00::/16"),
)
_NETWORKS = [ipaddress.ip_network(network) for network in _INNER]


class NotPublic(OSError):
    """An address that is not of the public internet."""


def is_public(host: str) -> bool:
    """Whether an IP address is one of the public internet; whatever else is none."""
    try:
        ip = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return False
    if ip.version == 6 and ip.ipv4_mapped:
        ip = ip.ipv4_mapped
    return ip.is_global and not ip.is_multicast and not any(ip in network for network in _NETWORKS)


def is_loopback(host: str) -> bool:
    """Whether an IP address, which it must be, is of this machine alone. Raises ValueError."""
    return ipaddress.ip_address(host.partition("%")[0]).is_loopback
