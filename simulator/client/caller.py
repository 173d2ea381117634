"""The control face over HTTP: one call, one JSON answer."""

import os
from typing import Any

import requests

from simulator.errors import SimulatorError

DEFAULT_URL = "http://127.0.0.1:8100"


class Caller:
    """Calls the control verbs of a running simulator."""

    def __init__(self, url: str | None = None) -> None:
        self.url = (url or os.environ.get("SIMULATOR_URL") or DEFAULT_URL).rstrip("/")
        self._session = requests.Session()
        # a proxy from the environment must not come between two processes on loopback
        self._session.trust_env = False

    @property
    def api_base(self) -> str:
        """What DISCORD_API_BASE must be."""
        return f"{self.url}/api/v10"

    @property
    def cdn_base(self) -> str:
        """What DISCORD_CDN_BASE must be."""
        return f"{self.url}/cdn"

    def call(self, verb: str, /, **arguments: object) -> Any:
        """Run any control verb; raises SimulatorError with the simulator's sentence."""
        try:
            response = self._session.post(f"{self.url}/control/{verb}", json=arguments, timeout=120)
        except requests.RequestException:
            raise SimulatorError(
                f"No simulator answers at {self.url}; the tour (`make run`) prints where its own is, for --url."
            ) from None
        if response.status_code == 400:
            raise SimulatorError(response.json()["error"])
        if response.status_code != 200:
            raise SimulatorError(f"The simulator failed: {response.status_code} {response.text[:200]}")
        return response.json()["result"]
