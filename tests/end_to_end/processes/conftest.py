"""Web sides of one test alone, without a bot: on a file that holds alice, who has a token."""

import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from rules.account import tokens
from rules.presence import updates
from simulator.client import Simulator
from tests.end_to_end.rollcall import Rollcall

ALICE = 80351110224678912


class Web(Rollcall):
    """A web side with alice published, and `token` hers."""

    forked = False

    def publish_alice(self) -> None:
        member = {"user": {"id": str(ALICE), "username": "alice"}}
        change = updates.change_of_member(member, 1000, 1000, {"status": "online"})
        self.token = tokens.make_token(ALICE)
        self.write(updates.record_presences, {ALICE: change})
        self.write(tokens.store_token, ALICE, tokens.hash_token(self.token))

    def put(self, key: str, value: str, seconds: float = 15) -> int:
        """Store a pair of alice's; the status of the answer."""
        headers = {"Authorization": self.token}
        return self.http.put(f"{self.url}/user/@me/kv/{key}", value, headers=headers, timeout=seconds).status_code

    def is_port_free(self) -> bool:
        """Whether nobody listens any more where this web side did."""
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) != 0


@pytest.fixture
def web(discord: Simulator, tmp_path: Path) -> Iterator[Callable[..., Web]]:
    """Starts a web side with these settings, by gunicorn or another command."""
    made: list[Web] = []

    def start(*command: str, **environ: str) -> Web:
        running = Web(discord, tmp_path, **{"BODY_TIMEOUT": "2", "WEB_CONCURRENCY": "2", **environ})
        made.append(running)
        running.start_web(*command)
        running.publish_alice()
        return running

    yield start
    for running in made:
        running.stop()
