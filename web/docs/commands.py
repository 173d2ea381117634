"""`/docs/commands`: the bot's commands, from the file that `cli/drawing/command_list.py` makes of its own tables."""

import json
from functools import cache
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, current_app
from markupsafe import Markup, escape

from config import Config
from web.docs.shapes import write_inline
from web.pages.frame import guarded, page
from web.responses import readable

bp = Blueprint("commands", __name__)

FILE = Path(__file__).with_name("commands.json")
# Without a prefix of its own a side is reached by its slash commands, or by a mention of the bot.
MENTION = "@Rollcall "


@bp.get("/docs/commands")
def show_commands() -> Response:
    """Every command as it is typed here, by the prefixes of the settings."""
    config = current_app.config["ROLLCALL"]
    text = page(
        "docs/commands.html",
        here="/docs/commands",
        sections=[_as_typed(section, config) for section in read_file()],
        presence_prefixes=config.presence_prefixes,
        system_prefixes=config.system_prefixes,
    )
    return guarded(readable(text, mimetype="text/html"))


@cache
def read_file() -> list[dict[str, Any]]:
    """The sections of the file; the same object each time."""
    return json.loads(FILE.read_text(encoding="utf-8"))


def prefixes_of(config: Config) -> dict[str, str]:
    """What stands before a command of each side."""
    return {
        "presence": next(iter(config.presence_prefixes), "/"),
        "systems": next(iter(config.system_prefixes), MENTION),
        "slash": "/",
        "menu": "",
    }


def _as_typed(section: dict[str, Any], config: Config) -> dict[str, Any]:
    prefix = prefixes_of(config)[section["side"]]
    rows = [
        {
            **row,
            "usage": prefix + row["usage"],
            "example": prefix + row["example"] if "example" in row else None,
            "about": Markup(write_inline(str(escape(row["about"])))),
        }
        for row in section["commands"]
    ]
    return {**section, "commands": rows}
