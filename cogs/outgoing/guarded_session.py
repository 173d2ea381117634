"""Sessions of aiohttp that reach the public internet alone, whatever a name leads to and wherever an answer points.

They follow no redirect by themselves, take no proxy from the environment, keep no cookie and unpack nothing: a few kB
could be many GB.
"""

import asyncio
import socket
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import aiohttp
from aiohappyeyeballs import AddrInfoType
from aiohttp.abc import AbstractResolver, ResolveResult

from rules.parsing.ip_addresses import NotPublic, is_loopback, is_public

LOOKUPS_AT_ONCE = 32


class PublicSockets:
    """Opens sockets to public addresses alone: the one that is checked is the very one that is connected to.

    A resolver is no place for that: aiohttp asks none about a host that is an address already. `refused` is whether
    one was kept from being opened.
    """

    def __init__(self, loopback: bool = False) -> None:
        self.refused = False
        self._loopback = loopback

    def __call__(self, address: AddrInfoType) -> socket.socket:
        family, kind, protocol, _, where = address
        if not is_public(where[0]) and not (self._loopback and is_loopback(where[0])):
            self.refused = True
            raise NotPublic("This address is not public.")
        return socket.socket(family, kind, protocol)


def open_session(
    sockets: PublicSockets | None, timeout_s: float, headers: dict[str, str] | None = None
) -> aiohttp.ClientSession:
    """A session whose requests take at most `timeout_s` s each, from the look-up of the name to the answer's end.

    Without `sockets` it opens any address; that is for those which the settings name. The caller gives
    `allow_redirects=False`, reads no more of an answer than it needs, and asks no more at once than it may.
    """
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(resolver=_OwnThreads(), socket_factory=sockets, limit=0),
        cookie_jar=aiohttp.DummyCookieJar(),
        timeout=aiohttp.ClientTimeout(total=timeout_s),
        headers={"User-Agent": "Rollcall", "Accept-Encoding": "identity", **(headers or {})},
        auto_decompress=False,
        trust_env=False,
    )


class _OwnThreads(AbstractResolver):
    """Looks names up apart from the rest of the process.

    A name that nobody answers for holds a thread for as long as the system's resolver likes, whatever was given up
    meanwhile, and the process has but few threads that all share.
    """

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(LOOKUPS_AT_ONCE, "names")

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        look_up = partial(socket.getaddrinfo, host, port, family, socket.SOCK_STREAM)
        found = await asyncio.get_running_loop().run_in_executor(self._threads, look_up)
        numeric = socket.AI_NUMERICHOST | socket.AI_NUMERICSERV
        return [
            ResolveResult(hostname=host, host=where[0], port=where[1], family=kind, proto=protocol, flags=numeric)
            for kind, _, protocol, _, where in found
        ]

    async def close(self) -> None:
        self._threads.shutdown(wait=False)
