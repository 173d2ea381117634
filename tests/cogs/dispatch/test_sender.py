"""Sending events to a program that is slow, wrong, killed or gone, without a Discord."""

import asyncio
import json
from contextlib import asynccontextmanager

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer, unused_port

from cogs.dispatch import queues, receivers, sender, turns
from cogs.dispatch.receivers import Receivers
from cogs.dispatch.sender import Sender
from database.file_access import FileAccess
from rules.dispatch import outbox, webhooks
from rules.errors import Invalid
from rules.systems import members, systems

ALICE, BOB = 1, 2


class Receiver:
    """A program behind a webhook, which does what the document asks unless it is told otherwise."""

    def __init__(self, token="secret"):
        self.token, self.events, self.status = token, [], {}
        self.wait, self.asked = None, 0
        self.port = unused_port()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}/"

    @property
    def names(self):
        """The names that members were given, in the order in which that was told."""
        return [event["data"]["name"] for event in self.events if event["type"] != "PING"]

    async def handle(self, request):
        event = await request.json()
        self.asked += 1
        if self.wait:
            await self.wait.wait()
        if event["signing_token"] != self.token:
            return web.Response(status=self.status.get("wrong", 401))
        if status := self.status.get("right"):
            return web.Response(status=status)
        self.events.append(event)
        return web.Response()

    @asynccontextmanager
    async def running(self):
        app = web.Application()
        app.router.add_post("/", self.handle)
        async with TestServer(app, port=self.port):
            yield self


class Bot(FileAccess):
    """What of the bot the sender knows."""

    def __init__(self, url):
        self.open_file(url)
        self.told = []

    async def tell(self, user_ids, reason):
        self.told.append((user_ids, reason))

    @asynccontextmanager
    async def sending(self):
        posting = Receivers(True)
        sending = Sender(self, posting, self.tell)
        running = asyncio.create_task(sending.run())
        try:
            yield sending
        finally:
            running.cancel()
            await sending.stop()
            await posting.close()


@pytest.fixture
def bot(url, monkeypatch):
    monkeypatch.setattr(sender, "LOOK_EVERY_S", 0.01)
    monkeypatch.setattr(queues, "LONGEST_PAUSE_S", 0.02)
    made = Bot(url)
    yield made
    made.close_file()


@pytest.fixture
def owner(write):
    """Make a system with a member and a webhook; returns a function that renames the member."""

    def make(user_id, receiver):
        write(systems.create_system, user_id)
        hid = write(members.create_member, user_id, {"name": "Ann"}).hid
        write(webhooks.set_webhook, user_id, receiver.url, receiver.token)

        def rename(*names):
            for name in names:
                write(members.edit_member, user_id, hid, {"name": str(name)})

        return rename

    return make


async def until(condition):
    async with asyncio.timeout(10):
        while not condition():  # noqa: ASYNC110
            await asyncio.sleep(0.005)


def test_events_come_in_order_with_their_token(bot, owner):
    receiver = Receiver()
    owner(ALICE, receiver)(*range(120))

    async def go():
        async with receiver.running(), bot.sending():
            await until(lambda: len(receiver.events) >= 120)

    asyncio.run(go())
    assert receiver.names == [str(number) for number in range(120)]
    first = receiver.events[0]
    assert list(first) == ["type", "signing_token", "system_id", "id", "data"]
    assert (first["type"], first["signing_token"]) == ("UPDATE_MEMBER", "secret")


def test_who_is_killed_and_comes_back_misses_nothing(bot, owner):
    receiver = Receiver()
    rename = owner(ALICE, receiver)

    async def go():
        async with bot.sending():
            rename(1, 2)
            async with receiver.running():
                await until(lambda: receiver.names == ["1", "2"])
            rename(3, 4)
            async with receiver.running():
                await until(lambda: receiver.names == ["1", "2", "3", "4"])

    asyncio.run(go())
    assert bot.told == []


