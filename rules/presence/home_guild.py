"""Which server is the home server, and which events from Discord may publish somebody.

DESIGN section 1: it is the one that was set, else the stored one, else the first that the bot is alone in.
"""

from collections.abc import Collection
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from models import BotState
from rules.presence.updates import clear_presences

NOBODY = "Nobody is published."


def get_home(session: Session) -> int | None:
    """The home server that is stored in the file."""
    state = session.get(BotState, 1)
    return state and state.home_guild_id


def move_home(session: Session, guild_id: int) -> None:
    """Store the home server; the members of the one before are dropped in the same transaction."""
    session.merge(BotState(id=1, home_guild_id=guild_id))
    clear_presences(session)


def find_home(setting: int | None, stored: int | None, guild_ids: Collection[int]) -> int | None:
    """The home server: as set, else as stored, else the only server that the bot is in."""
    return setting or stored or (next(iter(guild_ids)) if len(guild_ids) == 1 else None)


def find_problem(home: int | None, guild_ids: Collection[int]) -> str | None:
    """Why nobody is published, in one sentence, or None."""
    if home is None and guild_ids:
        return f"The bot is in several servers and none is the home server: set HOME_GUILD_ID. {NOBODY}"
    if home is None:
        return f"The bot is in no server yet: invite it to one. {NOBODY}"
    if home not in guild_ids:
        return f"The bot is not in the home server {home}: invite it there, or change HOME_GUILD_ID. {NOBODY}"
    return None


@dataclass
class Home:
    """What the gateway told so far; `guild_id` begins as the stored home server. Times are in ms."""

    setting: int | None
    guild_id: int | None = None
    guild_ids: set[int] = field(default_factory=set)
    gap_at: int | None = None
    removed: set[int] = field(default_factory=set)

    def begin(self, guild_ids: set[int], gap_at: int | None) -> None:
        """A fresh session: these are the bot's servers, and nothing was heard since `gap_at`."""
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
