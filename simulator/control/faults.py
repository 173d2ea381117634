"""Verbs for settings and for everything that can go wrong."""

import re

from simulator.control.verbs import verb
from simulator.errors import Refused
from simulator.faults import Fault, FaultOrder
from simulator.gateway.session import Client
from simulator.simulation import Simulation


@verb
def set_(sim: Simulation, **options: object) -> None:
    """Change settings."""
    sim.settings.change(options)


def _connections(sim: Simulation) -> list[Client]:
    return list(sim.hub.connections)


@verb
def drop_gateway(sim: Simulation) -> int:
    """Cut every gateway connection without a closing frame; how many."""
    found = _connections(sim)
    for connection in found:
        connection.abort()
    return len(found)


@verb
def close_gateway(sim: Simulation, code: int = 4000) -> int:
    """Close every gateway connection with a code; how many."""
    if not 1000 <= code <= 4999:
        raise Refused("A close code lies between 1000 and 4999.")
    found = _connections(sim)
    for connection in found:
        connection.close(code)
    return len(found)


@verb
def reconnect(sim: Simulation) -> int:
    """Send op 7 to every connection; how many."""
    found = _connections(sim)
    for connection in found:
        connection.write_op(7)
    return len(found)


@verb
def invalidate(sim: Simulation, resumable: bool = False) -> int:
    """Send op 9 to every connection; how many. A session that is not resumable is forgotten."""
    found = _connections(sim)
    for connection in found:
        if not resumable:
            sim.hub.forget(connection.session)
        connection.write_op(9, resumable)
    return len(found)


@verb
def forget_sessions(sim: Simulation) -> int:
    """Forget every session, so that no resume succeeds; how many."""
    count = len(sim.hub.sessions)
    sim.hub.sessions.clear()
    return count


@verb
def stop_acking(sim: Simulation, yes: bool = True) -> None:
    """Whether heartbeats stay unanswered."""
    sim.settings.stop_acking = yes


@verb
def refuse_connections(sim: Simulation, yes: bool = True, how: str = "cut") -> None:
    """Whether Discord is away: connections are cut, or with how="503" REST answers 503."""
    sim.settings.change({"refuse_connections": how if yes else ""})
    if yes:
        drop_gateway(sim)


@verb
def fail_rest(sim: Simulation, order: FaultOrder) -> None:
    """Let requests fail."""
    if order.status is not None and not 400 <= order.status <= 599:
        raise Refused("fail_rest: status is 400 to 599.")
    if (order.times is not None and order.times < 1) or order.delay < 0 or not 0 <= order.probability <= 1:
        raise Refused("fail_rest: times is at least 1, delay at least 0, probability from 0 to 1.")
    try:
        sim.faults.ordered.append(Fault(order))
    except re.error as error:
        raise Refused(f"fail_rest: {order.path_regex!r} is not a pattern: {error}.") from None


@verb
def faults(sim: Simulation) -> list:
    """The ordered failures, and how often each has happened."""
    ordered = sim.faults.ordered
    return [{"method": f.order.method, "path": f.order.path_regex, "happened": f.happened} for f in ordered]


@verb
def clear_faults(sim: Simulation) -> None:
    """Take back the failures that were ordered, stop_acking and refuse_connections."""
    sim.faults.ordered.clear()
    sim.settings.change({"stop_acking": False, "refuse_connections": ""})
