"""`pk;import`: files of any app, after saying what they would change; and what past imports brought."""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import discord
from discord.ext import commands

from cogs.commands.arguments import Arguments
from cogs.commands.registry import systems_command
from cogs.commands.responses import Context, answer, answer_privately, answer_with_secret, card, typed
from cogs.commands.subcommands import Subcommand, Subcommands
from cogs.commands.targets import SystemTarget
from cogs.transfer.imports import past
from cogs.transfer.imports.given_files import read_given
from cogs.transfer.imports.progress import perform, run_import
from cogs.transfer.imports.questions import ask_about, show_only
from rules.errors import Invalid, Refused
from rules.transfer.import_plan import Plan
from rules.transfer.preview.choices import Choices, find_offers
from rules.transfer.process.work import Asked

subcommands = Subcommands("import", first=("import [link]", "take the files that are attached, or that Discord holds"))
for more in past.subcommands:
    subcommands.add(more)
# Whose import is being asked about or running.
_busy: set[int] = set()
# Each takes up to 200 MB.
_working = asyncio.Semaphore(1)


async def import_file(
    ctx: Context, target: SystemTarget | None, arguments: Arguments, given: Sequence[discord.Attachment] = ()
) -> None:
    """Import files that are attached or linked, after saying what they would change; or run a subcommand."""
    if target:
        target.check_own()
    if subcommand := subcommands.find(arguments.peek()):
        arguments.next()
        await subcommand.run(ctx, arguments)
        return
    links = arguments.all()
    arguments.end()
    attached = given or (ctx.message.attachments if ctx.message else ())
    with _only_one(ctx.author.id):
        await _import(ctx, arguments, links, attached)


async def _import(
    ctx: Context, arguments: Arguments, links: Sequence[str], attached: Sequence[discord.Attachment]
) -> None:
    read_with, chosen = Choices(), None
    while read_with:
        plan = await _plan(ctx, read_with, links, attached)
        if plan is None:
            return
        if plan.is_empty and not find_offers(plan):
            await show_only(ctx, plan)
            return
        chosen = await ask_about(ctx, plan, arguments, read_with)
        if not chosen:
            await answer(ctx, card(text="Nothing was imported."))
            return
        read_with = chosen.find_unread(read_with)
    async with _working:
        result = await run_import(ctx, Asked(ctx.author.id, chosen, True), await read_given(links, attached))
    # How many members somebody has may be private, and so may be the system.
    told = f"{typed(ctx, 'import list')} says what came."
    await answer_with_secret(ctx, "Done.", card(text=result.sentence), told)


async def _plan(
    ctx: Context, read_with: Choices, links: Sequence[str], attached: Sequence[discord.Attachment]
) -> Plan | None:
    """What the files would change; None where they cannot be read, and that is told."""
    # Fetched anew each time, since what was fetched is not to be kept while somebody thinks.
    async with _working:
        texts = await read_given(links, attached)
        try:
            return await perform(ctx.bot, Asked(ctx.author.id, read_with), texts)
        except Refused as refused:
            # It may name a member.
            await answer_privately(ctx, card(text=refused.told))
            return None


@contextmanager
def _only_one(user_id: int) -> Iterator[None]:
    if user_id in _busy:
        raise Invalid("An import of yours is being asked about or running; answer it, or wait until it is done.")
    _busy.add(user_id)
    try:
        yield
    finally:
        _busy.discard(user_id)


system_subcommands = [
    Subcommand(("import",), import_file, "[link]", "take such a file, or one of another app"),
]


class Imports(commands.Cog, name="imports"):
    """A system out of files."""

    def __init__(self, bot: commands.Bot) -> None:
        self.bot = bot

    @systems_command("import", usage="[link], with the file attached", subcommands=subcommands)
    async def import_(self, ctx: Context, *, text: str = "") -> None:
        await import_file(ctx, None, Arguments(text))


def setup(bot: commands.Bot) -> None:
    bot.add_cog(Imports(bot))
