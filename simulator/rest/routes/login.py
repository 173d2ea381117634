"""What a client asks for before it connects: itself, its application, the gateway."""

from simulator import payloads
from simulator.rest.call import Call, route


@route("GET", "/users/@me")
async def own_user(call: Call) -> dict:
    """The bot's user."""
    return payloads.own_user(call.sim.world.bot)


@route("GET", "/oauth2/applications/@me")
@route("GET", "/applications/@me")
async def own_application(call: Call) -> dict:
    """The bot's application."""
    bot = call.sim.world.bot
    owner = payloads.user(bot) | {"id": "175928847299117063", "username": "owner", "discriminator": "0"}
    owner.pop("bot")
    return {
        "id": bot.id,
        "name": bot.name,
        "icon": None,
        "description": "",
        "summary": "",
        "bot_public": True,
        "bot_require_code_grant": False,
        "verify_key": "0" * 64,
        "owner": owner,
        "team": None,
        "flags": call.sim.settings.application_flags(),
        "rpc_origins": [],
        "redirect_uris": [],
        "bot": payloads.user(bot),
        "approximate_guild_count": sum(g.bot_in for g in call.sim.world.guilds.values()),
    }


@route("GET", "/gateway", auth=False)
async def gateway(call: Call) -> dict:
    """Where the websocket is."""
    return {"url": call.sim.gateway_url}


@route("GET", "/gateway/bot")
async def gateway_bot(call: Call) -> dict:
    """Where the websocket is, and into how many shards to split."""
    limit = {"total": 1000, "remaining": 999, "reset_after": 86_400_000, "max_concurrency": 1}
    return {"url": call.sim.gateway_url, "shards": call.sim.settings.shards, "session_start_limit": limit}


@route("GET", "/soundboard-default-sounds")
async def default_sounds(call: Call) -> list:
    """The sounds that everybody has. py-cord asks for them before it calls itself ready."""
    return [
        {"sound_id": "1", "name": "quack", "volume": 1.0, "emoji_id": None, "emoji_name": "🦆"} | {"available": True}
    ]
