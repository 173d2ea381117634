"""The command line: serving, and acting as somebody in a simulator that runs."""

import argparse
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from simulator.activities import custom, game, spotify
from simulator.client import Simulator, SimulatorError
from simulator.event_log import QUIET_KINDS
from simulator.interactions.command_validation import BOOLEAN, INTEGER, NUMBER
from simulator.log_rendering import lines

QUIET_S = 0.15


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; the exit code."""
    chosen = _parser().parse_args(arguments)
    if chosen.act is None:
        # aiohttp takes longer to load than a command to run
        from simulator.serving import serve

        return serve(chosen.port, chosen.empty, chosen.tour, chosen.until_eof)
    try:
        chosen.act(Simulator(chosen.url), chosen)
    except SimulatorError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m simulator", description="A Discord on loopback. Without a command it serves."
    )
    parser.set_defaults(act=None)
    parser.add_argument("--port", type=int, default=8100, help="where to listen (8100; 0 is any free one)")
    parser.add_argument("--empty", action="store_true", help="no server, no people")
    parser.add_argument("--tour", action="store_true", help="people come, go, play and listen")
    parser.add_argument("--until-eof", action="store_true", help="stop when stdin is closed")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")

    def command(name: str, act: Callable, text: str) -> argparse.ArgumentParser:
        added = commands.add_parser(name, help=text, description=text)
        added.add_argument("--url", help="where the simulator is (SIMULATOR_URL or http://127.0.0.1:8100)")
        added.set_defaults(act=act)
        return added

    _add_speech(command)
    _add_people(command)
    return parser


def _add_speech(command: Callable) -> None:
    say = command("say", _say, "write a message as somebody, and show what the bot does")
    say.add_argument("user")
    say.add_argument("text")
    say.add_argument("--file", action="append", default=[], help="attach this file; several times for several")
    say.add_argument("--reply-to", metavar="ID", help='answer this message, or the "last" one')
    slash = command("slash", _slash, "send a slash command as somebody")
    slash.add_argument("user")
    slash.add_argument("command", help='such as "kv add"')
    slash.add_argument("options", nargs="*", metavar="key=value")
    click = command("click", _click, "press a button of the newest message that has it")
    click.add_argument("user")
    click.add_argument("button", help="its label or custom id")
    for added in (say, slash):
        added.add_argument("--dm", action="store_true", help="in the DM with the bot")
        added.add_argument("--channel", help="in this channel or thread, by id or name (the first one)")
    for added in (say, slash, click):
        added.add_argument("--wait", type=float, default=3, help="seconds to wait for the bot (3)")


def _add_people(command: Callable) -> None:
    presence = command("presence", _presence, "change somebody's presence")
    presence.add_argument("user")
    presence.add_argument("status", choices=["online", "idle", "dnd", "offline"])
    presence.add_argument("--song", metavar="SONG[ - ARTIST]", help="listening on Spotify")
    presence.add_argument("--game", help="playing")
    presence.add_argument("--custom", metavar="TEXT", help="custom status")
    command("join", _join, "somebody joins the server").add_argument("user")
    command("leave", _leave, "somebody leaves the server").add_argument("user")
    command("users", _users, "list the people")


def _show(simulator: Simulator, entries: list[dict], chosen: argparse.Namespace) -> None:
    if not entries:
        print(f"The bot did nothing within {chosen.wait:g} seconds.")
    for entry in entries:
        print(*lines(simulator, entry), sep="\n")


def _say(simulator: Simulator, chosen: argparse.Namespace) -> None:
    reply_to = chosen.reply_to
    if reply_to == "last":
        before = simulator.dms(chosen.user) if chosen.dm else simulator.messages(chosen.channel)
        reply_to = before[-1]["id"] if before else None
    where = {"dm": chosen.dm, "channel": chosen.channel, "reply_to": reply_to}
    attachments = [_read_file(path) for path in chosen.file]
    after = simulator.last_seq()
    said = simulator.say(chosen.user, chosen.text, attachments=attachments, **where)

    def is_answer(entry: dict) -> bool:
        # Others talk at the same time, elsewhere.
        is_here = said["channel_id"] in (entry.get("channel_id"), entry.get("parent_id"))
        return entry["kind"] not in QUIET_KINDS and (is_here or entry.get("dm_to") == said["author"]["username"])

    with suppress(SimulatorError):
        simulator.wait_for(is_answer, after, chosen.wait)
    entries = simulator.wait(after, 1, QUIET_S, answers_only=True, quiet=QUIET_S)
    _show(simulator, [entry for entry in entries if is_answer(entry)], chosen)


def _read_file(path: str) -> tuple[str, bytes]:
    try:
        return Path(path).name, Path(path).read_bytes()
    except OSError as error:
        raise SimulatorError(f"The file {path} cannot be read: {error.strerror}.") from None


def _slash(simulator: Simulator, chosen: argparse.Namespace) -> None:
    pairs = [option.partition("=") for option in chosen.options]
    if any(not equals for _, equals, _ in pairs):
        raise SimulatorError("Options are written key=value.")
    kinds = _option_kinds(simulator.commands(), chosen.command.lstrip("/").split())
    options = {key: _typed(value, kinds.get(key)) for key, _, value in pairs}
    where = {"dm": chosen.dm, "channel": chosen.channel}
    entries = simulator.slash_and_wait(chosen.user, chosen.command, options, timeout=chosen.wait, **where)
    _show(simulator, entries, chosen)


def _option_kinds(nodes: list[dict], words: list[str]) -> dict[str, int]:
    for word in words:
        nodes = next((n.get("options") or [] for n in nodes if n["name"] == word), [])
    return {option["name"]: option["type"] for option in nodes}


def _typed(text: str, kind: int | None) -> object:
    try:
        if kind == INTEGER:
            return int(text)
        if kind == NUMBER:
            return float(text)
    except ValueError:
        raise SimulatorError(f"{text!r} is not a number.") from None
    return text.lower() in ("true", "yes", "1") if kind == BOOLEAN else text


def _click(simulator: Simulator, chosen: argparse.Namespace) -> None:
    found = simulator.find_component(chosen.user, chosen.button)
    _show(simulator, simulator.click_and_wait(chosen.user, **found, timeout=chosen.wait), chosen)


def _presence(simulator: Simulator, chosen: argparse.Namespace) -> None:
    activities = []
    if chosen.custom:
        activities.append(custom(chosen.custom))
    if chosen.game:
        activities.append(game(chosen.game))
    if chosen.song:
        song, _, artist = chosen.song.partition(" - ")
        activities.append(spotify(song, artist or "Somebody"))
    simulator.presence(chosen.user, chosen.status, activities)


def _join(simulator: Simulator, chosen: argparse.Namespace) -> None:
    simulator.join(chosen.user)


def _leave(simulator: Simulator, chosen: argparse.Namespace) -> None:
    simulator.leave(chosen.user)


def _users(simulator: Simulator, chosen: argparse.Namespace) -> None:
    for user in simulator.users():
        notes = [user["status"]] + ["bot"] * user["bot"] + ["takes no DMs"] * (not user["dms"])
        print(f"{user['id']:<20} {user['name']:<24} {', '.join(notes)}")
