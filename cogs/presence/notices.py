"""Telling people that anyone on the web can see them: the server when the bot arrives, and whoever joins later."""

import asyncio
import logging
import time
from collections import deque
from collections.abc import Iterable

import aiohttp
import discord
from discord.ext import commands

from cogs.commands.responses import named_by
from cogs.presence.batch_writer import PresenceWriter
from rules.presence import health, notices, publication

log = logging.getLogger(__name__)

# Who joins within it is told together.
GATHER_S = 2
# Discord takes a bot that opens many DMs at once for one that sends spam.
MOST_DMS, DMS_WITHIN_S = 10, 60
LINE_EVERY_S = 60
MOST_MENTIONED = 10
UNSENT = (discord.HTTPException, aiohttp.ClientError, TimeoutError, OSError)


class Notices:
    """One message a home server, and one line for each who joins: by DM, or with others in a channel."""

    def __init__(self, bot: commands.Bot, writer: PresenceWriter) -> None:
        self.bot, self._writer = bot, writer
        self._joined: dict[int, None] = {}
        self._guild_id: int | None = None
        self._dms: deque[float] = deque(maxlen=MOST_DMS)
        self._arriving = asyncio.Lock()
        self._telling: asyncio.Task | None = None
        self._tasks: set[asyncio.Task] = set()

    def stop(self) -> None:
        """Send nothing more."""
        for task in self._tasks:
            task.cancel()

    def take_count(self, guild_id: int) -> None:
        """The home server's members are stored: say in the log how many are published, and tell the server once."""
        self._spawn(self._arrive(guild_id))

    def take_join(self, guild_id: int, user_id: int) -> None:
        """Somebody is published from now on, and is told in a moment unless that happened before."""
        if self.bot.config.join_notice == "off":
            return
        self._guild_id = guild_id
        self._joined[user_id] = None
        if self._telling is None or self._telling.done():
            self._telling = self._spawn(self._tell_joined())

    async def _arrive(self, guild_id: int) -> None:
        guild, published = self.bot.get_guild(guild_id), await self.bot.read(health.count_published)
        people = "1 person is" if published == 1 else f"{published} people are"
        log.info("%s published of the server %s (%d)", people, guild.name if guild else "that is home", guild_id)
        async with self._arriving:
            choice = await self.bot.read(publication.get_choice)
            if guild and not await self.bot.read(notices.is_home_told, guild_id, choice):
                if await self._post(guild, self._arrival(choice)) or await self._tell_owner(guild, choice):
                    await self.bot.write_patiently(notices.record_home_told, guild_id, choice)
                else:
                    log.warning("%s could not be told that it is published: let the bot write in a channel", guild)

    async def _post(self, guild: discord.Guild, text: str, **options: object) -> bool:
        for channel in _writable(guild):
            try:
                await channel.send(text, **options)
            except UNSENT as error:
                log.info("a notice could not be posted in %s: %s", channel.id, error)
            else:
                return True
        return False

    async def _tell_owner(self, guild: discord.Guild, choice: str) -> bool:
        return await self._send_dm(guild.owner_id, f"In {_bold(guild.name)}: {self._arrival(choice)}")

    async def _send_dm(self, user_id: int, text: str) -> bool:
        try:
            await (await self.bot.fetch_user(user_id)).send(text)
        except UNSENT as error:
            log.info("a notice could not be sent by DM: %s", error)
            return False
        return True

    async def _tell_joined(self) -> None:
        while self._joined:
            await asyncio.sleep(GATHER_S)
            some = list(self._joined)[: notices.AT_ONCE]
            for user_id in some:
                del self._joined[user_id]
            await self._writer.drain()
            untold = await self.bot.read(notices.find_untold, some)
            left = await self._tell_by_dm(untold)
            if left and await self._post_line(left):
                # A raid comes in waves: one line a minute is enough.
                await asyncio.sleep(LINE_EVERY_S)

    async def _tell_by_dm(self, user_ids: list[int]) -> list[int]:
        """Tell these by DM and note it; whoever is left for the channel."""
        since = time.monotonic() - DMS_WITHIN_S
        room = MOST_DMS - sum(sent > since for sent in self._dms)
        if self.bot.config.join_notice != "dm" or len(user_ids) > room:
            return user_ids
        told = []
        for user_id in user_ids:
            self._dms.append(time.monotonic())
            if await self._send_dm(user_id, self._welcome(user_id)):
                told.append(user_id)
        await self.bot.write_patiently(notices.record_told, told)
        return [user_id for user_id in user_ids if user_id not in told]

    async def _post_line(self, user_ids: list[int]) -> bool:
        guild = self.bot.get_guild(self._guild_id)
        who = ", ".join(f"<@{user_id}>" for user_id in user_ids)
        if len(user_ids) > MOST_MENTIONED:
            who = f"{len(user_ids)} people who joined"
        # No ping: Discord then shows the line without a sound.
        if guild is None or not await self._post(guild, f"For {who}: {self._seen()}", silent=True):
            return False
        await self.bot.write_patiently(notices.record_told, user_ids)
        return True

    def _welcome(self, user_id: int) -> str:
        guild = self.bot.get_guild(self._guild_id)
        where = _bold(guild.name) if guild else "the server that this Rollcall serves"
        return f"You are in {where} now. {self._seen(user_id)}"

    def _seen(self, user_id: int | str = "<your user ID>") -> str:
        address = f"{self.bot.config.public_url}/user/{user_id}"
        shown = f"<{address}>" if isinstance(user_id, int) else f"`{address}`"
        return f"Anyone on the web can see your status, song and games here: {shown}\n{self._ways_out()}"

    def _ways_out(self) -> str:
        hide, privacy, forget = (named_by(self.bot, name) for name in ("hide", "privacy", "forget"))
        return f"{hide} stops that, {privacy} tells what is stored and who sees it, {forget} deletes it."

    def _arrival(self, choice: str) -> str:
        address = f"`{self.bot.config.public_url}/user/<user ID>`"
        what = f"the status, song and games, with name and picture, {{}}: {address}"
        role = publication.role_of(choice)
        if choice == publication.OPTIN:
            show = named_by(self.bot, "show")
            whom = what.format(f"of whoever types {show}; of nobody else")
        else:
            whom = what.format(f"of everybody with the role <@&{role}>" if role else "of everybody in this server")
        return f"Hello, I am Rollcall. Anyone on the web can see {whom}\n{self._ways_out()}"

    def _spawn(self, coroutine: object) -> asyncio.Task:
        task = asyncio.create_task(_logged(coroutine))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task


async def _logged(coroutine: object) -> None:
    try:
        await coroutine
    except Exception as error:
        log.error("a notice failed: %r", error)


def _writable(guild: discord.Guild) -> Iterable[discord.TextChannel]:
    """Where a notice may stand: where the server's own go, then by place, what everybody reads first."""
    wanted = [guild.system_channel] if guild.system_channel else []
    read_by_all = [channel for channel in guild.text_channels if _may_read(channel, guild.default_role)]
    for channel in dict.fromkeys([*wanted, *read_by_all, *guild.text_channels]):
        may = channel.permissions_for(guild.me)
        if may.view_channel and may.send_messages:
            yield channel


def _may_read(channel: discord.TextChannel, role: discord.Role) -> bool:
    return channel.permissions_for(role).view_channel


def _bold(name: str) -> str:
    return f"**{discord.utils.escape_markdown(name)}**"
