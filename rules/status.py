"""How the bot is, as it says in its one row, and what `/health` makes of it. Times are in ms since 1970."""

import time
from collections.abc import Collection
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import BotState, Hidden, Presence, schema_version
from rules.presence import clear_presences

STALE_AFTER_MS = 15_000
BEAT_EVERY_S = 5


def now_ms() -> int:
    """The time now, in ms since 1970."""
    return time.time_ns() // 1_000_000


def record_beat(session: Session, connected_since: int | None, last_event_at: int | None, problem: str | None) -> None:
    """The bot's sign of life: since when it is connected to Discord (None: it is not), and its last event."""
    state = _state(session)
    state.beat_at = now_ms()
    state.connected_since, state.last_event_at, state.problem = connected_since, last_event_at, problem
    if connected_since:
        state.connected_at = state.beat_at
    session.add(state)


def get_last_connected(session: Session) -> int | None:
    """When the bot last was connected to Discord, to within BEAT_EVERY_S; None if it never was."""
    return _state(session).connected_at


def get_home(session: Session) -> int | None:
    """The home server that is stored in the file."""
    return _state(session).home_guild_id


def move_home(session: Session, guild_id: int) -> None:
    """Store the home server; the members of the one before are dropped in the same transaction."""
    state = _state(session)
    state.home_guild_id = guild_id
    session.add(state)
    clear_presences(session)


def find_home(setting: int | None, stored: int | None, guild_ids: Collection[int]) -> int | None:
    """The home server: as set, else as stored, else the only server that the bot is in."""
    return setting or stored or (next(iter(guild_ids)) if len(guild_ids) == 1 else None)


def find_problem(home: int | None, guild_ids: Collection[int]) -> str | None:
    """Why nobody is published, in one sentence, or None."""
    if home is None and guild_ids:
        return "The bot is in several servers and none is the home server: set HOME_GUILD_ID. Nobody is published."
    if home is None:
        return "The bot is in no server yet: invite it to one. Nobody is published."
    if home not in guild_ids:
        return (
            f"The bot is not in the home server {home}: invite it there, or change HOME_GUILD_ID. Nobody is published."
        )
    return None


def is_connected(session: Session) -> bool:
    """Whether the bot is connected to Discord and gave a sign of life within 15 s."""
    return _is_connected(_state(session), now_ms())


def get_health(session: Session) -> dict[str, Any]:
    """What `/health` tells; `problem` is why nobody is published, in one sentence, or null."""
    now, state = now_ms(), _state(session)
    connected = _is_connected(state, now)
    return {
        "status": "ok" if connected else "the bot is not connected to Discord",
        "database": {"readable": True, "schema": schema_version(session)},
        "bot": {
            "connected": connected,
            "connectedSince": state.connected_since if connected else None,
            "heartbeatAgeMs": _age(now, state.beat_at),
            "lastEventAgeMs": _age(now, state.last_event_at),
            "problem": state.problem,
        },
        "published": count_published(session),
    }


def count_published(session: Session) -> int:
    """How many users are published."""
    stored = session.scalar(select(func.count()).select_from(Presence))
    hidden = session.scalar(select(func.count()).select_from(Hidden).join(Presence, Presence.user_id == Hidden.user_id))
    return stored - hidden


def _state(session: Session) -> BotState:
    return session.get(BotState, 1) or BotState(id=1)


def _is_connected(state: BotState, now: int) -> bool:
    return bool(state.connected_since and state.beat_at and now - state.beat_at <= STALE_AFTER_MS)


def _age(now: int, then: int | None) -> int | None:
    return None if then is None else max(0, now - then)
