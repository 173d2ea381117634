"""The commands for one's own key/value pairs: `.add`, `.get`, `.remove`, `.list`, and `/kv …`."""

import json
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import discord
from discord.ext import commands

from cogs.commands.arguments import Arguments, as_word
from cogs.commands.formatting import code, code_block
from cogs.commands.registry import takes_words
from cogs.commands.responses import (
    MOST_TEXT,
    ClosedDMs,
    Context,
    answer,
    answer_privately,
    answer_with_secret,
    as_file,
    card,
    named,
    send_dm,
)
from cogs.commands.select_menu import MOST_OPTIONS, OPTION_LENGTH
from rules.account import kv
from rules.errors import Invalid

log = logging.getLogger(__name__)

# Both together fit into one embed.
MOST_OF_MESSAGE, MOST_OF_VALUE = 2000, 1800
STANDS_THERE = "I may not delete your message, so others can read it here: delete it yourself."


async def complete_key(ctx: discord.AutocompleteContext) -> list[str]:
    """The caller's own keys that hold what is typed so far."""
    user_id, typed = ctx.interaction.user.id, str(ctx.value or "")
    return await ctx.bot.read(kv.suggest_keys, user_id, typed, MOST_OPTIONS, OPTION_LENGTH)


key_option = discord.option("key", str, max_length=kv.KEY_LENGTH, autocomplete=complete_key)


