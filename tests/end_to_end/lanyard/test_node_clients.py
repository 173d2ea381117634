"""use-lanyard, @prequist/lanyard and react-use-lanyard, unchanged but for the address, against the real processes."""

import json
import subprocess
from pathlib import Path

import pytest

from rules.lanyard import shape
from tests.end_to_end.lanyard.conftest import CUSTOM, NOBODY, SONG
from tests.end_to_end.proxying_user import HOME
from tests.end_to_end.rollcall import Process, until

HERE = Path(__file__).parent
REQUIRED = ("spotify", "kv", *(f"active_on_discord_{name}" for name in ("web", "desktop", "mobile", "embedded")))
COMPILER = {"strict": True, "skipLibCheck": True, "noEmit": True, "target": "es2022", "lib": ["es2022"], "types": []}
COMPILER |= {"module": "nodenext"}
DECLARED = """
import type { Routes, Types } from '@prequist/lanyard';
declare function answer<T extends Routes.GetPresence>(one: T): void;
declare function presence<T extends Types.Presence>(one: T): void;
"""
# Declared as never null, which both Discord and Lanyard send where there is none.
TAG = {"tag": "FOX", "identity_guild_id": HOME, "badge": "c0ffee", "identity_enabled": True}
HOOKS = ("socket", "other socket")


class Page(Process):
    """A page that is open in a browser."""

    def states(self, hook):
        """All that a hook has had, in order."""
        said = [json.loads(line) for line in self.lines if line.startswith("[")]
        return [value for name, value in said if name == hook]

    def await_both(self, condition):
        """Wait until both that listen have what is wanted."""
        for hook in HOOKS:
            until(lambda hook=hook: condition((self.states(hook) or [None])[-1] or {}))


@pytest.fixture
def open_page(host, node_environ):
    opened = []

    def run(user_id):
        opened.append(Page(str(HERE / "page.cjs"), host, user_id, environ=node_environ, program="node"))
        return opened[-1]

    yield run
    for page in opened:
        page.stop()


@pytest.fixture
def stored(rollcall):
    """A user's status in the file, whoever may see it."""
    return lambda user: json.loads(rollcall.read(shape.find, int(user), int(user)))["discord_status"]


def test_a_page_shows_what_changes_and_comes_back_by_itself(discord, rollcall, person, open_page, shown, stored):
    alice = person(global_name="Alice")
    discord.presence(alice, "online", [SONG])
    discord.say(alice, ".add diary secret", dm=True)
    until(lambda: (shown(alice) or {}).get("spotify"))
    page = open_page(alice)
    page.await_both(lambda now: now == shown(alice))
    until(lambda: page.states("get")[-1] == page.states("other get")[-1] == shown(alice))
    discord.presence(alice, "dnd", [])
    page.await_both(lambda now: (now["discord_status"], now["spotify"]) == ("dnd", None))
    discord.say(alice, ".set city Bern", dm=True)
    page.await_both(lambda now: now["kv"] == {"city": "Bern"})

    discord.say(alice, ".hide", dm=True)
    page.await_both(lambda now: now == {})
    discord.presence(alice, "idle")
    until(lambda: stored(alice) == "idle")
    discord.say(alice, ".show", dm=True)
    page.await_both(lambda now: now.get("discord_status") == "idle")
    assert [page.states(hook)[-2] for hook in HOOKS] == [{}, {}]

    rollcall.web.stop()
    discord.presence(alice, "online", [SONG])
    until(lambda: stored(alice) == "online")
    rollcall.start_web()
    page.await_both(lambda now: now == shown(alice) and now["listening_to_spotify"])
    discord.presence(alice, "dnd", [])
    page.await_both(lambda now: now["discord_status"] == "dnd")
    assert "secret" not in page.output


def test_programs_read(discord, person, run_node, host, shown):
    alice = person(global_name="Alice")
    discord.presence(alice, "online", [SONG, CUSTOM])
    until(lambda: shown(alice)["spotify"])
    run_node(HERE / "calls.cjs", "reading", {"host": host, "user": alice, "nobody": NOBODY, "presence": shown(alice)})


def test_programs_set_and_remove_pairs(discord_user, run_node, host):
    alice = discord_user()
    run_node(HERE / "calls.cjs", "pairs", {"host": host, "user": alice.id, "token": alice.token})


def test_answers_are_of_the_types_that_programs_declare(discord, rollcall, person, modules, tmp_path, shown):
    alice = person(global_name="Alice", primary_guild=TAG)
    bob = person("bob", status=None, primary_guild=TAG)
    discord.presence(alice, "online", [SONG, CUSTOM])
    until(lambda: shown(alice)["spotify"])
    (tmp_path / "node_modules").symlink_to(modules)
    (tmp_path / "tsconfig.json").write_text(json.dumps({"compilerOptions": COMPILER}))
    answers = [rollcall.get(f"/v1/users/{user}").text for user in (alice, bob, NOBODY)]
    whole = shown(alice)
    lines = [*(f"answer({answer});" for answer in answers), f"presence({json.dumps(whole)});"]
    for key in REQUIRED:
        cut = {name: value for name, value in whole.items() if name != key}
        lines += ["// @ts-expect-error", f"presence({json.dumps(cut)});"]
    (tmp_path / "answers.mts").write_text("\n".join([DECLARED, *lines]))
    words = ["node", str(modules / "typescript" / "bin" / "tsc"), "--noEmit"]
    ran = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)
    assert ran.returncode == 0, ran.stdout
