"""The document of the API, in openapi/: read, joined, given its examples; for programs at `/openapi.json`."""

import json
from functools import cache, reduce
from typing import Any

import yaml
from flask import Blueprint, Flask, Response, current_app

from config import ROOT
from web.responses import readable

bp = Blueprint("openapi", __name__)

Json = dict[str, Any]
FILES = ("rollcall.yaml", "live.yaml", "cards.yaml", "lanyard.yaml", "pluralkit_v2.yaml")
METHODS = ("get", "post", "put", "patch", "delete")


def init_app(app: Flask) -> None:
    """Read the document now, so that a fault in it stops the start and no request waits for it."""
    document, text = write_document(app.config["ROLLCALL"].public_url)
    app.config["OPENAPI"], app.config["OPENAPI_JSON"] = document, text
    app.register_blueprint(bp)


@bp.get("/openapi.json")
def openapi() -> Response:
    """The document, for programs."""
    return readable(current_app.config["OPENAPI_JSON"])


@cache
def write_document(public_url: str) -> tuple[Json, str]:
    """The document of a Rollcall at this address, with its examples; and as JSON. The same objects each time."""
    # Not by deepcopy: what YAML's anchors share would go on being one, and take one example for all.
    document = {**json.loads(json.dumps(read_document())), "servers": [{"url": public_url}]}
    _add_examples(document)
    return document, json.dumps(document, ensure_ascii=False, separators=(",", ":"))


@cache
def read_document() -> Json:
    """The files of openapi/ as one document; the same object each time."""
    # The loader in C takes a tenth of the time; not every platform has it.
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    folder = ROOT / "web" / "openapi"
    return reduce(_join, [yaml.load((folder / name).read_text(encoding="utf-8"), Loader=loader) for name in FILES])


def resolve(item: Json) -> Json:
    """A part of the document, or what its `$ref` points to."""
    if "$ref" not in item:
        return item
    found: Any = read_document()
    for step in item["$ref"].removeprefix("#/").split("/"):
        found = found[step]
    return {**found, **{key: value for key, value in item.items() if key != "$ref"}}


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


def _add_examples(document: Json) -> None:
    """Give each operation's answer its example."""
    text = json.dumps(document.pop("x-examples")).replace("{public_url}", document["servers"][0]["url"])
    examples = json.loads(text)
    operations = [entry[method] for entry in document["paths"].values() for method in METHODS if method in entry]
    for operation in operations:
        if operation["operationId"] in examples:
            # Where there are several kinds, of the one that comes unasked.
            body = next(iter(operation["responses"]["200"]["content"].values()))
            body["example"] = examples[operation["operationId"]]
