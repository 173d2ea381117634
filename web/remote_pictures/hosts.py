"""Which addresses a picture may be fetched from at all, and for how long it stays as it is there."""

import re
from collections.abc import Iterable
from typing import NamedTuple

LONGEST_ADDRESS = 2048
# A name with a hash or an ID in it means one picture for ever; that it was taken down should be seen within some days.
NAMED_BY_CONTENT_S = 7 * 24 * 3600
LIVE_PREVIEW_S = 60
OTHERWISE_S = 3600
# Those that `rules.presence.cdn` makes addresses at, and Discord's proxies of other people's pictures.
_FRESH_S = {
    "cdn.discordapp.com": NAMED_BY_CONTENT_S,
    "i.scdn.co": NAMED_BY_CONTENT_S,
    "media.discordapp.net": OTHERWISE_S,
    "images-ext-1.discordapp.net": OTHERWISE_S,
    "images-ext-2.discordapp.net": OTHERWISE_S,
    "static-cdn.jtvnw.net": LIVE_PREVIEW_S,
    "i.ytimg.com": LIVE_PREVIEW_S,
}
# The whole address, so that no two readers of it can disagree on which part of it is the host: no name before an `@`,
# no port, no dot at the end, nothing that is written as something else.
_ADDRESS = re.compile(r"(https?)://([a-z0-9.-]+|\[[0-9a-f:.]+\])(?::([0-9]{1,5}))?(/[^\s\\#<>\"]*)", re.ASCII)
_PRINTABLE = re.compile(r"[!-~]+")
_PORTS = {"http": 80, "https": 443}


class Origin(NamedTuple):
    """Where a server is."""

    scheme: str
    host: str
    port: int

    @property
    def authority(self) -> str:
        """Host and port as they stand in an address: the usual port is left out."""
        return self.host if self.port == _PORTS[self.scheme] else f"{self.host}:{self.port}"


class Place(NamedTuple):
    """Where a picture may be fetched.

    `trusted` is the operator's own word: it may lie in a private network. `fresh_s` is how long it stays as it is.
    """

    origin: Origin
    target: str
    trusted: bool
    fresh_s: int

    @property
    def address(self) -> str:
        """Its address, written in one way alone."""
        return f"{self.origin.scheme}://{self.origin.authority}{self.target}"


class Hosts:
    """The hosts that pictures are fetched from over https: `more` beside the known ones.

    At `base`, an address with another Discord's pictures below it, also over http and wherever that is.
    """

    def __init__(self, more: Iterable[str] = (), base: str | None = None) -> None:
        self._fresh_s = dict.fromkeys(more, OTHERWISE_S) | _FRESH_S
        self._base = _read(f"{base}/") if base else None

    def find(self, address: object) -> Place | None:
        """Where to fetch an address; None where that is not allowed, or not an address."""
        found = _read(address) if isinstance(address, str) else None
        if found is None:
            return None
        origin, target = found
        if self._base and origin == self._base[0]:
            return Place(origin, target, True, NAMED_BY_CONTENT_S)
        if origin.scheme != "https" or origin.port != _PORTS["https"] or origin.host not in self._fresh_s:
            return None
        return Place(origin, target, False, self._fresh_s[origin.host])


def _read(address: str) -> tuple[Origin, str] | None:
    """The origin of an address and what is asked there; None for what is not plainly written."""
    if len(address) > LONGEST_ADDRESS or not _PRINTABLE.fullmatch(address):
        return None
    found = _ADDRESS.fullmatch(address)
    if not found:
        return None
    scheme, host, port, target = found.groups()
    return Origin(scheme, host, int(port) if port else _PORTS[scheme]), target
