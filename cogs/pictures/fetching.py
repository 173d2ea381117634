"""Fetching what a stranger links to: only over https, only from public addresses, only so much, and not for long."""

from urllib.parse import urlsplit

import aiohttp
import discord
from yarl import URL

from cogs.outgoing.guarded_session import PublicSockets, open_session
from rules.errors import Invalid

DISCORD_HOSTS = ("cdn.discordapp.com", "media.discordapp.net")
TIMEOUT_S = 5
MOST_REDIRECTS = 3
NOT_PUBLIC = "That address is in a private network, so Discord cannot show what is there; give one that is public."
_HEADERS = {"Accept": "image/*"}


class Unreachable(Exception):
    """What an address holds cannot be found out just now; carries the reason, a part of a sentence."""


def is_discords(url: str) -> bool:
    """Whether Discord itself holds what an address names; its files may be fetched, and their links end."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return (parts.scheme == "https" and parts.netloc in DISCORD_HOSTS) or _is_of_base(url)


async def fetch(url: str, most: int) -> bytes:
    """Up to `most` bytes of what an address holds.

    Raises Invalid with the reason where it holds nothing or lies in a private network, and Unreachable.
    """
    guard = None if _is_of_base(url) else PublicSockets()
    if guard and urlsplit(url).scheme != "https":
        raise Unreachable("I look only at addresses that start with https://")
    try:
        async with open_session(guard, TIMEOUT_S, _HEADERS) as session:
            return await _follow(session, URL(url), most)
    except aiohttp.ClientConnectorDNSError:
        raise Unreachable("its name leads nowhere") from None
    except TimeoutError:
        raise Unreachable("it did not answer in time") from None
    except aiohttp.InvalidURL:
        raise Invalid("That address cannot be opened; look whether it is complete.") from None
    except (aiohttp.ClientError, OSError, ValueError):
        if guard and guard.refused:
            raise Invalid(NOT_PUBLIC) from None
        raise Unreachable("there is no connection to it") from None


async def _follow(session: aiohttp.ClientSession, url: URL, most: int) -> bytes:
    """What is at an address, or where it redirects to on the same host."""
    for _ in range(MOST_REDIRECTS + 1):
        async with session.get(url, allow_redirects=False) as got:
            if got.status in (301, 302, 303, 307, 308):
                following = url.join(URL(got.headers.get("Location", "")))
                if (following.scheme, following.authority) != (url.scheme, url.authority):
                    raise Invalid("That address only leads on to another; open it, and give the one where it ends.")
                url = following
            elif got.status in (404, 410):
                raise Invalid(f"There is nothing at that address (status {got.status}); look whether it is complete.")
            elif got.status != 200:
                raise Unreachable(f"it answered with status {got.status}")
            else:
                return await _read(got, most)
    raise Invalid("That address leads in a circle; give that of the picture itself.")


async def _read(got: aiohttp.ClientResponse, most: int) -> bytes:
    data = b""
    while len(data) < most and (more := await got.content.read(most - len(data))):
        data += more
    return data


def _is_of_base(url: str) -> bool:
    base, parts = urlsplit(discord.asset.Asset.BASE), urlsplit(url)
    return (parts.scheme, parts.netloc) == (base.scheme, base.netloc)
