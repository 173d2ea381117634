"""Reactions as the bot adds, lists and removes them."""

from simulator import payloads
from simulator.errors import refusal
from simulator.messages import reactions
from simulator.messages.write_permission import check_awake
from simulator.rest.call import Call, route, snowflake, whole_number
from simulator.state.entities import Message

_BASE = "/channels/{channel_id}/messages/{message_id}/reactions"


def _message(call: Call) -> Message:
    channel = call.sim.world.require_channel(call.params["channel_id"])
    return call.sim.world.require_message(channel, call.params["message_id"])


def _require(call: Call, message: Message, *permissions: str) -> None:
    if not call.sim.world.bot_may(message.channel, *permissions):
        raise refusal(50013)


@route("PUT", _BASE + "/{emoji}/@me")
async def add(call: Call) -> None:
    """React; the first of an emoji needs ADD_REACTIONS."""
    message, emoji = _message(call), reactions.check_emoji(call.sim.world, call.params["emoji"])
    _require(call, message, "READ_MESSAGE_HISTORY")
    check_awake(message.channel)
    if emoji not in message.reactions:
        _require(call, message, "ADD_REACTIONS")
    reactions.react(call.sim, message, call.sim.world.bot, emoji)
    _note(call, "reaction", message, emoji)


def _note(call: Call, kind: str, message: Message, emoji: str | None) -> None:
    call.sim.event_log.add(kind, channel_id=message.channel.id, message_id=message.id, emoji=emoji)


@route("DELETE", _BASE + "/{emoji}/@me")
async def remove_own(call: Call) -> None:
    """Take the bot's own reaction back."""
    message, emoji = _message(call), reactions.check_emoji(call.sim.world, call.params["emoji"])
    reactions.unreact(call.sim, message, call.sim.world.bot.id, emoji)
    _note(call, "reaction_removed", message, emoji)


@route("DELETE", _BASE + "/{emoji}/{user_id}")
async def remove_of(call: Call) -> None:
    """Take a user's reaction away; somebody else's needs MANAGE_MESSAGES, and a guild."""
    message, emoji = _message(call), reactions.check_emoji(call.sim.world, call.params["emoji"])
    user_id = call.params["user_id"]
    if user_id != call.sim.world.bot.id:
        _manage(call, message)
    reactions.unreact(call.sim, message, user_id, emoji)
    _note(call, "reaction_removed", message, emoji)


def _manage(call: Call, message: Message) -> None:
    if message.channel.guild is None:
        raise refusal(50003)
    _require(call, message, "MANAGE_MESSAGES")


@route("DELETE", _BASE)
async def clear(call: Call) -> None:
    """Take all reactions away."""
    message = _message(call)
    _manage(call, message)
    reactions.clear(call.sim, message)
    _note(call, "reactions_cleared", message, None)


@route("DELETE", _BASE + "/{emoji}")
async def clear_one(call: Call) -> None:
    """Take all reactions of one emoji away."""
    message, emoji = _message(call), reactions.check_emoji(call.sim.world, call.params["emoji"])
    _manage(call, message)
    reactions.clear(call.sim, message, emoji)
    _note(call, "reactions_cleared", message, emoji)


@route("GET", _BASE + "/{emoji}")
async def users(call: Call) -> list:
    """Who reacted with an emoji."""
    message, emoji = _message(call), reactions.check_emoji(call.sim.world, call.params["emoji"])
    limit = whole_number(call, "limit", 25, 1, 100)
    after = snowflake(call, "after") or 0
    ids = sorted(i for i in map(int, message.reactions.get(emoji, [])) if i > after)
    return [payloads.user(call.sim.world.users[str(i)]) for i in ids[:limit]]
