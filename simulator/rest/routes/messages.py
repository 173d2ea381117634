"""Messages as the bot sends, reads, edits and deletes them."""

import time

from simulator.errors import ApiError, invalid_form, refusal, required
from simulator.messages import attachments, posting, write_permission
from simulator.messages.payloads import FORWARD, message_payload
from simulator.messages.validation import after_edit, check_editable, check_message, check_not_empty
from simulator.messages.voice_validation import check_voice
from simulator.rest.call import Call, route, snowflake, whole_number
from simulator.state.entities import Channel, Message
from simulator.state.snowflakes import created_at

FOURTEEN_DAYS = 14 * 86400


def _shown(call: Call, message: Message) -> dict:
    return message_payload(message, call.sim.world.bot.id)


def _find(call: Call) -> tuple[Channel, Message]:
    channel = call.sim.world.require_channel(call.params["channel_id"])
    return channel, call.sim.world.require_message(channel, call.params["message_id"])


def _check_reachable(call: Call, channel: Channel) -> None:
    user = channel.recipient
    if user is None:
        return
    if user.bot or not user.dms or not call.sim.world.shared_guilds(user):
        raise refusal(50007)


def _check_may_send(call: Call, channel: Channel, body: dict) -> None:
    write_permission.check_place(channel)
    if not call.sim.world.bot_may(channel, *write_permission.needed(body, len(call.files))):
        raise refusal(50013)
    if body.get("message_reference") and not call.sim.world.bot_may(channel, "READ_MESSAGE_HISTORY"):
        raise refusal(160002)
    write_permission.check_unlocked(channel, call.sim.world.bot.id)


@route("POST", "/channels/{channel_id}/messages")
async def send(call: Call) -> dict:
    """Post a message: 50001, 50007, 50013, 50006 or 50035 when it cannot be."""
    channel = call.sim.world.require_channel(call.params["channel_id"])
    call.upload_limit = attachments.limit(call.sim, channel.guild)
    body = await call.object()
    _check_reachable(call, channel)
    _check_may_send(call, channel, body)
    check_message(body, len(call.files))
    check_voice(body, call.files)
    draft = _draft(call, channel, body)
    if not draft.forward:
        check_not_empty(body, len(call.files))
    message = posting.post(call.sim, channel, call.sim.world.bot, draft)
    shown = _shown(call, message)
    call.sim.event_log.add("message", channel_id=channel.id, dm_to=_dm_name(channel), message=shown)
    return shown


def _dm_name(channel: Channel) -> str | None:
    return channel.recipient.name if channel.recipient else None


def _draft(call: Call, channel: Channel, body: dict) -> posting.Draft:
    draft = posting.Draft(body, call.files)
    draft.stickers = write_permission.known_stickers(call.sim.world, body.get("sticker_ids") or [])
    reference = body.get("message_reference")
    if reference and reference.get("type") == FORWARD:
        draft.forward = _forwarded(call, reference)
    elif reference:
        draft.reply_to = _replied_to(channel, reference)
    return draft


def _forwarded(call: Call, reference: dict) -> Message:
    for key in ("message_id", "channel_id"):
        if key not in reference:
            raise required(["message_reference", key])
    source = call.sim.world.require_channel(str(reference["channel_id"]))
    if not call.sim.world.bot_may(source, "READ_MESSAGE_HISTORY"):
        raise refusal(50001)
    found = source.messages.get(str(reference["message_id"]))
    if found is None:
        raise _unknown()
    write_permission.check_can_be_forwarded(found)
    return found


def _replied_to(channel: Channel, reference: dict) -> Message | None:
    if "message_id" not in reference:
        raise required(["message_reference", "message_id"])
    found = channel.messages.get(str(reference["message_id"]))
    if found is None and reference.get("fail_if_not_exists", True):
        raise _unknown()
    if found:
        write_permission.check_can_be_answered(found)
    return found


def _unknown() -> ApiError:
    return invalid_form(["message_reference"], "MESSAGE_REFERENCE_UNKNOWN_MESSAGE", "Unknown message")


