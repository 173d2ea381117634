"""`pk;export`: a system as a file, in the formats that other programs read."""

from functools import partial
from pathlib import Path

from discord.ext import commands

from cogs.commands.arguments import Arguments
from cogs.commands.formatting import quote
from cogs.commands.private_responses import is_private
from cogs.commands.registry import systems_command
from cogs.commands.responses import Context, answer, card, send_dm, typed
from cogs.commands.subcommands import Subcommand
from cogs.commands.targets import SystemTarget
from cogs.transfer.uploads import MOST_UPLOAD, as_upload
from rules.errors import Invalid
from rules.pictures import kept_files
from rules.transfer.writing import formats
from rules.transfer.writing.formats import CSV, ICS, PLURALKIT, PLURALPORT, OutFile

WORDS = {
    **dict.fromkeys(("pluralkit", "pk", "json"), PLURALKIT),
    **dict.fromkeys(("pluralport", "pp", "openplural", "zip"), PLURALPORT),
    **dict.fromkeys(("csv", "spreadsheet", "table"), CSV),
    **dict.fromkeys(("ics", "ical", "calendar"), ICS),
}
USAGE = "[pluralport, csv or ics]"


async def export(ctx: Context, target: SystemTarget | None, arguments: Arguments) -> None:
    """Send everything in the caller's system as a file, by DM; a word says in which format."""
    word = arguments.next()
    arguments.end()
    if target:
        target.check_own()
    await send_export(ctx, _read_format(word))
    if not is_private(ctx):
        await answer(ctx, card(text="See your DMs."))


async def send_export(ctx: Context, form: str = PLURALKIT) -> None:
    """The export and its link by DM, or as the answer to a slash command.

    Raises ClosedDMs, NotAuthenticated, and TooLarge for what Discord would not take.
    """
    made = await make_file(ctx.bot, ctx.author.id, form)
    embed = card("Your system", _tell(ctx, form, made))
    if ctx.is_app:
        await answer(ctx, embed, file=as_upload(made))
        return
    sent = await send_dm(ctx.author, embed, file=as_upload(made))
    await send_dm(ctx.author, card(text=f"The file's link: {sent.attachments[0].url}"))


async def make_file(bot: commands.Bot, user_id: int, form: str) -> OutFile:
    """A user's system in a format, as large as Discord takes. Raises NotAuthenticated, and TooLarge."""
    make = await bot.read(formats.read, user_id, form, find_pictures(bot))
    return await bot.in_thread(partial(make, MOST_UPLOAD))


def find_pictures(bot: commands.Bot) -> Path:
    """The folder of the pictures that are kept here."""
    return kept_files.get_folder(bot.config.database_url)


def _read_format(word: str | None) -> str:
    form = WORDS.get((word or PLURALKIT).lower())
    if form is None:
        listed = ", ".join(f"`export {name}`" for name in (PLURALPORT, CSV))
        raise Invalid(f"There is no format {quote(word)}; write `export`, {listed} or `export {ICS}`.")
    return form


def _tell(ctx: Context, form: str, made: OutFile) -> str:
    text = f"In it is {formats.FORMATS[form]}."
    if form == PLURALKIT:
        text = "Everything that PluralKit knows is in it, and it reads it too."
    if form in (PLURALKIT, PLURALPORT):
        text += f" {typed(ctx, 'import')} takes it back."
    return " ".join(part for part in (text, made.told, "Keep it to yourself.") if part)


system_subcommands = [
    Subcommand(("export",), export, USAGE, "everything in your system as a file, by DM; or in another format"),
]


class Exports(commands.Cog, name="exports"):
    """A system as a file."""

    def __init__(self, bot: commands.Bot) -> None:
        self.bot = bot

    @systems_command("export", usage=USAGE)
    async def export(self, ctx: Context, *, text: str = "") -> None:
        await export(ctx, None, Arguments(text))


def setup(bot: commands.Bot) -> None:
    bot.add_cog(Exports(bot))
