"""`app.extensions["pictures"]`: pictures from elsewhere for whoever draws something with them."""

import logging
import threading
import time
from collections.abc import Iterable
from concurrent.futures import Future
from pathlib import Path
from typing import NamedTuple

from flask import Flask

from config import Config
from rules.errors import Refused
from rules.pictures import formats, kept_files
from web.remote_pictures.disk_cache import DiskCache, get_folder
from web.remote_pictures.fetcher import TIMEOUT_S, Fetcher, NoAnswer, NoPicture, Unreachable
from web.remote_pictures.hosts import Hosts, Place
from web.remote_pictures.outages import Outages

log = logging.getLogger(__name__)

# In one process, of all its requests.
FETCHES_AT_ONCE = 16
# Half of the front's threads: whatever a CDN does, the others answer. Who comes after these takes what is there.
WAITING_AT_ONCE = 6
UNREACHABLE_S, GONE_S = 30, 600


class Picture(NamedTuple):
    """A PNG, JPEG, GIF or WebP by its bytes, without metadata: at most 2 MiB, and 4 096 pixels wide and high."""

    data: bytes
    media_type: str


class _Landing(NamedTuple):
    picture: Picture | None
    # There is none any more, so that an older one is not to be shown either.
    gone: bool = False


class Pictures:
    """Finds pictures in the cache or at their addresses, for all threads of a process; never raises."""

    def __init__(self, hosts: Hosts, fetcher: Fetcher, cache: DiskCache, kept: tuple[str, Path]) -> None:
        self._hosts, self._fetcher, self._cache = hosts, fetcher, cache
        self._public_url, self._kept_folder = kept
        self._outages = Outages()
        self._flights: dict[str, Future[_Landing]] = {}
        self._lock = threading.Lock()
        self._slots = threading.BoundedSemaphore(FETCHES_AT_ONCE)
        self._waiting = threading.BoundedSemaphore(WAITING_AT_ONCE)

    def find(self, address: str | None, wait_s: float = TIMEOUT_S) -> Picture | None:
        """The picture at an address; None where it may not be fetched, is not there, or did not come in time.

        With `wait_s` 0 nobody waits, and what is not there yet may be there the next time.
        """
        return next(iter(self.find_many([address], wait_s).values()), None)

    def find_many(self, addresses: Iterable[str | None], wait_s: float = TIMEOUT_S) -> dict[str, Picture]:
        """Several at once, by their addresses, as many as there are after `wait_s` s in all."""
        try:
            return self._find_many(dict.fromkeys(given for given in addresses if isinstance(given, str)), wait_s)
        except Exception:
            log.exception("pictures cannot be found")
            return {}

    def sweep_in_time(self) -> None:
        """Delete the copies that nobody uses, once an hour; to be called more often, and never makes wait."""
        self._cache.sweep_in_time()

    def _find_many(self, addresses: Iterable[str], wait_s: float) -> dict[str, Picture]:
        deadline = time.monotonic() + wait_s
        found: dict[str, Picture] = {}
        wanted: dict[str, Place] = {}
        for address in addresses:
            place, picture, fresh = self._look(address)
            if picture:
                found[address] = picture
            if place and not fresh:
                wanted[address] = place
        if wanted:
            self._fetch_all(wanted, found, deadline)
        return found

    def _look(self, address: str) -> tuple[Place | None, Picture | None, bool]:
        """Where to fetch an address, what is here of it, and whether that is fresh."""
        if kept := self._find_kept(address):
            return None, kept, True
        place = self._hosts.find(address)
        stored = place and self._cache.find(place.address)
        picture = stored and _read(stored.data)
        if not picture:
            return place, None, False
        return place, picture, 0 <= stored.age_s < place.fresh_s

    def _find_kept(self, address: str) -> Picture | None:
        name = kept_files.find_name(address)
        if not name or address != kept_files.make_address(self._public_url, name):
            return None
        try:
            data = kept_files.get_file(self._kept_folder, name).read_bytes()
        except (Refused, OSError):
            return None
        return Picture(data, kept_files.get_media_type(name))

    def _fetch_all(self, wanted: dict[str, Place], found: dict[str, Picture], deadline: float) -> None:
        may_wait = self._waiting.acquire(blocking=False)
        try:
            deadline = deadline if may_wait else 0
            flights = {address: self._begin(place, deadline) for address, place in wanted.items()}
            for address, flight in flights.items():
                landing = flight and _wait(flight, deadline)
                if landing and landing.picture:
                    found[address] = landing.picture
                elif landing and landing.gone:
                    found.pop(address, None)
        finally:
            if may_wait:
                self._waiting.release()

    def _begin(self, place: Place, deadline: float) -> Future[_Landing] | None:
        """The fetch that is under way already, or a new one; None where there is no sense or no room for one."""
        with self._lock:
            flight = self._flights.get(place.address)
        if flight or self._cache.has_failed(place.address) or not self._outages.may_ask(place.origin.host):
            return flight
        if not self._slots.acquire(timeout=max(0, deadline - time.monotonic())):
            return None
        with self._lock:
            flight = self._flights.get(place.address)
            if flight:
                self._slots.release()
                return flight
            flight = self._flights[place.address] = Future()
        threading.Thread(target=self._fly, args=(place, flight), daemon=True).start()
        return flight

    def _fly(self, place: Place, flight: Future[_Landing]) -> None:
        landing = _Landing(None)
        try:
            landing = self._fetch(place)
        except Exception:
            log.exception("a picture at %s cannot be fetched", place.origin.host)
        finally:
            with self._lock:
                del self._flights[place.address]
            self._slots.release()
            flight.set_result(landing)

    def _fetch(self, place: Place) -> _Landing:
        try:
            data, kind = self._fetcher.fetch(place)
        except NoAnswer:
            self._outages.note_failure(place.origin.host)
            self._cache.note_failure(place.address, UNREACHABLE_S)
            return _Landing(None)
        except Unreachable:
            self._cache.note_failure(place.address, UNREACHABLE_S)
            return _Landing(None)
        except NoPicture:
            self._outages.note_answer(place.origin.host)
            self._cache.note_failure(place.address, GONE_S)
            self._cache.drop(place.address)
            return _Landing(None, gone=True)
        self._outages.note_answer(place.origin.host)
        self._cache.store(place.address, data)
        return _Landing(Picture(data, formats.MEDIA_TYPES[kind]))


def init_app(app: Flask, config: Config) -> None:
    """Find pictures for the app, from the hosts that the settings allow; nothing is fetched or written yet."""
    hosts = Hosts(config.picture_hosts, config.discord_cdn_base)
    cache = DiskCache(get_folder(config.database_url), config.picture_cache_mb * 1024 * 1024)
    kept = (config.public_url, kept_files.get_folder(config.database_url))
    app.extensions["pictures"] = Pictures(hosts, Fetcher(hosts), cache, kept)


def _wait(flight: Future[_Landing], deadline: float) -> _Landing | None:
    try:
        return flight.result(max(0, deadline - time.monotonic()))
    except TimeoutError:
        return None


def _read(data: bytes) -> Picture | None:
    """A picture of what the cache holds; None where that was damaged."""
    try:
        return Picture(data, formats.MEDIA_TYPES[formats.check_beginning("It", data)])
    except Refused:
        return None
