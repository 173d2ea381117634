"""The queue of one system: its events, one after the other, each until the receiver took it."""

import asyncio
import json
import random
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

from cogs.dispatch.receivers import GONE, UNAUTHORIZED, Receivers, Unreachable, is_taken
from cogs.dispatch.turns import Turns
from rules.dispatch import outbox, webhooks
from rules.dispatch.outbox import Waiting
from rules.parsing.timestamps import now_ms

CHECK_EVERY_S = 24 * 3600
LONGEST_PAUSE_S = 15 * 60
GIVEN_UP_AFTER_S = 24 * 3600
# After a start, what waited while no bot ran is not given up at the first failure.
LEAST_TRIED_S = 3600
ACCEPTS_ANY = "it takes events with a wrong signing token"
SAID_GONE = "it answered that it is gone (status 410)"
FAILED_FOR_A_DAY = "it took nothing for a day"
TOO_SLOW = f"more than {outbox.MOST_WAITING:,} events waited for it"


class Ended(Exception):
    """A webhook is to be sent nothing more; carries the reason, a part of a sentence."""


class SystemQueue:
    """Sends what waits of one system. `tell` is given the accounts and the reason when its webhook is ended."""

    def __init__(
        self,
        bot: Any,
        receivers: Receivers,
        turns: Turns,
        system_id: int,
        tell: Callable[[list[int], str], Awaitable[None]],
    ) -> None:
        self._bot, self._receivers, self._turns = bot, receivers, turns
        self._system_id, self._tell = system_id, tell
        self._nudged = asyncio.Event()
        self._checked: tuple[str, float] | None = None
        self._failing_since: float | None = None
        self._tries = 0

    def nudge(self) -> None:
        """Try again at once: the owner changed something."""
        self._nudged.set()

    async def send_all(self) -> None:
        """Send until nothing waits any more, or nobody wants it."""
        while (waiting := await self._bot.read(outbox.get_waiting, self._system_id)).events:
            if not waiting.url:
                await self._drop()
                return
            try:
                if waiting.too_many:
                    raise Ended(TOO_SLOW)
                await self._send(waiting)
            except Ended as ended:
                await self._end(waiting, str(ended))

    async def _send(self, waiting: Waiting) -> None:
        """Send these in order, as far as they are taken, and pause after a failure. Raises Ended."""
        sent = None
        try:
            for number, body, created_at in waiting.events:
                # Many may wait here for minutes, and by now go elsewhere, or nowhere.
                if await self._bot.read_inline(outbox.find_url, number) != waiting.url:
                    break
                if not await self._is_sent(waiting, json.loads(body)):
                    self._check_patience(created_at)
                    break
                self._failing_since, self._tries, sent = None, 0, number
        finally:
            # Not awaited where the bot ends here: they are sent again then.
            if sent is not None:
                await self._bot.write_presence(outbox.remove_sent, self._system_id, sent)
        if self._failing_since is not None:
            await self._pause()

    async def _is_sent(self, waiting: Waiting, event: dict[str, Any]) -> bool:
        """Whether the receiver took an event. Raises Ended."""
        try:
            return await self._turns.ask(self._system_id, waiting.url, lambda: self._is_taken(waiting, event))
        except Unreachable:
            return False

    async def _is_taken(self, waiting: Waiting, event: dict[str, Any]) -> bool:
        """The same, now that it is its turn. Raises Ended, Unreachable."""
        if not await self._is_checked(waiting, event["system_id"]):
            return False
        status = await self._receivers.post(waiting.url, waiting.token, event)
        if status == GONE:
            raise Ended(SAID_GONE)
        return is_taken(status)

    async def _is_checked(self, waiting: Waiting, system_hid: str) -> bool:
        """Whether the receiver refused a wrong token within the last day. Raises Ended, Unreachable."""
        now = time.monotonic()
        if self._checked and self._checked[0] == waiting.url and now - self._checked[1] < CHECK_EVERY_S:
            return True
        status = await self._receivers.ping(waiting.url, webhooks.make_token(), system_hid)
        if is_taken(status):
            raise Ended(ACCEPTS_ANY)
        if status == GONE:
            raise Ended(SAID_GONE)
        if status != UNAUTHORIZED:
            return False
        self._checked = waiting.url, now
        return True

    def _check_patience(self, created_at: int) -> None:
        now = time.monotonic()
        if self._failing_since is None:
            self._failing_since = now
        # The oldest tells for how long, also over a restart; but it may have waited for a bot that was not there.
        if now_ms() - created_at > GIVEN_UP_AFTER_S * 1000 and now - self._failing_since > LEAST_TRIED_S:
            raise Ended(FAILED_FOR_A_DAY)

    async def _pause(self) -> None:
        longest = min(LONGEST_PAUSE_S, 2**self._tries)
        self._tries = min(self._tries + 1, 10)
        self._nudged.clear()
        with suppress(TimeoutError):
            await asyncio.wait_for(self._nudged.wait(), random.uniform(longest / 2, longest))

    async def _end(self, waiting: Waiting, reason: str) -> None:
        self._failing_since, self._tries = None, 0
        if waiting.is_former:
            await self._drop(waiting.url)
        elif accounts := await self._bot.write(webhooks.end_webhook, self._system_id, waiting.url):
            await self._tell(accounts, reason)

    async def _drop(self, former: str | None = None) -> None:
        while await self._bot.write_presence(outbox.drop_some, self._system_id, former=former):
            pass
