"""Verbs for slash commands, and those in the menus: what Discord's own client would let a user send."""

import time

from simulator import payloads
from simulator.control.messages import find_anywhere, place
from simulator.control.options import Options
from simulator.control.verbs import verb
from simulator.errors import Refused
from simulator.interactions.command_validation import MESSAGE_MENU, USER_MENU
from simulator.interactions.interactions import AUTOCOMPLETE, COMMAND
from simulator.messages.payloads import message_payload
from simulator.simulation import Simulation
from simulator.state.entities import Channel, Message, User
from simulator.state.permissions import in_channel, may


@verb
def slash(
    sim: Simulation,
    user: str | int,
    command: str,
    options: dict | None = None,
    channel: str | int | None = None,
    dm: bool = False,
) -> str:
    """A user sends a slash command, such as "kv add"; the interaction's id."""
    who = sim.world.user(user)
    where = place(sim, who, channel, dm)
    data = _resolve(sim, who, where, command, options or {})
    return start(sim, COMMAND, who, where, data)


def start(sim: Simulation, kind: int, user: User, channel: Channel, data: dict, source: Message | None = None) -> str:
    """Begin an interaction and send INTERACTION_CREATE; its id."""
    if channel.guild and not channel.guild.bot_in:
        raise Refused("The bot is not in that server.")
    interaction = sim.interactions.begin(kind, user, channel, data, source)
    event = sim.interactions.event(interaction)
    if source:
        event["message"] = message_payload(source, sim.world.bot.id)
    sim.emit("INTERACTION_CREATE", event, channel.guild)
    return interaction.id


def _resolve(
    sim: Simulation, user: User, channel: Channel, words: str, options: dict, focused: str | None = None
) -> dict:
    guild = channel.guild
    _check_user(channel, user)
    found = sim.commands.find(words.lstrip("/").split() or [""], guild.id if guild else None)
    if found is None:
        raise Refused(f"There is no command /{words.lstrip('/')} registered.")
    command, path = found
    _check_context(command, channel, user)
    data = _named(command)
    leaf = path[-1] if path else command
    filler = Options(sim, channel)
    filled = filler.fill(leaf.get("options") or [], options, focused)
    if filler.resolved:
        data["resolved"] = filler.resolved
    for step in reversed(path):
        filled = [{"name": step["name"], "type": step["type"], "options": filled}]
    return data | {"options": filled}


def _named(command: dict) -> dict:
    return {key: command[key] for key in ("id", "name", "type", "guild_id") if key in command}


def _check_user(channel: Channel, user: User) -> None:
    if channel.guild and not may(channel, user.id, "USE_APPLICATION_COMMANDS"):
        raise Refused(f"{user.name} may not use commands there.")


def _check_context(command: dict, channel: Channel, user: User) -> None:
    contexts = command.get("contexts")
    here = 0 if channel.guild else 1
    closed = not channel.guild and command.get("dm_permission") is False
    if (contexts is not None and here not in contexts) or closed:
        raise Refused(f"/{command['name']} cannot be used here.")
    wanted = command.get("default_member_permissions")
    if not wanted or not channel.guild:
        return
    has = in_channel(channel, channel.guild.members[user.id])
    if has & int(wanted) != int(wanted):
        raise Refused(f"{user.name} may not use /{command['name']}.")


@verb
async def autocomplete(
    sim: Simulation,
    user: str | int,
    command: str,
    focused: str,
    options: dict | None = None,
    channel: str | int | None = None,
    dm: bool = False,
    seconds: float = 3.0,
) -> list:
    """A user types into an option of a command; the choices that the bot offers."""
    who = sim.world.user(user)
    where = place(sim, who, channel, dm)
    given = {focused: ""} | (options or {})
    data = _resolve(sim, who, where, command, given, focused)
    after = sim.event_log.last
    started = start(sim, AUTOCOMPLETE, who, where, data)
    deadline = time.monotonic() + seconds
    while (left := deadline - time.monotonic()) > 0:
        for entry in await sim.event_log.wait(after, 1, left):
            after = entry["seq"]
            if entry["kind"] == "choices" and entry["interaction_id"] == started:
                return entry["choices"]
    raise Refused("The bot offered no choices in time.")


@verb
def commands(sim: Simulation) -> list:
    """The registered commands, global and of guilds."""
    return sim.commands.everything()


@verb
def message_menu(sim: Simulation, user: str | int, command: str, message_id: str | int) -> str:
    """A user picks a command in the menu on a message; the interaction's id."""
    who, message = sim.world.user(user), find_anywhere(sim, message_id)
    where = message.channel
    hidden = message.visible_to not in (None, who) or where.recipient not in (None, who)
    if hidden or not may(where, who.id, "VIEW_CHANNEL", "READ_MESSAGE_HISTORY"):
        raise Refused(f"{who.name} cannot see that message.")
    data = _offered(sim, MESSAGE_MENU, command, who, where) | {"target_id": message.id}
    data["resolved"] = {"messages": {message.id: message_payload(message, sim.world.bot.id)}}
    return start(sim, COMMAND, who, where, data)


@verb
def user_menu(
    sim: Simulation,
    user: str | int,
    command: str,
    target: str | int,
    channel: str | int | None = None,
    dm: bool = False,
) -> str:
    """A user picks a command in the menu on a user; the interaction's id."""
    who, other = sim.world.user(user), sim.world.user(target)
    where = place(sim, who, channel, dm)
    data = _offered(sim, USER_MENU, command, who, where) | {"target_id": other.id}
    data["resolved"] = {"users": {other.id: payloads.user(other)}}
    if where.guild and other.id in where.guild.members:
        member = where.guild.members[other.id]
        permissions = str(in_channel(where, member))
        data["resolved"]["members"] = {other.id: payloads.member_fields(member) | {"permissions": permissions}}
    return start(sim, COMMAND, who, where, data)


def _offered(sim: Simulation, kind: int, name: str, user: User, channel: Channel) -> dict:
    _check_user(channel, user)
    command = sim.commands.find_in_menu(kind, name, channel.guild.id if channel.guild else None)
    if command is None:
        raise Refused(f"There is no command {name!r} in that menu.")
    _check_context(command, channel, user)
    return _named(command)
