"""`pk;edit`, `pk;reproxy` and `pk;message`: editing a proxied message, posting it as another member, looking it up."""

import logging

import discord
from discord.ext import commands

from cogs.commands.arguments import RAW, Arguments
from cogs.commands.converters import get_member
from cogs.commands.formatting import code_block, cut
from cogs.commands.private_responses import is_private
from cogs.commands.registry import systems_command
from cogs.commands.responses import Context, answer, answer_privately, card
from cogs.messages import message_actions, message_lookup
from cogs.messages.edits import EDIT_FLAGS, build_edit, explain_edit
from cogs.proxying.eligibility import webhook_target
from cogs.proxying.message_cache import MessageCache
from cogs.proxying.pipeline import Proxying
from cogs.webhooks.permissions import permissions_in
from cogs.webhooks.rest_client import Failed, Unknown
from models import Message
from rules.errors import Invalid, Refused
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
        new = arguments.rest(EDIT_FLAGS, always=())
        arguments.check_flags(EDIT_FLAGS)
        original = await message_lookup.fetch(self.bot, record)
        caller = await message_lookup.get_caller(ctx, original.guild)
        await message_lookup.check_writer(original.channel, caller)
        payload = build_edit(original, new, arguments, permissions_in(original.channel, caller))
        try:
            await self.delivery.webhooks.edit(*webhook_target(original.channel), record.id, payload)
        except (Failed, Unknown) as error:
            raise Invalid(explain_edit(error)) from None
        self.bot.dispatch("proxied_edit", record, original, payload.get("content", original.content))
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
            raw = code_block((await self.fetch(ctx, record)).content)
            # What was read in one channel is not for those who read another.
            respond = answer if ctx.channel.id == record.channel_id else answer_privately
            await respond(ctx, card(text=raw))
        else:
            await self.show(ctx, record)

    async def show(self, ctx: Context, record: Message) -> None:
        """Answer with what is known about a message, and with its text if the caller may read it in its channel."""
        viewer = ctx.author.id if is_private(ctx) else None
        embed = await message_actions.describe(self.bot, record, viewer)
        try:
            embed.description = cut((await self.fetch(ctx, record)).content, 1000)
        except Refused:
            embed.description = "*(gone, or not visible to you)*"
        await (answer if ctx.channel.id == record.channel_id else answer_privately)(ctx, embed)

    async def fetch(self, ctx: Context, record: Message) -> discord.Message:
        """The message from Discord, for a caller who may read its channel. Raises NotFound, NotAllowed."""
        message = await message_lookup.fetch(self.bot, record)
        await message_lookup.check_reader(message.channel, await message_lookup.get_caller(ctx, message.guild))
        return message


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
