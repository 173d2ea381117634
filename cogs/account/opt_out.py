"""`.hide`, `.show` and `.forget`: who wants to be published, and who wants to be gone."""

import asyncio

from discord.ext import bridge, commands

from cogs.account import privacy
from cogs.commands.confirm import confirm
from cogs.commands.responses import answer, card, named, typed
from cogs.purge import PAUSE_S
from rules import opt_out
from rules.account import erasure, privacy_statement
from rules.presence import publication

FORGET = (
    "This deletes everything stored about you: your token, your key/value pairs, your GitHub connection, your"
    " presence, and your system with its members, switches and imports unless other accounts are linked to it."
    " Nothing is stored again, and you stay hidden, until {}."
)


class OptOut(commands.Cog, name="opt_out"):
    """Nothing here asks twice but what cannot be undone."""

    def __init__(self, bot: commands.Bot) -> None:
        self.bot = bot

    @bridge.bridge_command(description="Hide your status, song and games from everybody else")
    async def hide(self, ctx: bridge.BridgeContext) -> None:
        await self.bot.write(opt_out.hide, ctx.author.id)
        hidden = await self._describe_hidden(ctx)
        await answer(
            ctx,
            card(
                text=f"{hidden}\nA system, its members and who fronts stay public where you did"
                f" not make them private: {typed(ctx, 'system privacy')} and"
                f" {typed(ctx, 'member <name> privacy')} show and change that."
            ),
        )

    async def _describe_hidden(self, ctx: bridge.BridgeContext) -> str:
        show, is_asked = named(ctx, "show"), self.bot.config.publish == publication.OPTIN
        if is_asked and not await self.bot.read(opt_out.is_opted_in, ctx.author.id):
            return f"Nobody sees your status, song and games, as you never asked for it; {show} asks for it."
        return f"You are hidden: only your own token sees your status, song and games. {show} undoes it."

    @bridge.bridge_command(description="Let anyone on the web see your status, song and games")
    async def show(self, ctx: bridge.BridgeContext) -> None:
        seen = privacy_statement.SHOWN[publication.kind_of(self.bot.config.publish)]
        was_hidden = await self.bot.write(opt_out.show, ctx.author.id)
        self.bot.dispatch("shown", ctx.author.id)
        fronts = await privacy.tell_front(ctx)
        await answer(ctx, card(text=f"You {'are no longer' if was_hidden else 'were not'} hidden. {seen}{fronts}"))

    @bridge.bridge_command(description="Delete everything stored about you")
    async def forget(self, ctx: bridge.BridgeContext) -> None:
        show = named(ctx, "show")
        if await confirm(ctx, FORGET.format(show), "Forget me"):
            await self.forget_all(ctx.author.id)
            await answer(ctx, card(text=f"Everything about you is deleted, and you are hidden until {show}."))
        else:
            await answer(ctx, card(text="Nothing was deleted."))

    async def forget_all(self, user_id: int) -> None:
        """Forget somebody, in steps between which others may write."""
        more = True
        while more:
            more = await self.bot.write(erasure.forget_some_messages, user_id)
            await asyncio.sleep(PAUSE_S if more else 0)
        self.bot.dispatch("webhook_retired", await self.bot.write(erasure.forget, user_id))
        self.bot.dispatch("purge")


def setup(bot: commands.Bot) -> None:
    bot.add_cog(OptOut(bot))
