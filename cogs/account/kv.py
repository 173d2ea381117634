"""The commands for one's own key/value pairs: `.add`, `.get`, `.remove`, `.list`, and `/kv …`."""

import json
import logging
import re

import discord
from discord.ext import commands

from cogs.commands.formatting import code_block
from cogs.commands.responses import MOST_TEXT, Context, answer, answer_privately, as_file, card, named
from rules.account import kv
from rules.errors import Invalid

log = logging.getLogger(__name__)


class KV(commands.Cog, name="kv"):
    """Keys and values are never shown where somebody else could read them."""

    private = True
    slash = discord.SlashCommandGroup("kv", "Your own key/value pairs, for your own programs")

    def __init__(self, bot: commands.Bot) -> None:
        self.bot = bot

    @commands.command(name="add", usage="<key> <value>")
    async def add(self, ctx: Context, *, text: str = "") -> None:
        attachment = next(iter(ctx.message.attachments), None)
        try:
            key, value = _split(text)
            if attachment:
                value = await _read_attachment(attachment)
            if not key or not value:
                raise commands.UserInputError
        finally:
            if text or attachment:
                await self.hide_message(ctx)
        await self.store(ctx, key, value)

    @commands.command(name="get", usage="<key>")
    async def get(self, ctx: Context, *, key: str) -> None:
        await self.show(ctx, _unquoted(key))

    @commands.command(name="remove", aliases=["delete", "del"], usage="<key>")
    async def remove(self, ctx: Context, *, key: str) -> None:
        await self.drop(ctx, _unquoted(key))

    @commands.command(name="list", usage="")
    async def list(self, ctx: Context) -> None:
        await self.show_all(ctx)

    @slash.command(name="add", description="Add a pair, or replace its value")
    @discord.option("key", str, max_length=kv.KEY_LENGTH)
    @discord.option("value", str, default="")
    @discord.option("file", discord.Attachment, default=None, description="A text file with a long value")
    async def slash_add(self, ctx: Context, key: str, value: str, file: discord.Attachment | None) -> None:
        if not value and not file:
            raise Invalid("Give a value or a text file.")
        await self.store(ctx, key, await _read_attachment(file) if file else value)

    @slash.command(name="get", description="See the value of a key")
    @discord.option("key", str, max_length=kv.KEY_LENGTH)
    async def slash_get(self, ctx: Context, key: str) -> None:
        await self.show(ctx, key)

    @slash.command(name="remove", description="Remove a pair")
    @discord.option("key", str, max_length=kv.KEY_LENGTH)
    async def slash_remove(self, ctx: Context, key: str) -> None:
        await self.drop(ctx, key)

    @slash.command(name="list", description="See all your pairs")
    async def slash_list(self, ctx: Context) -> None:
        await self.show_all(ctx)

    async def store(self, ctx: Context, key: str, value: str) -> None:
        """Store a pair, in place of one with the same key. Raises Invalid, TooLarge, NotAllowed."""
        await self.bot.write(kv.set_value, ctx.author.id, key, value)
        await answer(ctx, card(text="Stored."))

    async def show(self, ctx: Context, key: str) -> None:
        """Show the value of a key to its owner alone. Raises NotFound, ClosedDMs."""
        value = await self.bot.read(kv.get_value, ctx.author.id, key)
        await self.send(ctx, key, value, "value.txt")

    async def drop(self, ctx: Context, key: str) -> None:
        """Remove a pair. Raises NotFound."""
        await self.bot.write(kv.remove_pair, ctx.author.id, key)
        await answer(ctx, card(text="Removed."))

    async def show_all(self, ctx: Context) -> None:
        """Show all pairs to their owner alone, as one JSON object. Raises ClosedDMs."""
        pairs = await self.bot.read(kv.get_pairs, ctx.author.id)
        if not pairs:
            await answer(ctx, card(text=f"You have no pairs yet; {named(self.bot, 'add <key> <value>')} makes one."))
            return
        text = json.dumps(pairs, ensure_ascii=False, indent=2)
        await self.send(ctx, f"Your pairs ({len(pairs)})", text, "kv.json")

    async def send(self, ctx: Context, title: str, text: str, file_name: str) -> None:
        """Answer in private: in a block of code, or as a file where that would be too long. Raises ClosedDMs."""
        block = code_block(text)
        if len(block) - len(code_block("")) <= MOST_TEXT:
            await answer_privately(ctx, card(title, block))
        else:
            await answer_privately(ctx, card(title), file=as_file(text, file_name))

    async def hide_message(self, ctx: Context) -> None:
        """Delete a command that holds a value, where others could read it and the bot may delete it."""
        if ctx.guild:
            try:
                await ctx.message.delete()
            except discord.HTTPException as error:
                log.info("a message with a value could not be deleted: %s", error)


def _split(text: str) -> tuple[str, str]:
    """A key, in quotes if it has blanks, and the rest as it is."""
    match = re.match(r'"([^"]+)"(?:\s+|$)|(\S+)(?:\s+|$)', text)
    return (match[1] or match[2], text[match.end() :]) if match else ("", "")


def _unquoted(key: str) -> str:
    return key[1:-1] if len(key) > 2 and key[0] == key[-1] == '"' else key


async def _read_attachment(attachment: discord.Attachment) -> str:
    if attachment.size > kv.VALUE_BYTES:
        raise Invalid(f"The value must have at most {kv.VALUE_LENGTH:,} characters; this file is too large.")
    try:
        return (await attachment.read()).decode()
    except UnicodeDecodeError:
        raise Invalid("The file is not UTF-8 text.") from None


def setup(bot: commands.Bot) -> None:
    bot.add_cog(KV(bot))
