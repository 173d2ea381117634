"""What the bot did, and waiting for it."""

import base64
import time
from collections.abc import Callable

from simulator.client.caller import Caller
from simulator.errors import SimulatorError

LONG_POLL = 20.0


class LogVerbs(Caller):
    """Verbs that only look."""

    def log(self, after: int = 0) -> list[dict]:
        """All that the bot did after a sequence number: messages, answers, edits, deletes, reactions, webhooks.

        An entry of the kind "webhook" is one execution: username, avatar_url, message, webhook_id, and arrived_ns, the
        time.monotonic_ns() at which its request came.
        """
        return self.call("log", after=after)

    def last_seq(self) -> int:
        """The newest sequence number of the log."""
        return self.call("last_seq")

    def wait(
        self,
        after: int = 0,
        count: int = 1,
        timeout: float = 3.0,
        answers_only: bool = False,
        quiet: float = 0,
    ) -> list[dict]:
        """The log after a number, once it has `count` entries (or the time is over) and was quiet."""
        return self.call("wait", after=after, count=count, seconds=timeout, answers_only=answers_only, quiet=quiet)

    def wait_for(self, wanted: Callable[[dict], bool] | int, after: int = 0, timeout: float = 5.0) -> list[dict]:
        """The log after a number, once an entry satisfies a predicate (or it has that many entries).

        Raises SimulatorError when that does not happen in time.
        """
        deadline = time.monotonic() + timeout
        found = self.log(after)
        while not _satisfied(wanted, found):
            left = deadline - time.monotonic()
            if left <= 0:
                raise SimulatorError(f"The bot did not do that within {timeout:g} s; it did: {_brief(found)}.")
            found = self.wait(after, len(found) + 1, min(left, LONG_POLL))
        return found

    def frames_written(self, message_ids: list[str]) -> dict[str, int]:
        """When the MESSAGE_CREATE frame of each message was written first, on the clock of arrived_ns."""
        return self.call("frames_written", message_ids=message_ids)

    def messages(self, channel: str | None = None) -> list[dict]:
        """The messages of a channel, the oldest first."""
        return self.call("messages", channel=channel)

    def dms(self, user: str) -> list[dict]:
        """The messages between the bot and a user, the oldest first."""
        return self.call("dms", user=user)

    def file(self, attachment_id: str) -> bytes:
        """The content of an attachment."""
        return base64.b64decode(self.call("file", attachment_id=attachment_id))

    def commands(self) -> list[dict]:
        """The registered slash commands."""
        return self.call("commands")

    def sessions(self) -> dict:
        """The gateway's sessions, with counts of identifies and resumes."""
        return self.call("sessions")


def _satisfied(wanted: Callable[[dict], bool] | int, found: list[dict]) -> bool:
    if isinstance(wanted, int):
        return len(found) >= wanted
    return any(wanted(entry) for entry in found)


def _brief(entries: list[dict]) -> str:
    said = [f"{e['kind']} {e.get('message', {}).get('content', '')[:60]!r}" for e in entries[-5:]]
    return "; ".join(said) or "nothing"
