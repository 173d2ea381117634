"""The plural side of the tour: one of its people is a system, whose members switch and speak, for ever."""

import asyncio
from collections.abc import Iterator
from itertools import cycle
from typing import Any

import requests

import config as settings

PERSON = "dana"
NAME = "The Garden"
SECONDS_BETWEEN = 8.0
# After the systems' prefix.
FOUNDING = (
    f'system new "{NAME}"',
    "system tag 🌱",
    *("member new Rowan", "member Rowan pronouns they/them", "member Rowan color #2e7d32", "member Rowan proxy R:text"),
    *("member new Juniper", "member Juniper description Waters the plants.", "member Juniper proxy J:text"),
    *("member new Moss", "member Moss birthday 2001-03-20", "member Moss proxy [text]"),
)
SWITCH, SPEAK = True, False
SCENES = (
    (SWITCH, "switch Rowan"),
    (SPEAK, "R:The tomatoes are coming along."),
    (SPEAK, "J:Did somebody water the basil?"),
    (SWITCH, "switch Juniper Rowan"),
    (SPEAK, "J:I did, just now."),
    (SPEAK, "[It rained anyway.]"),
    (SWITCH, "switch Moss"),
    (SPEAK, "[Nobody tells the moss anything.]"),
    (SWITCH, "switch out"),
)


class TourSystem:
    """The system, as somebody types it. The simulated Discord runs without a rate limit, and so does this."""

    def __init__(self, config: settings.Config, simulator: Any, http: requests.Session) -> None:
        self.prefix = next(iter(config.system_prefixes), "")
        self._url, self._simulator, self._http = config.public_url, simulator, http

    def found(self) -> str | None:
        """Its ID; made where an earlier tour has not. None where it cannot be made."""
        person = next(user["id"] for user in self._simulator.users() if user["name"] == PERSON)
        url = f"{self._url}/v1/a/{person}"
        if self._http.get(url, timeout=5).status_code == 404 and self.prefix:
            for line in FOUNDING:
                self._say(f"{self.prefix}{line}")
        found = self._http.get(url, timeout=5)
        return found.json()["id"] if found.ok else None

    async def live(self) -> None:
        """Play the scenes until cancelled; what fails is left out."""
        for line in self._lines():
            await asyncio.sleep(SECONDS_BETWEEN)
            await asyncio.to_thread(self._say, line)

    def _lines(self) -> Iterator[str]:
        for is_switch, line in cycle(SCENES):
            yield f"{self.prefix}{line}" if is_switch else line

    def _say(self, line: str) -> None:
        from simulator.client import SimulatorError

        try:
            self._simulator.say_and_wait(PERSON, line)
        except SimulatorError:
            # It is being started again, or stopped.
            return
