"""`pk;debug`: why a message was not proxied, and what I may not do here."""

import discord
from discord.ext import commands

from cogs.commands.arguments import Arguments
from cogs.commands.registry import systems_command
from cogs.commands.responses import Context, answer, answer_privately, card, is_command, spell
from cogs.commands.subcommands import Subcommands
from cogs.messages import message_lookup
from cogs.proxying.eligibility import read_incoming, why_ineligible
from cogs.webhooks.attachments import group_files
from cogs.webhooks.permissions import permission_names, permissions_in
from cogs.webhooks.refusals import NEEDED, check_post
from rules.errors import Invalid, NotFound, Refused
from rules.parsing.timestamps import now_us
from rules.proxying import decision, message_records

ALL_NEEDED = (
    *("view_channel", "send_messages", "send_messages_in_threads", "embed_links", "attach_files"),
    *("read_message_history", "add_reactions", *NEEDED),
)

subcommands = Subcommands("debug")


@subcommands("proxying", "proxy", "proxied", "matching", usage="<link>", about="why a message was not proxied")
async def explain(ctx: Context, arguments: Arguments) -> None:
    if not ctx.guild:
        raise Invalid("Messages are proxied in servers only; ask in the server of the message.")
    message_id = message_lookup.get_message_id(ctx, arguments)
    arguments.end()
    await explain_message(ctx, message_id)


async def explain_message(ctx: Context, message_id: int) -> None:
    """Tell the caller alone why a message of theirs in this channel was not proxied. Raises NotFound, Invalid."""
    channel = await get_channel(ctx)
    try:
        message = await channel.fetch_message(message_id)
    except discord.HTTPException:
        raise NotFound("I cannot find this message in this channel; ask in its own channel.") from None
    if message.author.id != ctx.author.id and not message.webhook_id:
        raise Invalid("You can only ask about messages of your own.")
    await answer_privately(ctx, card("Proxying", spell(ctx, await find_reason(ctx, message))))


@subcommands("permissions", "permcheck", "perms", about="what I may not do in this channel")
async def check_permissions(ctx: Context, arguments: Arguments) -> None:
    arguments.end()
    if not ctx.guild:
        raise Invalid("Permissions are a server's; ask in the channel that you mean.")
    channel = await get_channel(ctx)
    mine = permissions_in(channel, ctx.guild.me)
    # In a thread it is Send Messages in Threads that counts.
    needed = [name for name in ALL_NEEDED if not (name == "send_messages" and isinstance(channel, discord.Thread))]
    missing = [name for name in needed if not getattr(mine, name)]
    names = permission_names(missing)
    text = f"I lack {names} in this channel." if missing else "I have all that I need in this channel."
    await answer(ctx, card(text=text))


async def get_channel(ctx: Context) -> discord.abc.GuildChannel | discord.Thread:
    """The channel that is asked in; one that Discord never told of is known from now on. Raises Invalid."""
    if isinstance(ctx.channel, discord.abc.GuildChannel | discord.Thread):
        return ctx.channel
    try:
        found = await ctx.bot.fetch_channel(ctx.channel.id)
        if isinstance(found, discord.Thread) and not found.parent:
            ctx.guild._add_channel(await ctx.bot.fetch_channel(found.parent_id))
    except (discord.HTTPException, discord.InvalidData):
        raise Invalid("I do not see this channel; give me View Channel here, and ask again.") from None
    # As py-cord does where Discord tells of a new one: what is written here next is proxied.
    (ctx.guild._add_thread if isinstance(found, discord.Thread) else ctx.guild._add_channel)(found)
    return found


async def find_reason(ctx: Context, message: discord.Message) -> str:
    """One sentence for the message's sender."""
    try:
        await ctx.bot.read(message_records.get_record, message.id)
        return "This message is proxied."
    except NotFound:
        pass
    raw = {"sticker_items": message.stickers, "poll": message.poll, "activity": message.activity}
    if ineligible := why_ineligible(message, raw):
        return ineligible
    if is_command(await ctx.bot.get_context(message)):
        return "It is a command, and commands are not proxied."
    post = await ctx.bot.read(decision.decide, read_incoming(message), now_us())
    if isinstance(post, decision.NotProxied):
        return post.reason
    try:
        check_post(post)
        group_files(message)
    except Refused as refused:
        return refused.told
    mine = permissions_in(message.channel, message.guild.me)
    missing = [name for name in (*NEEDED, "send_messages") if not getattr(mine, name)]
    if missing:
        return f"I cannot proxy here: I need {permission_names(missing)} in this channel."
    return "It would be proxied now. Maybe the settings were others then, or Discord failed; send it again."


class Debugging(commands.Cog, name="debugging"):
    """Questions about proxying."""

    def __init__(self, bot: commands.Bot) -> None:
        self.bot = bot

    @systems_command("debug", usage="proxying <link>")
    async def debug(self, ctx: Context, *, text: str = "") -> None:
        arguments = Arguments(text)
        await subcommands.get(arguments.next() or "proxying").run(ctx, arguments)

    @systems_command("permcheck")
    async def permcheck(self, ctx: Context, *, text: str = "") -> None:
        await check_permissions(ctx, Arguments(text))


def setup(bot: commands.Bot) -> None:
    bot.add_cog(Debugging(bot))
