"""The operations of the document as the reference shows them, and the sections that they stand in."""

import json
import re
from typing import Any

from markupsafe import Markup

from web.docs.document import METHODS, Json, read_document, resolve
from web.docs.examples import ANSWER, BYTES, kind_of, write_examples
from web.docs.shapes import tell_shape

ERRORS = tuple({"$ref": f"#/components/schemas/{name}"} for name in ("Error", "Sentence", "CodedError", "LanyardError"))
EVERYWHERE = ("x-everywhere", "x-everywhere-under-v1", "x-everywhere-under-v2", "x-everywhere-in-lanyard")


def slug_of(tag: str) -> str:
    """The last part of a section's address."""
    return re.sub("[^a-z0-9]+", "-", tag.lower()).strip("-")


def list_operations(document: Json) -> list[Json]:
    """Each operation as a page shows it, in the order of the document; `raw` is the document's own."""
    everywhere = [answer for name in EVERYWHERE for answer in document[name].values()]
    base = document["servers"][0]["url"]
    return [
        _show(base, path, method, entry, operation, everywhere)
        for path, entry in document["paths"].items()
        for method, operation in entry.items()
        if method in METHODS
    ]


def _show(base: str, path: str, method: str, entry: Json, operation: Json, everywhere: list[Any]) -> Json:
    parameters = _parameters(entry, operation)
    examples = write_examples(base, path, method.upper(), operation, parameters)
    return {
        **operation,
        "raw": [entry.get("parameters", []), operation],
        "tag": operation["tags"][0],
        "method": method.upper(),
        "path": path,
        "token": _token(operation),
        "parameters": parameters,
        "body": _body(operation),
        "answers": list_answers({key: to for key, to in operation["responses"].items() if to not in everywhere}),
        "examples": examples,
        "curl": examples["curl"],
        "trial": _trial(path, method, operation, parameters),
    }


def _trial(path: str, method: str, operation: Json, parameters: list[Json]) -> Json | None:
    """What a browser needs to ask for it: reads that end, and here."""
    if method != "get" or kind_of(path, operation) not in (ANSWER, BYTES):
        return None
    return {
        "path": path,
        "token": bool(operation.get("security")),
        "fields": [(item["name"], _example_text(item)) for item in parameters],
        "required": [item["name"] for item in parameters if item.get("required")],
    }


def _example_text(parameter: Json) -> str:
    if not (parameter.get("required") or parameter.get("x-in-example")):
        return ""
    example = parameter["example"]
    return example if isinstance(example, str) else ",".join(example)


def _token(operation: Json) -> str:
    security = operation.get("security", [])
    if not security:
        return ""
    return "Shows more with the owner's token." if {} in security else "Needs your token."


def _parameters(entry: Json, operation: Json) -> list[Json]:
    found = [resolve(item) for item in [*entry.get("parameters", []), *operation.get("parameters", [])]]
    # If-None-Match is the same everywhere, and described once.
    return [{**item, "shape": tell_shape(item["schema"])} for item in found if item["in"] != "header"]


def _body(operation: Json) -> Json | None:
    for media_type, body in operation.get("requestBody", {}).get("content", {}).items():
        return {"media_type": media_type, "shape": tell_shape(body["schema"])}
    return None


def list_answers(responses: Json) -> list[Json]:
    """What may be answered, by status: words, media types with their shapes, examples."""
    return [
        {
            "status": status,
            "description": answer["description"],
            "content": _content(answer),
            "examples": _examples(answer),
        }
        for status, answer in ((status, resolve(item)) for status, item in sorted(responses.items()))
    ]


def _content(answer: Json) -> list[tuple[str, Markup]]:
    content = [(media_type, body["schema"]) for media_type, body in answer.get("content", {}).items()]
    # The shapes of an error are described once, on the first page.
    return [(media_type, tell_shape(schema)) for media_type, schema in content if schema not in ERRORS]


def _examples(answer: Json) -> list[str]:
    found = [body["example"] for body in answer.get("content", {}).values() if "example" in body]
    shown = [text if isinstance(text, str) else json.dumps(text, ensure_ascii=False, indent=2) for text in found]
    return [text for text in shown if text]


def list_tags() -> list[Json]:
    """The sections in the order of the document, each with the last part of its address."""
    return [{**tag, "slug": slug_of(tag["name"])} for tag in read_document()["tags"]]
