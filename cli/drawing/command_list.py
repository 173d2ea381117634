"""`python -m cli.drawing.command_list`: the bot's own tables of commands as a file that the page of commands reads.

The web side knows nothing of the bot, so the file is kept in the repository; a test fails where it is out of date.
"""

import json
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import discord

import config as settings
from bot import Rollcall
from cli.drawing.command_examples import BEHIND, find_words
from cogs import help as help_texts
from cogs.commands.registry import SystemsCommand
from cogs.commands.responses import find_slash
from cogs.commands.subcommands import Subcommands
from database.upgrade import upgrade

FILE = settings.ROOT / "web" / "docs" / "commands.json"
Row = dict[str, Any]
TITLES = {
    "system": "Your system",
    "member": "Members",
    "group": "Groups",
    "switch": "Switches",
    "front": "Who fronts",
    "config": "Settings",
    "import": "Files of other apps",
    "serverconfig": "For moderators",
}
MENUS = {discord.MessageCommand: "on a message", discord.UserCommand: "on an account"}
# What no table of the bot says, since it is another word for something that one does.
ABOUT = {
    "unlink": "take an account away from your system",
    "permcheck": "what the bot may not do in this channel, as `debug permissions`",
    "help": "the first steps, or one topic",
    "proxy": "whether your messages are proxied in this server, as `system proxy`",
    "fronthistory": "who fronted when, as `front history`",
    "frontpercent": "who fronted how much, as `front percent`",
    "random": "one of your members by chance, or with `-group` one of your groups",
}


def collect(bot: Rollcall) -> list[Row]:
    """The sections of the page, each with its commands: how it is typed, its other names, an example, what it does.

    `side` says which prefix goes before: that of `presence`, of `systems`, or a `slash`; `menu` stands for none.
    """
    tables = bot.registry.subcommands
    return [
        _section("Your presence", "presence", _presence_rows(bot)),
        *(_section(TITLES[name], "systems", _table_rows(bot, tables[name])) for name in tables),
        _section("More for systems", "systems", _plain_rows(bot)),
        _section("Slash commands", "slash", _slash_rows(bot)),
        _section("Menus, under Apps", "menu", _menu_rows(bot)),
    ]


def write(sections: list[Row]) -> str:
    """The file's text: a line for each command, so that a change of one is a change of one line."""
    blocks = []
    for section in sections:
        rows = ",\n".join(f"  {json.dumps(row, ensure_ascii=False)}" for row in section["commands"])
        head = json.dumps({key: section[key] for key in ("name", "side")}, ensure_ascii=False)[:-1]
        blocks.append(f'{head}, "commands": [\n{rows}\n]}}')
    return "[\n" + ",\n".join(blocks) + "\n]\n"


def make_bot(folder: Path) -> Rollcall:
    """The bot with all its commands, connected to nothing."""
    url = f"sqlite:///{folder / 'commands.db'}"
    upgrade(url)
    return Rollcall(settings.read({"DATABASE_URL": url}))


def _section(name: str, side: str, rows: Iterator[Row]) -> Row:
    return {"name": name, "side": side, "commands": list(rows)}


def _row(usage: str, about: str, aliases: tuple[str, ...] = (), example: str = "", slash: str | None = None) -> Row:
    return {
        "usage": usage,
        "about": about,
        **({"aliases": list(aliases)} if aliases else {}),
        **({"example": example} if example not in ("", usage) else {}),
        **({"slash": slash} if slash else {}),
    }


def _presence_rows(bot: Rollcall) -> Iterator[Row]:
    for usage, about in (*help_texts.PRESENCE, ("help [topic]", ABOUT["help"])):
        words = usage.split()
        slash = bot.registry.presence_slash
        name = slash.get(" ".join(words[:2])) or slash.get(words[0], words[0])
        yield _row(usage, about, tuple(bot.all_commands[words[0]].aliases), _fill(usage), name)


def _table_rows(bot: Rollcall, table: Subcommands) -> Iterator[Row]:
    if table.first:
        usage, about = table.first
        yield _row(usage, about, (), _fill(usage), _slash_of(bot, _fill(usage)))
    for subcommand in table.all:
        name = subcommand.names[0]
        words = find_words(subcommand.usage, f"{table.command} {name}")
        example = " ".join(filter(None, (table.command, BEHIND[table.behind], name, words)))
        yield _row(table.write(subcommand), subcommand.about, subcommand.names[1:], example, _slash_of(bot, example))


def _plain_rows(bot: Rollcall) -> Iterator[Row]:
    told = {}
    for usage, about in (*help_texts.FIRST_STEPS, *help_texts.MESSAGES, *help_texts.ABOUT):
        told.setdefault(usage.split()[0], []).append((usage, about))
    for command in dict.fromkeys(bot.registry.systems.values()):
        if command.subcommands is None:
            rows = told.get(command.name) or [(_usage_of(command), ABOUT[command.name])]
            for usage, about in rows:
                yield _row(usage, about, tuple(command.aliases), _fill(usage), _slash_of(bot, _fill(usage)))


def _usage_of(command: SystemsCommand) -> str:
    return f"{command.name} {command.usage}".strip()


def _fill(usage: str) -> str:
    """An example of what is typed so; nothing in it is left to fill in."""
    first, _, rest = usage.partition(" ")
    return " ".join(filter(None, (first, find_words(rest, first))))


def _slash_of(bot: Rollcall, example: str) -> str | None:
    """The slash command that does the same as a typed one, without its options."""
    found = find_slash(bot, example)
    return found and re.sub(" [a-z]+:.*", "", found)


def _slash_rows(bot: Rollcall) -> Iterator[Row]:
    found = [command for command in bot.pending_application_commands if not isinstance(command, tuple(MENUS))]
    for command in sorted(_leaves(found), key=lambda one: one.qualified_name):
        options = [option.name if option.required else f"[{option.name}]" for option in command.options]
        yield _row(" ".join([command.qualified_name, *options]), _lower(command.description))


def _leaves(found: list[Any]) -> Iterator[Any]:
    for command in found:
        if isinstance(command, discord.SlashCommandGroup):
            yield from _leaves(command.subcommands)
        else:
            yield command


def _menu_rows(bot: Rollcall) -> Iterator[Row]:
    for command in bot.pending_application_commands:
        if type(command) in MENUS:
            yield _row(command.name, MENUS[type(command)])


def _lower(text: str) -> str:
    return text if text[:2].isupper() or text.startswith("I ") else text[:1].lower() + text[1:]


def main() -> None:
    """Write the file anew."""
    with tempfile.TemporaryDirectory() as folder:
        bot = make_bot(Path(folder))
        FILE.write_text(write(collect(bot)), encoding="utf-8")
        bot.close_file()
    print(FILE)


if __name__ == "__main__":
    main()
