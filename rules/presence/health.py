"""How the bot is, as it says in its one row, and what `/health` makes of it. Times are in ms since 1970."""

from functools import cache
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from database.compiled_queries import CompiledQuery, Reader
from database.connections import schema_version
from models import BotState, OptOut, Presence, Publication
from rules.parsing.timestamps import now_ms
from rules.presence.publication import EVERYONE

BEAT_EVERY_S = 5
# One heartbeat may be late, or fail where the file is locked; after three the bot is gone.
STALE_AFTER_MS = 15_000


def record_beat(session: Session, connected_since: int | None, last_event_at: int | None, problem: str | None) -> None:
    """The bot's heartbeat: since when it is connected to Discord (None: it is not), and when its last event came.

    `problem` is why nobody is published, or what else it cannot do just now, in one sentence. Times are in ms.
    """
    state = _state(session)
    state.beat_at = now_ms()
    state.connected_since, state.problem = connected_since, problem
    # A bot that has just started again has had no event yet; that of its last run still counts.
    state.last_event_at = last_event_at or state.last_event_at
    if connected_since:
        state.connected_at = state.beat_at
    session.add(state)


def get_last_connected(session: Session) -> int | None:
    """When the bot last was connected to Discord, to within BEAT_EVERY_S; None if it never was."""
    return _state(session).connected_at


def is_connected(reader: Reader) -> bool:
    """Whether the bot is connected to Discord and its heartbeat is at most 15 s old."""
    state = _query().find(reader)
    return state is not None and _is_connected(state, now_ms())


def get_standing(reader: Reader) -> tuple[bool, str]:
    """Whether the bot is connected, as `is_connected` says, and the choice of who is published; one query."""
    state = _query().find(reader)
    return state is not None and _is_connected(state, now_ms()), (state and state.choice) or EVERYONE


def get_health(reader: Reader) -> dict[str, Any]:
    """The body of `/health`; `problem` is why nobody is published, in one sentence, or null."""
    now, state = now_ms(), _query().find(reader) or BotState()
    connected = _is_connected(state, now)
    return {
        "status": "ok" if connected else "the bot is not connected to Discord",
        "database": {"readable": True, "schema": schema_version(reader)},
        "bot": {
            "connected": connected,
            "connectedSince": state.connected_since if connected else None,
            "heartbeatAgeMs": _age(now, state.beat_at),
            "lastEventAgeMs": _age(now, state.last_event_at),
            "problem": state.problem,
        },
        "published": count_published(reader),
    }


def find_problem(reader: Reader) -> str | None:
    """Why nobody is published, or what else the bot cannot do just now, in one sentence; None without a problem."""
    state = _query().find(reader)
    return state and state.problem


def count_published(reader: Reader) -> int:
    """How many users are published."""
    return _query_published().find(reader).published


def _state(session: Session) -> BotState:
    return session.get(BotState, 1) or BotState(id=1)


@cache
def _query() -> CompiledQuery:
    told = (BotState.connected_since, BotState.beat_at, BotState.last_event_at, BotState.problem)
    choice = select(Publication.choice).where(Publication.id == 1).scalar_subquery().label("choice")
    return CompiledQuery(select(*told, choice).where(BotState.id == 1))


@cache
def _query_published() -> CompiledQuery:
    # Few are hidden: looking those up is far less than joining everybody.
    stored = select(func.count()).select_from(Presence).scalar_subquery()
    hidden = select(func.count()).select_from(OptOut).join(Presence, Presence.user_id == OptOut.user_id)
    return CompiledQuery(select((stored - hidden.scalar_subquery()).label("published")))


def _is_connected(state: Any, now: int) -> bool:
    return bool(state.connected_since and state.beat_at and now - state.beat_at <= STALE_AFTER_MS)


def _age(now: int, then: int | None) -> int | None:
    # The wall clock may have been set back.
    return None if then is None else max(0, now - then)
