"""Verbs for presences and for raw events."""

import asyncio
import time
from typing import Any

from simulator import payloads
from simulator.control.verbs import check, verb
from simulator.errors import Refused
from simulator.simulation import Simulation
from simulator.state.entities import User

MOST_TOGETHER = 500
_STATUSES = ("online", "idle", "dnd", "offline")


@verb
async def presence(
    sim: Simulation,
    user: str | int,
    status: str | None = None,
    activities: list | None = None,
    client_status: dict | None = None,
    bare_user: bool = False,
    raw: dict | None = None,
    drop: list | None = None,
) -> float:
    """Change a presence, told once per shared guild; when the last frame was written."""
    update = {"user": user, "status": status, "activities": activities, "client_status": client_status}
    _tell(sim, update | {"bare_user": bare_user, "raw": raw, "drop": drop})
    return await sim.hub.flush()


def _tell(sim: Simulation, update: dict[str, Any]) -> None:
    who, status = sim.world.user(update["user"]), update.get("status")
    _check_status(status)
    change(who, status, update.get("activities"), update.get("client_status"))
    for guild in sim.world.shared_guilds(who):
        body = payloads.presence(who, guild.id, update.get("bare_user", False)) | (update.get("raw") or {})
        kept = {key: value for key, value in body.items() if key not in (update.get("drop") or [])}
        sim.emit("PRESENCE_UPDATE", kept, guild)


def _check_status(status: str | None) -> None:
    if status is not None and status not in _STATUSES:
        raise Refused(f"A status is one of {', '.join(_STATUSES)}, not {status!r}.")


def change(who: User, status: str | None, activities: list | None, client_status: dict | None) -> None:
    """Set a user's presence; a client_status that is not given follows the status."""
    if status == "offline":
        who.activities, who.client_status = [], {}
    elif status is not None and client_status is None:
        platforms = who.client_status or {"desktop": status}
        who.client_status = dict.fromkeys(platforms, status)
    who.status = status or who.status
    who.activities = who.activities if activities is None else activities
    who.client_status = who.client_status if client_status is None else client_status


@verb
async def presences(sim: Simulation, updates: list, per_second: float = 0) -> list:
    """Many presences in one call, each an object with the arguments of `presence`; the times of writing.

    `per_second` spreads them evenly; 0 is as fast as they can be written, hundreds in one go.
    """
    for update in updates:
        if not isinstance(update, dict):
            raise Refused(f"presences: {update!r} is not an object.")
        check("presences", presence, update)
        _check_status(update.get("status"))
        sim.world.user(update["user"])
    begun, times, together = time.monotonic(), [], 1 if per_second > 0 else MOST_TOGETHER
    for start in range(0, len(updates), together):
        if per_second > 0:
            await asyncio.sleep(begun + start / per_second - time.monotonic())
        for update in (some := updates[start : start + together]):
            _tell(sim, update)
        times += [await sim.hub.flush()] * len(some)
    return times


@verb
async def dispatch(sim: Simulation, event: str, data: Any = None) -> float:
    """Send any event to every session as it is, broken ones included; when it was written."""
    sim.hub.emit_raw(event, data)
    return await sim.hub.flush()
