"""`pk;import`, and `pk;system delete`, which exports first."""

import asyncio
import time
from typing import Any

import aiohttp
import discord
from discord.ext import commands

from cogs.commands.arguments import YES, Arguments
from cogs.commands.confirm import choose, confirm_by_typing
from cogs.commands.converters import get_display
from cogs.commands.formatting import cut, escape
from cogs.commands.private_responses import is_private
from cogs.commands.registry import systems_command
from cogs.commands.responses import MOST_TEXT, Context, answer, answer_privately, as_file, card, send_dm
from cogs.commands.subcommands import Subcommand
from cogs.commands.targets import SystemTarget
from cogs.pictures.fetching import is_discords
from cogs.systems.image_fields import find_attachment
from cogs.transfer.exports import send_export
from rules.errors import Invalid, Refused
from rules.systems import systems
from rules.transfer import import_plan, importer
from rules.transfer.import_file import MOST_BYTES, File

FETCH_S = 30
PROGRESS_EVERY_S = 2
# The web process asks for the lock every 100 ms; without pauses it could miss every moment in which it is free.
WORK_S, PAUSE_S = 0.25, 0.11
PLAN_NAME = "what-would-change.txt"
# With room for the question behind it.
MOST_PLAN = MOST_TEXT - 200
IMPORT, IMPORT_AND_OPEN, OPEN = "Import", "Import, and make that public", "Make that public"
NO_EXPORT = ("no-export", "ne")


async def delete_system(ctx: Context, target: SystemTarget, arguments: Arguments) -> None:
    """Delete the system, its ID typed back and the export sent."""
    arguments.end(NO_EXPORT)
    target.check_own()
    first = "" if arguments.has(*NO_EXPORT) else " You get its export by DM first."
    question = f"This deletes your system with its members, switches and messages' records for good.{first}"
    if not await confirm_by_typing(ctx, question, (await get_display(ctx)).show_id(target.system.hid)):
        await answer(ctx, card(text="That was not its ID, so nothing was deleted."))
        return
    if first:
        await send_export(ctx)
    await ctx.bot.write(systems.delete_system, ctx.author.id)
    ctx.bot.dispatch("purge")
    await answer(ctx, card(text="Your system is deleted."))


async def import_file(ctx: Context, target: SystemTarget | None, arguments: Arguments) -> None:
    """Import a file that is attached or linked, after saying what it would change."""
    url = arguments.next()
    arguments.end()
    _check_own(target)
    data = await _read_bytes(ctx, url)
    try:
        file = await asyncio.to_thread(importer.read_file, data)
    except Refused as refused:
        # It may name a member.
        await answer_privately(ctx, card(text=refused.told))
        return
    plan = await ctx.bot.read(import_plan.plan, ctx.author.id, file)
    if plan.is_empty and not plan.openings:
        text, options = show_plan(plan)
        await answer_privately(ctx, card(text=text), **options)
        return
    choice = await ask_about(ctx, plan, arguments)
    if choice:
        await run_import(ctx, file, opens=choice != IMPORT)
    else:
        await answer(ctx, card(text="Nothing was imported."))


def show_plan(plan: import_plan.Plan) -> tuple[str, dict[str, Any]]:
    """What a file would change, as a text; where that is too long for one, the whole of it is a file beside."""
    text = "\n".join(escape(sentence) for sentence in plan.sentences)
    if len(text) <= MOST_PLAN:
        return text, {}
    beside = as_file("\n".join(plan.sentences), PLAN_NAME)
    return f"{cut(text, MOST_PLAN)}\nAll of it is in the file below.", {"file": beside}


async def ask_about(ctx: Context, plan: import_plan.Plan, arguments: Arguments) -> str | None:
    """Show the plan, and ask which import is wanted: one that opens nothing is IMPORT. None is no import."""
    text, options = show_plan(plan)
    # The names of members are not for a channel.
    if not is_private(ctx):
        await send_dm(ctx.author, card("What the file would change", text), **options)
        text, options = "Your DMs say what this file would change.", {}
    if arguments.has(*YES):
        return IMPORT
    if plan.is_empty:
        return await choose(ctx, ctx.author.id, f"{text}\nMake it public?", (OPEN,), **options)
    if plan.openings:
        return await choose(ctx, ctx.author.id, f"{text}\nImport it?", (IMPORT, IMPORT_AND_OPEN), **options)
    return await choose(ctx, ctx.author.id, f"{text}\nImport it?", (IMPORT,), **options)


async def run_import(ctx: Context, file: File, opens: bool) -> None:
    """Import step by step, telling how far it is; all of it or nothing."""
    work = importer.Import(ctx.author.id, file, opens)
    told = await answer(ctx, card(text="Importing …"))
    told_at = paused_at = time.monotonic()
    try:
        for rule, args in work.steps():
            await ctx.bot.write_patiently(rule, *args)
            if time.monotonic() - told_at > PROGRESS_EVERY_S:
                await _edit(told, f"Importing … {work.done:,} of {work.total:,} switches.")
                told_at = time.monotonic()
            if time.monotonic() - paused_at > WORK_S:
                await asyncio.sleep(PAUSE_S)
                paused_at = time.monotonic()
    except BaseException:
        await ctx.bot.write_patiently(work.cancel)
        raise
    finally:
        ctx.bot.dispatch("purge")
    await _edit(told, "Imported.")
    await answer(ctx, card(text=work.result.sentence))


system_subcommands = [
    Subcommand(("delete", "remove", "destroy", "erase", "yeet"), delete_system, "", "delete your system", harmful=True),
    Subcommand(("import",), import_file, "[link]", "take such a file, or one of another app"),
]


class ImportExport(commands.Cog, name="import_export"):
    """A system out of a file."""

    def __init__(self, bot: commands.Bot) -> None:
        self.bot = bot

    @systems_command("import", usage="[link], with the file attached")
    async def import_(self, ctx: Context, *, text: str = "") -> None:
        await import_file(ctx, None, Arguments(text))


def _check_own(target: SystemTarget | None) -> None:
    if target:
        target.check_own()


async def _edit(message: discord.Message, text: str) -> None:
    try:
        await message.edit(embed=card(text=text))
    except discord.HTTPException:
        # How far it is need not be told.
        pass


async def _read_bytes(ctx: Context, url: str | None) -> bytes:
    attachment = find_attachment(ctx)
    if attachment:
        _check_size(attachment.size)
        return await attachment.read()
    if not url:
        raise Invalid("Attach the file to `import`.")
    return await _fetch(url.strip("<>"))


async def _fetch(url: str) -> bytes:
    """A file that Discord holds; the bot opens no other address that somebody gives it."""
    if not is_discords(url):
        raise Invalid("I only take links to Discord's own files; attach the file instead.")
    try:
        timeout = aiohttp.ClientTimeout(total=FETCH_S)
        async with aiohttp.ClientSession(timeout=timeout) as session, session.get(url, allow_redirects=False) as got:
            if got.status != 200:
                raise Invalid(f"Discord does not have this file any more (status {got.status}); attach it instead.")
            data = await got.content.read(MOST_BYTES + 1)
            while len(data) <= MOST_BYTES and (more := await got.content.read(MOST_BYTES)):
                data += more
    except (aiohttp.ClientError, TimeoutError):
        raise Invalid("The file could not be fetched; attach it instead.") from None
    _check_size(len(data))
    return data


def _check_size(size: int) -> None:
    if size > MOST_BYTES:
        raise Invalid(f"The file is too large: at most {MOST_BYTES // 1024 // 1024} MB.")


def setup(bot: commands.Bot) -> None:
    bot.add_cog(ImportExport(bot))
