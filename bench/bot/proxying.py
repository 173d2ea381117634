"""From the gateway's MESSAGE_CREATE frame to the webhook request arriving, against a bot that only echoes.

Three bots, each with a Discord of its own, take turns in short bursts: Rollcall on a file of 10 systems, Rollcall on
one of 100 000, and a bare py-cord bot that posts each message again through the same kind of webhook. The sender's
system has 1 or 1 000 members with tags. Both times are taken in the simulator's process, on one clock.
"""

import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

import models
from bench.report import Row, show
from database.upgrade import upgrade
from rules.systems import members, systems
from simulator.client import Simulator
from tests.end_to_end.rollcall import Process, Rollcall, until

SMALL, LARGE = 10, 100_000
MEMBERS = (1, 1000)
# Messages a second, messages a turn, turns.
RATES = ((1, 1, 25), (20, 20, 5), (100, 100, 5))
CHANNELS = 10
AIM = 1.5
FIRST_USER = 2_000_000_000


@dataclass
class Subject:
    """A bot under test: its Discord, and who speaks there by the size of the system."""

    name: str
    discord: Simulator
    channels: list[str]
    users: dict[int, str]


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        stops: list[Callable[[], None]] = []
        try:
            subjects = [make_echo(stops), *(make_rollcall(Path(folder), size, stops) for size in (SMALL, LARGE))]
            for subject in subjects:
                warm_up(subject)
            rows = compare(subjects)
        finally:
            for stop in reversed(stops):
                stop()
    show("proxying", rows, ["From the gateway's MESSAGE_CREATE frame to the webhook request."])


def compare(subjects: list[Subject]) -> list[Row]:
    """Two rows a rate, size and file: medians against the echo bot's of the same turn, and the p99s of all turns."""
    rows = []
    for rate, burst, turns in RATES:
        for size in MEMBERS:
            times: dict[str, list[list[float]]] = {subject.name: [] for subject in subjects}
            for turn in range(turns):
                for subject in subjects:
                    times[subject.name].append(burst_of(subject, size, rate, burst, turn))
            echo = times.pop("echo")
            for name, ours in times.items():
                rows += rows_of(f"{rate}/s, system of {size:,}, {name}", ours, echo, rate)
    return rows


def rows_of(name: str, ours: list[list[float]], echo: list[list[float]], rate: int) -> list[Row]:
    """The median and the p99 of one bot. At one a second a turn is one message: turns are taken together in fives."""
    together = 5 if rate == 1 else 1
    medians = [
        statistics.median(chain(*ours[at : at + together])) / statistics.median(chain(*echo[at : at + together]))
        for at in range(0, len(ours), together)
    ]
    all_ours, all_echo = list(chain(*ours)), list(chain(*echo))
    median = statistics.median(all_ours)
    notes = [f"median {median * 1000:.1f} ms, the echo bot's {statistics.median(all_echo) * 1000:.1f} ms."]
    rows = [Row(name, "the echo bot's median", medians, at_most=AIM, notes=notes)]
    if len(all_ours) >= 100:
        rows.append(Row(f"{name}, p99", "the echo bot's p99", [p99_of(all_ours) / p99_of(all_echo)]))
    return rows


def p99_of(times: list[float]) -> float:
    return statistics.quantiles(times, n=100)[98]


def burst_of(subject: Subject, size: int, rate: int, burst: int, turn: int) -> list[float]:
    """Seconds from frame to request for each message of one turn."""
    after, begun, sent = subject.discord.last_seq(), time.monotonic(), {}
    for number in range(burst):
        time.sleep(max(0.0, begun + number / rate - time.monotonic()))
        text = f"turn {turn} of {rate} a second: {number}"
        channel = subject.channels[number % CHANNELS]
        sent[text] = subject.discord.say(subject.users[size], f"0:{text}", channel=channel)["id"]
    entries = until(lambda: _all_posted(subject, after, burst))
    frames = subject.discord.frames_written(list(sent.values()))
    if rate == 1:
        time.sleep(0.3)
    return [
        (entry["arrived_ns"] - frames[sent[entry["message"]["content"].removeprefix("0:")]]) / 1e9 for entry in entries
    ]


def _all_posted(subject: Subject, after: int, count: int) -> list[dict] | None:
    found = [entry for entry in subject.discord.log(after) if entry["kind"] == "webhook"]
    return found if len(found) == count else None


def make_discord(stops: list[Callable[[], None]]) -> Simulator:
    discord = Simulator.start(rate_limits=False)
    stops.append(discord.stop)
    discord.add_guild("Home")
    return discord


def make_echo(stops: list[Callable[[], None]]) -> Subject:
    discord = make_discord(stops)
    user_id = discord.add_user("speaker")
    discord.join(user_id)
    channels = [discord.add_channel(f"c{number}") for number in range(CHANNELS)]
    hooks = [discord.add_webhook(channel) for channel in channels]
    listed = [f"{channel}:{hook['id']}:{hook['token']}" for channel, hook in zip(channels, hooks, strict=True)]
    bot = Process("-m", "bench.bot.echo_bot", discord.url, *listed, environ=Rollcall(discord, Path("/")).environ)
    stops.append(bot.stop)
    until(lambda: "ready" in bot.output)
    return Subject("echo", discord, channels, dict.fromkeys(MEMBERS, user_id))


def make_rollcall(folder: Path, count: int, stops: list[Callable[[], None]]) -> Subject:
    discord = make_discord(stops)
    (folder / str(count)).mkdir()
    rollcall = Rollcall(discord, folder / str(count))
    upgrade(rollcall.database_url)
    rollcall.write(fill, count)
    users = {}
    for size in MEMBERS:
        users[size] = discord.add_user(f"speaker{size}")
        discord.join(users[size])
        rollcall.write(make_speaker, int(users[size]), size)
    channels = [discord.add_channel(f"c{number}") for number in range(CHANNELS)]
    rollcall.start_bot()
    stops.append(rollcall.stop)
    return Subject(f"{count:,} systems", discord, channels, users)


def fill(session: Session, count: int) -> None:
    """Systems of other people, each with an account and a member with tags."""
    numbers = range(1, count + 1)
    names = [f"x{number:06}" for number in numbers]
    session.execute(
        insert(models.System), [{"id": n, "hid": name, "created": n} for n, name in zip(numbers, names, strict=True)]
    )
    session.execute(insert(models.Account), [{"user_id": FIRST_USER + n, "system_id": n} for n in numbers])
    tags = '[{"prefix": "0:", "suffix": null}]'
    session.execute(
        insert(models.Member),
        [
            {"hid": name, "system_id": n, "name": name, "proxy_tags": tags, "created": n}
            for n, name in zip(numbers, names, strict=True)
        ],
    )
    assert session.scalar(select(func.count()).select_from(models.System)) == count


def make_speaker(session: Session, user_id: int, size: int) -> None:
    systems.create_system(session, user_id)
    for number in range(size):
        members.create_member(session, user_id, {"name": f"Member {number}", "prefix": f"{number}:"})


def warm_up(subject: Subject) -> None:
    """Make every webhook and every connection before anything is timed."""
    for size in MEMBERS:
        burst_of(subject, size, 50, CHANNELS * 2, -1)


if __name__ == "__main__":
    main()
