"""`pk;import undo`, `list` and `archive`: what past imports brought, for nobody but their owner."""

from collections.abc import Mapping

from cogs.commands.arguments import YES, Arguments
from cogs.commands.confirm import choose
from cogs.commands.formatting import cut, escape, quote, stamp_us
from cogs.commands.private_responses import is_private
from cogs.commands.responses import MOST_TEXT, Context, answer, answer_privately, card, send_dm, typed
from cogs.commands.subcommands import Subcommand
from cogs.transfer.uploads import as_json, as_upload
from rules.errors import Invalid, NotFound
from rules.transfer.import_file import count, tell_kinds
from rules.transfer.past_imports.archive import get_archive
from rules.transfer.past_imports.undo import PastImport, list_imports, undo_import
from rules.transfer.process.work import alone, name_system

UNDO, ARCHIVE_NAME = "Undo", "kept-aside.json"
MOST_KINDS = 400
_WORDS = {
    "new": "member",
    "changed": "changed member",
    "new_groups": "group",
    "changed_groups": "changed group",
    "switches": "switch",
    "spans": "front",
}


async def undo(ctx: Context, arguments: Arguments) -> None:
    """Undo the caller's last import, after saying what goes and what is as before."""
    arguments.end()
    last = next(iter(await ctx.bot.read(list_imports, ctx.author.id)), None)
    if last is None:
        raise NotFound("There is no import to undo.")
    if not last.can_be_undone:
        raise Invalid("This import is too long ago to be undone.")
    if not arguments.has(*YES) and not await _ask(ctx, _tell_undo(last)):
        await answer(ctx, card(text="Nothing was undone."))
        return
    # By its number: another import may have come while somebody thought.
    with alone(ctx.bot.config.database_url, await ctx.bot.read(name_system, ctx.author.id)):
        undone = await ctx.bot.write_patiently(undo_import, ctx.author.id, last.id)
    ctx.bot.dispatch("purge")
    # It names the members that stay.
    await answer_privately(ctx, card(text=cut("\n".join(map(escape, undone.sentences)), MOST_TEXT)))


async def list_past(ctx: Context, arguments: Arguments) -> None:
    """The caller's imports, each with its number."""
    arguments.end()
    found = await _number(ctx)
    lines = [
        f"**{number}.** {_name(one)}: {_tell_counts(one)}{_tell_state(ctx, one)}." for number, one in found.items()
    ]
    text = "\n".join(reversed(lines)) or "You have imported nothing."
    await answer_privately(ctx, card("Your imports", cut(text, MOST_TEXT)))


async def archive(ctx: Context, arguments: Arguments) -> None:
    """What is kept aside of the caller's imports; with a number, all that is of that one, as a file."""
    word = arguments.next()
    arguments.end()
    found = await _number(ctx)
    if word is not None:
        await _send(ctx, _pick(found, word))
        return
    lines = [
        f"**{number}.** {_name(one)}: {escape(cut(tell_kinds(one.kept), MOST_KINDS))}."
        for number, one in found.items()
        if one.kept
    ]
    end = [f"{typed(ctx, 'import archive <number>')} sends it as a file."] if lines else ["Nothing is kept aside."]
    text = "\n".join([*reversed(lines[-100:]), *end])
    await answer_privately(ctx, card("Kept aside for you alone", cut(text, MOST_TEXT)))


subcommands = [
    Subcommand(("undo", "revert"), undo, "", "take the last import back", harmful=True),
    Subcommand(("list", "history"), list_past, "", "what you have imported, and when"),
    Subcommand(("archive", "kept"), archive, "[number]", "what is kept aside of imports, since it has no place here"),
]


async def _number(ctx: Context) -> dict[int, PastImport]:
    """The caller's imports, by numbers that stay when another comes."""
    found = await ctx.bot.read(list_imports, ctx.author.id)
    return dict(enumerate(reversed(found), 1))


def _pick(found: Mapping[int, PastImport], word: str) -> PastImport:
    wanted = found.get(int(word)) if word.isascii() and word.isdecimal() and len(word) < 9 else None
    if not wanted or not wanted.kept:
        raise NotFound(f"Nothing is kept aside under {quote(word)}; `import archive` lists what is.")
    return wanted


async def _send(ctx: Context, one: PastImport) -> None:
    kept = await ctx.bot.read(get_archive, ctx.author.id, one.id)
    file = as_upload(await ctx.bot.in_thread(as_json, ARCHIVE_NAME, kept))
    await answer_privately(ctx, card("Kept aside for you alone", f"Of {_name(one)}. Keep it to yourself."), file=file)


async def _ask(ctx: Context, text: str) -> bool:
    if not is_private(ctx):
        await send_dm(ctx.author, card("What would be undone", text))
        text = "Your DMs say what would be undone."
    return await choose(ctx, ctx.author.id, f"{text}\nUndo it?", (UNDO,)) is not None


def _tell_undo(last: PastImport) -> str:
    counts = last.counts
    gone = [count(counts.get(key, 0), _WORDS[key]) for key in ("new", "new_groups", "switches")]
    back = counts.get("changed", 0) + counts.get("changed_groups", 0)
    others = f", and {back:,} of its members and groups," if back else ""
    aside = f", and {count(sum(last.kept.values()), 'thing')} kept aside" if last.kept else ""
    return (
        f"The last import is {_name(last)}. What it added goes: {', '.join(gone)}{aside}."
        f" Your system{others} will be as before."
        " What you edited or used since stays."
    )


def _name(one: PastImport) -> str:
    return f"{escape(one.app)}, imported {stamp_us(one.at)}"


def _tell_counts(one: PastImport) -> str:
    told = [count(number, _WORDS[key]) for key, number in one.counts.items() if key in _WORDS and number]
    return ", ".join(told) or "no members and switches"


def _tell_state(ctx: Context, one: PastImport) -> str:
    aside = f"; {count(sum(one.kept.values()), 'thing')} kept aside" if one.kept else ""
    return f"{aside}; {typed(ctx, 'import undo')} takes it back" if one.can_be_undone else aside


def _tell_kept(one: PastImport) -> str:
    return escape(cut(tell_kinds(one.kept), MOST_KINDS))
