"""What can be done with a proxied message: edit it, say it as somebody else, look it up, delete it."""

import logging

import discord
from discord.ext import commands

from cogs.commands.arguments import RAW, Arguments
from cogs.commands.converters import get_member
from cogs.commands.formatting import code_block, cut, escape, stamp
from cogs.commands.private_responses import is_private
from cogs.commands.registry import systems_command
from cogs.commands.responses import Context, answer, answer_privately, card
from cogs.messages import message_lookup
from cogs.proxying.eligibility import whereabouts
from cogs.systems import embeds
from cogs.webhooks.channel_webhooks import UNKNOWN_WEBHOOK
from cogs.webhooks.message_deletion import UNKNOWN_MESSAGE, Deletion
from cogs.webhooks.payloads import MOST_TEXT, NO_EMBEDS, VOICE, build_payload, rights_in
from cogs.webhooks.refusals import explain
from cogs.webhooks.rest_client import Failed, Unknown
from models import Message
from rules.errors import Invalid, Refused
from rules.proxying import message_records
from rules.systems import members

log = logging.getLogger(__name__)

APPEND, PREPEND = ("append", "a"), ("prepend", "p")
PLAIN = ("nospace", "ns")
CLEAR_EMBED, CLEAR_FILES = ("clear-embed", "ce"), ("clear-attachments", "ca")
EDIT_FLAGS = (*APPEND, *PREPEND, *PLAIN, *CLEAR_EMBED, *CLEAR_FILES)
AUTHOR, DELETE = ("author",), ("delete",)
REPROXY_MS = 60_000
ARCHIVED = 50083


class MessageCommands(commands.Cog, name="afterwards"):
    """Commands about messages that were proxied before."""

    def __init__(self, bot: commands.Bot) -> None:
        self.bot = bot

    @systems_command("edit", "e", usage="[link] <new text>")
    async def edit(self, ctx: Context, *, text: str = "") -> None:
        arguments = Arguments(text)
        record = await message_lookup.get_own(ctx, arguments)
        new = arguments.rest(EDIT_FLAGS)
        arguments.check_flags(EDIT_FLAGS)
        original = await message_lookup.fetch(self.bot, record)
        caller = await message_lookup.get_caller(ctx, original.guild)
        await message_lookup.check_writer(original.channel, caller)
        payload = edited(original, new, arguments, rights_in(original.channel, caller))
        try:
            await self.bot.cogs["proxy"].webhooks.edit(*whereabouts(original.channel), record.id, payload)
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
        check_young(self.bot, original, ctx.message.id)
        if original.poll:
            raise Invalid("Polls cannot be said by somebody else: the votes would be lost.")
        await self.bot.cogs["proxy"].repost(ctx.message, original, record, member.id)
        self.bot.dispatch("reproxied", ctx.message.id, original)
        await _finish(ctx)

    @systems_command("message", "msg", "messageinfo", usage="<link or ID>")
    async def message(self, ctx: Context, *, text: str = "") -> None:
        arguments = Arguments(text)
        record = await self.bot.read(message_records.get_record, message_lookup.get_message_id(ctx, arguments))
        given = [word.lower() for word in arguments.all()]
        arguments.check_flags((*RAW, *AUTHOR, *DELETE))
        if arguments.has(*DELETE) or given == ["delete"]:
            await self.delete(ctx.author.id, record)
            await _finish(ctx)
        elif arguments.has(*AUTHOR) or given == ["author"]:
            await answer(ctx, card(text=f"<@{record.sender_id}> ({record.sender_id})"))
        elif arguments.has(*RAW):
            raw = code_block((await self.look(ctx, record)).content)
            # What was read in one channel is not for those who read another.
            say = answer if ctx.channel.id == record.channel_id else answer_privately
            await say(ctx, card(text=raw))
        else:
            await self.show(ctx, record)

    async def show(self, ctx: Context, record: Message) -> None:
        """The card of a message, with its text if the asker could read it in its channel."""
        viewer = ctx.author.id if is_private(ctx) else None
        embed = await self.describe(record, viewer)
        try:
            embed.description = cut((await self.look(ctx, record)).content, 1000)
        except Refused:
            embed.description = "*(gone, or not visible to you)*"
        await (answer if ctx.channel.id == record.channel_id else answer_privately)(ctx, embed)

    async def describe(self, record: Message, viewer: int | None) -> discord.Embed:
        """What is known about a message, as a viewer may know it."""
        seen = await self.bot.read(message_records.show_message, record.id, viewer)
        member, system = seen["member"], seen["system"]
        embed = embeds.paint(card(embeds.called(member)), {**member, "banner": None})
        embed.add_field(name="System", value=f"{escape(system['name'] or '(no name)')} (`{system['id']}`)")
        embed.add_field(name="Member", value=f"{escape(member['name'])} (`{member['id']}`)")
        embed.add_field(name="Sent by", value=f"<@{record.sender_id}> ({record.sender_id})", inline=False)
        link = f"https://discord.com/channels/{record.guild_id}/{record.channel_id}/{record.id}"
        embed.add_field(name="Message", value=f"[{record.id}]({link}) {stamp(seen['timestamp'])}", inline=False)
        return embed.set_footer(text=f"Original message ID: {record.original_id}")

    async def look(self, ctx: Context, record: Message) -> discord.Message:
        """The message itself, for a caller who may read its channel. Raises NotFound, NotAllowed."""
        message = await message_lookup.fetch(self.bot, record)
        await message_lookup.check_reader(message.channel, await message_lookup.get_caller(ctx, message.guild))
        return message

    async def delete(self, user_id: int, record: Message) -> None:
        """Delete a proxied message for its sender, or another account of its system. Raises NotAllowed, NotFound."""
        await self.bot.read(message_records.get_sent_record, user_id, record.id)
        channel = await message_lookup.get_channel(self.bot, record)
        if not channel.permissions_for(channel.guild.me).manage_messages:
            raise Invalid("I cannot delete it: I need Manage Messages in that channel.")
        if await self.bot.cogs["proxy"].delete(record.channel_id, record.id) is Deletion.FAILED:
            raise Invalid("Discord did not delete it; try again in a minute.")
        await self.bot.write_patiently(message_records.drop_records, [record.id])


