"""The commands for one's own key/value pairs: `.add`, `.set`, `.get`, `.remove`, `.list`, `.kv`, and `/kv …`."""

import json
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import discord
from discord.ext import commands

from cogs.account.hidden_messages import MOST_OF_MESSAGE, MOST_OF_VALUE, Repeated, hiding
from cogs.commands.arguments import PRIVATE, PUBLIC, Arguments, as_word
from cogs.commands.formatting import code, code_block, cut
from cogs.commands.registry import takes_words
from cogs.commands.responses import (
    MOST_TEXT,
    Context,
    answer,
    answer_privately,
    answer_with_secret,
    as_file,
    card,
    named,
)
from cogs.commands.select_menu import MOST_OPTIONS, OPTION_LENGTH
from rules.account import kv
from rules.errors import Invalid
from rules.lanyard import keys

LEVELS = {"public": kv.publish_pair, "private": kv.withdraw_pair}
SLASH_NAMES = {name: f"kv {name}" for name in ("add", "get", "remove", "list")} | {
    "set": "kv add",
    "kv": "kv list",
    **{f"kv {level}": f"kv {level}" for level in LEVELS},
}
# So that with what else is said it fits into one embed.
MOST_OF_KEYS, MOST_OF_WORD = 1000, 60


async def complete_key(ctx: discord.AutocompleteContext) -> list[str]:
    """The caller's own keys that hold what is typed so far."""
    user_id, typed = ctx.interaction.user.id, str(ctx.value or "")
    return await ctx.bot.read(kv.suggest_keys, user_id, typed, MOST_OPTIONS, OPTION_LENGTH)


new_key_option = discord.option("key", str, max_length=kv.KEY_LENGTH, autocomplete=complete_key)
# What was set through Lanyard's dialect may be longer.
key_option = discord.option("key", str, max_length=keys.KEY_LENGTH, autocomplete=complete_key)


