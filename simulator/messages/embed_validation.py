"""The limits of embeds; every refusal is error 50035 naming the field."""

from simulator.errors import check_text, invalid_form, too_long

EMBEDS_LIMIT, EMBED_TOTAL = 10, 6000
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


def check_embeds(embeds: list) -> None:
    """At most ten embeds, and at most 6000 characters in all of them together."""
    if len(embeds) > EMBEDS_LIMIT:
        raise invalid_form(["embeds"], "BASE_TYPE_BAD_LENGTH", "Must be 10 or fewer in length.")
    for index, embed in enumerate(embeds):
        _check_embed(embed, ["embeds", index])
    if sum(map(_size, embeds)) > EMBED_TOTAL:
        sentence = "Embed size exceeds maximum size of 6000"
        raise invalid_form(["embeds"], "MAX_EMBED_SIZE_EXCEEDED", sentence)


def _check_embed(embed: dict, path: list) -> None:
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
            check_text(field.get(key), [*path, "fields", index, key], limit)


def _dig(embed: dict, keys: tuple[str, ...]) -> str:
    value: object = embed
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value if isinstance(value, str) else ""


def _check_url(url: str, path: list) -> None:
    scheme = url.partition(":")[0]
    if url and scheme not in ("http", "https", "attachment"):
        sentence = f"Scheme \"{scheme}\" is not supported. Scheme must be one of ('http', 'https')."
        raise invalid_form(path, "URL_TYPE_INVALID_SCHEME", sentence)


def _size(embed: dict) -> int:
    texts = [_dig(embed, keys) for keys in _EMBED_TEXTS]
    texts += [str(f.get(k) or "") for f in embed.get("fields") or [] for k in ("name", "value")]
    return sum(map(len, texts))
