"""What people type: what is proxied, commands and what only looks like one, and files to import."""

import gzip
import json
import random

from simulator.client import Simulator, SimulatorError
from tests.end_to_end.bot_replies import said, text_of
from tests.end_to_end.soak.pacing import Run
from tests.rules.transfer.test_import_fuzz import FILES, spoiled

TYPED = (
    *(".me", ".list", ".help", ".add color blue", ".get color", ".remove color", ".privacy", ".token is what you type"),
    *("pk;system", "pk;member", "pk;member M", "pk;list", "pk;find M", "pk;switch out", "pk;switch M0", "pk;fronter"),
    *("pk;fire", "pk;edit -foo", 'pk;m "', "pk;s servername X", "pk;system rename " + "x" * 200, "pk;help", "pk;🦊"),
    *(
        "pk;member new Zed",
        "pk;member Zed delete",
        "pk;random",
        "pk;ap front",
        "pk;ap off",
        ".",
        "pk;",
        ".hide and seek",
    ),
)
ANSWER_S = 30


def speak(run: Run, discord: Simulator, users: list[str], channels: list[str], spoken: dict, a_second: float) -> None:
    """Messages with tags; `spoken` gets who said what by the message's ID."""
    for number in run.pace(a_second):
        user, text = users[number % len(users)], f"number {number}"
        written = discord.say(user, f"[{text}]", channel=channels[number % len(channels)])
        spoken[written["id"]] = user, text
        run.count("proxied messages")


def command(run: Run, discord: Simulator, users: list[str], channel: str, a_second: float) -> None:
    dice = run.dice("commands")
    for _ in run.pace(a_second):
        discord.say(dice.choice(users), dice.choice(TYPED), channel=channel)
        run.count("commands")


def send_files(run: Run, discord: Simulator, users: list[str], a_second: float) -> None:
    """Files with odd parts, cut off, packed, or of another kind, from users by name; each is answered."""
    dice, texts = run.dice("files"), spoiled(f"{run.seed} files", 10**9)
    for number in run.pace(a_second):
        user, after = users[number % len(users)], discord.last_seq()
        discord.say(user, "pk;import -y", dm=True, attachments=[("system.json", _file(dice, next(texts)))])
        run.count("import files")
        try:
            told = discord.wait_for(lambda entry, user=user: is_answer(entry, user), after, ANSWER_S)
            run.count("import files taken", ("dm", "Imported.") in said(told))
        except SimulatorError as error:
            run.wrong.append(f"import {number}: {error}")


def is_answer(entry: dict, user: str) -> bool:
    """Whether the bot says in a DM to the user what came of a file, after it said that it begins."""
    return entry.get("dm_to") == user and not text_of(entry["message"]).startswith("Importing")


def _file(dice: random.Random, spoiled_text: bytes) -> bytes:
    kind = dice.random()
    if kind < 0.2:
        return json.dumps(dice.choice(FILES)).encode()
    if kind < 0.3:
        return spoiled_text[: dice.randrange(1, len(spoiled_text) + 1)]
    if kind < 0.35:
        return gzip.compress(spoiled_text)[: dice.choice((None, 20))]
    if kind < 0.4:
        return dice.choice(
            (b"\x89PNG\r\n\x1a\n", b"\0" * 1000, b"[" * 9999, b"<html>", b"PK\3\4", dice.randbytes(1000))
        )
    return spoiled_text
