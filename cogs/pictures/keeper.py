"""Looking at pictures that people give, and keeping those that Discord holds, whose links end with their messages."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import config as settings
from cogs.pictures import fetching
from rules.errors import Invalid
from rules.pictures import formats, kept_files, metadata

log = logging.getLogger(__name__)

_CANNOT_KEEP = (
    "; an address of your own lasts. I cannot keep the picture, since this Rollcall's address (PUBLIC_URL) cannot be"
    " reached from outside."
)
DIES_WITH_MESSAGE = f"\nDiscord's address of an attachment works only while the message is there{_CANNOT_KEEP}"
DIES_WITH_CHANGE = f"\nDiscord's address works only until that account changes its picture{_CANNOT_KEEP}"


class PictureKeeper:
    """One for the whole bot: what is being kept and what is being deleted must not meet."""

    def __init__(self, bot: Any) -> None:
        self._bot = bot
        self._public_url = bot.config.public_url
        self._folder = kept_files.get_folder(bot.config.database_url)
        self._lock = asyncio.Lock()

    @property
    def is_reachable(self) -> bool:
        """Whether a picture that is kept here can be seen by Discord."""
        return settings.is_reachable_from_outside(self._public_url)

    @asynccontextmanager
    async def keeping(self, user_id: int, url: str) -> AsyncIterator[tuple[str, str]]:
        """The address to write for a picture of the user's system, and what there is to say of it.

        A kept file stays while the context lasts, and then only where a field names it. Raises Invalid with the reason
        for what is no picture, and TooLarge and NotAllowed for one that cannot be kept.
        """
        if not (fetching.is_discords(url) and self.is_reachable):
            yield url, await self._look(url)
            return
        data = await self._fetch_whole(url)
        kind = formats.check_picture("The picture", data)
        data = await self._bot.in_thread(metadata.strip_metadata, "The picture", data, kind)
        await self._bot.read(kept_files.check_room, user_id, self._folder, len(data))
        async with self._lock:
            name = await self._bot.in_thread(kept_files.store, self._folder, data, kind)
            yield kept_files.make_address(self._public_url, name), ""

    async def sweep(self) -> None:
        """Delete the pictures that nobody uses any more."""
        async with self._lock:
            deleted = await self._bot.read(kept_files.delete_unused, self._folder)
        if deleted:
            log.info("deleted %d pictures that nobody uses any more", deleted)

    async def _look(self, url: str) -> str:
        """Look once whether an address holds a picture; returns what to say of one that may not be there for long."""
        if url.startswith(self._public_url) and (name := kept_files.find_name(url)):
            await self._bot.in_thread(kept_files.get_file, self._folder, name)
            return ""
        try:
            formats.check_beginning("What is at that address", await fetching.fetch(url, formats.HEAD_BYTES))
        except fetching.Unreachable as error:
            return f"\nI could not look at the picture: {error}. Check that it shows."
        if not fetching.is_discords(url):
            return ""
        return DIES_WITH_MESSAGE if "attachments/" in url else DIES_WITH_CHANGE

    async def _fetch_whole(self, url: str) -> bytes:
        try:
            return await fetching.fetch(url, formats.MOST_BYTES + 1)
        except fetching.Unreachable as error:
            raise Invalid(f"I could not fetch the picture from Discord: {error}; try again.") from None
