"""The document of the API, in openapi/: for programs at `/openapi.json`, for people at `/docs`."""

import json
import re
import shlex
from functools import cache, reduce
from typing import Any

import yaml
from flask import Blueprint, Flask, Response, current_app
from markupsafe import Markup, escape

from config import ROOT
from web.pages.frame import guarded, page
from web.responses import readable

bp = Blueprint("docs", __name__)

Json = dict[str, Any]
FILES = ("rollcall.yaml", "live.yaml", "cards.yaml", "lanyard.yaml", "pluralkit_v2.yaml")
METHODS = ("get", "post", "put", "patch", "delete")
ERRORS = tuple({"$ref": f"#/components/schemas/{name}"} for name in ("Error", "Sentence", "CodedError", "LanyardError"))
WORDS = {"string": "text", "null": "null", "boolean": "true or false", "integer": "whole number", "array": "list"}


def init_app(app: Flask) -> None:
    """Read the document now, so that a fault in it stops the start and no request waits for it."""
    # Not by deepcopy: what YAML's anchors share would go on being one, and take one example for all.
    document = {**json.loads(json.dumps(read_document())), "servers": [{"url": app.config["ROLLCALL"].public_url}]}
    _add_examples(document)
    app.config["OPENAPI"] = document
    app.config["OPENAPI_JSON"] = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    app.add_template_filter(_as_html, "as_html")
    app.register_blueprint(bp)


@bp.get("/openapi.json")
def openapi() -> Response:
    """The document, for programs."""
    return readable(current_app.config["OPENAPI_JSON"])


@bp.get("/docs")
def docs() -> Response:
    """The document, as a page for people."""
    document = current_app.config["OPENAPI"]
    groups = [(tag, [op for op in list_operations(document) if op["tag"] == tag["name"]]) for tag in document["tags"]]
    everywhere = _answers(document["x-everywhere"])
    schemas = [
        {"name": name, "shape": _shape(schema), "rows": _rows(schema), **schema}
        for name, schema in document["components"]["schemas"].items()
    ]
    text = page("docs.html", here="/docs", document=document, groups=groups, everywhere=everywhere, schemas=schemas)
    return guarded(readable(text, mimetype="text/html"))


@cache
def read_document() -> Json:
    """The files of openapi/ as one document; the same object each time."""
    # The loader in C takes a tenth of the time; not every platform has it.
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    folder = ROOT / "web" / "openapi"
    return reduce(_join, [yaml.load((folder / name).read_text(encoding="utf-8"), Loader=loader) for name in FILES])


def _join(first: Json, second: Json) -> Json:
    """Two parts of a document as one: objects key by key, lists one behind the other."""
    joined = {**first, **second}
    for key in first.keys() & second.keys():
        if isinstance(first[key], dict):
            joined[key] = _join(first[key], second[key])
        elif isinstance(first[key], list):
            joined[key] = first[key] + second[key]
        else:
            raise ValueError(f"openapi/ says twice what {key} is")
    return joined


def resolve(item: Json) -> Json:
    """A part of the document, or what its `$ref` points to."""
    if "$ref" not in item:
        return item
    found: Any = read_document()
    for step in item["$ref"].removeprefix("#/").split("/"):
        found = found[step]
    return {**found, **{key: value for key, value in item.items() if key != "$ref"}}


def _add_examples(document: Json) -> None:
    """Give each operation's answer its example."""
    text = json.dumps(document.pop("x-examples")).replace("{public_url}", document["servers"][0]["url"])
    examples = json.loads(text)
    operations = [entry[method] for entry in document["paths"].values() for method in METHODS if method in entry]
    for operation in operations:
        if operation["operationId"] in examples:
            for body in operation["responses"]["200"]["content"].values():
                body["example"] = examples[operation["operationId"]]


def list_operations(document: Json) -> list[Json]:
    """Each operation as the page shows it, in the order of the document."""
    names = ("x-everywhere", "x-everywhere-under-v1", "x-everywhere-under-v2", "x-everywhere-in-lanyard")
    everywhere = [answer for name in names for answer in document[name].values()]
    return [
        {
            **operation,
            "tag": operation["tags"][0],
            "method": method.upper(),
            "path": path,
            "token": _token(operation),
            "parameters": (parameters := _parameters(entry, operation)),
            "body": _body(operation),
            "answers": _answers({key: to for key, to in operation["responses"].items() if to not in everywhere}),
            "curl": _curl(document["servers"][0]["url"] + path, method.upper(), operation, parameters),
        }
        for path, entry in document["paths"].items()
        for method, operation in entry.items()
        if method in METHODS
    ]


