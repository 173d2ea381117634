"""`pk;link` and `pk;unlink`: the Discord accounts of a system."""

import discord
from discord.ext import commands

from cogs.commands.arguments import Arguments
from cogs.commands.confirm import ask, confirm
from cogs.commands.converters import get_own, get_user, get_user_id
from cogs.commands.registry import systems_command
from cogs.commands.responses import Context, answer, card, typed
from rules.errors import Invalid
from rules.systems import systems


class LinkedAccounts(commands.Cog, name="linked_accounts"):
    """Linking asks the other account, which can read and change everything from then on."""

    def __init__(self, bot: commands.Bot) -> None:
        self.bot = bot

    @systems_command("link", usage="<account>")
    async def link(self, ctx: Context, *, text: str = "") -> None:
        arguments = Arguments(text)
        other_id = get_user_id(arguments.next(), "to link")
        arguments.end()
        await self.bot.read(systems.check_linkable, ctx.author.id, other_id)
        if not ctx.guild:
            raise Invalid("The other account has to agree; type this in a server where both accounts are.")
        await _check_person(ctx, other_id)
        question = f"<@{other_id}>, {ctx.author.mention} asks to link your account to their system. You would see and"
        question += " change everything in it, and your messages with its tags would be proxied. Do you agree?"
        # Only the mention outside the embed reaches the other account.
        mention = {"content": f"<@{other_id}>", "allowed_mentions": discord.AllowedMentions(users=True)}
        if await ask(ctx, other_id, question, "Link my account", **mention):
            await self.bot.write(systems.link_account, ctx.author.id, other_id)
            await answer(ctx, card(text=f"<@{other_id}> is linked to the system now."))
        else:
            await answer(ctx, card(text="The other account did not agree; nothing was changed."))

    @systems_command("unlink", usage="<account>")
    async def unlink(self, ctx: Context, *, text: str = "") -> None:
        arguments = Arguments(text)
        other_id = get_user_id(arguments.next(), "to unlink")
        arguments.end()
        await get_own(ctx)
        await self.bot.read(systems.check_unlinkable, ctx.author.id, other_id)
        if await confirm(ctx, f"Unlink <@{other_id}>? It can no longer reach the system then.", "Unlink", arguments):
            told = await self.bot.write(systems.unlink_account, ctx.author.id, other_id)
            self.bot.dispatch("webhook_retired", [user_id for user_id in told if user_id != ctx.author.id])
            text = f"<@{other_id}> is no longer linked to the system."
            await answer(ctx, card(text=text + _describe_retired(ctx) if told else text))
        else:
            await answer(ctx, card(text="Nothing was changed."))


def _describe_retired(ctx: Context) -> str:
    again = typed(ctx, "system webhook <address>")
    return f" Its webhook was cleared, since that account knows it; {again}, in a DM to me, sets it again."


async def _check_person(ctx: Context, user_id: int) -> None:
    if (await get_user(ctx, user_id)).bot:
        raise Invalid("A bot cannot be linked to a system.")


def setup(bot: commands.Bot) -> None:
    bot.add_cog(LinkedAccounts(bot))
