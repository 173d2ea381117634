"""`pk;edit`, `pk;reproxy`, `pk;delete` and `pk;message`: what is done with a proxied message by typing."""

import logging

import discord
from discord.ext import commands

from cogs.commands.arguments import RAW, Arguments
from cogs.commands.converters import get_member
from cogs.commands.formatting import code_block
from cogs.commands.registry import systems_command
from cogs.commands.responses import Context, answer, answer_privately, card
from cogs.messages import message_actions, message_lookup
from cogs.messages.edits import EDIT_FLAGS, REGEX, build_edit, read_text
from cogs.proxying.message_cache import MessageCache
from cogs.proxying.pipeline import Proxying
from rules.errors import Invalid
from rules.proxying import message_records
from rules.systems import members

log = logging.getLogger(__name__)

AUTHOR, DELETE = ("author",), ("delete",)
REPROXY_MS = 60_000


class MessageCommands(commands.Cog, name="message_commands"):
    """Commands about messages that were proxied before."""

    def __init__(self, bot: commands.Bot, proxying: Proxying) -> None:
        self.bot, self.proxying, self.delivery = bot, proxying, proxying.delivery

    @systems_command("edit", "e", usage="[link] <new text>")
    async def edit(self, ctx: Context, *, text: str = "") -> None:
        arguments = Arguments(text)
        record = await message_lookup.get_own(ctx, arguments)
        written = arguments.rest(EDIT_FLAGS, always=())
        arguments.check_flags(EDIT_FLAGS)
        original, may = await message_actions.get_editable(ctx, record)
        payload = build_edit(original, await read_text(original, written, arguments), arguments, may)
        await message_actions.edit(self.bot, self.delivery, record, original, payload)
        await _finish(ctx)

    @systems_command("x", usage="[link] s/<old>/<new>/")
    async def substitute(self, ctx: Context, *, text: str = "") -> None:
        await self.edit(ctx, text=f"-{REGEX[0]} {text}")

    @systems_command("delete", "d", usage="<link or ID>")
    async def delete(self, ctx: Context, *, text: str = "") -> None:
        arguments = Arguments(text)
        message_id = message_lookup.get_message_id(ctx, arguments)
        arguments.end()
        record = await self.bot.read(message_records.get_record, message_id)
        await message_actions.delete(self.bot, self.delivery, ctx.author.id, record)
        await _finish(ctx)

    @systems_command("reproxy", "rp", "crimes", "crime", usage="[link] <member>")
    async def reproxy(self, ctx: Context, *, text: str = "") -> None:
        arguments = Arguments(text)
        record = await message_lookup.get_own(ctx, arguments)
        word = arguments.next()
        arguments.end()
        if not word:
            raise Invalid("Name the member who is to have said it.")
        member = await get_member(ctx, word, arguments)
        await self.bot.read(members.get_own_member, ctx.author.id, member.hid)
        original = await message_lookup.fetch(self.bot, record)
        await message_lookup.check_writer(original.channel, await message_lookup.get_caller(ctx, original.guild))
        check_young(self.delivery.message_cache, original, ctx.message.id)
        if original.poll:
            raise Invalid("Polls cannot be said by somebody else: the votes would be lost.")
        await self.proxying.repost(ctx.message, original, record, member.id)
        self.bot.dispatch("reproxied", ctx.message.id, original)
        await _finish(ctx)

    @systems_command("message", "msg", "messageinfo", usage="<link or ID>")
    async def message(self, ctx: Context, *, text: str = "") -> None:
        arguments = Arguments(text)
        record = await self.bot.read(message_records.get_record, message_lookup.get_message_id(ctx, arguments))
        word = (arguments.peek() or "").lower()
        if word in (*RAW, *AUTHOR, *DELETE):
            arguments.next()
        arguments.end((*RAW, *AUTHOR, *DELETE))
        if arguments.has(*DELETE) or word in DELETE:
            await message_actions.delete(self.bot, self.delivery, ctx.author.id, record)
            await _finish(ctx)
        elif arguments.has(*AUTHOR) or word in AUTHOR:
            await answer(ctx, card(text=f"<@{record.sender_id}> ({record.sender_id})"))
        elif arguments.has(*RAW) or word in RAW:
            raw = code_block((await message_actions.fetch(ctx, record)).content)
            # What was read in one channel is not for those who read another.
            respond = answer if ctx.channel.id == record.channel_id else answer_privately
            await respond(ctx, card(text=raw))
        else:
            await message_actions.show(ctx, record)


def check_young(message_cache: MessageCache, original: discord.Message, command_id: int) -> None:
    """Refuse to post again what is neither the channel's last message nor younger than a minute. Raises Invalid.

    The command itself, which may stand behind it, does not count.
    """
    last = message_cache.find_last(original.channel.id, but=command_id)
    asked_at = discord.utils.snowflake_time(command_id)
    age_ms = (asked_at - original.created_at).total_seconds() * 1000
    if age_ms > REPROXY_MS and not (last and last.message_id == original.id):
        raise Invalid("Only the last message of a channel, or one of the last minute, can be said by somebody else.")


async def _finish(ctx: Context) -> None:
    """Delete the command, which the message itself now shows to be done; in a DM it gets a tick."""
    try:
        if ctx.guild:
            await ctx.message.delete()
        else:
            await ctx.message.add_reaction("✅")
    except discord.HTTPException as error:
        log.info("a command could not be taken away: %s", error)


def setup(bot: commands.Bot) -> None:
    bot.add_cog(MessageCommands(bot, bot.proxying))
