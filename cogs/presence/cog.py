"""The home server's presences, from the gateway's raw events to pending changes."""

import asyncio
from collections.abc import Iterable
from typing import Any

from discord.ext import commands

from cogs.presence.batch_writer import PresenceWriter
from cogs.presence.heartbeat import Heartbeat
from cogs.presence.home_guild import HomeGuild
from cogs.presence.member_chunks import MemberChunks
from cogs.presence.notices import Notices
from cogs.presence.publication import Publication
from rules.parsing.timestamps import now_ms
from rules.presence import home_guild, notices, publication, states, updates
from rules.presence.cdn import DISCORD_BASE, Cdn
from rules.presence.payloads import get_user_id
from rules.presence.updates import Change

OFFLINE = {"status": "offline"}


class Presence(commands.Cog, name="presence"):
    """Who is in the home server, and how; nobody else is ever looked at."""

    def __init__(self, bot: commands.Bot) -> None:
        self.bot = bot
        self.home = HomeGuild(bot.config.home_guild_id)
        self.heartbeat = Heartbeat(bot, self.find_state)
        self.writer = PresenceWriter(bot, self.heartbeat.note_change)
        self.member_chunks = MemberChunks(bot, self.drop_missing)
        self.publication = Publication(bot.config.publish)
        self.notices = Notices(bot, self.writer)
        self.writing: asyncio.Task | None = None
        self.announcing: asyncio.Task | None = None
        bot.raw_events.pace(self.writer.wait_for_room)
        for event, take in {
            "READY": self.take_ready,
            "RESUMED": self.take_resumed,
            "GUILD_CREATE": self.take_guild,
            "GUILD_DELETE": self.take_guild_gone,
            "GUILD_ROLE_DELETE": self.take_role_gone,
            "GUILD_MEMBERS_CHUNK": self.take_chunk,
            "GUILD_MEMBER_ADD": self.take_join,
            "GUILD_MEMBER_UPDATE": self.take_member,
            "GUILD_MEMBER_REMOVE": self.take_leave,
            "PRESENCE_UPDATE": self.take_presence,
            "RATE_LIMITED": self.member_chunks.take_rate_limited,
        }.items():
            bot.raw_events.on_raw(event, take)

    async def start(self) -> None:
        """Read what the last run left, and begin to write."""
        # First of all, so that nobody whom the setting keeps out is served any longer.
        await self.bot.write_patiently(publication.apply_choice, self.publication.choice)
        self.home.guild_id = await self.bot.read(home_guild.get_home)
        if self.home.settle():
            self.writer.restart(home_guild.move_home, self.home.guild_id)
        await self.note_published()
        await self.heartbeat.start()
        self.writing = asyncio.create_task(self.writer.run())

    async def note_published(self) -> None:
        """Remember who is published before nothing is received: whoever is given the role meanwhile is told."""
        known, home = self.publication, self.home.guild_id
        if not known.is_by_role or known.before is not None or home is None:
            return
        # Where the server is not told yet, that one message is for everybody.
        if await self.bot.read(notices.is_home_told, home, known.choice):
            known.before = await self.bot.read(updates.get_stored_ids)

    async def stop(self) -> None:
        """Write what is pending and say that the bot is no longer connected."""
        self.member_chunks.stop()
        self.notices.stop()
        if self.announcing:
            self.announcing.cancel()
        if self.writing:
            self.writer.stop()
            await asyncio.gather(self.writing, return_exceptions=True)
            await self.heartbeat.stop()

    @property
    def cdn(self) -> Cdn:
        return Cdn(self.bot.config.discord_cdn_base or DISCORD_BASE, self.home.guild_id)

    def find_state(self) -> tuple[str, str | None]:
        """The state while the bot is connected, one of `states`, and the problem in one or two sentences, or None."""
        state = states.CANNOT_WRITE if self.writer.is_stuck else self.home.state
        if state == states.CONNECTED and self.member_chunks.is_counting:
            state = states.COUNTING
        return state, self.home.problem or self._find_publication_problem() or states.find_problem(state)

    def _find_publication_problem(self) -> str | None:
        counted = self.home.guild_id in self.home.guild_ids and self.publication.role_ids
        return self.publication.problem if counted else None

    def take_ready(self, data: dict[str, Any]) -> None:
        self.member_chunks.stop()
        self.home.begin({int(guild["id"]) for guild in data["guilds"]}, self.heartbeat.connected_at)
        self.heartbeat.note_connected()
        self.settle_home()

    def take_resumed(self, _data: object) -> None:
        self.heartbeat.note_connected()
        self.publication.before = None
        self.member_chunks.ask_again()

    @commands.Cog.listener()
    async def on_disconnect(self) -> None:
        self.heartbeat.note_disconnected()
        await self.note_published()

    def settle_home(self) -> None:
        """Work out which server is the home server; when it is another or out of reach, everybody goes."""
        if self.home.settle():
            self.writer.restart(home_guild.move_home, self.home.guild_id)
        elif self.home.problem:
            self.member_chunks.stop()
            self.writer.restart(updates.clear_presences)
        self.heartbeat.note_change()

    def take_guild(self, data: dict[str, Any]) -> None:
        guild_id = int(data["id"])
        if data.get("unavailable"):
            self.home.lose(guild_id, now_ms())
            self.heartbeat.note_change()
            return
        if self.home.problem:
            self.home.guild_ids.add(guild_id)
            self.settle_home()
        self.home.arrive(guild_id)
        members = listed(data.get("members"))
        # py-cord would build an object of every member only to throw it away.
        data["members"] = [member for member in members if is_user(member, self.bot.user.id)]
        presences, data["presences"] = data.get("presences"), []
        if self.home.covers(guild_id):
            self.publication.begin(data)
            self.member_chunks.start(self.home.guild_id)
            self.seed({"members": members, "presences": presences}, self.home.gap_at)
            self.heartbeat.note_change()

    def take_guild_gone(self, data: dict[str, Any]) -> None:
        guild_id = int(data["id"])
        if data.get("unavailable"):
            self.home.lose(guild_id, now_ms())
            self.heartbeat.note_change()
            return
        self.home.guild_ids.discard(guild_id)
        if guild_id == self.home.guild_id:
            self.settle_home()
        elif self.home.guild_id is None:
            self.settle_home()
            if self.home.guild_id:
                self.member_chunks.start(self.home.guild_id)

    def take_role_gone(self, data: dict[str, Any]) -> None:
        if self.home.covers(data["guild_id"]) and self.publication.drop_role(data["role_id"]):
            self.writer.restart(updates.clear_presences)
            self.heartbeat.note_change()

    def take_chunk(self, data: dict[str, Any]) -> None:
        if self.home.covers(data["guild_id"]):
            is_count = self.member_chunks.is_count(data)
            self.seed(data, self.home.gap_at if is_count else None)
            if self.member_chunks.take_chunk(data):
                self.home.gap_at = None

    def seed(self, data: dict[str, Any], gap_at: int | None) -> None:
        """Take many members with their presences; who has none is offline, since `gap_at` at the latest."""
        now = now_ms()
        presences = self.by_user(listed(data.get("presences")))
        for member in listed(data.get("members")):
            try:
                user_id = get_user_id(member["user"])
                if not self.publication.take_seed(member):
                    continue
                if gap_at and self.publication.came_since(member, gap_at):
                    self.notices.take_join(self.home.guild_id, user_id)
                without = None if user_id in presences else OFFLINE
                self.put(member, updates.change_of_member(member, now, gap_at or now, without, self.cdn))
                if user_id in presences and self.home.has(user_id):
                    self.writer.put(user_id, updates.change_of_presence(presences[user_id], now, self.cdn))
            except Exception as error:
                self.bot.raw_events.note_unparsable("a member's presence", error)

    def by_user(self, raw_presences: Iterable[dict[str, Any]]) -> dict[int, dict[str, Any]]:
        """Presences by the ID of their user; one that names nobody is left out."""
        found = {}
        for raw in raw_presences:
            try:
                found[get_user_id(raw["user"])] = raw
            except (KeyError, TypeError, ValueError) as error:
                self.bot.raw_events.note_unparsable("a presence", error)
        return found

    def take_join(self, data: dict[str, Any]) -> None:
        if self.home.covers(data["guild_id"]):
            user_id, now = get_user_id(data["user"]), now_ms()
            self.home.admit(user_id)
            # Should the leave have been missed: what is known from before is not of now.
            self.writer.put(user_id, Change(now, now, gone=True))
            self.put(data, updates.change_of_member(data, now, now, OFFLINE, self.cdn))
            if self.publication.take_event(data, joins=True):
                self.notices.take_join(self.home.guild_id, user_id)
            self.member_chunks.request_member(user_id)

    def take_member(self, data: dict[str, Any]) -> None:
        if self.home.covers(data["guild_id"]):
            self.put(data, updates.change_of_member(data, now_ms(), now_ms(), None, self.cdn))
            if self.publication.take_event(data):
                self.notices.take_join(self.home.guild_id, int(data["user"]["id"]))

    def take_leave(self, data: dict[str, Any]) -> None:
        if self.home.covers(data["guild_id"]):
            user_id, now = get_user_id(data["user"]), now_ms()
            self.home.remove(user_id)
            self.writer.put(user_id, Change(now, now, gone=True))

    def take_presence(self, data: dict[str, Any]) -> None:
        if self.home.covers(data["guild_id"]):
            self.writer.put(get_user_id(data["user"]), updates.change_of_presence(data, now_ms(), self.cdn))

    def put(self, member: dict[str, Any], change: Change) -> None:
        """Queue what a member object says, unless the member left meanwhile."""
        user_id = get_user_id(member["user"])
        if self.home.has(user_id):
            self.writer.put(user_id, change)
            self.member_chunks.see(user_id)

    async def drop_missing(self, nonce: str) -> None:
        """Drop everybody stored whom the home server no longer has, unless another count began meanwhile."""
        stored, now = await self.bot.read(updates.get_stored_ids), now_ms()
        if nonce != self.member_chunks.nonce:
            return
        for user_id in stored.difference(self.member_chunks.seen):
            self.writer.put(user_id, Change(now, now, gone=True))
        self.publication.before = None
        self.announcing = asyncio.create_task(self.announce())

    async def announce(self) -> None:
        """Tell, once everybody who was counted is written, that the count is over."""
        await self.writer.drain()
        self.heartbeat.note_change()
        self.notices.take_count(self.home.guild_id)

    @commands.Cog.listener()
    async def on_shown(self, user_id: int) -> None:
        """Somebody wants to be published again: ask Discord for what was not stored meanwhile."""
        if self.home.problem is None:
            self.member_chunks.request_member(user_id)


def listed(value: Any) -> list[Any]:
    """A list that Discord sent; empty where it is none."""
    return value if isinstance(value, list) else []


def is_user(member: Any, user_id: int) -> bool:
    """Whether a member object is that of this user."""
    return (
        isinstance(member, dict) and isinstance(member.get("user"), dict) and member["user"].get("id") == str(user_id)
    )


def setup(bot: commands.Bot) -> None:
    bot.add_cog(Presence(bot))
