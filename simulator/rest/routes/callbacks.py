"""The first answer to an interaction, in all its types."""

from simulator.errors import ApiError, invalid_form
from simulator.interactions.interactions import AUTOCOMPLETE, COMPONENT, MODAL_SUBMIT, Interaction
from simulator.messages import posting
from simulator.messages.component_validation import check_modal
from simulator.messages.payloads import message_payload
from simulator.messages.validation import check_message, check_not_empty, in_data
from simulator.rest.call import Call, route
from simulator.state.entities import EPHEMERAL, LOADING

MESSAGE, DEFERRED, DEFERRED_UPDATE, UPDATE, CHOICES, MODAL = range(4, 10)


@route("POST", "/interactions/{webhook_id}/{webhook_token}/callback", auth=False)
async def answer(call: Call) -> dict | None:
    """Answer for the first time; with_response=true tells what became of it."""
    interaction = call.sim.interactions.to_answer(call.params["webhook_id"], call.params["webhook_token"])
    body = await call.object()
    kind, data = body.get("type"), body.get("data") or {}
    _check_kind(interaction, kind)
    try:
        _ANSWERS[kind](call, interaction, data)
    except ApiError as error:
        raise in_data(error) from None
    interaction.acknowledged = True
    if call.query.get("with_response") not in ("true", "1"):
        return None
    return _response(call, interaction, kind)


def _check_kind(interaction: Interaction, kind: int) -> None:
    allowed = {MESSAGE, DEFERRED, MODAL}
    if interaction.type == COMPONENT or (interaction.type == MODAL_SUBMIT and interaction.source):
        allowed |= {DEFERRED_UPDATE, UPDATE}
    if interaction.type == MODAL_SUBMIT:
        allowed -= {MODAL}
    if interaction.type == AUTOCOMPLETE:
        allowed = {CHOICES}
    if kind not in allowed:
        choices = ", ".join(map(str, sorted(allowed)))
        raise invalid_form(["type"], "BASE_TYPE_CHOICES", f"Value must be one of {{{choices}}}.")


def note(call: Call, kind: str, interaction: Interaction, **fields: object) -> None:
    """Write an answer into the log, with who sees it."""
    call.sim.event_log.add(
        kind,
        interaction_id=interaction.id,
        to=interaction.user.name,
        user_id=interaction.user.id,
        channel_id=interaction.channel.id,
        dm_to=interaction.channel.recipient and interaction.user.name,
        **fields,
    )


def note_message(call: Call, kind: str, interaction: Interaction, message: object) -> dict:
    """Write a message that answers an interaction into the log; its JSON."""
    shown = message_payload(message, call.sim.world.bot.id)
    hidden = message.visible_to is not None
    note(call, kind, interaction, message=shown, ephemeral=hidden)
    return shown


def draft_for(call: Call, interaction: Interaction, data: dict, ephemeral: bool) -> posting.Draft:
    """A message that answers an interaction."""
    draft = posting.Draft(data, call.files, interaction=call.sim.interactions.metadata(interaction))
    if ephemeral:
        draft.flags, draft.visible_to = EPHEMERAL, interaction.user
    return draft


def _message(call: Call, interaction: Interaction, data: dict) -> None:
    check_message(data, len(call.files))
    check_not_empty(data, len(call.files))
    draft = draft_for(call, interaction, data, bool(data.get("flags", 0) & EPHEMERAL))
    draft.type = 20
    message = posting.post(call.sim, interaction.channel, call.sim.world.bot, draft)
    interaction.original = message
    interaction.sent.append(message)
    note_message(call, "answer", interaction, message)


def _deferred(call: Call, interaction: Interaction, data: dict) -> None:
    ephemeral = bool(data.get("flags", 0) & EPHEMERAL)
    draft = draft_for(call, interaction, {}, ephemeral)
    draft.flags |= LOADING
    draft.type = 20
    message = posting.post(call.sim, interaction.channel, call.sim.world.bot, draft)
    interaction.original, interaction.loading = message, True
    interaction.sent.append(message)
    note(call, "deferred", interaction, ephemeral=ephemeral)


def _deferred_update(call: Call, interaction: Interaction, data: dict) -> None:
    interaction.original = interaction.source
    note(call, "deferred", interaction, ephemeral=False)


def _update(call: Call, interaction: Interaction, data: dict) -> None:
    check_message(data, len(call.files))
    posting.edit(call.sim, interaction.source, data, call.files)
    interaction.original = interaction.source
    note_message(call, "edit", interaction, interaction.source)


def _choices(call: Call, interaction: Interaction, data: dict) -> None:
    choices = data.get("choices") or []
    if len(choices) > 25:
        raise invalid_form(["choices"], "BASE_TYPE_MAX_LENGTH", "Must be 25 or fewer in length.")
    for index, choice in enumerate(choices):
        if not 1 <= len(str(choice.get("name", ""))) <= 100:
            sentence = "Must be between 1 and 100 in length."
            raise invalid_form(["choices", index, "name"], "BASE_TYPE_BAD_LENGTH", sentence)
    note(call, "choices", interaction, choices=choices)


def _modal(call: Call, interaction: Interaction, data: dict) -> None:
    check_modal(data)
    interaction.modal = data
    note(call, "modal", interaction, modal=data)


_ANSWERS = {
    MESSAGE: _message,
    DEFERRED: _deferred,
    DEFERRED_UPDATE: _deferred_update,
    UPDATE: _update,
    CHOICES: _choices,
    MODAL: _modal,
}


def _response(call: Call, interaction: Interaction, kind: int) -> dict:
    message = interaction.original
    about = {"id": interaction.id, "type": interaction.type}
    resource: dict = {"type": kind}
    if message:
        about |= {
            "response_message_id": message.id,
            "response_message_loading": interaction.loading,
            "response_message_ephemeral": message.visible_to is not None,
        }
        resource["message"] = message_payload(message, call.sim.world.bot.id)
    return {"interaction": about, "resource": resource}