class KV(commands.Cog, name="kv"):
    """Keys and values are never shown where somebody else could read them."""

    private = True
    instead = "`/kv list` shows it to you alone."
    slash = discord.SlashCommandGroup("kv", "Your own key/value pairs, for your own programs")

    def __init__(self, bot: commands.Bot) -> None:
        self.bot = bot

    @commands.command(name="add", usage="[-public] <key> <value>")
    @takes_words(None)
    async def add(self, ctx: Context, *, text: str = "") -> None:
        arguments = Arguments(text, flags=False)
        public = True if arguments.take_flag(*PUBLIC) else False if arguments.take_flag(*PRIVATE) else None
        await self.store_typed(ctx, arguments, kv.VALUE_LENGTH, kv.set_value, public)

    @commands.command(name="set", usage="<key> <value>")
    @takes_words(None)
    async def put(self, ctx: Context, *, text: str = "") -> None:
        await self.store_typed(ctx, Arguments(text, flags=False), keys.VALUE_LENGTH, keys.put_pair)

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

    @commands.command(name="kv", usage="<public or private> <key>")
    @takes_words(2, first=LEVELS)
    async def levels(self, ctx: Context, *, text: str = "") -> None:
        arguments = Arguments(text, flags=False)
        if level := arguments.next():
            await self.change(ctx, level.lower(), _read_key(arguments.left))
        else:
            await self.show_keys(ctx)

    @slash.command(name="add", description="Add a key/value pair, or replace its value")
    @new_key_option
    @discord.option("value", str, default="")
    @discord.option("file", discord.Attachment, default=None, description="A text file with a long value")
    @discord.option("public", bool, default=None, description="Whether anyone on the web can read it")
    async def slash_add(
        self, ctx: Context, key: str, value: str, file: discord.Attachment | None, public: bool | None
    ) -> None:
        if not value and not file:
            raise Invalid("Give a value or a text file.")
        value = _decode(await _read_bytes(file, kv.VALUE_LENGTH), kv.VALUE_LENGTH) if file else value
        stored = await self.bot.write(kv.set_value, ctx.author.id, key, value, public)
        await self.tell_stored(ctx, key, stored)

    @slash.command(name="get", description="See the value of a key")
    @key_option
    async def slash_get(self, ctx: Context, key: str) -> None:
        await self.show(ctx, key)

    @slash.command(name="remove", description="Remove a key/value pair")
    @key_option
    async def slash_remove(self, ctx: Context, key: str) -> None:
        await self.drop(ctx, key)

    @slash.command(name="list", description="See all your key/value pairs, and which of them are public")
    async def slash_list(self, ctx: Context) -> None:
        await self.show_all(ctx)

    @slash.command(name="public", description="Let anyone on the web read a key/value pair")
    @key_option
    async def slash_public(self, ctx: Context, key: str) -> None:
        await self.change(ctx, "public", key)

    @slash.command(name="private", description="Let nobody but you read a key/value pair")
    @key_option
    async def slash_private(self, ctx: Context, key: str) -> None:
        await self.change(ctx, "private", key)

    async def store_typed(
        self, ctx: Context, arguments: Arguments, most: int, rule: Callable[..., kv.Stored], *visibility: bool | None
    ) -> None:
        """Store a typed pair, whose value may be a file of up to `most` characters, and delete what was typed."""
        attachment = next(iter(ctx.message.attachments), None)
        if not arguments.left and not attachment:
            raise commands.UserInputError
        # A file is gone with its message, so it is read before that.
        data = await _read_bytes(attachment, most) if attachment else None
        async with hiding(ctx) as left:
            key, value = arguments.next(), arguments.rest()
            if attachment:
                value = _decode(data, most)
            if not key or not value:
                raise commands.UserInputError
            stored = await self.bot.write(rule, ctx.author.id, key, value, *visibility)
        await self.tell_stored(ctx, key, stored, left)

    async def tell_stored(self, ctx: Context, key: str, stored: kv.Stored, left: str = "") -> None:
        """Name the key, who reads it and how to undo it, with the words that were deleted; in a channel only that it is
        done, and whether for everybody.
        """
        instead = "" if stored.replaced is None else ", in place of another value"
        undo = named(ctx, f"remove {_as_word(key)}")
        secret = Repeated(f"Stored under {code(key)}{instead}; {undo} takes it out again.")
        secret.text += f"\n{self.describe_readers(ctx, key, stored.is_public)}"
        if stored.replaced is not None:
            secret.text += "\nThe other value is lost but for this:"
            secret.add(stored.replaced, MOST_OF_VALUE, "value.txt")
            self.bot.database.wal_cutter.soon()
        if ctx.guild and not ctx.is_app:
            secret.text += "\nThis is what you wrote:"
            secret.add(ctx.message.content, MOST_OF_MESSAGE, "message.txt")
        public = f"Stored{'; anyone on the web can read it' if stored.is_public else ''}.{left}"
        await answer_with_secret(ctx, public, card(text=secret.text), self.instead, files=secret.files)

    def describe_readers(self, ctx: Context, key: str, is_public: bool) -> str:
        """Who can read a pair, and the command that changes it."""
        if is_public:
            private = named(ctx, f"kv private {_as_word(key)}")
            return f"Unless you are hidden, anyone on the web can read it at {self.link(ctx)}; {private} ends that."
        return f"Only you can read it; {named(ctx, f'kv public {_as_word(key)}')} lets anyone on the web."

    def link(self, ctx: Context) -> str:
        """Where anyone on the web reads the caller's public pairs."""
        return f"{self.bot.config.public_url}/v1/users/{ctx.author.id}"

    async def change(self, ctx: Context, level: str, key: str) -> None:
        """Make a pair public or private. Raises NotFound."""
        await self.bot.write(LEVELS[level], ctx.author.id, key)
        text = f"{code(key)} is {level} now. {self.describe_readers(ctx, key, level == 'public')}"
        await answer_with_secret(ctx, f"It is {level} now.", card(text=text), self.instead)

    async def show(self, ctx: Context, key: str) -> None:
        """Show the value of a key to its owner alone. Raises NotFound, ClosedDMs."""
        pair = await self.bot.read(kv.get_pair, ctx.author.id, key)
        note = self.describe_readers(ctx, key, True) if pair.is_public else ""
        await self.send(ctx, key, pair.value, "value.txt", note)

    async def drop(self, ctx: Context, key: str) -> None:
        """Remove a pair, and give its value back to its owner alone. Raises NotFound."""
        value = await self.bot.write(kv.remove_pair, ctx.author.id, key)
        self.bot.database.wal_cutter.soon()
        secret = Repeated(f"Removed {code(key)}; it was:")
        secret.add(value, MOST_OF_VALUE, "value.txt")
        await answer_with_secret(ctx, "Removed.", card(text=secret.text), self.instead, files=secret.files)

    async def show_all(self, ctx: Context) -> None:
        """Show all pairs to their owner alone, as one JSON object, and which are public. Raises ClosedDMs."""
        if pairs := await self.find_pairs(ctx):
            shown = {pair.key: pair.value for pair in pairs}
            public = _join(pair.key for pair in pairs if pair.is_public)
            seen = f"Unless you are hidden, anyone on the web can read these at {self.link(ctx)}"
            note = public and f"{seen}: {cut(public, MOST_OF_KEYS)}"
            await self.send(ctx, f"Your key/value pairs ({len(pairs)})", _as_json(shown), "kv.json", note)

    async def show_keys(self, ctx: Context) -> None:
        """Show the keys to their owner alone: which are public, which private. Raises ClosedDMs."""
        if pairs := await self.find_pairs(ctx):
            public, private = ([pair.key for pair in pairs if pair.is_public is level] for level in (True, False))
            get, *changes = (named(ctx, f"{name} <key>") for name in ("get", "kv public", "kv private"))
            text = (
                f"Public: {_join(public) or 'none'}\nPrivate: {_join(private) or 'none'}\n"
                f"{get} shows a value. Unless you are hidden, anyone on the web can read what is public at"
                f" {self.link(ctx)}; {' and '.join(changes)} change that."
            )
            title = f"Your keys ({len(pairs)})"
            if len(text) <= MOST_TEXT:
                await answer_privately(ctx, card(title, text))
            else:
                file = as_file(_as_json({"public": public, "private": private}), "keys.json")
                await answer_privately(ctx, card(title), file=file)

    async def find_pairs(self, ctx: Context) -> Sequence[kv.Pair]:
        """All of the caller's pairs; where there are none, that is said."""
        pairs = await self.bot.read(kv.list_pairs, ctx.author.id)
        if not pairs:
            makes = f"{named(ctx, 'add <key> <value>')} makes one"
            await answer(ctx, card(text=f"You have no key/value pairs yet; {makes}."))
        return pairs

    async def send(self, ctx: Context, title: str, text: str, file_name: str, note: str) -> None:
        """Answer in private: in a block of code, or as a file where that would be too long. Raises ClosedDMs."""
        block = code_block(text)
        if len(block) + len(note) - len(code_block("")) <= MOST_TEXT:
            await answer_privately(ctx, card(title, f"{block}{note}"))
        else:
            await answer_privately(ctx, card(title, note or None), file=as_file(text, file_name))


def _join(keys: Iterable[str]) -> str:
    return ", ".join(map(code, keys))


def _as_json(value: dict[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2)


def _as_word(key: str) -> str:
    """A key as a command takes it; a long one would not fit several times."""
    return (as_word(key) if len(key) <= MOST_OF_WORD else None) or "<key>"


def _read_key(text: str) -> str:
    """The one word behind a command. Raises UserInputError without one."""
    key = Arguments(text, flags=False).next()
    if not key:
        raise commands.UserInputError
    return key


async def _read_bytes(attachment: discord.Attachment, most: int) -> bytes | None:
    """A file, or None where it is too large to be a value of up to `most` characters, of four bytes at most each."""
    return await attachment.read() if attachment.size <= 4 * most else None


def _decode(data: bytes | None, most: int) -> str:
    """The text of a file. Raises Invalid."""
    if data is None:
        raise Invalid(f"The value must have at most {most:,} characters; this file is too large.")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Invalid("The file is not UTF-8 text.") from None


def setup(bot: commands.Bot) -> None:
    bot.registry.presence_slash |= SLASH_NAMES
    bot.add_cog(KV(bot))