def _token(operation: Json) -> str:
    security = operation.get("security", [])
    if not security:
        return ""
    return "Shows more with the owner's token." if {} in security else "Needs your token."


def _parameters(entry: Json, operation: Json) -> list[Json]:
    found = [resolve(item) for item in [*entry.get("parameters", []), *operation.get("parameters", [])]]
    # If-None-Match is the same everywhere, and described once.
    return [{**item, "shape": _shape(item["schema"])} for item in found if item["in"] != "header"]


def _body(operation: Json) -> Json | None:
    for media_type, body in operation.get("requestBody", {}).get("content", {}).items():
        return {"media_type": media_type, "shape": _shape(body["schema"])}
    return None


def _answers(responses: Json) -> list[Json]:
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
    # The shapes of an error are described once, at the top.
    return [(media_type, _shape(schema)) for media_type, schema in content if schema not in ERRORS]


def _examples(answer: Json) -> list[str]:
    found = [body["example"] for body in answer.get("content", {}).values() if "example" in body]
    shown = [text if isinstance(text, str) else json.dumps(text, ensure_ascii=False, indent=2) for text in found]
    return [text for text in shown if text]


def _rows(schema: Json) -> list[tuple[str, Markup, str]]:
    items = schema.get("properties", {}).items()
    return [(name, _shape(item), resolve(item).get("description", "")) for name, item in items]


def _shape(schema: Json) -> Markup:
    """What a value looks like, in a few words; a schema that has a table of its own is linked."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return Markup('<a href="#{0}">{0}</a>').format(name)
    if "anyOf" in schema and "type" not in schema:
        return Markup(" or ").join(dict.fromkeys(_shape(item) for item in schema["anyOf"]))
    if "enum" in schema:
        return Markup(" or ").join(_code(json.dumps(value)) for value in schema["enum"])
    if "const" in schema:
        return _code(json.dumps(schema["const"]))
    kinds = schema.get("type", [])
    words = [WORDS.get(kind, kind) for kind in ([kinds] if isinstance(kinds, str) else kinds)]
    shape = escape(" or ".join(words))
    if "items" in schema:
        shape += " of " + _shape(schema["items"])
    if "maxLength" in schema:
        most = schema["maxLength"]
        shape += f", up to {most:,} characters" if most else ", empty"
    if "format" in schema:
        shape += f", {schema['format']}"
    return shape


def _code(text: str) -> Markup:
    return Markup("<code>{}</code>").format(text)


def _curl(url: str, method: str, operation: Json, parameters: list[Json]) -> str:
    words = ["curl"] if method == "GET" else ["curl", "-X", method]
    if "text/event-stream" in resolve(operation["responses"].get("200", {})).get("content", {}):
        words.append("-N")
    if operation.get("security") == [{"Token": []}]:
        words += ["-H", '"Authorization: $TOKEN"']
    for media_type, body in operation.get("requestBody", {}).get("content", {}).items():
        example = body["example"]
        text = example if isinstance(example, str) else json.dumps(example, ensure_ascii=False)
        words += ["-H", shlex.quote(f"Content-Type: {media_type}"), "-d", shlex.quote(text)]
    for parameter in parameters:
        if parameter["in"] == "path":
            url = url.replace(f"{{{parameter['name']}}}", parameter["example"])
        elif parameter.get("required") or parameter.get("x-in-example"):
            example = parameter["example"]
            url += f"?{parameter['name']}={example if isinstance(example, str) else ','.join(example)}"
    return " ".join([*words, shlex.quote(url)])


def _as_html(text: str) -> Markup:
    paragraphs = [re.sub("`(.+?)`", r"<code>\1</code>", part) for part in str(escape(text.strip())).split("\n\n")]
    return Markup("".join(f"<p>{part}</p>" for part in paragraphs if part))