class Repeated:
    """A text that repeats what somebody wrote: in blocks of code, or as files where they are too long."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.files: list[discord.File] = []

    def add(self, words: str, most: int, file_name: str) -> None:
        """Repeat some words behind the text."""
        if len(words) <= most:
            self.text += f"\n{code_block(words)}"
        else:
            self.files.append(as_file(words, file_name))


class KV(commands.Cog, name="kv"):
    """Keys and values are never shown where somebody else could read them."""

    private = True
    instead = "`/kv list` shows it to you alone."
    slash = discord.SlashCommandGroup("kv", "Your own key/value pairs, for your own programs")

    def __init__(self, bot: commands.Bot) -> None:
        self.bot = bot

    @commands.command(name="add", usage="<key> <value>")
    @takes_words(None)
    async def add(self, ctx: Context, *, text: str = "") -> None:
        attachment = next(iter(ctx.message.attachments), None)
        if not text and not attachment:
            raise commands.UserInputError
        # A file is gone with its message, so it is read before that.
        data = await _read_bytes(attachment) if attachment else None
        async with self.hiding(ctx) as public:
            arguments = Arguments(text, flags=False)
            key, value = arguments.next(), arguments.rest()
            if attachment:
                value = _decode(data)
            if not key or not value:
                raise commands.UserInputError
            replaced, _ = await self.bot.write(kv.set_value, ctx.author.id, key, value)
        await self.tell_stored(ctx, public, key, replaced)

    @commands.command(name="get", usage="<key>")
    @takes_words(1)
    async def get(self, ctx: Context, *, text: str = "") -> None:
        await self.show(ctx, _read_key(text))

    @commands.command(name="remove", aliases=["delete", "del"], usage="<key>")
    @takes_words(1)
    async def remove(self, ctx: Context, *, text: str = "") -> None:
        await self.drop(ctx, _read_key(text))

    @commands.command(name="list", usage="")
    async def list(self, ctx: Context) -> None:
        await self.show_all(ctx)

    @slash.command(name="add", description="Add a key/value pair, or replace its value")
    @key_option
    @discord.option("value", str, default="")
    @discord.option("file", discord.Attachment, default=None, description="A text file with a long value")
    async def slash_add(self, ctx: Context, key: str, value: str, file: discord.Attachment | None) -> None:
        if not value and not file:
            raise Invalid("Give a value or a text file.")
        value = _decode(await _read_bytes(file)) if file else value
        replaced, _ = await self.bot.write(kv.set_value, ctx.author.id, key, value)
        await self.tell_stored(ctx, "Stored.", key, replaced)

    @slash.command(name="get", description="See the value of a key")
    @key_option
    async def slash_get(self, ctx: Context, key: str) -> None:
        await self.show(ctx, key)

    @slash.command(name="remove", description="Remove a key/value pair")
    @key_option
    async def slash_remove(self, ctx: Context, key: str) -> None:
        await self.drop(ctx, key)

    @slash.command(name="list", description="See all your key/value pairs")
    async def slash_list(self, ctx: Context) -> None:
        await self.show_all(ctx)

    async def tell_stored(self, ctx: Context, public: str, key: str, replaced: str | None) -> None:
        """Name the key and how to undo it, with the words that were deleted; in a channel only that it is done."""
        undo = named(ctx, f"remove {as_word(key) or '<key>'}")
        secret = Repeated(f"Stored under {code(key)}; {undo} takes it out again.")
        if replaced is not None:
            secret = Repeated(f"Stored under {code(key)}, in place of another value, which is lost but for this:")
            secret.add(replaced, MOST_OF_VALUE, "value.txt")
            self.bot.database.wal_cutter.soon()
        if ctx.guild and not ctx.is_app:
            secret.text += "\nThis is what you wrote:"
            secret.add(ctx.message.content, MOST_OF_MESSAGE, "message.txt")
        await answer_with_secret(ctx, public, card(text=secret.text), self.instead, files=secret.files)

    async def show(self, ctx: Context, key: str) -> None:
        """Show the value of a key to its owner alone. Raises NotFound, ClosedDMs."""
        value = await self.bot.read(kv.get_value, ctx.author.id, key)
        await self.send(ctx, key, value, "value.txt")

    async def drop(self, ctx: Context, key: str) -> None:
        """Remove a pair, and give its value back to its owner alone. Raises NotFound."""
        value = await self.bot.write(kv.remove_pair, ctx.author.id, key)
        self.bot.database.wal_cutter.soon()
        secret = Repeated(f"Removed {code(key)}; it was:")
        secret.add(value, MOST_OF_VALUE, "value.txt")
        await answer_with_secret(ctx, "Removed.", card(text=secret.text), self.instead, files=secret.files)

    async def show_all(self, ctx: Context) -> None:
        """Show all pairs to their owner alone, as one JSON object. Raises ClosedDMs."""
        pairs = await self.bot.read(kv.get_pairs, ctx.author.id)
        if not pairs:
            makes = f"{named(ctx, 'add <key> <value>')} makes one"
            await answer(ctx, card(text=f"You have no key/value pairs yet; {makes}."))
            return
        text = json.dumps(pairs, ensure_ascii=False, indent=2)
        await self.send(ctx, f"Your key/value pairs ({len(pairs)})", text, "kv.json")

    async def send(self, ctx: Context, title: str, text: str, file_name: str) -> None:
        """Answer in private: in a block of code, or as a file where that would be too long. Raises ClosedDMs."""
        block = code_block(text)
        if len(block) - len(code_block("")) <= MOST_TEXT:
            await answer_privately(ctx, card(title, block))
        else:
            await answer_privately(ctx, card(title), file=as_file(text, file_name))

    @asynccontextmanager
    async def hiding(self, ctx: Context) -> AsyncIterator[str]:
        """Delete a command that holds a value, and give what was deleted back where nothing comes of it.

        Yields what may be said in the channel when it is done.
        """
        deleted = await self.hide_message(ctx)
        try:
            yield "Stored." if deleted or not ctx.guild else f"Stored. {STANDS_THERE}"
        except Exception:
            if deleted:
                await self.give_back(ctx)
            elif ctx.guild:
                await answer(ctx, card(text=STANDS_THERE))
            raise

    async def hide_message(self, ctx: Context) -> bool:
        """Delete a command that others could read; whether that was done."""
        try:
            if ctx.guild:
                await ctx.message.delete()
            return bool(ctx.guild)
        except discord.HTTPException as error:
            log.info("a message with a value could not be deleted: %s", error)
            return False

    async def give_back(self, ctx: Context) -> None:
        """Send somebody the words of a command that was deleted and came to nothing."""
        secret = Repeated("I deleted this message, since it could hold a secret:")
        secret.add(ctx.message.content, MOST_OF_MESSAGE, "message.txt")
        try:
            await send_dm(ctx.author, card(text=secret.text), files=secret.files)
        except (ClosedDMs, discord.HTTPException) as error:
            log.info("the words of a command could not be given back: %s", error)


def _read_key(text: str) -> str:
    """The one word behind a command. Raises UserInputError without one."""
    key = Arguments(text, flags=False).next()
    if not key:
        raise commands.UserInputError
    return key


async def _read_bytes(attachment: discord.Attachment) -> bytes | None:
    """A file, or None where it is too large to be a value."""
    return await attachment.read() if attachment.size <= kv.VALUE_BYTES else None


def _decode(data: bytes | None) -> str:
    """The text of a file. Raises Invalid."""
    if data is None:
        raise Invalid(f"The value must have at most {kv.VALUE_LENGTH:,} characters; this file is too large.")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Invalid("The file is not UTF-8 text.") from None


def setup(bot: commands.Bot) -> None:
    bot.registry.slash_groups |= dict.fromkeys(("add", "get", "remove", "list"), "kv ")
    bot.add_cog(KV(bot))
