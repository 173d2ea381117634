"""Everything that exists in this Discord, and how it is found."""

from datetime import UTC, datetime

from simulator.errors import Refused, refusal
from simulator.state import permissions
from simulator.state.entities import DM, Channel, Guild, Member, Message, Role, User, Webhook
from simulator.state.snowflakes import Snowflakes


def timestamp() -> str:
    """The present time as Discord writes it."""
    return datetime.now(UTC).isoformat(timespec="microseconds")


class World:
    """Users, guilds and channels by id; the bot is one of the users and also the application."""

    def __init__(self, bot_id: str | None = None) -> None:
        self.ids = Snowflakes()
        self.users: dict[str, User] = {}
        self.guilds: dict[str, Guild] = {}
        self.channels: dict[str, Channel] = {}
        self.dms: dict[str, Channel] = {}
        self.webhooks: dict[str, Webhook] = {}
        self.pictures: set[str | None] = set()
        self.stickers: dict[str, dict] = {}
        self.bot = self.add_user("Rollcall", bot_id, bot=True)

    def add_user(self, name: str, user_id: str | None = None, **fields: object) -> User:
        """A new account."""
        user = User(user_id or self.ids.next(), name, **fields)
        self.users[user.id] = user
        return user

    def add_guild(self, name: str, guild_id: str | None = None) -> Guild:
        """A new guild with its @everyone role. Its owner is nobody known, so that roles count for all."""
        guild = Guild(guild_id or self.ids.next(), name, self.ids.next())
        everyone = Role(guild.id, "@everyone", permissions.EVERYONE_DEFAULT)
        guild.roles[everyone.id] = everyone
        self.guilds[guild.id] = guild
        return guild

    def add_channel(self, guild: Guild, name: str, kind: int, channel_id: str | None = None) -> Channel:
        """A new channel at the end of a guild's list."""
        position = len(guild.channels)
        channel = Channel(channel_id or self.ids.next(), kind, name, guild, position=position)
        guild.channels[channel.id] = self.channels[channel.id] = channel
        return channel

    def add_member(self, guild: Guild, user: User, nick: str | None = None) -> Member:
        """Put a user into a guild."""
        member = guild.members[user.id] = Member(user, timestamp(), nick)
        return member

    def seat_bot(self, guild: Guild) -> None:
        """Make the bot a member, with the managed role that an invited bot gets."""
        if guild.bot_in:
            return
        role = Role(self.ids.next(), self.bot.name, permissions.BOT_DEFAULT, 1, self.bot.id)
        guild.roles[role.id] = role
        self.add_member(guild, self.bot).roles.append(role.id)
        guild.bot_in = True

    def unseat_bot(self, guild: Guild) -> None:
        """Take the bot and its managed role out of a guild."""
        for role_id in guild.members.pop(self.bot.id).roles:
            if guild.roles[role_id].bot_id:
                del guild.roles[role_id]
        guild.bot_in = False

    def dm_with(self, user: User) -> Channel:
        """The DM channel between the bot and a user, opened if need be."""
        if user.id not in self.dms:
            channel = Channel(self.ids.next(), DM, recipient=user)
            self.dms[user.id] = self.channels[channel.id] = channel
        return self.dms[user.id]

    def shared_guilds(self, user: User) -> list[Guild]:
        """The guilds in which both this user and the bot are, outages left out."""
        return [g for g in self.guilds.values() if g.seen and user.id in g.members]

    def bot_may(self, channel: Channel, *names: str) -> bool:
        """Whether the bot has all of these permissions in a channel."""
        return permissions.may(channel, self.bot.id, *names)

    def visible_channels(self, guild: Guild) -> set[str]:
        """The channels of a guild that the bot can see at present."""
        return {c.id for c in guild.channels.values() if self.bot_may(c, "VIEW_CHANNEL")}

    def active_threads(self, guild: Guild, parents: set[str] | None = None) -> list[Channel]:
        """The threads of a guild (or of some of its channels) that are not archived and that the bot can see."""
        found = [t for t in guild.threads.values() if parents is None or t.parent.id in parents]
        return [t for t in found if not t.thread.archived and self.bot_may(t, "VIEW_CHANNEL")]

    def require_channel(self, channel_id: str) -> Channel:
        """A channel as the REST API sees it: 10003 if there is none, 50001 if the bot cannot see it."""
        channel = self.channels.get(channel_id)
        if channel is None:
            raise refusal(10003)
        if not self.bot_may(channel, "VIEW_CHANNEL"):
            raise refusal(50001)
        return channel

    def require_message(self, channel: Channel, message_id: str) -> Message:
        """A message of a channel, else 10008. Ephemeral ones are not there for the channel's routes."""
        message = channel.messages.get(message_id)
        if message is None or message.visible_to:
            raise refusal(10008)
        return message

    def require_guild(self, guild_id: str) -> Guild:
        """A guild that the bot is in; 10004 for an unknown one, 50001 for a stranger's."""
        guild = self.guilds.get(guild_id)
        if guild is None:
            raise refusal(10004)
        if not guild.bot_in:
            raise refusal(50001)
        return guild

    def user(self, key: str | int) -> User:
        """A user by id or (case-insensitive) name, for the control face; of a name the newest."""
        if found := self.users.get(str(key)):
            return found
        name = str(key).lower()
        for user in reversed(self.users.values()):
            if user.name.lower() == name:
                return user
        raise Refused(f"There is no user {key!r}.")

    def guild(self, key: str | int | None) -> Guild:
        """A guild by id or name; None means the only one (or the first)."""
        if key is None and self.guilds:
            return next(iter(self.guilds.values()))
        for guild in self.guilds.values():
            if str(key) in (guild.id, guild.name):
                return guild
        raise Refused("There is no guild yet." if key is None else f"There is no guild {key!r}.")

    def channel(self, key: str | int | None, guild: Guild | None = None) -> Channel:
        """A channel by id or name; None means the first text channel of the guild."""
        if found := self.channels.get(str(key)):
            return found
        wanted = guild or self.guild(None)
        for channel in [*wanted.channels.values(), *wanted.threads.values()]:
            if channel.name == key or (key is None and channel.type == 0):
                return channel
        raise Refused(f"There is no channel {key!r} in {wanted.name}.")
