"""Application commands: listing and registering them."""

from simulator.errors import refusal
from simulator.interactions.command_validation import check_command, check_commands
from simulator.rest.call import Call, route

_GLOBAL = "/applications/{application_id}/commands"
_GUILD = "/applications/{application_id}/guilds/{guild_id}/commands"


def _scope(call: Call) -> str | None:
    if call.params["application_id"] != call.sim.world.bot.id:
        raise refusal(20012)
    guild_id = call.params.get("guild_id")
    if guild_id is not None:
        call.sim.world.require_guild(guild_id)
    return guild_id


@route("GET", _GLOBAL)
@route("GET", _GUILD)
async def list_commands(call: Call) -> list:
    """The commands of a scope."""
    return call.sim.commands.of(_scope(call))


@route("PUT", _GLOBAL)
@route("PUT", _GUILD)
async def overwrite(call: Call) -> list:
    """Replace all commands of a scope."""
    scope, bodies = _scope(call), await call.objects()
    check_commands(bodies, [])
    return call.sim.commands.replace(scope, bodies)


@route("POST", _GLOBAL)
@route("POST", _GUILD)
async def upsert(call: Call) -> dict:
    """Add one command, or replace the one of its name."""
    scope, body = _scope(call), await call.object()
    check_command(body, [])
    return call.sim.commands.upsert(scope, body)


@route("GET", _GLOBAL + "/{command_id}")
@route("GET", _GUILD + "/{command_id}")
async def get(call: Call) -> dict:
    """One command."""
    return call.sim.commands.get(_scope(call), call.params["command_id"])


@route("PATCH", _GLOBAL + "/{command_id}")
@route("PATCH", _GUILD + "/{command_id}")
async def edit(call: Call) -> dict:
    """Change some of a command."""
    scope, changes = _scope(call), await call.object()
    command = call.sim.commands.get(scope, call.params["command_id"])
    check_command(command | changes, [])
    command.update(changes)
    return command


@route("DELETE", _GLOBAL + "/{command_id}")
@route("DELETE", _GUILD + "/{command_id}")
async def delete(call: Call) -> None:
    """Remove a command."""
    call.sim.commands.delete(_scope(call), call.params["command_id"])
