"""The limits of a message's parts; every refusal is error 50035 naming the field, or 50006."""

from simulator.errors import ApiError, invalid_form, refusal, too_long
from simulator.messages.attachments import check_described
from simulator.messages.component_validation import check_components
from simulator.messages.embed_validation import check_embeds
from simulator.messages.mentions import check_allowed
from simulator.messages.polls import check_poll
from simulator.state.entities import COMPONENTS_V2, VOICE_MESSAGE, Message

CONTENT_LIMIT, FILES_LIMIT = 2000, 10


def check_message(body: dict, files: int = 0, content_limit: int = CONTENT_LIMIT) -> None:
    """Refuse a body that Discord would not take; emptiness is checked by `check_not_empty`."""
    _check_content(body.get("content"), content_limit)
    check_embeds(body.get("embeds") or [])
    _check_layout(body)
    if files > FILES_LIMIT:
        raise invalid_form(["attachments"], "BASE_TYPE_MAX_LENGTH", "Must be 10 or fewer in length.")
    if len(str(body.get("nonce") or "")) > 25:
        raise too_long(["nonce"], 25)
    check_allowed(body.get("allowed_mentions"))
    check_described(body.get("attachments"))
    check_poll(body.get("poll"))


def check_not_empty(body: dict, files: int = 0) -> None:
    """Refuse a message without content, embeds, files, stickers, poll or components."""
    parts = ("content", "embeds", "sticker_ids", "poll", "components")
    text = body.get("content")
    # Discord trims: a text of spaces alone is none
    if isinstance(text, str) and not text.strip() and not any(body.get(p) for p in parts[1:]) and not files:
        raise refusal(50006)
    if not files and not any(body.get(part) for part in parts):
        raise refusal(50006)


def after_edit(message: Message, body: dict) -> dict:
    """What a message would consist of after an edit, for `check_not_empty`."""
    kept = {"content": message.content, "embeds": message.embeds, "components": message.components}
    after = kept | {k: v for k, v in body.items() if k in kept}
    files = body.get("attachments", message.attachments)
    return after | {"sticker_ids": files or message.stickers}


def check_editable(message: Message) -> None:
    """Refuse to edit a voice message, a poll, or anything in an archived thread."""
    if message.channel.thread and message.channel.thread.archived:
        raise refusal(50083)
    if message.flags & VOICE_MESSAGE:
        raise refusal(50162)
    if message.poll:
        raise refusal(520003)


def _check_content(content: object, limit: int) -> None:
    if content is None:
        return
    if not isinstance(content, str):
        raise invalid_form(["content"], "STRING_TYPE_CONVERT", f'Could not interpret "{content}" as string.')
    if len(content) > limit:
        raise too_long(["content"], limit)


def _check_layout(body: dict) -> None:
    if not (body.get("flags") or 0) & COMPONENTS_V2:
        check_components(body.get("components") or [])
        return
    for key in ("content", "embeds"):
        if body.get(key):
            sentence = f"The '{key}' field cannot be used when using MessageFlags.IS_COMPONENTS_V2"
            code = "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2"
            raise invalid_form([key], code, sentence)


def in_data(error: ApiError) -> ApiError:
    """The same refusal for a body that came inside an interaction callback's `data`."""
    if "errors" in error.body:
        error.body["errors"] = {"data": error.body["errors"]}
    return error
