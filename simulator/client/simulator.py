"""A running simulator: all verbs in one class."""

from collections.abc import Callable

from simulator.client.act_verbs import ActVerbs
from simulator.client.fault_verbs import FaultVerbs
from simulator.client.log_verbs import LogVerbs
from simulator.client.message_verbs import MessageVerbs
from simulator.client.role_verbs import RoleVerbs
from simulator.client.server_process import ServerProcess
from simulator.client.thread_verbs import ThreadVerbs
from simulator.client.webhook_verbs import WebhookVerbs
from simulator.client.world_verbs import WorldVerbs
from simulator.errors import SimulatorError


class Simulator(WorldVerbs, RoleVerbs, MessageVerbs, ActVerbs, WebhookVerbs, ThreadVerbs, LogVerbs, FaultVerbs):
    """A running simulator. Users, guilds and channels are named by id or by name everywhere."""

    def __init__(self, url: str | None = None) -> None:
        super().__init__(url)
        self._server: ServerProcess | None = None

    @classmethod
    def start(cls, port: int = 0, **options: object) -> "Simulator":
        """Start an empty simulator as a child process; rate limits are off unless asked for.

        `options` are settings as for `set`. Use it in a `with`, or call `stop()` at the end.
        """
        server = ServerProcess(port)
        simulator = cls(server.url)
        simulator._server = server
        try:
            simulator.set(**({"rate_limits": False} | options))
        except SimulatorError:
            simulator.stop()
            raise
        return simulator

    def stop(self) -> None:
        """End the child process, if `start` began one."""
        self._session.close()
        if self._server:
            self._server.stop()
            self._server = None

    def __enter__(self) -> "Simulator":
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def say_and_wait(
        self, user: str, text: str = "", timeout: float = 3.0, quiet: float = 0.15, **where: object
    ) -> list[dict]:
        """`say`, then what the bot did until it was quiet for a while; [] if nothing in time."""
        return self._and_wait(lambda: self.say(user, text, **where), timeout, quiet)

    def slash_and_wait(
        self,
        user: str,
        command: str,
        options: dict[str, object] | None = None,
        timeout: float = 3.0,
        quiet: float = 0.15,
        **where: object,
    ) -> list[dict]:
        """`slash`, then what the bot did until it was quiet for a while; [] if nothing in time."""
        return self._and_wait(lambda: self.slash(user, command, options, **where), timeout, quiet)

    def click_and_wait(
        self, user: str, message_id: str, custom_id: str, timeout: float = 3.0, quiet: float = 0.15
    ) -> list[dict]:
        """`click`, then what the bot did until it was quiet for a while; [] if nothing in time."""
        return self._and_wait(lambda: self.click(user, message_id, custom_id), timeout, quiet)

    def _and_wait(self, act: Callable[[], object], timeout: float, quiet: float) -> list[dict]:
        after = self.last_seq()
        act()
        return self.wait(after, 1, timeout, answers_only=True, quiet=quiet)
