"""Channels and threads as the bot reads, changes and deletes them."""

from simulator import payloads
from simulator.errors import refusal
from simulator.guilds import channels, threads
from simulator.messages import thread_starts
from simulator.rest.call import Call, route
from simulator.state.entities import Channel

_BASE = "/channels/{channel_id}"
_THREAD_STATES = ("archived", "locked", "auto_archive_duration", "invitable", "rate_limit_per_user", "applied_tags")


def _channel(call: Call) -> Channel:
    return call.sim.world.require_channel(call.params["channel_id"])


def _require(call: Call, channel: Channel, name: str) -> None:
    if not call.sim.world.bot_may(channel, name):
        raise refusal(50013)


@route("GET", _BASE)
async def get(call: Call) -> dict:
    """A channel that the bot can see."""
    return payloads.channel(_channel(call), call.sim.world.bot.id)


@route("PATCH", _BASE)
async def edit(call: Call) -> dict:
    """Change a channel, or a thread's name and states."""
    channel, body = _channel(call), await call.object()
    if channel.guild is None:
        raise refusal(50003)
    thread_starts.check_thread(body, creating=False)
    if channel.thread:
        _edit_thread(call, channel, body)
        return payloads.channel(channel, call.sim.world.bot.id)
    _require(call, channel, "MANAGE_CHANNELS")
    channels.change(call.sim, channel, **{k: body[k] for k in ("name", "topic", "nsfw") if k in body})
    return payloads.channel(channel)


def _edit_thread(call: Call, channel: Channel, body: dict) -> None:
    bot, changes = call.sim.world.bot, {k: body[k] for k in _THREAD_STATES if body.get(k) is not None}
    _check_may_edit(call, channel, body)
    if channel.thread.archived and changes.get("archived") is not False:
        raise refusal(50083)
    # a thread that is archived at once is renamed first, as it could not be afterwards
    if body.get("name") is not None:
        thread_starts.rename(call.sim, channel, str(body["name"]), bot)
    threads.change(call.sim, channel, **changes)
    call.sim.event_log.add("thread_edited", channel_id=channel.id, changes=body)


def _check_may_edit(call: Call, channel: Channel, body: dict) -> None:
    if call.sim.world.bot_may(channel, "MANAGE_THREADS"):
        return
    own = channel.thread.owner_id == call.sim.world.bot.id
    only_waking = set(body) == {"archived"} and body["archived"] is False
    if only_waking and call.sim.world.bot.id in channel.thread.members and (own or not channel.thread.locked):
        return
    if not own or {"locked", "rate_limit_per_user"} & set(body) or channel.thread.locked:
        raise refusal(50013)


@route("DELETE", _BASE)
async def delete(call: Call) -> dict:
    """Delete a channel or a thread."""
    channel = _channel(call)
    if channel.guild is None:
        raise refusal(50003)
    _require(call, channel, "MANAGE_THREADS" if channel.thread else "MANAGE_CHANNELS")
    shown = payloads.channel(channel)
    channels.remove(call.sim, channel)
    call.sim.event_log.add("channel_deleted", channel_id=channel.id)
    return shown
