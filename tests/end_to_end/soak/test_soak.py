"""Everything at once, for a long time: nothing acknowledged is lost, nothing breaks, and nothing grows.

`make soak MINUTES=30` prints the figures; `make test-long` does a minute of it. SOAK_SEED=… tries others.
"""

import os
import re
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait

import pytest

from rules.account import tokens
from rules.proxying import unfinished
from rules.systems import members, systems
from simulator.client import Simulator
from tests.end_to_end.bot_replies import said as answers_in
from tests.end_to_end.processes.test_proxy_kills import standing
from tests.end_to_end.proxying_user import HOME
from tests.end_to_end.rollcall import Rollcall, until
from tests.end_to_end.soak import gateway_traffic, live_traffic, meter, talk
from tests.end_to_end.soak.http_traffic import Caller, send_noise
from tests.end_to_end.soak.ledger import Ledger
from tests.end_to_end.soak.pacing import Run

MINUTES = float(os.environ.get("SOAK_MINUTES") or 1)
SEED = os.environ.get("SOAK_SEED", "1")
# Soon after the start there are as many as there will be.
LISTENER_STAYS_S = min(40, 5 * MINUTES)
LISTENERS = int(os.environ.get("SOAK_LISTENERS", min(2000, 2000 * MINUTES / 10)))
SETTLE_S = 30
SAMPLE_S = min(10.0, MINUTES * 2)
# What the log says of an odd event: nothing else was lost by it.
COSTS_ITSELF = "; told once$|ERROR bot: on_[a-z_]+ failed$"
CROWD, TALKERS, CHANNELS, CALLERS, WRITERS, IMPORTERS = 300, 10, 6, 3, 3, 6


