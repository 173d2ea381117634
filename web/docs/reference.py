"""The reference of the API as pages: `/docs` lists and finds all routes, `/docs/<section>` has some of them whole."""

from collections import Counter
from functools import cache
from typing import Any

from flask import Blueprint, Flask, Response, abort, current_app, request

from web.docs.document import Json, write_document
from web.docs.examples import LANGUAGES
from web.docs.operations import ERRORS, list_answers, list_operations, list_tags
from web.docs.shapes import describe_schema, find_schemas, write_code, write_html
from web.pages.frame import guarded, page
from web.responses import readable

bp = Blueprint("reference", __name__)

SHARED_BY = 3
# A longer text finds nothing that a shorter one does not.
LONGEST_SEARCH = 100


def init_app(app: Flask) -> None:
    """Find out now what the pages show, so that no request waits for it."""
    app.config["SECTIONS"] = _describe_sections(app.config["ROLLCALL"].public_url)
    app.add_template_filter(write_html, "as_html")
    app.add_template_filter(write_code, "as_code")


@cache
def _describe_sections(public_url: str) -> dict[str, Json]:
    """Each section with its operations and schemas, by the last part of its address; the same object each time."""
    operations = list_operations(write_document(public_url)[0])
    sections = {tag["slug"]: _make_section(tag, operations) for tag in list_tags()}
    for section in sections.values():
        homes = {name: max(sections.values(), key=lambda one, name=name: one["uses"][name]) for name in section["uses"]}
        section["schemas"] = [describe_schema(name) for name, home in homes.items() if home is section]
        section["elsewhere"] = {name: home for name, home in homes.items() if home is not section}
    return sections


def _make_section(tag: Json, operations: list[Json]) -> Json:
    """`uses`: how many of its operations use a schema. It is described where most do, for pages that stay small."""
    own = [operation for operation in operations if operation["tag"] == tag["name"]]
    uses = Counter(name for operation in own for name in find_schemas([operation["raw"]]))
    return {**tag, "operations": own, "uses": uses, "shared": _find_shared(own)}


def _find_shared(operations: list[Json]) -> dict[str, Json]:
    """The parameters of a query that many operations take, by name: a page describes them once."""
    taken = [item for operation in operations for item in operation["parameters"] if item["in"] == "query"]
    names = Counter(item["name"] for item in taken)
    return {item["name"]: item for item in taken if names[item["name"]] >= SHARED_BY}


@bp.get("/docs")
def show_all() -> Response:
    """Every route with a line, or those in which each word of `q` stands."""
    sought = request.args.get("q", "")[:LONGEST_SEARCH].strip()
    document = current_app.config["OPENAPI"]
    return _show(
        "docs/index.html",
        document=document,
        found=_find(sought),
        sought=sought,
        everywhere=list_answers(document["x-everywhere"]),
        schemas=[describe_schema(name) for name in find_schemas([*ERRORS])],
    )


@bp.get("/docs/<section>")
def show_section(section: str) -> Response:
    """The routes of one section, whole."""
    sections = current_app.config["SECTIONS"]
    if section not in sections:
        abort(404)
    return _show("docs/section.html", section=sections[section], languages=LANGUAGES)


def _show(template: str, **values: Any) -> Response:
    text = page(template, here="/docs", sections=current_app.config["SECTIONS"].values(), **values)
    return guarded(readable(text, mimetype="text/html"), sends_forms=True)


def _find(sought: str) -> list[tuple[Json, list[Json]]]:
    """The sections with their operations that a search finds; all without one."""
    words = sought.lower().split()
    found = [
        (section, [one for one in section["operations"] if all(word in words_of(section, one) for word in words)])
        for section in current_app.config["SECTIONS"].values()
    ]
    return [(section, operations) for section, operations in found if operations]


def words_of(section: Json, operation: Json) -> str:
    """The text in which a search looks for its words."""
    names = [parameter["name"] for parameter in operation["parameters"]]
    parts = (section["name"], operation["method"], operation["path"], operation["summary"], operation["token"], *names)
    return " ".join(parts).lower()
