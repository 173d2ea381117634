"""The home server as the gateway session knows it: which events may publish somebody."""

from dataclasses import dataclass, field

from rules.presence.home_guild import find_home, find_problem


@dataclass
class HomeGuild:
    """What the gateway told so far; `guild_id` begins as the stored home server.

    `gap_at`: since when (ms) nothing was received, until all members are known again.
    """

    setting: int | None
    guild_id: int | None = None
    guild_ids: set[int] = field(default_factory=set)
    gap_at: int | None = None
    removed: set[int] = field(default_factory=set)

    def begin(self, guild_ids: set[int], gap_at: int | None) -> None:
        """A fresh session: these are the bot's servers, and nothing was received since `gap_at` (ms)."""
        self.guild_ids, self.gap_at = guild_ids, gap_at
        self.removed.clear()

    def settle(self) -> bool:
        """Work out the home server from what is known now; whether it became another one."""
        before, self.guild_id = self.guild_id, find_home(self.setting, self.guild_id, self.guild_ids)
        return self.guild_id != before

    @property
    def problem(self) -> str | None:
        """Why nobody is published, in one sentence, or None."""
        return find_problem(self.guild_id, self.guild_ids)

    def covers(self, guild_id: str | int) -> bool:
        """Whether what happens in this server may publish anybody: it is the home server, and the bot is in it."""
        return int(guild_id) == self.guild_id and self.guild_id in self.guild_ids

    def remove(self, user_id: str | int) -> None:
        """A user left; what was on its way from before then must not bring the user back."""
        self.removed.add(int(user_id))

    def admit(self, user_id: str | int) -> None:
        """A user joined."""
        self.removed.discard(int(user_id))

    def has(self, user_id: str | int) -> bool:
        """Whether a member object may publish this user: not after the user left."""
        return int(user_id) not in self.removed
