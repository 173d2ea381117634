"""`python -m simulator`, as a newcomer uses it."""

import re
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from simulator.client import Simulator, SimulatorError
from tests.simulator.example_bot import add_commands

HOUSE = Path(__file__).resolve().parents[2]
COMMAND = [sys.executable, "-m", "simulator"]


class Served:
    """The default world with the tour, served by the command line."""

    def __init__(self):
        self.process = subprocess.Popen(
            [*COMMAND, "--port", "0", "--tour"], cwd=HOUSE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
        self.greeting = [self.process.stdout.readline().decode() for _ in range(2)]
        self.url = re.search(r"http://127\.0\.0\.1:\d+", self.greeting[0])[0]
        self.api_base, self.cdn_base = f"{self.url}/api/v10", f"{self.url}/cdn"

    def run(self, *arguments):
        """Type a command; (exit code, what is printed)."""
        done = subprocess.run(
            [*COMMAND, *arguments, "--url", self.url], cwd=HOUSE, capture_output=True, text=True, timeout=30
        )
        return done.returncode, done.stdout + done.stderr


@pytest.fixture(scope="module")
def sim():
    served = Served()
    yield served
    if served.process.poll() is None:
        served.process.kill()
    served.process.wait()
    served.process.stdout.close()


@pytest.fixture(scope="module")
def talker(sim, connect):
    """The example bot in the default world."""
    bot = connect(sim, setup=add_commands).until_ready()
    bot.until(lambda: Simulator(sim.url).commands(), "registering commands")
    return bot


def test_it_says_where_it_listens_and_how_to_type(sim):
    assert sim.greeting[0] == f"DISCORD_API_BASE={sim.api_base} DISCORD_CDN_BASE={sim.cdn_base}\n"
    assert "python -m simulator say alice" in sim.greeting[1]


def test_saying_something(sim, talker):
    assert sim.run("say", "alice", ".echo hello") == (0, "In the channel:\n  hello\n")
    assert sim.run("say", "217648390152847360", ".echo hello", "--dm") == (0, "DM to alice:\n  hello\n")
    assert sim.run("say", "bob", "hm", "--wait", "0.2") == (0, "The bot did nothing within 0.2 seconds.\n")


def test_saying_something_with_a_file(sim, talker, tmp_path):
    (tmp_path / "system.json").write_bytes(b"{}")
    sim.run("say", "bob", "here", "--file", str(tmp_path / "system.json"), "--wait", "0.2")
    (attached,) = Simulator(sim.url).messages()[-1]["attachments"]
    assert (attached["filename"], Simulator(sim.url).file(attached["id"])) == ("system.json", b"{}")
    code, told = sim.run("say", "bob", "here", "--file", str(tmp_path / "none.json"))
    assert (code, "none.json cannot be read: No such file" in told) == (1, True)


def test_what_others_are_answered_elsewhere_is_not_shown(sim, talker):
    simulator = Simulator(sim.url)
    aside, stop = simulator.add_channel("aside"), threading.Event()

    def chatter():
        while not stop.is_set():
            simulator.say("bob", ".echo elsewhere", channel=aside)

    talking = threading.Thread(target=chatter)
    talking.start()
    try:
        assert sim.run("say", "alice", ".echo here") == (0, "In the channel:\n  here\n")
    finally:
        stop.set()
        talking.join()


def test_answering_somebody_in_a_thread(sim, talker):
    inside = Simulator(sim.url).add_thread("alice", "aside", text="question")["id"]
    where = ("--channel", inside, "--reply-to", "last")
    assert sim.run("say", "bob", ".echo answer", *where) == (0, "In the channel:\n  answer\n")
    said = Simulator(sim.url).messages(inside)[1]
    assert (said["type"], said["referenced_message"]["content"]) == (19, "question")


def test_slash_commands_and_buttons(sim, talker):
    done = sim.run("slash", "alice", "kv add", "key=x", "times=3", "who=bob")
    assert done == (0, "Only alice can see this:\n  x:3:bob\n")
    code, shown = sim.run("slash", "alice", "slow")
    assert code == 0
    assert shown.endswith("In the channel:\n  and more\n  File data.txt (4 bytes):\n  > data\n")
    _, shown = sim.run("say", "alice", ".buttons")
    assert "  [Press] click: press\n" in shown
    assert sim.run("click", "alice", "Press")[1].startswith("In the channel (edited):\n  pressed\n")
    assert "Who? (who)\n  Name: name" in sim.run("click", "alice", "ask")[1]


def test_coming_and_going(sim, talker):
    assert sim.run("leave", "eve") == (0, "")
    talker.event("GUILD_MEMBER_REMOVE")
    assert sim.run("join", "eve") == (0, "")
    talker.event("GUILD_MEMBER_ADD")
    assert "1092837465019283746  eve" in sim.run("users")[1]


def test_a_presence_with_a_song_a_game_and_a_status(sim, talker):
    assert sim.run("presence", "eve", "dnd", "--song", "One - Two", "--game", "Go", "--custom", "hm")[0] == 0
    activities = talker.event("PRESENCE_UPDATE", status="dnd")["activities"]
    assert [a["type"] for a in activities] == [4, 0, 2]
    assert activities[2]["details"] == "One"
    assert activities[2]["state"] == "Two"
    assert activities[2]["id"] == "spotify:1"


def test_the_tour_moves_people(sim, talker):
    talker.until(lambda: len({p["user"]["id"] for p in talker.events("PRESENCE_UPDATE")}) >= 2, "movement")


@pytest.mark.parametrize(
    "arguments",
    [
        ("say", "nobody", "hello"),
        ("slash", "alice", "nonsense"),
        ("slash", "alice", "kv add", "key"),
        ("slash", "alice", "kv add", "key=x", "times=many"),
        ("click", "alice", "nonsense"),
        ("join", "alice"),
    ],
)
def test_what_cannot_be_is_one_sentence(sim, talker, arguments):
    code, said = sim.run(*arguments)
    assert code == 1
    assert re.fullmatch(r"[^\n]+\.\n", said)


def test_nobody_listens():
    done = subprocess.run([*COMMAND, "users", "--url", "http://127.0.0.1:9"], cwd=HOUSE, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (
        1,
        "No simulator answers at http://127.0.0.1:9; the tour (`make run`) prints where its own is, for --url.\n",
    )


def test_a_port_in_use(sim):
    port = sim.url.rpartition(":")[2]
    done = subprocess.run([*COMMAND, "--port", port], cwd=HOUSE, capture_output=True, text=True, timeout=30)
    assert (done.returncode, done.stderr) == (1, f"Port {port} is in use.\n")


def test_a_simulator_ends_with_the_process_that_started_it():
    script = "import os; from simulator.client import Simulator; print(Simulator.start().url); os._exit(1)"
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=HOUSE, stdout=subprocess.PIPE, text=True, timeout=30, check=False
    )
    orphan = Simulator(done.stdout.strip())
    deadline = time.monotonic() + 10
    while _answers(orphan):
        assert time.monotonic() < deadline


def _answers(simulator):
    try:
        simulator.users()
    except SimulatorError:
        return False
    return True


def test_ctrl_c_ends_it_quietly(sim, talker):
    talker.close()
    sim.process.send_signal(signal.SIGINT)
    assert sim.process.wait(10) == 0
    assert sim.process.stdout.read() == b""
