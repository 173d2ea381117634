"""Fetching one picture: bounded in time, bytes and pixels, and taken for what its bytes are, whatever is said of it.

No proxy of the environment, no cookie, nothing unpacked, and no redirect but within the same origin.
"""

import contextlib
import http.client
import ssl
import time
from functools import cached_property
from urllib.parse import urljoin

from rules.errors import Refused
from rules.pictures import formats, metadata
from web.remote_pictures.connections import TimedSocket, connect
from web.remote_pictures.hosts import Hosts, Place
from web.remote_pictures.lookups import Lookups

TIMEOUT_S = 2
# A card embeds several, as text a third larger, and GitHub's proxy takes 5 MB in all. Few pictures of these hosts are
# larger: long animations in full size.
MOST_BYTES = 2 * 1024 * 1024
MOST_REDIRECTS = 3
CHUNK = 64 * 1024
_HEADERS = {"User-Agent": "Rollcall", "Accept": "image/*", "Accept-Encoding": "identity", "Connection": "close"}
_REDIRECTS = (301, 302, 303, 307, 308)
_TOO_MANY_REQUESTS = 429


class NoPicture(Exception):
    """There is no picture that can be taken at this address, and there will be none soon."""


class Unreachable(Exception):
    """What is at an address cannot be found out just now."""


class NoAnswer(Unreachable):
    """The host gives no answer in time, or wants to be left alone."""


class Fetcher:
    """Fetches from where `hosts` allows; one for a process, for all its threads."""

    def __init__(self, hosts: Hosts) -> None:
        self._hosts, self._lookups = hosts, Lookups()

    def fetch(self, place: Place) -> tuple[bytes, str]:
        """A picture without its metadata, and its kind as in `formats`; takes at most 2 s.

        Raises NoPicture, and Unreachable or its NoAnswer.
        """
        deadline = time.monotonic() + TIMEOUT_S
        try:
            data = self._follow(place, deadline)
        except (OSError, http.client.HTTPException) as error:
            raise NoAnswer(type(error).__name__) from error
        return _check(data)

    def _follow(self, place: Place, deadline: float) -> bytes:
        for _ in range(MOST_REDIRECTS + 1):
            connected = connect(place.origin, place.trusted, deadline, self._lookups, lambda: self._tls)
            with contextlib.closing(connected):
                answer = _ask(TimedSocket(connected, deadline), place)
                if answer.status not in _REDIRECTS:
                    return _read(answer)
            place = self._find_next(place, answer.headers.get("Location", ""))
        raise NoPicture("it leads in a circle")

    def _find_next(self, place: Place, location: str) -> Place:
        try:
            following = self._hosts.find(urljoin(place.address, location))
        except ValueError:
            following = None
        if following is None or following.origin != place.origin:
            raise NoPicture("it leads elsewhere")
        return following

    @cached_property
    def _tls(self) -> ssl.SSLContext:
        return ssl.create_default_context()


def _ask(connected: TimedSocket, place: Place) -> http.client.HTTPResponse:
    connection = http.client.HTTPConnection(place.origin.host)
    connection.sock = connected
    connection.request("GET", place.target, headers={"Host": place.origin.authority, **_HEADERS})
    return connection.getresponse()


def _read(answer: http.client.HTTPResponse) -> bytes:
    if answer.status == _TOO_MANY_REQUESTS:
        raise NoAnswer("it wants to be left alone")
    if answer.status >= 500:
        raise Unreachable(f"status {answer.status}")
    if answer.status != 200 or answer.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise NoPicture(f"status {answer.status}")
    if (answer.length or 0) > MOST_BYTES:
        raise NoPicture("it is too large")
    data = bytearray()
    while len(data) <= MOST_BYTES and (more := answer.read(CHUNK)):
        data += more
    if len(data) > MOST_BYTES:
        raise NoPicture("it is too large")
    if answer.length:
        raise Unreachable("it was cut off")
    return bytes(data)


def _check(data: bytes) -> tuple[bytes, str]:
    try:
        kind = formats.check_picture("It", data)
        # Walks through all of it, so what is cut off or goes on behind its end is seen.
        return metadata.strip_metadata("It", data, kind), kind
    except Refused as error:
        raise NoPicture(error.sentence) from None
