"""The bot is killed again and again while people talk: of each message and its copy one stands, and it is known."""

import collections
import itertools
import os
import random
import signal
import threading
import time
from contextlib import contextmanager

import pytest
from sqlalchemy import select

from models import Message
from rules.proxying import unfinished
from rules.systems import members, systems
from simulator.client import Simulator
from tests.end_to_end.rollcall import Rollcall, until

USERS, CHANNELS, A_SECOND = 10, 6, 60
SAME = "the same as ever"


def people(discord: Simulator, running: Rollcall) -> list[str]:
    """Accounts whose systems have a member with tags."""
    made = []
    for number in range(USERS):
        user_id = discord.add_user(f"person{number}")
        discord.join(user_id)
        running.write(systems.create_system, int(user_id), {"name": f"S{number}"})
        running.write(members.create_member, int(user_id), {"name": f"M{number}", "prefix": "[", "suffix": "]"})
        made.append(user_id)
    return made


@contextmanager
def talking(discord: Simulator, users: list[str], channels: list[str], said: dict[str, tuple[str, str]]):
    """Meanwhile people talk, 60 messages a second; `said` gets who said what by the message's ID."""
    over = threading.Event()

    def talk() -> None:
        begun, talker = time.monotonic(), Simulator(discord.url)
        for number in itertools.count():
            if over.wait(max(0.0, begun + number / A_SECOND - time.monotonic())):
                return
            user, text = users[number % USERS], SAME if number % 5 == 4 else f"number {len(said)}"
            files = [(f"{name}.bin", bytes(5_000_000)) for name in "abc"] if number % 200 == 150 else None
            written = talker.say(user, f"[{text}]", channel=channels[number % CHANNELS], attachments=files)
            said[written["id"]] = user, text

    thread = threading.Thread(target=talk)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def standing(discord: Simulator, channels: list[str]) -> list[dict]:
    return [message for channel in channels for message in discord.messages(channel)]


def is_settled(running: Rollcall, channels: list[str], said: dict) -> bool:
    """Whether nothing is left to be mended, and no original stands beside its copy."""
    if running.read(unfinished.find_left):
        return False
    wanted = collections.Counter(text for _, text in said.values())
    found = collections.Counter(m["content"].strip("[]") for m in standing(running.simulator, channels))
    return all(found[text] == times for text, times in wanted.items())


@pytest.mark.timeout(1800)
@pytest.mark.parametrize("kills", [2, pytest.param(int(os.environ.get("KILLS", "300")), marks=pytest.mark.long)])
def test_one_of_a_message_and_its_copy_stands_however_often_the_bot_is_killed(alone, kills):
    running = alone(options={"rate_limits": False})
    discord, dice = running.simulator, random.Random(12)
    running.start_bot()
    users, channels = people(discord, running), [discord.add_channel(f"c{number}") for number in range(CHANNELS)]
    said: dict[str, tuple[str, str]] = {}
    with talking(discord, users, channels, said):
        for _ in range(kills):
            time.sleep(dice.uniform(0.2, 1.2))
            running.bot.stop(signal.SIGKILL)
            running.start_bot()
    until(lambda: is_settled(running, channels, said), 60)
    messages = standing(discord, channels)
    copies = {m["id"]: m for m in messages if m.get("webhook_id")}
    known = select(Message).where(Message.forget_at.is_(None))
    records = {str(row.id): row for row in running.read(lambda session: session.scalars(known).all())}
    print(f"{kills} kills, {len(said):,} messages, {len(copies):,} copies, the others stand as written")
    assert len(copies) > kills * 5
    # What stands is a copy of which it is known whose it is, or the original itself.
    assert set(records) == set(copies)
    for message_id, copy in copies.items():
        user, text = said[str(records[message_id].original_id)]
        assert str(records[message_id].sender_id) == user
        assert copy["content"] in (text, "")
    originals = {m["id"] for m in messages if not m.get("webhook_id")}
    assert originals | {str(row.original_id) for row in records.values()} == set(said)
    assert originals & {str(row.original_id) for row in records.values()} == set()
