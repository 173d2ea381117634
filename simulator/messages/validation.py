"""The limits of a message's parts; every refusal is error 50035 naming the field, or 50006."""

from simulator.errors import ApiError, invalid_form, refusal, required, too_long
from simulator.messages.attachments import check_described
from simulator.messages.mentions import check_allowed
from simulator.messages.poll_validation import check_poll
from simulator.state.entities import COMPONENTS_V2, VOICE_MESSAGE, Message

CONTENT_LIMIT, EMBEDS_LIMIT, EMBED_TOTAL, FILES_LIMIT = 2000, 10, 6000, 10
_EMBED_TEXTS = {
    ("title",): 256,
    ("description",): 4096,
    ("footer", "text"): 2048,
    ("author", "name"): 256,
}
_EMBED_URLS = (
    ("url",),
    ("image", "url"),
    ("thumbnail", "url"),
    ("footer", "icon_url"),
    ("author", "icon_url"),
)
BUTTON, LINK_STYLE = 2, 5
SELECTS = {3, 5, 6, 7, 8}


def check_message(body: dict, files: int = 0, content_limit: int = CONTENT_LIMIT) -> None:
    """Refuse a body that Discord would not take; emptiness is checked by `check_not_empty`."""
    _check_content(body.get("content"), content_limit)
    embeds = body.get("embeds") or []
    if len(embeds) > EMBEDS_LIMIT:
        raise invalid_form(["embeds"], "BASE_TYPE_BAD_LENGTH", "Must be 10 or fewer in length.")
    for index, embed in enumerate(embeds):
        check_embed(embed, ["embeds", index])
    if sum(map(_embed_size, embeds)) > EMBED_TOTAL:
        sentence = "Embed size exceeds maximum size of 6000"
        raise invalid_form(["embeds"], "MAX_EMBED_SIZE_EXCEEDED", sentence)
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


def check_embed(embed: dict, path: list) -> None:
    """Lengths, required field parts, colours and addresses of one embed."""
    if not isinstance(embed, dict):
        raise invalid_form(path, "MODEL_TYPE_CONVERT", "Only dictionaries may be used in a ModelType")
    for keys, limit in _EMBED_TEXTS.items():
        if len(_dig(embed, keys)) > limit:
            raise too_long([*path, *keys], limit)
    for keys in _EMBED_URLS:
        _check_url(_dig(embed, keys), [*path, *keys])
    if not 0 <= (embed.get("color") or 0) <= 0xFFFFFF:
        sentence = "int value should be less than or equal to 16777215."
        raise invalid_form([*path, "color"], "NUMBER_TYPE_MAX", sentence)
    fields = embed.get("fields") or []
    if len(fields) > 25:
        raise too_long([*path, "fields"], 25)
    for index, field in enumerate(fields):
        for key, limit in (("name", 256), ("value", 1024)):
            _check_text(field.get(key), [*path, "fields", index, key], limit)


def _dig(embed: dict, keys: tuple[str, ...]) -> str:
    value: object = embed
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value if isinstance(value, str) else ""


def _check_text(text: str | None, path: list, limit: int) -> None:
    if not text or not str(text).strip():
        raise required(path)
    if len(str(text)) > limit:
        raise too_long(path, limit)


def _check_url(url: str, path: list) -> None:
    scheme = url.partition(":")[0]
    if url and scheme not in ("http", "https", "attachment"):
        sentence = f"Scheme \"{scheme}\" is not supported. Scheme must be one of ('http', 'https')."
        raise invalid_form(path, "URL_TYPE_INVALID_SCHEME", sentence)


def _embed_size(embed: dict) -> int:
    texts = [_dig(embed, keys) for keys in _EMBED_TEXTS]
    texts += [str(f.get(k) or "") for f in embed.get("fields") or [] for k in ("name", "value")]
    return sum(map(len, texts))


def _check_layout(body: dict) -> None:
    if not (body.get("flags") or 0) & COMPONENTS_V2:
        check_components(body.get("components") or [])
        return
    for key in ("content", "embeds"):
        if body.get(key):
            sentence = f"The '{key}' field cannot be used when using MessageFlags.IS_COMPONENTS_V2"
            code = "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2"
            raise invalid_form([key], code, sentence)


def check_components(rows: list) -> None:
    """Classic components: up to 5 rows of up to 5 buttons or one select, custom ids unique."""
    if len(rows) > 5:
        raise invalid_form(["components"], "BASE_TYPE_BAD_LENGTH", "Must be between 1 and 5 in length.")
    seen: set[str] = set()
    for index, row in enumerate(rows):
        inner = row.get("components") or []
        if row.get("type") != 1:
            raise invalid_form(["components", index, "type"], "BASE_TYPE_CHOICES", "Value must be one of {1}.")
        if not 1 <= len(inner) <= 5:
            path = ["components", index, "components"]
            raise invalid_form(path, "BASE_TYPE_BAD_LENGTH", "Must be between 1 and 5 in length.")
        for place, component in enumerate(inner):
            check_component(component, ["components", index, "components", place], seen)


def check_component(component: dict, path: list, seen: set[str]) -> None:
    """One button, select or text input."""
    custom_id = component.get("custom_id")
    is_link = component.get("type") == BUTTON and component.get("style") == LINK_STYLE
    if not is_link:
        _check_text(custom_id, [*path, "custom_id"], 100)
        if custom_id in seen:
            sentence = "Component custom id cannot be duplicated"
            raise invalid_form([*path, "custom_id"], "COMPONENT_CUSTOM_ID_DUPLICATED", sentence)
        seen.add(custom_id)
    if len(str(component.get("label") or "")) > (80 if component.get("type") == BUTTON else 45):
        raise too_long([*path, "label"], 80)
    if len(str(component.get("placeholder") or "")) > 150:
        raise too_long([*path, "placeholder"], 150)
    if component.get("type") == 3 and not 1 <= len(component.get("options") or []) <= 25:
        sentence = "Must be between 1 and 25 in length."
        raise invalid_form([*path, "options"], "BASE_TYPE_BAD_LENGTH", sentence)


def check_modal(data: dict) -> None:
    """A modal: title, custom id, one to five components."""
    _check_text(data.get("title"), ["data", "title"], 45)
    _check_text(data.get("custom_id"), ["data", "custom_id"], 100)
    if not 1 <= len(data.get("components") or []) <= 5:
        raise invalid_form(["data", "components"], "BASE_TYPE_BAD_LENGTH", "Must be between 1 and 5 in length.")


def in_data(error: ApiError) -> ApiError:
    """The same refusal for a body that came inside an interaction callback's `data`."""
    if "errors" in error.body:
        error.body["errors"] = {"data": error.body["errors"]}
    return error
