"""Verbs for slash commands: what Discord's own client would let a user send."""

import time

from simulator.command_rules import (
    BOOLEAN,
    CHANNEL,
    INTEGER,
    MENTIONABLE,
    NUMBER,
    ROLE,
    STRING,
    USER,
)
from simulator.control.speech import place
from simulator.control.verbs import verb
from simulator.entities import Channel, User
from simulator.errors import Refused
from simulator.interactions import AUTOCOMPLETE, COMMAND
from simulator.permissions import in_channel, may
from simulator.simulation import Simulation

_PYTHON = {STRING: str, INTEGER: int, BOOLEAN: bool, NUMBER: (int, float)}


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


def start(sim: Simulation, kind: int, user: User, channel: Channel, data: dict, source: object = None) -> str:
    """Begin an interaction and send INTERACTION_CREATE; its id."""
    if channel.guild and not channel.guild.bot_in:
        raise Refused("The bot is not in that server.")
    interaction = sim.interactions.begin(kind, user, channel, data, source)
    sim.emit("INTERACTION_CREATE", sim.interactions.event(interaction), channel.guild)
    return interaction.id


def _resolve(
    sim: Simulation, user: User, channel: Channel, words: str, options: dict, focused: str | None = None
) -> dict:
    guild = channel.guild
    if guild and not may(channel, user.id, "USE_APPLICATION_COMMANDS"):
        raise Refused(f"{user.name} may not use commands there.")
    found = sim.commands.find(words.lstrip("/").split() or [""], guild.id if guild else None)
    if found is None:
        raise Refused(f"There is no command /{words.lstrip('/')} registered.")
    command, path = found
    _check_context(command, channel, user)
    data = {"id": command["id"], "name": command["name"], "type": command["type"]}
    if "guild_id" in command:
        data["guild_id"] = command["guild_id"]
    leaf = path[-1] if path else command
    filled = _Options(sim, channel).fill(leaf.get("options") or [], options, focused)
    for step in reversed(path):
        filled = [{"name": step["name"], "type": step["type"], "options": filled}]
    return data | {"options": filled}


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


class _Options:
    """Turns names and values into the options of an interaction, refusing what a client would."""

    def __init__(self, sim: Simulation, channel: Channel) -> None:
        self._sim = sim
        self._channel = channel

    def fill(self, declared: list[dict], given: dict, focused: str | None) -> list[dict]:
        known = {option["name"]: option for option in declared}
        for name in given:
            if name not in known:
                raise Refused(f"The command has no option {name!r}.")
        missing = [n for n, o in known.items() if o.get("required") and n not in given]
        if missing and focused is None:
            raise Refused(f"The option {missing[0]!r} is required.")
        return [self._one(known[name], value, name == focused) for name, value in given.items()]

    def _one(self, option: dict, value: object, focused: bool) -> dict:
        body = {"name": option["name"], "type": option["type"]}
        if focused:
            return body | {"value": value, "focused": True}
        return body | {"value": self._checked(option, value)}

    def _checked(self, option: dict, value: object) -> object:
        kind, name = option["type"], option["name"]
        if kind in _PYTHON:
            return self._plain(option, value)
        if kind in (USER, MENTIONABLE) and not (kind == MENTIONABLE and self._is_role(value)):
            return self._sim.world.user(value).id
        if kind in (ROLE, MENTIONABLE) and self._is_role(value):
            return str(value)
        if kind == CHANNEL:
            return self._sim.world.channel(value, self._channel.guild).id
        raise Refused(f"The option {name!r} cannot be {value!r}.")

    def _is_role(self, value: object) -> bool:
        return self._channel.guild is not None and str(value) in self._channel.guild.roles

    def _plain(self, option: dict, value: object) -> object:
        kind, name = option["type"], option["name"]
        if not isinstance(value, _PYTHON[kind]) or (isinstance(value, bool) and kind != BOOLEAN):
            raise Refused(f"The option {name!r} cannot be {value!r}.")
        choices = option.get("choices")
        if choices and value not in [c["value"] for c in choices]:
            raise Refused(f"The option {name!r} is one of {', '.join(str(c['value']) for c in choices)}.")
        size = len(value) if isinstance(value, str) else value
        low, high = option.get("min_value"), option.get("max_value")
        if isinstance(value, str):
            low, high = option.get("min_length"), option.get("max_length")
            high = 6000 if high is None else high
        if (low is not None and size < low) or (high is not None and size > high):
            raise Refused(f"The option {name!r} is out of its limits.")
        return value


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
    after = sim.journal.last
    started = start(sim, AUTOCOMPLETE, who, where, data)
    deadline = time.monotonic() + seconds
    while (left := deadline - time.monotonic()) > 0:
        for entry in await sim.journal.wait(after, 1, left):
            after = entry["seq"]
            if entry["kind"] == "choices" and entry["interaction_id"] == started:
                return entry["choices"]
    raise Refused("The bot offered no choices in time.")


@verb
def commands(sim: Simulation) -> list:
    """The registered commands, global and of guilds."""
    return sim.commands.everything()
