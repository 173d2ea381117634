"""The home server's presences, from the gateway's raw events to pending changes; and the bot's heartbeat."""

import asyncio
import logging
from typing import Any

from discord.ext import commands

from cogs.census import Census
from cogs.presence_writer import PresenceWriter
from rules import presence, status
from rules.presence import Change
from rules.status import BEAT_EVERY_S, now_ms

log = logging.getLogger(__name__)

OFFLINE = {"status": "offline"}


class Presence(commands.Cog):
    """Who is in the home server, and how; nobody else is ever looked at."""

    def __init__(self, bot: commands.Bot) -> None:
        self.bot = bot
        self.home: int | None = None
        self.guild_ids: set[int] = set()
        self.problem: str | None = None
        self.connected_since: int | None = None
        # When the bot last was connected, and the same as it stood at the newest gap: whoever turns out to be
        # offline after a gap left then.
        self.connected_at: int | None = None
        self.gap_at = 0
        self.beat_now = asyncio.Event()
        self.writer = PresenceWriter(bot)
        self.census = Census(bot, self.drop_missing)
        self.writing: asyncio.Task | None = None
        self.beating: asyncio.Task | None = None
        for event, take in {
            "READY": self.take_ready,
            "RESUMED": self.take_resumed,
            "GUILD_CREATE": self.take_guild,
            "GUILD_DELETE": self.take_guild_gone,
            "GUILD_MEMBERS_CHUNK": self.take_chunk,
            "GUILD_MEMBER_ADD": self.take_join,
            "GUILD_MEMBER_UPDATE": self.take_member,
            "GUILD_MEMBER_REMOVE": self.take_leave,
            "PRESENCE_UPDATE": self.take_presence,
            "RATE_LIMITED": self.census.take_rate_limited,
        }.items():
            bot.on_raw(event, take)

    async def start(self) -> None:
        """Read what the last run left, and begin to write."""
        stored = await self.bot.read(status.get_home)
        self.home = status.find_home(self.bot.config.home_guild_id, stored, ())
        if self.home != stored:
            self.writer.restart(status.move_home, self.home)
        self.connected_at = await self.bot.read(status.get_last_connected)
        self.writing, self.beating = asyncio.create_task(self.writer.run()), asyncio.create_task(self.beat())

    async def stop(self) -> None:
        """Write what is pending and say that the bot is no longer connected."""
        self.census.stop()
        if not self.writing:
            return
        self.beating.cancel()
        self.writer.stop()
        await asyncio.gather(self.writing, self.beating, return_exceptions=True)
        self.connected_since = None
        await self.write_beat()

    def take_ready(self, data: dict[str, Any]) -> None:
        self.guild_ids = {int(guild["id"]) for guild in data["guilds"]}
        self.gap_at = self.connected_at or now_ms()
        self.take_resumed()
        self.settle_home()

    def take_resumed(self, _data: object = None) -> None:
        self.connected_since = now_ms()
        self.beat_now.set()

    @commands.Cog.listener()
    async def on_disconnect(self) -> None:
        self.connected_since = None
        self.beat_now.set()

    def settle_home(self) -> None:
        """Work out which server is the home server; when it is another or out of reach, everybody goes."""
        home = status.find_home(self.bot.config.home_guild_id, self.home, self.guild_ids)
        if home != self.home:
            self.home = home
            self.writer.restart(status.move_home, home)
        elif home not in self.guild_ids:
            self.writer.restart(presence.clear_presences)
        problem = status.find_problem(home, self.guild_ids)
        if problem and problem != self.problem:
            log.warning(problem)
        self.problem = problem
        self.beat_now.set()

    def take_guild(self, data: dict[str, Any]) -> None:
        if data.get("unavailable"):
            return
        self.guild_ids.add(int(data["id"]))
        if self.problem or self.home is None:
            self.settle_home()
        if int(data["id"]) == self.home:
            self.seed(data)
            self.census.start(self.home)
        # py-cord would build an object of every member only to throw it away.
        data["members"] = [m for m in data["members"] if m["user"]["id"] == str(self.bot.user.id)]
        data["presences"] = []

    def take_guild_gone(self, data: dict[str, Any]) -> None:
        guild_id = int(data["id"])
        if data.get("unavailable"):
            if guild_id == self.home:
                self.gap_at = now_ms()
            return
        self.guild_ids.discard(guild_id)
        if self.home is None:
            self.settle_home()
            if self.home:
                self.census.start(self.home)
        elif guild_id == self.home:
            self.settle_home()

    def take_chunk(self, data: dict[str, Any]) -> None:
        if int(data["guild_id"]) == self.home:
            self.seed(data)
            self.census.take_chunk(data)

    def seed(self, data: dict[str, Any]) -> None:
        """Take many members with their presences; who has none is offline. A broken one is left out."""
        presences = {found["user"]["id"]: found for found in data.get("presences") or ()}
        for member in data["members"]:
            user_id = member["user"]["id"]
            self.census.see(int(user_id))
            try:
                found = presences.get(user_id, OFFLINE)
                self.put(user_id, presence.change_of_member(member, now_ms(), self.gap_at, found))
            except Exception as error:
                self.bot.note_unparsable("a member", error)

    def take_join(self, data: dict[str, Any]) -> None:
        if self.is_home(data):
            user_id, now = data["user"]["id"], now_ms()
            self.put(user_id, Change(now, now, gone=True))
            self.put(user_id, presence.change_of_member(data, now, now, OFFLINE))
            self.census.look_up(int(user_id))

    def take_member(self, data: dict[str, Any]) -> None:
        if self.is_home(data):
            now = now_ms()
            self.put(data["user"]["id"], presence.change_of_member(data, now, now))

    def take_leave(self, data: dict[str, Any]) -> None:
        if self.is_home(data):
            now = now_ms()
            self.put(data["user"]["id"], Change(now, now, gone=True))

    def take_presence(self, data: dict[str, Any]) -> None:
        if self.is_home(data):
            self.put(data["user"]["id"], presence.change_of_presence(data, now_ms()))

    def is_home(self, data: dict[str, Any]) -> bool:
        return self.home is not None and int(data["guild_id"]) == self.home

    def put(self, user_id: str, change: Change) -> None:
        self.writer.put(int(user_id), change)
        if change.joins:
            self.census.see(int(user_id))

    async def drop_missing(self, present: set[int]) -> None:
        """Drop everybody stored whom the home server no longer has."""
        now = now_ms()
        for user_id in await self.bot.read(presence.get_stored_ids) - present:
            self.writer.put(user_id, Change(now, now, gone=True))

    @commands.Cog.listener()
    async def on_shown(self, user_id: int) -> None:
        """Somebody wants to be published again: ask Discord for what was not stored meanwhile."""
        self.census.look_up(user_id)

    async def beat(self) -> None:
        """Write the heartbeat every few seconds, and at once when the connection comes or goes."""
        while True:
            try:
                await asyncio.wait_for(self.beat_now.wait(), BEAT_EVERY_S)
            except TimeoutError:
                pass
            self.beat_now.clear()
            await self.write_beat()

    async def write_beat(self) -> None:
        if self.connected_since:
            self.connected_at = now_ms()
        try:
            await self.bot.write_presence(
                status.record_beat, self.connected_since, self.bot.last_event_at, self.bot.fault or self.problem
            )
        except Exception as error:
            log.warning("the heartbeat could not be written: %r", error)


def setup(bot: commands.Bot) -> None:
    bot.add_cog(Presence(bot))
