"""Schemas in a few words, as the reference shows them."""

import html
import json
import re
from collections.abc import Iterator
from textwrap import dedent
from typing import Any

from markupsafe import Markup, escape

from web.docs.document import Json, read_document, resolve

INDENT = " " * 4
WORDS = {"string": "text", "null": "null", "boolean": "true or false", "integer": "whole number", "array": "list"}


def describe_schema(name: str) -> Json:
    """A schema of the document as a page shows it: its keys, each with shape and words, or its own shape."""
    schema = read_document()["components"]["schemas"][name]
    return {"name": name, "shape": tell_shape(schema), "rows": _rows(schema), **schema}


def find_schemas(items: Any) -> list[str]:
    """The names of all schemas that something refers to, and of those that they refer to, in the document's order."""
    found: set[str] = set()
    waiting = [items]
    while waiting:
        for reference in _references(waiting.pop()):
            name = reference.rpartition("/")[2]
            if not reference.startswith("#/components/schemas/"):
                waiting.append(resolve({"$ref": reference}))
            elif name not in found:
                found.add(name)
                waiting.append(resolve({"$ref": reference}))
    return [name for name in read_document()["components"]["schemas"] if name in found]


def _references(item: Any) -> Iterator[str]:
    if isinstance(item, dict):
        if isinstance(item.get("$ref"), str):
            yield item["$ref"]
        for inner in item.values():
            yield from _references(inner)
    elif isinstance(item, list):
        for inner in item:
            yield from _references(inner)


def _rows(schema: Json) -> list[tuple[str, Markup, str]]:
    items = schema.get("properties", {}).items()
    return [(name, tell_shape(item), resolve(item).get("description", "")) for name, item in items]


def tell_shape(schema: Json) -> Markup:
    """What a value looks like, in a few words; a schema that has a table of its own is linked."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return Markup('<a href="#{0}">{0}</a>').format(name)
    if "anyOf" in schema and "type" not in schema:
        return Markup(" or ").join(dict.fromkeys(tell_shape(item) for item in schema["anyOf"]))
    if "enum" in schema:
        return Markup(" or ").join(_code(json.dumps(value)) for value in schema["enum"])
    if "const" in schema:
        return _code(json.dumps(schema["const"]))
    kinds = schema.get("type", [])
    words = [WORDS.get(kind, kind) for kind in ([kinds] if isinstance(kinds, str) else kinds)]
    shape = escape(" or ".join(words))
    if "items" in schema:
        shape += " of " + tell_shape(schema["items"])
    if "maxLength" in schema:
        most = schema["maxLength"]
        shape += f", up to {most:,} characters" if most else ", empty"
    if "format" in schema:
        shape += f", {schema['format']}"
    return shape


def _code(text: str) -> Markup:
    return Markup("<code>{}</code>").format(text)


def write_html(text: str) -> Markup:
    """Paragraphs, `code`, indented lines of it, and tables of the document's texts as HTML."""
    return Markup("".join(_block(part) for part in str(escape(text.strip("\n"))).split("\n\n") if part))


def _block(text: str) -> str:
    if text.startswith(INDENT):
        return f'<pre tabindex="0">{dedent(text)}</pre>'
    return _table(text) if text.startswith("|") else f"<p>{write_inline(text.strip())}</p>"


def _table(text: str) -> str:
    head, _, *rows = [[cell.strip() for cell in line.strip("| ").split("|")] for line in text.splitlines()]
    cells = "".join(f'<th scope="col">{write_inline(cell)}</th>' for cell in head)
    body = "".join("<tr>" + "".join(f"<td>{write_inline(cell)}</td>" for cell in row) + "</tr>" for row in rows)
    return f"<table><thead><tr>{cells}</tr></thead><tbody>{body}</tbody></table>"


def write_code(text: str) -> Markup:
    """What stands between `<pre>` and `</pre>`: quotes are no markup there, and would weigh five times as much."""
    return Markup(html.escape(text, quote=False))


def write_inline(text: str) -> str:
    """The `code` in a text that is escaped already."""
    return re.sub("`(.+?)`", r"<code>\1</code>", text, flags=re.DOTALL)
