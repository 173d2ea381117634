"""The options of a slash command: names and values in, an interaction's options and `resolved` out."""

from simulator import payloads
from simulator.control.messages import decoded
from simulator.errors import Refused
from simulator.interactions.command_validation import (
    ATTACHMENT,
    BOOLEAN,
    CHANNEL,
    INTEGER,
    MENTIONABLE,
    NUMBER,
    ROLE,
    STRING,
    USER,
)
from simulator.messages.attachments import store_file
from simulator.simulation import Simulation
from simulator.state.entities import Channel, User
from simulator.state.permissions import in_channel

_PYTHON = {STRING: str, INTEGER: int, BOOLEAN: bool, NUMBER: (int, float)}
_LONGEST_STRING = 6000


class Options:
    """Fills one command's options, refusing what Discord's client would."""

    def __init__(self, sim: Simulation, channel: Channel) -> None:
        self._sim = sim
        self._channel = channel
        self._roles = channel.guild.roles if channel.guild else {}
        self.resolved: dict[str, dict] = {}

    def fill(self, declared: list[dict], given: dict, focused: str | None) -> list[dict]:
        """The options; the focused one (of an autocompletion) is not checked."""
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
        check = _check_plain if option["type"] in _PYTHON else self._resolve
        return body | {"value": check(option, value)}

    def _resolve(self, option: dict, value: object) -> str:
        kind = option["type"]
        if kind in (ROLE, MENTIONABLE) and str(value) in self._roles:
            return self._note("roles", str(value), payloads.role(self._roles[str(value)]))
        if kind in (USER, MENTIONABLE):
            return self._user(self._sim.world.user(value))
        if kind == CHANNEL:
            found = self._sim.world.channel(value, self._channel.guild)
            return self._note("channels", found.id, payloads.channel(found) | {"permissions": "0"})
        if kind == ATTACHMENT:
            stored = store_file(self._sim, self._channel, *decoded(value))
            return self._note("attachments", stored["id"], stored | {"ephemeral": True})
        raise Refused(f"The option {option['name']!r} cannot be {value!r}.")

    def _user(self, user: User) -> str:
        guild = self._channel.guild
        if guild and user.id in guild.members:
            member = guild.members[user.id]
            permissions = str(in_channel(self._channel, member))
            self._note("members", user.id, payloads.member_fields(member) | {"permissions": permissions})
        return self._note("users", user.id, payloads.user(user))

    def _note(self, kind: str, key: str, body: dict) -> str:
        self.resolved.setdefault(kind, {})[key] = body
        return key


def _check_plain(option: dict, value: object) -> object:
    kind, name = option["type"], option["name"]
    if not isinstance(value, _PYTHON[kind]) or (isinstance(value, bool) and kind != BOOLEAN):
        raise Refused(f"The option {name!r} cannot be {value!r}.")
    choices = [choice["value"] for choice in option.get("choices") or []]
    if choices and value not in choices:
        raise Refused(f"The option {name!r} is one of {', '.join(map(str, choices))}.")
    low, high, size = option.get("min_value"), option.get("max_value"), value
    if isinstance(value, str):
        low, high, size = option.get("min_length"), option.get("max_length") or _LONGEST_STRING, len(value)
    if (low is not None and size < low) or (high is not None and size > high):
        raise Refused(f"The option {name!r} is out of its limits.")
    return value
