"""The home server as the gateway session knows it: which events may publish somebody."""

import time
from dataclasses import dataclass, field

from rules.presence import states
from rules.presence.home_guild import find_home, find_problem

# Discord sends all servers within a few seconds of READY; the one that does not come is out of reach.
LATE_AFTER_S = 10


@dataclass
class HomeGuild:
    """What the gateway told so far; `guild_id` begins as the stored home server.

    `gap_at`: since when (ms) nothing was received, until all members are known again. `is_available`: Discord sent the
    server; `is_out`: Discord said that it cannot.
    """

    setting: int | None
    guild_id: int | None = None
    guild_ids: set[int] = field(default_factory=set)
    gap_at: int | None = None
    removed: set[int] = field(default_factory=set)
    is_available: bool = False
    is_out: bool = False
    _expected_at: float = field(default_factory=time.monotonic)

    def begin(self, guild_ids: set[int], gap_at: int | None) -> None:
        """A fresh session: these are the bot's servers, and nothing was received since `gap_at` (ms)."""
        self.guild_ids, self.gap_at = guild_ids, gap_at
        self.removed.clear()
        self.is_available, self.is_out, self._expected_at = False, False, time.monotonic()

    def arrive(self, guild_id: int) -> None:
        """The bot is in this server, and Discord sent it."""
        self.guild_ids.add(guild_id)
        if guild_id == self.guild_id:
            self.is_available, self.is_out = True, False

    def lose(self, guild_id: int, gap_at: int) -> None:
        """An outage of Discord's: the bot is still in the server, and only what happens meanwhile is missed."""
        if guild_id == self.guild_id:
            self.is_available, self.is_out = False, True
            self.gap_at = self.gap_at or gap_at

    @property
    def state(self) -> str:
        """How far the home server is known, as one of `states`; whether its members are is another question."""
        if self.problem:
            return states.NOT_IN_HOME
        if self.is_available:
            return states.CONNECTED
        is_late = time.monotonic() - self._expected_at > LATE_AFTER_S
        return states.OUT_OF_REACH if self.is_out or is_late else states.STARTING

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
