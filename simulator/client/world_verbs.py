"""Making and changing what exists: guilds, channels, users, members."""

from simulator.client.caller import Caller


class WorldVerbs(Caller):
    """Verbs that change the world."""

    def add_guild(
        self,
        name: str,
        guild_id: str | None = None,
        bot: bool = True,
        channel: str | None = "general",
        channel_id: str | None = None,
    ) -> str:
        """A new guild with one text channel, with or without the bot; its id."""
        return self.call("add_guild", name=name, guild_id=guild_id, bot=bot, channel=channel, channel_id=channel_id)

    def rename_guild(self, name: str, guild: str | None = None) -> None:
        """Change a guild's name (GUILD_UPDATE)."""
        self.call("rename_guild", name=name, guild=guild)

    def boost(self, tier: int, guild: str | None = None) -> None:
        """Change a guild's boost tier: from 2 on files may be larger (GUILD_UPDATE)."""
        self.call("boost", tier=tier, guild=guild)

    def set_system_channel(self, channel: str | None, guild: str | None = None) -> None:
        """Choose where Discord tells who joined (GUILD_UPDATE)."""
        self.call("set_system_channel", channel=channel, guild=guild)

    def set_owner(self, user: str, guild: str | None = None) -> None:
        """Give a guild to a user, whom no permission binds then (GUILD_UPDATE)."""
        self.call("set_owner", user=user, guild=guild)

    def add_channel(self, name: str, guild: str | None = None, kind: int = 0, channel_id: str | None = None) -> str:
        """A new channel (CHANNEL_CREATE): 0 text, 2 voice, 4 category, 5 news, 13 stage, 15 forum; its id."""
        return self.call("add_channel", name=name, guild=guild, type=kind, channel_id=channel_id)

    def edit_channel(
        self, channel: str, name: str | None = None, topic: str | None = None, nsfw: bool | None = None
    ) -> None:
        """Change a channel (CHANNEL_UPDATE)."""
        self.call("edit_channel", channel=channel, name=name, topic=topic, nsfw=nsfw)

    def delete_channel(self, channel: str) -> None:
        """Remove a channel with its threads and webhooks (CHANNEL_DELETE)."""
        self.call("delete_channel", channel=channel)

    def channels(self, guild: str | None = None) -> dict[str, str]:
        """A guild's channels: ids by name."""
        return self.call("channels", guild=guild)

    def add_bot(self, guild: str) -> None:
        """Invite the bot into a guild (GUILD_CREATE)."""
        self.call("add_bot", guild=guild)

    def remove_bot(self, guild: str) -> None:
        """Throw the bot out of a guild (GUILD_DELETE)."""
        self.call("remove_bot", guild=guild)

    def outage(self, guild: str | None = None) -> None:
        """Make a guild unavailable (GUILD_DELETE with unavailable)."""
        self.call("outage", guild=guild)

    def restore(self, guild: str | None = None) -> None:
        """End an outage (GUILD_CREATE)."""
        self.call("restore", guild=guild)

    def add_user(
        self,
        name: str,
        user_id: str | None = None,
        global_name: str | None = None,
        bot: bool = False,
        avatar: str | None = None,
        dms: bool = True,
        **raw: object,
    ) -> str:
        """A new account in no guild; its id. `raw` goes into its user object as it is."""
        return self.call(
            "add_user",
            name=name,
            user_id=user_id,
            global_name=global_name,
            bot=bot,
            avatar=avatar,
            dms=dms,
            **raw,
        )

    def edit_user(self, user: str, **changes: object) -> None:
        """Change name, global_name, avatar or raw user fields (GUILD_MEMBER_UPDATE per shared guild)."""
        self.call("edit_user", user=user, **changes)

    def refuse_dms(self, user: str, yes: bool = True) -> None:
        """Whether a user refuses DMs (50007)."""
        self.call("refuse_dms", user=user, yes=yes)

    def users(self, guild: str | None = None) -> list[dict]:
        """The accounts of a guild, or all."""
        return self.call("users", guild=guild)

    def join(self, user: str, guild: str | None = None, nick: str | None = None) -> None:
        """A user joins a guild (GUILD_MEMBER_ADD)."""
        self.call("join", user=user, guild=guild, nick=nick)

    def leave(self, user: str, guild: str | None = None) -> None:
        """A user leaves a guild (GUILD_MEMBER_REMOVE)."""
        self.call("leave", user=user, guild=guild)

    def kick(self, user: str, guild: str | None = None) -> None:
        """A user is kicked (GUILD_MEMBER_REMOVE)."""
        self.call("kick", user=user, guild=guild)

    def ban(self, user: str, guild: str | None = None) -> None:
        """A user is banned (GUILD_BAN_ADD, GUILD_MEMBER_REMOVE)."""
        self.call("ban", user=user, guild=guild)

    def unban(self, user: str, guild: str | None = None) -> None:
        """A ban is lifted (GUILD_BAN_REMOVE)."""
        self.call("unban", user=user, guild=guild)

    def edit_member(self, user: str, guild: str | None = None, nick: str | None = None) -> None:
        """Change a member's nickname (GUILD_MEMBER_UPDATE)."""
        self.call("edit_member", user=user, guild=guild, nick=nick)

    def time_out(self, user: str, seconds: int, guild: str | None = None) -> None:
        """A member may only read for so many seconds; 0 ends that (GUILD_MEMBER_UPDATE)."""
        self.call("time_out", user=user, seconds=seconds, guild=guild)

    def fill(self, guild: str | None, count: int, online: float = 0.3, listening: float = 0) -> tuple[str, str]:
        """Add many members without events, a share of them online and one listening; the first and the last id."""
        first, last = self.call("fill", guild=guild, count=count, online=online, listening=listening)
        return first, last