def edited(original: discord.Message, new: str, arguments: Arguments, may: discord.Permissions) -> dict[str, object]:
    """The changes to a message; `may` is what the caller may do there.

    Raises Invalid for nothing, too much, voice messages and polls.
    """
    if original.flags.value & VOICE:
        raise Invalid("Voice messages cannot be edited.")
    if original.poll:
        raise Invalid("Polls cannot be edited.")
    payload: dict[str, object] = {}
    if arguments.has(*CLEAR_EMBED):
        payload["embeds"] = []
    if arguments.has(*CLEAR_FILES):
        payload["attachments"] = []
    if not new and not payload:
        raise Invalid("Write the new text behind the command.")
    if new:
        # With its links as they would be posted.
        posted = build_payload(original, {}, _join(original.content, new, arguments), may)
        payload["content"] = posted["content"]
        if posted["flags"] & NO_EMBEDS:
            payload["flags"] = original.flags.value | NO_EMBEDS
    left = payload.get("content", original.content)
    if not (left or payload.get("attachments", original.attachments) or payload.get("embeds", original.embeds)):
        raise Invalid("The message would be empty.")
    if len(left) > MOST_TEXT:
        raise Invalid(f"The message would have {len(left):,} characters; Discord takes {MOST_TEXT:,}.")
    return {**payload, "allowed_mentions": {"parse": ["users"]}}


def explain_edit(error: Failed | Unknown) -> str:
    """Why Discord did not change a message, in one sentence for whoever asked."""
    if isinstance(error, Unknown):
        return "Discord did not say whether it changed the message; look at it, and try again."
    if error.code in (UNKNOWN_MESSAGE, UNKNOWN_WEBHOOK):
        # The message was there just now.
        return "The webhook that posted this message is gone: it can be deleted, but not edited any more."
    if error.code == ARCHIVED:
        return "The thread of this message is archived; write something in it, and try again."
    if error.status == 403:
        return "I cannot edit it: I need Manage Webhooks in that channel."
    return explain(error)


def check_young(bot: commands.Bot, original: discord.Message, command_id: int) -> None:
    """Refuse to say again what is neither the channel's last message nor younger than a minute. Raises Invalid.

    The command itself, which may stand behind it, does not count.
    """
    last = bot.cogs["proxy"].message_cache.find_last(original.channel.id, but=command_id)
    age_ms = (discord.utils.utcnow() - original.created_at).total_seconds() * 1000
    if age_ms > REPROXY_MS and not (last and last.message_id == original.id):
        raise Invalid("Only the last message of a channel, or one of the last minute, can be said by somebody else.")


def _join(old: str, new: str, arguments: Arguments) -> str:
    gap = "" if arguments.has(*PLAIN) else " "
    if not arguments.has(*APPEND, *PREPEND):
        return new
    before = f"{new}{gap}" if arguments.has(*PREPEND) else ""
    behind = f"{gap}{new}" if arguments.has(*APPEND) else ""
    return f"{before}{old}{behind}"


async def _finish(ctx: Context) -> None:
    """The command goes, where there is anything left to see of what it did; in a DM it gets a tick."""
    try:
        if ctx.guild:
            await ctx.message.delete()
        else:
            await ctx.message.add_reaction("✅")
    except discord.HTTPException as error:
        log.info("a command could not be taken away: %s", error)


def setup(bot: commands.Bot) -> None:
    bot.add_cog(MessageCommands(bot))
