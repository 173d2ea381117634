"""Executing a webhook, and the messages that it sent. The routes are those of followups, which hands over."""

from simulator.errors import invalid_form, refusal, too_long
from simulator.messages import attachments, posting, thread_starts, webhooks
from simulator.messages.payloads import message_payload
from simulator.messages.validation import after_edit, check_editable, check_message, check_not_empty
from simulator.messages.voice_validation import check_voice
from simulator.rest.call import Call, snowflake
from simulator.rest.routes.webhooks import by_token
from simulator.state.entities import FORUM, Channel, Message, Webhook

LONGEST_URL = 2048


def is_webhook(call: Call) -> bool:
    """Whether the path names an incoming webhook, and not the application's own for interactions."""
    return call.params["webhook_id"] in call.sim.world.webhooks


async def execute(call: Call) -> dict | None:
    """Post through a webhook, in the order in which the requests came; `wait` tells what became of it."""
    # reading a file may take long: without a queue a short message would overtake it
    async with call.sim.world.webhooks[call.params["webhook_id"]].turn:
        webhook = by_token(call)
        call.upload_limit = attachments.limit(call.sim, webhook.channel.guild)
        body = await call.object()
        _check(call, body)
        message = _post(call, webhook, body)
    shown = message_payload(message, call.sim.world.bot.id)
    call.sim.event_log.add(
        "webhook",
        arrived_ns=call.arrived_ns,
        channel_id=message.channel.id,
        webhook_id=webhook.id,
        username=message.author.name,
        avatar_url=body.get("avatar_url"),
        message=shown,
    )
    return shown if call.query.get("wait") in ("1", "true") else None


def _check(call: Call, body: dict) -> None:
    if body.get("username") is not None:
        body["username"] = webhooks.check_name(body["username"], "username")
    _check_avatar(body.get("avatar_url"))
    # a webhook sends no stickers: Discord drops them without a word
    body.pop("sticker_ids", None)
    check_message(body, len(call.files))
    check_voice(body, call.files)
    check_not_empty(body, len(call.files))


def _check_avatar(url: object) -> None:
    if not url:
        return
    if not isinstance(url, str) or not url.startswith(("http://", "https://")):
        raise invalid_form(["avatar_url"], "URL_TYPE_INVALID_URL", "Not a well formed URL.")
    if len(url) > LONGEST_URL:
        raise too_long(["avatar_url"], LONGEST_URL)


def _post(call: Call, webhook: Webhook, body: dict) -> Message:
    channel, thread_name = _thread_or_channel(call, webhook), body.get("thread_name")
    if thread_name and channel.thread:
        raise refusal(220002)
    if thread_name and channel.type != FORUM:
        raise refusal(220003)
    if channel.type == FORUM and not thread_name:
        raise refusal(220001)
    author = webhooks.author(webhook, body.get("username"), body.get("avatar_url"))
    call.sim.world.pictures.add(author.avatar)
    draft = posting.Draft(body, call.files, webhook=webhook)
    if thread_name:
        return thread_starts.forum_post(call.sim, channel, author, body | {"name": thread_name}, draft)
    return posting.post(call.sim, channel, author, draft)


def _thread_or_channel(call: Call, webhook: Webhook) -> Channel:
    thread_id = snowflake(call, "thread_id")
    if thread_id is None:
        return webhook.channel
    found = webhook.channel.guild.threads.get(str(thread_id))
    if found is None or found.parent is not webhook.channel:
        raise refusal(10003)
    return found


def _find(call: Call) -> Message:
    webhook = by_token(call)
    message = _thread_or_channel(call, webhook).messages.get(call.params["message_id"])
    if message is None or message.webhook is not webhook:
        raise refusal(10008)
    return message


async def get(call: Call) -> dict:
    """A message that this webhook sent."""
    return message_payload(_find(call), call.sim.world.bot.id)


async def edit(call: Call) -> dict:
    """Edit such a message."""
    message = _find(call)
    call.upload_limit = attachments.limit(call.sim, message.channel.guild)
    body = await call.object()
    check_editable(message)
    check_message(body, len(call.files))
    check_not_empty(after_edit(message, body), len(call.files))
    posting.edit(call.sim, message, body, call.files)
    shown = message_payload(message, call.sim.world.bot.id)
    call.sim.event_log.add("edit", channel_id=message.channel.id, webhook_id=message.webhook.id, message=shown)
    return shown


async def delete(call: Call) -> None:
    """Delete such a message."""
    message = _find(call)
    posting.delete(call.sim, message)
    ids = {"channel_id": message.channel.id, "message_id": message.id, "webhook_id": message.webhook.id}
    call.sim.event_log.add("delete", **ids)