@route("GET", "/channels/{channel_id}/messages")
async def history(call: Call) -> list:
    """Messages, the newest first; none without READ_MESSAGE_HISTORY."""
    channel = call.sim.world.require_channel(call.params["channel_id"])
    limit = whole_number(call, "limit", 50, 1, 100)
    if not call.sim.world.bot_may(channel, "READ_MESSAGE_HISTORY"):
        return []
    found = [m for m in channel.messages.values() if not m.visible_to]
    return [_shown(call, m) for m in reversed(_page(call, found, limit))]


def _page(call: Call, messages: list[Message], limit: int) -> list[Message]:
    before, after, around = (snowflake(call, name) for name in ("before", "after", "around"))
    if after is not None:
        return [m for m in messages if int(m.id) > after][:limit]
    if around is not None:
        earlier = [m for m in messages if int(m.id) < around][-(limit // 2) :]
        return earlier + [m for m in messages if int(m.id) >= around][: limit - len(earlier)]
    if before is not None:
        messages = [m for m in messages if int(m.id) < before]
    return messages[-limit:]


@route("GET", "/channels/{channel_id}/messages/{message_id}")
async def get(call: Call) -> dict:
    """One message."""
    channel = call.sim.world.require_channel(call.params["channel_id"])
    if not call.sim.world.bot_may(channel, "READ_MESSAGE_HISTORY"):
        raise refusal(50001)
    return _shown(call, call.sim.world.require_message(channel, call.params["message_id"]))


@route("PATCH", "/channels/{channel_id}/messages/{message_id}")
async def edit(call: Call) -> dict:
    """Edit one of the bot's own messages."""
    channel, message = _find(call)
    call.upload_limit = attachments.limit(call.sim, channel.guild)
    body = await call.object()
    if message.author is not call.sim.world.bot:
        raise refusal(50005)
    check_editable(message)
    write_permission.check_unlocked(channel, call.sim.world.bot.id)
    check_message(body, len(call.files))
    check_not_empty(after_edit(message, body), len(call.files))
    posting.edit(call.sim, message, body, call.files)
    shown = _shown(call, message)
    call.sim.event_log.add("edit", channel_id=channel.id, dm_to=_dm_name(channel), message=shown)
    return shown


@route("DELETE", "/channels/{channel_id}/messages/{message_id}")
async def delete(call: Call) -> None:
    """Delete an own message, or with MANAGE_MESSAGES anybody's."""
    channel, message = _find(call)
    if message.author is not call.sim.world.bot:
        if channel.guild is None:
            raise refusal(50003)
        if not call.sim.world.bot_may(channel, "MANAGE_MESSAGES"):
            raise refusal(50013)
    posting.delete(call.sim, message)
    call.sim.event_log.add("delete", channel_id=channel.id, message_id=message.id)


@route("POST", "/channels/{channel_id}/messages/bulk-delete")
async def bulk_delete(call: Call) -> None:
    """Delete 2 to 100 messages of the last fourteen days."""
    channel = call.sim.world.require_channel(call.params["channel_id"])
    if channel.guild is None:
        raise refusal(50003)
    if not call.sim.world.bot_may(channel, "MANAGE_MESSAGES"):
        raise refusal(50013)
    ids = [str(i) for i in (await call.object()).get("messages") or []]
    if not 2 <= len(ids) <= 100:
        raise refusal(50016)
    if not all(i.isdecimal() for i in ids):
        raise invalid_form(["messages"], "NUMBER_TYPE_COERCE", "Value is not snowflake.")
    if any(created_at(i) < time.time() - FOURTEEN_DAYS for i in ids):
        raise refusal(50034)
    posting.delete_bulk(call.sim, channel, ids)
    call.sim.event_log.add("delete_bulk", channel_id=channel.id, message_ids=ids)


@route("POST", "/channels/{channel_id}/typing")
async def typing(call: Call) -> None:
    """The bot is seen typing."""
    channel = call.sim.world.require_channel(call.params["channel_id"])
    if not call.sim.world.bot_may(channel, "SEND_MESSAGES"):
        raise refusal(50013)
    call.sim.event_log.add("typing", channel_id=channel.id)
