"""The application's registered commands, global and per guild."""

from simulator.errors import refusal
from simulator.interactions.command_validation import CHAT_INPUT, SUB_COMMAND_GROUP
from simulator.state.world import World

_DEFAULTS = {
    "description": "",
    "type": CHAT_INPUT,
    "default_member_permissions": None,
    "nsfw": False,
    "name_localizations": None,
    "description_localizations": None,
}


class CommandRegistry:
    """Commands by id, within a scope: a guild's id, or None for the global ones."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._scopes: dict[str | None, dict[str, dict]] = {}

    def of(self, scope: str | None) -> list[dict]:
        """The commands of a scope."""
        return list(self._scopes.get(scope, {}).values())

    def everything(self) -> list[dict]:
        """All commands of all scopes."""
        return [command for scope in self._scopes.values() for command in scope.values()]

    def get(self, scope: str | None, command_id: str) -> dict:
        """One command, else 10063."""
        found = self._scopes.get(scope, {}).get(command_id)
        if found is None:
            raise refusal(10063)
        return found

    def replace(self, scope: str | None, bodies: list[dict]) -> list[dict]:
        """Overwrite a scope; a command whose name stays keeps its id."""
        old = self._scopes.get(scope, {})
        self._scopes[scope] = {}
        return [self._put(scope, body, self._id_of(old, body)) for body in bodies]

    def upsert(self, scope: str | None, body: dict) -> dict:
        """Add a command, or replace the one of the same name."""
        commands = self._scopes.setdefault(scope, {})
        return self._put(scope, body, self._id_of(commands, body))

    def delete(self, scope: str | None, command_id: str) -> None:
        """Remove a command, else 10063."""
        self.get(scope, command_id)
        del self._scopes[scope][command_id]

    def _id_of(self, commands: dict[str, dict], body: dict) -> str | None:
        key = (body["name"], body.get("type", CHAT_INPUT))
        return next((i for i, c in commands.items() if (c["name"], c["type"]) == key), None)

    def _put(self, scope: str | None, body: dict, command_id: str | None) -> dict:
        command = _DEFAULTS | {k: v for k, v in body.items() if k != "id"}
        command["id"] = command_id or self._world.ids.next()
        command["application_id"] = self._world.bot.id
        command["version"] = self._world.ids.next()
        if scope is None:
            command.setdefault("contexts", None)
            command.setdefault("integration_types", [0])
            command["dm_permission"] = command.get("dm_permission", True)
        else:
            command["guild_id"] = scope
        self._scopes[scope][command["id"]] = command
        return command

    def find(self, words: list[str], guild_id: str | None) -> tuple[dict, list[dict]] | None:
        """The command that these words name, and the path of sub-commands into it; guild ones first."""
        for command in [*self.of(guild_id), *self.of(None)] if guild_id else self.of(None):
            if command["type"] == CHAT_INPUT and command["name"] == words[0]:
                path = _descend(command, words[1:])
                if path is not None:
                    return command, path
        return None

    def find_in_menu(self, kind: int, name: str, guild_id: str | None) -> dict | None:
        """The command of this name in the menu on users or on messages; guild ones first."""
        offered = [*(self.of(guild_id) if guild_id else ()), *self.of(None)]
        return next((command for command in offered if (command["type"], command["name"]) == (kind, name)), None)


def _descend(command: dict, words: list[str]) -> list[dict] | None:
    path, node = [], command
    for word in words:
        below = [o for o in node.get("options") or [] if o["type"] <= SUB_COMMAND_GROUP]
        node = next((o for o in below if o["name"] == word), None)
        if node is None:
            return None
        path.append(node)
    has_more = any(o["type"] <= SUB_COMMAND_GROUP for o in node.get("options") or [])
    return None if has_more else path