def test_an_error_is_tried_again(bot, owner):
    receiver = Receiver()
    owner(ALICE, receiver)(1, 2)
    receiver.status["right"] = 500

    async def go():
        async with receiver.running(), bot.sending():
            await asyncio.sleep(0)
            receiver.status.clear()
            await until(lambda: receiver.names == ["1", "2"])

    asyncio.run(go())


def test_who_answers_slowly_delays_nobody_else(bot, owner):
    slow, quick = Receiver(), Receiver()
    owner(ALICE, slow)(1)
    owner(BOB, quick)(1, 2, 3)

    async def go():
        slow.wait = asyncio.Event()
        async with slow.running(), quick.running(), bot.sending():
            await until(lambda: len(quick.events) == 3)
            assert slow.events == []
            slow.wait.set()
            await until(lambda: len(slow.events) == 1)

    asyncio.run(go())


@pytest.fixture
def few_turns(monkeypatch):
    """Few receivers are asked at once, and one of them may take long."""
    for name, value in (("QUICK_AT_ONCE", 2), ("SLOW_AT_ONCE", 1), ("OF_A_HOST", 20), ("SLOW_S", 0.02)):
        monkeypatch.setattr(turns, name, value)
    monkeypatch.setattr(receivers, "TIMEOUT_S", 60)


@pytest.mark.usefixtures("few_turns")
def test_many_who_answer_slowly_delay_nobody_else(bot, owner):
    slow, quick = Receiver(), Receiver()
    for user_id in range(10, 16):
        owner(user_id, slow)(1, 2)
    owner(BOB, quick)(1, 2, 3)

    async def go():
        slow.wait = asyncio.Event()
        async with slow.running(), quick.running(), bot.sending():
            await until(lambda: len(quick.events) == 3)
            assert slow.events == []
            slow.wait.set()
            await until(lambda: len(slow.events) == 12)

    asyncio.run(go())


@pytest.mark.usefixtures("few_turns")
def test_who_was_slow_is_asked_a_few_at_a_time(bot, owner):
    slow = Receiver()
    renames = [owner(user_id, slow) for user_id in range(10, 14)]

    async def go():
        async with slow.running(), bot.sending() as sending:
            slow.wait = asyncio.Event()
            for rename in renames:
                rename(1)
            await until(lambda: len(sending._turns._were_slow) == 4)
            slow.wait.set()
            await until(lambda: len(slow.events) == 4)
            slow.wait, slow.asked = asyncio.Event(), 0
            for rename in renames:
                rename(2)
            await until(lambda: slow.asked)
            await asyncio.sleep(0.1)
            assert slow.asked == 1
            slow.wait.set()
            await until(lambda: len(slow.events) == 8)

    asyncio.run(go())


def test_many_systems_of_one_host_are_sent_to_a_few_at_a_time(bot, owner, monkeypatch):
    monkeypatch.setattr(turns, "OF_A_HOST", 2)
    receiver = Receiver()
    for user_id in range(10, 16):
        owner(user_id, receiver)(1)

    async def go():
        receiver.wait = asyncio.Event()
        async with receiver.running(), bot.sending():
            await until(lambda: receiver.asked)
            await asyncio.sleep(0.1)
            assert receiver.asked == 2
            receiver.wait.set()
            await until(lambda: len(receiver.events) == 6)

    asyncio.run(go())


@pytest.mark.parametrize(
    ("status", "reason"),
    [({"right": 410}, "it answered that it is gone"), ({"wrong": 200}, "it takes events with a wrong signing token")],
)
def test_who_is_gone_or_takes_anything_is_sent_no_more(bot, owner, read, status, reason):
    receiver = Receiver()
    rename = owner(ALICE, receiver)
    rename(1, 2)
    receiver.status = status

    async def go():
        async with receiver.running(), bot.sending():
            await until(lambda: bot.told)
            rename(3)

    asyncio.run(go())
    assert bot.told[0][0] == [ALICE]
    assert reason in bot.told[0][1]
    assert receiver.events == []
    assert read(webhooks.find_url, ALICE) is None


