"""A Rollcall of two workers and a bot for one test alone, a system whose front changes, and who listens to it."""

from collections.abc import Callable, Iterator

import pytest

from database import connections
from rules.fronting import switches
from rules.parsing.uuids import format_uuid
from rules.systems import members, systems
from tests.end_to_end.live.reconnecting import Listener, SocketListener, StreamListener, worker_of
from tests.end_to_end.rollcall import Rollcall, until


class People:
    """Users of the home server. One of them, `alice`, has a system, `hid`, in which Ann and Ben take turns."""

    def __init__(self, running: Rollcall, number: int) -> None:
        self.running, self.discord = running, running.simulator
        self.ids = [self.discord.add_user(f"person{number}") for number in range(number)]
        for user_id in self.ids:
            self.discord.join(user_id)
        self.alice = self.ids[0]
        self._database = connections.open_database(running.database_url)
        with self._database.write() as session:
            self.hid = systems.create_system(session, int(self.alice), {"name": "Foxes"}).hid
            made = [members.create_member(session, int(self.alice), {"name": name}) for name in ("Ann", "Ben")]
            self._members = [member.hid for member in made]
        self.switched: list[str] = []
        until(lambda: running.status_of(self.ids[-1]) is not None)

    @property
    def path(self) -> str:
        return f"/events?users={','.join(self.ids)}&systems={self.hid}"

    def switch(self) -> str:
        """Let the other one front; the switch's ID."""
        with self._database.write() as session:
            fronter = self._members[len(self.switched) % 2]
            switch_id = format_uuid(switches.log_switch(session, int(self.alice), [fronter]).uuid)
        self.switched.append(switch_id)
        return switch_id

    def fail_to_rename(self, name: str) -> None:
        """Rename the system in a transaction that is rolled back."""
        try:
            with self._database.write() as session:
                systems.edit_system(session, int(self.alice), {"name": name})
                session.flush()
                raise InterruptedError
        except InterruptedError:
            pass

    def be(self, user_id: str, status: str, number: int) -> None:
        """Let a user show a status and a number, by way of Discord and the bot."""
        self.discord.presence(user_id, status, [{"type": 4, "name": "Custom Status", "state": f"number {number}"}])

    def close(self) -> None:
        self._database.close()


@pytest.fixture
def running(alone: Callable[..., Rollcall]) -> Rollcall:
    made = alone(options={"rate_limits": False}, WEB_CONCURRENCY="2", LIVE_PER_CLIENT="1000")
    made.start_bot()
    made.start_web()
    until(lambda: len(made.workers()) == 2)
    return made


@pytest.fixture
def people(running: Rollcall) -> Iterator[People]:
    made = People(running, 3)
    yield made
    made.close()


@pytest.fixture
def listening(running: Rollcall) -> Iterator[Callable[..., list[Listener]]]:
    """Lets these listen until the test ends."""
    begun: list[Listener] = []

    def start(*listeners: Listener) -> list[Listener]:
        for one in listeners:
            begun.append(one)
            one.start()
        until(lambda: all(one.is_connected for one in listeners))
        return list(listeners)

    yield start
    for one in begun:
        one.stop()


@pytest.fixture
def at_both(running: Rollcall, listening: Callable[..., list[Listener]]) -> Callable[..., list[Listener]]:
    """Lets listeners of a kind listen until both workers have two of them."""

    def start(make: Callable[[], Listener]) -> list[Listener]:
        found: list[Listener] = []
        by_worker: dict[int | None, int] = {}
        while len(by_worker) < 2 or min(by_worker.values()) < 2:
            assert len(found) < 100, by_worker
            found += listening(make())
            worker = worker_of(running, found[-1].client)
            by_worker[worker] = by_worker.get(worker, 0) + 1
        assert set(by_worker) == running.workers()
        return found

    return start


@pytest.fixture
def streams(at_both: Callable, running: Rollcall, people: People) -> list[StreamListener]:
    """Streams at both workers that keep their place."""
    return at_both(lambda: StreamListener(running, people.path))


@pytest.fixture
def sockets(at_both: Callable, running: Rollcall, people: People) -> list[SocketListener]:
    """Sockets at both workers."""
    return at_both(lambda: SocketListener(running, people.ids))
