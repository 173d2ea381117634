"""Movement for the tour: people come, go, play and listen, a few seconds apart, for ever."""

import asyncio
from collections.abc import Iterator
from itertools import cycle

from simulator.activities import custom, game, spotify
from simulator.control.presences import presence
from simulator.simulation import Simulation

SECONDS_BETWEEN = 3.0
_SONGS = (
    ("Weightless", "Marconi Union", "Weightless", 480),
    ("Clair de lune", "Claude Debussy", "Suite bergamasque", 305),
    ("Harvest Moon", "Neil Young", "Harvest Moon", 303),
    ("Teardrop", "Massive Attack; Elizabeth Fraser", "Mezzanine", 330),
)
_GAMES = (
    ("Stardew Valley", "Spring, year 2", "Watering the parsnips"),
    ("Factorio", "Launching a rocket", None),
    ("Minecraft", None, None),
)


def scenes() -> Iterator[dict]:
    """The endless list of presences, as arguments of the verb `presence`."""
    songs, games = cycle(_SONGS), cycle(_GAMES)
    while True:
        reading = custom("reading on the balcony", "📚")
        yield {"user": "alice", "status": "online", "activities": [spotify(*next(songs))]}
        yield {"user": "bob", "status": "dnd", "activities": [game(*next(games))]}
        yield {"user": "dana", "status": "online", "client_status": {"mobile": "online"}}
        yield {"user": "charlie", "status": "idle", "activities": [reading]}
        yield {"user": "alice", "activities": [reading, spotify(*next(songs))]}
        yield {"user": "eve", "status": "online", "client_status": {"web": "online", "mobile": "idle"}}
        yield {"user": "bob", "status": "online", "activities": []}
        yield {"user": "dana", "status": "online", "activities": [game(*next(games)), spotify(*next(songs))]}
        yield {"user": "charlie", "status": "online", "activities": []}
        yield {"user": "eve", "status": "offline"}
        yield {"user": "dana", "status": "offline"}


async def move(sim: Simulation) -> None:
    """Play the scenes until cancelled."""
    for scene in scenes():
        await presence(sim, **scene)
        await asyncio.sleep(SECONDS_BETWEEN)
