"""How the bot is, as it says in its one row, and what `/health` makes of it.

Instants are in ms since 1970. Durations are measured by the machine's uptime: the clock may be set, both ways.
"""

from collections.abc import Callable
from functools import cache
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from database.compiled_queries import CompiledQuery, Reader
from database.connections import schema_version
from models import BotState, OptOut, Presence, Publication
from rules.parsing.timestamps import now_ms, uptime_ms
from rules.presence import states
from rules.presence.publication import EVERYONE

BEAT_EVERY_S = 5
# One heartbeat may be late, or fail where the file is locked; after three the bot is gone.
STALE_AFTER_MS = 15_000


def record_beat(
    session: Session,
    connected_since: int | None,
    last_event_uptime: int | None,
    problem: str | None,
    state: str | None = None,
) -> None:
    """The bot's heartbeat: since when it is connected to Discord (ms; None: it is not), and how it is.

    `last_event_uptime` is when its last event came, by `uptime_ms`. `problem` is why nobody is published, or what else
    it cannot do just now, in one sentence. `state` is one of `states`; None stands for connected, or not connected.
    """
    row = _row(session)
    row.beat_at, row.beat_uptime = now_ms(), uptime_ms()
    row.connected_since, row.problem = connected_since, problem
    row.state = state or (states.CONNECTED if connected_since else states.NOT_CONNECTED)
    # A bot that has just started again has had no event yet; that of its last run still counts.
    if last_event_uptime is not None:
        row.last_event_uptime = last_event_uptime
        row.last_event_at = row.beat_at - (row.beat_uptime - last_event_uptime)
    if connected_since:
        row.connected_at = row.beat_at
    session.add(row)


def get_last_connected(session: Session) -> int | None:
    """When the bot last was connected to Discord, to within BEAT_EVERY_S; None if it never was."""
    return _row(session).connected_at


def find_state(reader: Reader, can_write: Callable[[], bool] | None = None) -> str:
    """The state of the bot, one of `states`: what it said last, while its heartbeat is at most 15 s old.

    `can_write` tells whether the file can be written; it is asked only where there is no heartbeat, since a bot that
    cannot write cannot say so either.
    """
    return _find_state(_query().find(reader), can_write)


def find_standing(reader: Reader, can_write: Callable[[], bool] | None = None) -> tuple[str, str]:
    """The state as `find_state` tells it, and the choice of who is published; one query."""
    row = _query().find(reader)
    return _find_state(row, can_write), (row and row.choice) or EVERYONE


def get_health(reader: Reader, can_write: Callable[[], bool] | None = None) -> dict[str, Any]:
    """The body of `/health`; `problem` is what is wrong, in a sentence or two, or null. `can_write`: `find_state`."""
    row = _query().find(reader) or BotState()
    state = _find_state(row, can_write)
    connected = _is_beating(row) and row.connected_since is not None
    return {
        "status": "ok" if state == states.CONNECTED else states.describe(state),
        "state": state,
        "database": {"readable": True, "schema": schema_version(reader)},
        "bot": {
            "connected": connected,
            "connectedSince": row.connected_since if connected else None,
            "heartbeatAgeMs": _age(row.beat_uptime, row.beat_at),
            "lastEventAgeMs": _age(row.last_event_uptime, row.last_event_at),
            "problem": row.problem or states.find_problem(state),
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


def _row(session: Session) -> BotState:
    return session.get(BotState, 1) or BotState(id=1)


@cache
def _query() -> CompiledQuery:
    said = [column for column in BotState.__table__.columns if column.name not in ("id", "home_guild_id")]
    choice = select(Publication.choice).where(Publication.id == 1).scalar_subquery().label("choice")
    return CompiledQuery(select(*said, choice).where(BotState.id == 1))


@cache
def _query_published() -> CompiledQuery:
    # Few are hidden: looking those up is far less than joining everybody.
    stored = select(func.count()).select_from(Presence).scalar_subquery()
    hidden = select(func.count()).select_from(OptOut).join(Presence, Presence.user_id == OptOut.user_id)
    return CompiledQuery(select((stored - hidden.scalar_subquery()).label("published")))


def _find_state(row: Any, can_write: Callable[[], bool] | None) -> str:
    if row is not None and _is_beating(row):
        # A bot of an older version says no state.
        return row.state or (states.CONNECTED if row.connected_since else states.NOT_CONNECTED)
    has_beaten = row is not None and row.beat_at is not None
    return states.CANNOT_WRITE if has_beaten and can_write and not can_write() else states.NOT_CONNECTED


def _is_beating(row: Any) -> bool:
    if row.beat_at is None:
        return False
    if row.beat_uptime is None:
        return now_ms() - row.beat_at <= STALE_AFTER_MS
    # An uptime that lies ahead was that of the machine before it started again.
    return 0 <= uptime_ms() - row.beat_uptime <= STALE_AFTER_MS


def _age(uptime: int | None, at: int | None) -> int | None:
    if at is None:
        return None
    age = -1 if uptime is None else uptime_ms() - uptime
    return age if age >= 0 else max(0, now_ms() - at)
