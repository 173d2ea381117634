"""Which server is the home server, whose members are published.

DESIGN section 1: it is the one that was set, else the stored one, else the first that the bot is alone in.
"""

from collections.abc import Collection

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
    # `merge` sets what is given and leaves the heartbeat in the same row alone.
    session.merge(BotState(id=1, home_guild_id=guild_id))
    clear_presences(session)


def find_home(setting: int | None, stored: int | None, guild_ids: Collection[int]) -> int | None:
    """The home server: as set, else as stored, else the only server that the bot is in.

    `stored` comes before the servers: inviting the bot elsewhere, for proxying, must publish nobody there.
    """
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