class Soak:
    """A Rollcall, the people in it, and all that happens to them."""

    def __init__(self, running: Rollcall) -> None:
        self.running, self.discord, self.run = running, running.simulator, Run(SEED)
        # What they use is looked at, and a forked one has read more than it needs.
        running.forked = False
        self.discord.fill(None, CROWD, online=0.5)
        self.crowd = [user["id"] for user in self.discord.users() if not user["bot"]]
        running.start_bot()
        running.start_web(WEB_CONCURRENCY="2", LIVE_PER_CLIENT="5000")
        self.talkers = [self.person(f"talker{number}") for number in range(TALKERS)]
        self.importers = [f"importer{number}" for number in range(IMPORTERS)]
        for name in self.importers:
            self.person(name, system=False)
        self.channels = [self.discord.add_channel(f"c{number}") for number in range(CHANNELS)]
        self.said: dict[str, tuple[str, str]] = {}
        self.ledgers = [self.ledger(number) for number in range(WRITERS)]

    def person(self, name: str, system: bool = True) -> tuple[str, str, str]:
        """Somebody with a system and a member with tags: ID, token, and the member's ID."""
        user = self.discord.add_user(name)
        self.discord.join(user)
        token, hid = tokens.make_token(int(user)), ""
        self.running.write(tokens.store_token, int(user), tokens.hash_token(token))
        if system:
            self.running.write(systems.create_system, int(user), {"name": f"S {name}"})
            fields = {"name": "M0", "prefix": "[", "suffix": "]"}
            hid = self.running.write(lambda session: members.create_member(session, int(user), fields).hid)
        return user, token, hid

    def ledger(self, number: int) -> Ledger:
        _, token, member = self.person(f"writer{number}")
        return Ledger(Caller(self.run, self.running.port, {}, [token], f"writer{number}"), member)

    def callers(self) -> list[Caller]:
        user, token, member = self.person("fuzzed")
        _, other, hidden = self.person("other")
        system = self.running.read(lambda session: systems.get_own_system(session, int(user)).hid)
        people = [user, "@me", *self.crowd[:20], self.talkers[0][0]]
        known = {"user_id": people, "a": people, "s": [system], "m": [member, hidden], "key": ["a", "b", "c"]}
        return [
            Caller(self.run, self.running.port, known, [token, other], f"caller{number}") for number in range(CALLERS)
        ]

    def traffic(self) -> list[Callable[[], None]]:
        """Each from a thread of its own, with its own way to the simulator."""
        run, port, talking = self.run, self.running.port, [user for user, *_ in self.talkers]
        discord = lambda: Simulator(self.discord.url)  # noqa: E731
        command_channel, odd_channel = self.discord.add_channel("commands"), self.discord.add_channel("odd")
        # None of those who talk, since a ban takes the copies of the last seconds along.
        odd = [*self.crowd, *[self.person("odd")[0]] * (len(self.crowd) // 10)]
        return [
            lambda: gateway_traffic.tell_presences(run, discord(), self.crowd[100:], 55),
            lambda: gateway_traffic.come_and_go(run, discord(), self.crowd[:100], 8),
            lambda: gateway_traffic.tell_nonsense(run, discord(), odd, odd_channel, HOME, 25),
            lambda: talk.speak(run, discord(), talking, self.channels, self.said, 4),
            lambda: talk.command(run, discord(), talking, command_channel, 2),
            lambda: talk.send_files(run, discord(), self.importers, 0.5),
            lambda: send_noise(run, port, 5),
            lambda: live_traffic.listen(run, port, self.crowd[100:], LISTENERS, LISTENER_STAYS_S),
            *(lambda caller=caller: caller.ask_anything(25) for caller in self.callers()),
            *(lambda ledger=ledger: ledger.write(4) for ledger in self.ledgers),
        ]

    def last(self, minutes: float) -> meter.Meter:
        """Let all of it go on for so long; what the processes held meanwhile."""
        measured, end = meter.Meter(self.running), time.monotonic() + minutes * 60
        traffic = self.traffic()
        with ThreadPoolExecutor(len(traffic)) as pool:
            going: list[Future] = [pool.submit(one) for one in traffic]
            try:
                meter.every(SAMPLE_S, measured, lambda: time.monotonic() < end and not any(f.done() for f in going))
            finally:
                self.run.over.set()
            wait(going, return_when=FIRST_EXCEPTION)
            for one in going:
                one.result()
        return measured

    def astray(self) -> list[tuple[str, int]]:
        """What was said and does not stand once, with how often it does; and what is still to be mended."""
        found = Counter(m["content"].strip("[]") for m in standing(self.discord, self.channels))
        wanted = Counter(text for _, text in self.said.values())
        left = self.running.read(unfinished.find_left)
        return [(text, found[text]) for text in {*found, *wanted} if found[text] != wanted[text]] + list(left)


def tracebacks(lines: list[str]) -> list[tuple[str, str]]:
    """The first of each error that was logged with a traceback, and that."""
    found: dict[str, tuple[str, str]] = {}
    for number, line in enumerate(lines):
        if line.endswith(" failed") and (what := line.partition("ERROR ")[2]) not in found:
            found[what] = line, "\n".join(lines[number + 1 : number + 60]).partition("\n20")[0]
    return list(found.values())


@pytest.fixture
def soak(alone) -> Soak:
    running = alone(guild=False, options={"rate_limits": False})
    running.simulator.add_guild("Home", guild_id=HOME)
    return Soak(running)


@pytest.mark.long
@pytest.mark.timeout(MINUTES * 60 + 600)
def test_nothing_is_lost_breaks_or_grows_however_long_it_lasts(soak):
    running, discord, run = soak.running, soak.discord, soak.run
    measured = soak.last(MINUTES)
    report = "\n".join(f"{what:40}{count:10,}" for what, count in sorted(run.counts.items()))
    print(f"\n{MINUTES:g} minutes\n{report}\n{measured.table()}")
    odd = Counter(line.partition("ERROR ")[2].split(": ")[1] for line in running.bot.lines if " ERROR " in line)
    print("the bot's errors:", ", ".join(f"{what} {count}" for what, count in odd.items()) or "none")
    for line, after in tracebacks(running.bot.lines):
        print(f"{line}\n{after}")
    # Nothing was answered by an error of ours, and nobody was told of one.
    assert run.wrong == []
    assert [text for _, text in answers_in(discord.log()) if "went wrong" in text] == []
    assert [line for line in running.bot.lines if " ERROR " in line and not re.search(COSTS_ITSELF, line)] == []
    assert running.web.output.split("Traceback")[1:] == []
    # The same processes served all the time, and said that they were well.
    assert meter.Meter(running).processes == measured.processes
    assert {status for status, _ in measured.health} == {200}
    # What was acknowledged is there.
    for ledger in soak.ledgers:
        token, path = ledger.caller.tokens[0], f"/v1/m/{ledger.member}"
        pairs, member = running.get("/user/@me/kv", token).json(), running.get(path, token).json()
        assert ledger.lost(pairs, member["description"]) == []
    # Of each message and its copy one stands.
    deadline = time.monotonic() + SETTLE_S
    while (astray := soak.astray()) and time.monotonic() < deadline:
        time.sleep(1)
    assert astray == []
    # Presences still come through, of everybody.
    for user in soak.crowd:
        discord.leave(user)
        discord.join(user)
    discord.presences([{"user": user, "status": "dnd", "activities": []} for user in soak.crowd])
    until(lambda: all(running.status_of(user) == "dnd" for user in soak.crowd))
    assert measured.risen() == []