def test_who_stops_checking_the_token_is_found_out_later(bot, owner, monkeypatch):
    monkeypatch.setattr(queues, "CHECK_EVERY_S", 0)
    receiver = Receiver()
    rename = owner(ALICE, receiver)
    rename(1)

    async def go():
        async with receiver.running(), bot.sending():
            await until(lambda: receiver.names == ["1"])
            receiver.status["wrong"] = 204
            rename(2)
            await until(lambda: bot.told)

    asyncio.run(go())
    assert receiver.names == ["1"]


def test_who_takes_nothing_for_a_day_is_sent_no_more(bot, owner, read, monkeypatch):
    monkeypatch.setattr(queues, "GIVEN_UP_AFTER_S", 0)
    monkeypatch.setattr(queues, "LEAST_TRIED_S", 0)
    owner(ALICE, Receiver())(1)

    async def go():
        async with bot.sending():
            await until(lambda: bot.told)

    asyncio.run(go())
    assert bot.told == [([ALICE], "it took nothing for a day")]
    assert read(webhooks.find_url, ALICE) is None


@pytest.mark.parametrize("status", [None, 410])
def test_who_is_unlinked_is_told_so_and_nothing_later(bot, owner, write, read, status):
    receiver = Receiver()
    rename = owner(ALICE, receiver)
    receiver.status = {"right": status} if status else {}
    write(systems.link_account, ALICE, BOB)
    write(systems.unlink_account, ALICE, BOB)
    rename("Alder")

    async def go():
        async with receiver.running(), bot.sending() as sending:
            await until(lambda: sending._newest and not sending._running)

    asyncio.run(go())
    told = [event["type"] for event in receiver.events]
    assert told == ([] if status else ["LINK_ACCOUNT", "UNLINK_ACCOUNT"])
    # Neither is it the system's any more, nor does anything wait for it.
    assert bot.told == []
    assert read(outbox.find_newer, 0) == []


def test_a_webhook_gets_only_its_own_systems_events(bot, owner):
    first, second = Receiver("one"), Receiver("two")
    rename, other = owner(ALICE, first), owner(BOB, second)
    rename("Alder")
    other("Bay")

    async def go():
        async with first.running(), second.running(), bot.sending():
            await until(lambda: first.events and second.events)

    asyncio.run(go())
    assert (first.names, second.names) == (["Alder"], ["Bay"])
    assert "two" not in json.dumps(first.events)


def check(receiver, token="secret"):
    async def go():
        posting = Receivers(True)
        try:
            async with receiver.running():
                await posting.check(receiver.url, token, "foxes")
        finally:
            await posting.close()

    asyncio.run(go())


def test_a_program_that_checks_its_token_is_taken():
    check(Receiver())


def test_a_program_that_takes_any_token_is_refused():
    receiver = Receiver()
    receiver.status["wrong"] = 200
    with pytest.raises(Invalid, match=r"wrong signing token must be answered with status 401, .* answered 200"):
        check(receiver)


def test_a_program_that_does_not_know_its_token_is_refused():
    with pytest.raises(Invalid, match=r"right signing token must be answered with status 200, .* answered 401"):
        check(Receiver(), "another")


def test_a_program_that_does_not_answer_is_refused(monkeypatch):
    monkeypatch.setattr(receivers, "TIMEOUT_S", 0.05)
    receiver = Receiver()

    async def never(_request):
        await asyncio.sleep(30)

    receiver.handle = never
    with pytest.raises(Invalid, match="it did not answer within"):
        check(receiver)


@pytest.mark.parametrize("end", [webhooks.clear_webhook, systems.delete_system])
def test_who_ends_it_while_many_events_wait_ends_it_at_once(bot, owner, write, end):
    receiver = Receiver()
    owner(ALICE, receiver)(*range(20))
    taken = receiver.handle

    async def handle(request):
        if len(receiver.events) == 1:
            write(end, ALICE)
        return await taken(request)

    receiver.handle = handle

    async def go():
        async with receiver.running(), bot.sending() as sending:
            await until(lambda: sending._newest and not sending._running)

    asyncio.run(go())
    # The second was on its way already.
    assert receiver.names == ["0", "1"]
