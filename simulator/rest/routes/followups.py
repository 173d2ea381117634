"""Later answers to an interaction: followups, and the first answer once more.

Incoming webhooks have the same paths; `executions` serves those.
"""

from simulator.errors import refusal
from simulator.interactions.interactions import Interaction
from simulator.messages import posting
from simulator.messages.payloads import message_payload
from simulator.messages.validation import check_message, check_not_empty
from simulator.rest.call import Call, route
from simulator.rest.routes import executions
from simulator.rest.routes.callbacks import draft_for, note, note_message
from simulator.state.entities import EPHEMERAL, LOADING, Message

_BASE = "/webhooks/{webhook_id}/{webhook_token}"


def _interaction(call: Call) -> Interaction:
    return call.sim.interactions.to_follow(call.params["webhook_id"], call.params["webhook_token"])


def _message(call: Call, interaction: Interaction) -> Message:
    wanted = call.params["message_id"]
    # an interaction's token opens the messages that answered it, and no other of the bot's
    found = {m.id: m for m in interaction.sent if m.id in m.channel.messages}
    original = interaction.original
    if original and original.id in original.channel.messages:
        found["@original"] = original
    if wanted not in found:
        raise refusal(10008)
    return found[wanted]


@route("POST", _BASE, auth=False)
async def follow_up(call: Call) -> dict | None:
    """Send one more message. After a deferral the first one fills the promised message."""
    if executions.is_webhook(call):
        return await executions.execute(call)
    interaction, data = _interaction(call), await call.object()
    check_message(data, len(call.files))
    check_not_empty(data, len(call.files))
    if interaction.loading:
        return _fulfil(call, interaction, data)
    draft = draft_for(call, interaction, data, bool(data.get("flags", 0) & EPHEMERAL))
    message = posting.post(call.sim, interaction.channel, call.sim.world.bot, draft)
    interaction.sent.append(message)
    return note_message(call, "followup", interaction, message)


def _fulfil(call: Call, interaction: Interaction, data: dict) -> dict:
    message = interaction.original
    message.flags &= ~LOADING
    interaction.loading = False
    posting.update(call.sim, message, data, call.files)
    return note_message(call, "answer", interaction, message)


@route("GET", _BASE + "/messages/{message_id}", auth=False)
async def get(call: Call) -> dict:
    """One of the messages that answered."""
    if executions.is_webhook(call):
        return await executions.get(call)
    return message_payload(_message(call, _interaction(call)), call.sim.world.bot.id)


@route("PATCH", _BASE + "/messages/{message_id}", auth=False)
async def edit(call: Call) -> dict:
    """Edit one of them; a promised one is fulfilled by it."""
    if executions.is_webhook(call):
        return await executions.edit(call)
    interaction = _interaction(call)
    message, data = _message(call, interaction), await call.object()
    check_message(data, len(call.files))
    if interaction.loading and message is interaction.original:
        check_not_empty(data, len(call.files))
        return _fulfil(call, interaction, data)
    posting.edit(call.sim, message, data, call.files)
    return note_message(call, "edit", interaction, message)


@route("DELETE", _BASE + "/messages/{message_id}", auth=False)
async def delete(call: Call) -> None:
    """Delete one of them."""
    if executions.is_webhook(call):
        await executions.delete(call)
        return
    interaction = _interaction(call)
    message = _message(call, interaction)
    posting.delete(call.sim, message)
    note(call, "delete", interaction, message_id=message.id)
