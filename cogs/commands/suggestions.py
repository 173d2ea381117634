"""What somebody may have meant who typed what I do not know: the nearest that parses, exists and destroys nothing."""

import difflib
from collections.abc import Iterable

from cogs.commands.formatting import quote
from cogs.commands.responses import Context, is_presence, named, typed
from cogs.commands.subcommands import NoSuchSubcommand, Subcommand, Subcommands

# Shares of the letters: a slip of the fingers, and a word that may be meant.
SLIP, NEAR = 0.85, 0.7
MOST_LETTERS_APART = 2
MOST_REPEATED = 60
# What PluralKit's commands were called once, and people remember → where it lives now.
OLD_NAMES = {
    "log": "serverconfig log channel",
    "log channel": "serverconfig log channel",
    "log enable": "serverconfig log blacklist remove",
    "log disable": "serverconfig log blacklist add",
    "log blacklist": "serverconfig log blacklist",
    "log show": "serverconfig log blacklist",
    "blacklist": "serverconfig proxy blacklist",
    "blacklist show": "serverconfig proxy blacklist",
    "bl": "serverconfig proxy blacklist",
    "system timezone": "config timezone",
    "system tz": "config timezone",
    "system ping": "config pings",
    "system pings": "config pings",
    "autoproxy account": "config autoproxy account",
    "autoproxy ac": "config autoproxy account",
    "autoproxy timeout": "config autoproxy timeout",
    "autoproxy tm": "config autoproxy timeout",
    "proxycheck": "debug proxying",
    "timezone": "config timezone",
    "tz": "config timezone",
}


def tell_old_name(ctx: Context) -> str | None:
    """Where that lives now which was typed by its old name, as a line to copy; None for any other line."""
    if ctx.is_app or is_presence(ctx):
        return None
    command = ctx.bot.registry.find(ctx.invoked_with)
    first, rest = command.name if command else ctx.invoked_with.lower(), _rest(ctx)
    second, *behind = rest.split(maxsplit=1) or [""]
    if new := OLD_NAMES.get(f"{first} {second.lower()}"):
        return f"That is {write_line(ctx, new, ''.join(behind))} now."
    new = OLD_NAMES.get(first)
    return f"That is {write_line(ctx, new, rest)} now." if new else None


def tell_unknown_command(ctx: Context) -> str:
    """One line about a word that is no systems command."""
    word = ctx.invoked_with.lower()
    beginning = f"I know no command {quote(word)}"
    presence = ctx.bot.all_commands.get(word)
    if presence:
        usage = f"{presence.name} {presence.usage or ''}".strip()
        return f"{beginning} here, only {named(ctx, usage)}; {typed(ctx, 'help')} lists what I know."
    if near := find_near(word, ctx.bot.registry.systems):
        return f"{beginning}; did you mean {write_line(ctx, ctx.bot.registry.systems[near].name, _rest(ctx))}?"
    return f"{beginning}; {_find_elsewhere(ctx, word, None) or _lists(ctx)}"


def tell_unknown_subcommand(ctx: Context, refused: NoSuchSubcommand) -> str:
    """The same about a word that is no subcommand."""
    table, word = refused.table, refused.word.lower()
    longer = next((name for name in _harmless(table) if name.startswith(f"{word} ")), None)
    near = longer or find_near(word, _harmless(table))
    is_slip = near and (near == longer or _ratio(word, near) >= SLIP)
    hint = None if is_slip else _find_elsewhere(ctx, word, table)
    if not hint and near:
        hint = f"did you mean {_write_subcommand(ctx, table, table.names[near], word)}?"
    return f"{refused.beginning}; {hint or _lists(ctx, table.command)}"


def find_near(word: str, names: Iterable[str]) -> str | None:
    """The one of some names that a word is nearly."""
    close = difflib.get_close_matches(word, names, 3, NEAR)
    return next((name for name in close if abs(len(name) - len(word)) <= MOST_LETTERS_APART), None)


def _find_elsewhere(ctx: Context, word: str, but: Subcommands | None) -> str | None:
    """A hint at a subcommand of this very name that another command has."""
    for table in ctx.bot.registry.subcommands.values():
        found = _harmless(table).get(word) if table is not but else None
        if found and table.behind:
            return f"that is said of a {table.command}, as {typed(ctx, f'help {table.command}')} shows."
        if found:
            return f"did you mean {_write_subcommand(ctx, table, found, word)}?"
    return None


def _harmless(table: Subcommands) -> dict[str, Subcommand]:
    return {name: subcommand for name, subcommand in table.names.items() if not subcommand.harmful}


def _write_subcommand(ctx: Context, table: Subcommands, subcommand: Subcommand, word: str) -> str:
    before, _, behind = _rest(ctx).partition(word)
    before = before.strip() if table.behind else ""
    return write_line(ctx, " ".join(filter(None, (table.command, before, subcommand.names[0]))), behind)


def write_line(ctx: Context, command: str, rest: str) -> str:
    """A whole line to copy, with what stood behind the word, unless that is long or would end the line's look."""
    rest = rest.strip()
    fits = len(rest) <= MOST_REPEATED and not set("`\n").intersection(rest)
    return typed(ctx, f"{command} {rest}".strip() if fits else command)


def _rest(ctx: Context) -> str:
    """What was typed behind the command's name."""
    return "" if ctx.is_app else ctx.message.content[len(ctx.prefix) :].strip()[len(ctx.invoked_with) :].strip()


def _ratio(one: str, other: str) -> float:
    return difflib.SequenceMatcher(None, one, other).ratio()


def _lists(ctx: Context, topic: str = "") -> str:
    return f"{typed(ctx, f'help {topic}'.strip())} lists what {'there is' if topic else 'I know'}."
