"""One running Discord: its world, its settings and the parts that others talk to."""

import asyncio
from collections.abc import Coroutine

from simulator.event_log import EventLog
from simulator.faults import Faults
from simulator.gateway.hub import Hub
from simulator.interactions.command_registry import CommandRegistry
from simulator.interactions.interactions import Interactions
from simulator.settings import Settings
from simulator.state.entities import Guild
from simulator.state.world import World


class Simulation:
    """Holds the parts together; has no rules of its own."""

    def __init__(self, url: str, world: World | None = None) -> None:
        self.url = url
        self.settings = Settings()
        self.world = world or World()
        self.event_log = EventLog()
        self.hub = Hub(self.world, self.settings)
        self.commands = CommandRegistry(self.world)
        self.interactions = Interactions(self.world, self.settings)
        self.faults = Faults()
        self.files: dict[str, tuple[str, bytes]] = {}
        self._tasks: set[asyncio.Task] = set()

    @property
    def gateway_url(self) -> str:
        """Where the websocket is."""
        return self.url.replace("http", "ws", 1) + "/gateway"

    def emit(self, event: str, data: dict, guild: Guild | None = None) -> None:
        """Send an event to every gateway session that may have it."""
        self.hub.emit(event, data, guild)

    def spawn(self, work: Coroutine) -> None:
        """Run something in the background and keep hold of it."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
