"""Webhooks as the bot, or whoever has a token, makes, lists, changes and deletes them."""

import secrets

from simulator import payloads
from simulator.errors import invalid_form, refusal
from simulator.messages import webhooks
from simulator.rest.call import Call, route
from simulator.state.entities import Channel, Webhook
from simulator.state.permissions import BITS, in_guild

_CHANNEL, _ONE = "/channels/{channel_id}/webhooks", "/webhooks/{webhook_id}"
_WITH_TOKEN = _ONE + "/{webhook_token}"


def by_token(call: Call) -> Webhook:
    """The webhook of the path: 10015 if there is none, 50027 if the token is not its own."""
    found = _known(call)
    # as bytes: compare_digest refuses a text that is not ASCII
    if not secrets.compare_digest(found.token.encode(), call.params["webhook_token"].encode()):
        raise refusal(50027)
    return found


def _known(call: Call) -> Webhook:
    found = call.sim.world.webhooks.get(call.params["webhook_id"])
    if found is None:
        raise refusal(10015)
    return found


def _managed(call: Call, own_is_enough: bool = False) -> Webhook:
    found, bot = _known(call), call.sim.world.bot
    if not (own_is_enough and found.application_id == bot.id):
        _require(call, found.channel)
    return found


def _require(call: Call, channel: Channel) -> None:
    if not call.sim.world.bot_may(channel, "MANAGE_WEBHOOKS"):
        raise refusal(50013)


def _shown(call: Call, webhook: Webhook, with_user: bool = True) -> dict:
    return payloads.webhook(webhook, call.sim.world.bot.id, with_user)


@route("POST", _CHANNEL)
async def create(call: Call) -> dict:
    """Make a webhook; a channel takes 15."""
    channel = call.sim.world.require_channel(call.params["channel_id"])
    body = await call.object()
    if channel.guild is None:
        raise refusal(50003)
    _require(call, channel)
    name, avatar = webhooks.check_name(body.get("name")), _avatar(body.get("avatar"))
    webhooks.check_place(call.sim, channel)
    made = webhooks.add(call.sim, channel, name, call.sim.world.bot, avatar)
    call.sim.event_log.add("webhook_created", channel_id=channel.id, webhook_id=made.id)
    return _shown(call, made)


def _avatar(data: object) -> str | None:
    if data is None:
        return None
    if not isinstance(data, str) or not data.startswith("data:image/") or ";base64," not in data:
        raise invalid_form(["avatar"], "BASE_TYPE_INVALID_IMAGE", "Invalid image data")
    return webhooks.picture(data)


@route("GET", _CHANNEL)
async def of_channel(call: Call) -> list:
    """The webhooks of a channel."""
    channel = call.sim.world.require_channel(call.params["channel_id"])
    _require(call, channel)
    return [_shown(call, w) for w in webhooks.of_channels(call.sim, [channel])]


@route("GET", "/guilds/{guild_id}/webhooks")
async def of_guild(call: Call) -> list:
    """The webhooks of a guild."""
    guild = call.sim.world.require_guild(call.params["guild_id"])
    if not in_guild(guild, guild.members[call.sim.world.bot.id]) & BITS["MANAGE_WEBHOOKS"]:
        raise refusal(50013)
    return [_shown(call, w) for w in webhooks.of_channels(call.sim, guild.channels.values())]


@route("GET", _ONE)
async def get(call: Call) -> dict:
    """One webhook; the application's own needs no permission."""
    return _shown(call, _managed(call, own_is_enough=True))


@route("GET", _WITH_TOKEN, auth=False)
async def get_with_token(call: Call) -> dict:
    """One webhook, by its token."""
    return _shown(call, by_token(call), with_user=False)


@route("PATCH", _ONE)
async def edit(call: Call) -> dict:
    """Change a webhook, or move it to another channel."""
    found, body = _managed(call), await call.object()
    changes = _changes(body)
    if body.get("channel_id") is not None:
        target = call.sim.world.require_channel(str(body["channel_id"]))
        if target.guild is not found.channel.guild:
            raise refusal(10003)
        _require(call, target)
        if target is not found.channel:
            webhooks.check_place(call.sim, target)
        changes["channel"] = target
    webhooks.change(call.sim, found, **changes)
    return _shown(call, found)


@route("PATCH", _WITH_TOKEN, auth=False)
async def edit_with_token(call: Call) -> dict:
    """Change a webhook's name and avatar, by its token."""
    found, body = by_token(call), await call.object()
    webhooks.change(call.sim, found, **_changes(body))
    return _shown(call, found, with_user=False)


def _changes(body: dict) -> dict:
    changes = {"name": webhooks.check_name(body["name"])} if body.get("name") is not None else {}
    return changes | ({"avatar": _avatar(body["avatar"])} if "avatar" in body else {})


@route("DELETE", _ONE)
async def delete(call: Call) -> None:
    """Delete a webhook."""
    _remove(call, _managed(call))


@route("DELETE", _WITH_TOKEN, auth=False)
async def delete_with_token(call: Call) -> None:
    """Delete a webhook, by its token."""
    _remove(call, by_token(call))


def _remove(call: Call, webhook: Webhook) -> None:
    webhooks.remove(call.sim, webhook)
    call.sim.event_log.add("webhook_deleted", channel_id=webhook.channel.id, webhook_id=webhook.id)
