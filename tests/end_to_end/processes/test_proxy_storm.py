"""Many people talk in many channels while Discord fails now and then: each message stands exactly once, in order."""

import collections
import itertools
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from rules.systems import members, systems
from simulator.client import EXECUTE_WEBHOOK, Simulator
from tests.end_to_end.rollcall import Rollcall, until

USERS, CHANNELS = 50, 10
DELETE_MESSAGE = "/channels/{channel_id}/messages/{message_id}"
# 5 % of the webhook executions fail, and of the deletions, each in one of these ways.
FAULTS = (
    {"status": 429, "retry_after": 0.05},
    {"status": 500},
    {"status": 502, "after": True},
    {"drop": True},
    {"drop": True, "after": True},
)


@pytest.fixture
def storm(alone) -> Rollcall:
    """A Discord without rate limits, with 10 channels and 50 people who each have a member with tags."""
    running = alone(options={"rate_limits": False})
    running.start_bot()
    return running


def people(discord: Simulator, running: Rollcall) -> list[str]:
    made = []
    for number in range(USERS):
        user_id = discord.add_user(f"person{number}")
        discord.join(user_id)
        running.write(systems.create_system, int(user_id), {"name": f"S{number}"})
        running.write(members.create_member, int(user_id), {"name": f"M{number}", "prefix": "[", "suffix": "]"})
        made.append(user_id)
    return made


def talk(discord: Simulator, users: list[str], channels: list[str], count: int) -> None:
    """Each channel's messages are written one after the other, all channels at once; some have no tags."""

    def fill(place: int) -> None:
        speakers: Iterator[str] = itertools.cycle(users[place:] + users[:place])
        for number in range(count // len(channels)):
            text = f" {place}-{number} "
            discord.say(next(speakers), text if number % 7 == 6 else f"[{text}]", channel=channels[place])

    with ThreadPoolExecutor(len(channels)) as pool:
        list(pool.map(fill, range(len(channels))))


def end(running: Rollcall, users: list[str], channels: list[str]) -> None:
    """Stop the bot once nothing is on its way: what is said last in a channel is posted after all the rest."""
    discord = running.simulator
    discord.clear_faults()
    for user, channel in zip(users, channels, strict=False):
        discord.say(user, "[last]", channel=channel)
    until(lambda: all("last" in {m["content"] for m in discord.messages(channel)} for channel in channels), 240)
    until(lambda: not any(standing_twice(discord, channel) for channel in channels), 60)
    assert running.bot.stop() == 0


def standing(discord: Simulator, channel: str) -> list[dict]:
    """The channel's messages but for what the bot itself says and the last one."""
    own = [m for m in discord.messages(channel) if m["author"]["username"] != "Rollcall"]
    return [m for m in own if m["content"] not in ("last", "[last]")]


def number_of(message: dict) -> int:
    return int(re.fullmatch(r"\[? ?\d+-(\d+) ?\]?", message["content"])[1])


def standing_twice(discord: Simulator, channel: str) -> list[int]:
    """The numbers that stand more often than in each of two rounds: an original is still to be deleted."""
    counted = collections.Counter(map(number_of, standing(discord, channel)))
    return [number for number, times in counted.items() if times > 2]


@pytest.mark.parametrize("count", [500, pytest.param(5000, marks=pytest.mark.long)])
def test_each_message_stands_once_and_in_order(storm, count):
    discord = storm.simulator
    users, channels = people(discord, storm), [discord.add_channel(f"c{number}") for number in range(CHANNELS)]
    for number, fault in enumerate(FAULTS):
        for method, path in (("POST", EXECUTE_WEBHOOK), ("DELETE", DELETE_MESSAGE)):
            discord.fail_rest(method, path, times=None, probability=0.01, seed=number, **fault)
    talk(discord, users, channels, count // 2)
    # In mid-flight, the bot's connection drops and a webhook vanishes.
    (hook,) = until(lambda: discord.webhooks(channels[0]))
    discord.drop_gateway()
    discord.delete_webhook(hook["id"])
    talk(discord, users, channels, count // 2)
    end(storm, users, channels)
    copies = 0
    for channel in channels:
        messages = standing(discord, channel)
        per_round = count // 2 // CHANNELS
        assert sorted(number_of(m) for m in messages) == sorted([*range(per_round), *range(per_round)])
        posted = [number_of(m) for m in messages if m.get("webhook_id")]
        copies += len(posted)
        # Two rounds, each in order.
        turns = sum(after <= before for before, after in itertools.pairwise(posted))
        assert turns <= 1, posted
    tagged = count - CHANNELS * 2 * len([n for n in range(per_round) if n % 7 == 6])
    print(f"{count:,} messages, {tagged:,} of them with tags, {copies:,} copies")
    # What Discord lost stays as its sender wrote it.
    assert tagged * 0.9 < copies <= tagged
