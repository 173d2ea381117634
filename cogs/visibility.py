"""`.hide`, `.show` and `.forget`: who wants to be published, and who wants to be gone."""

from discord.ext import bridge, commands

from cogs.confirm import confirm
from cogs.replies import answer, card
from rules import visibility

FORGET = (
    "This deletes everything stored about you: your token, your key/value pairs, your GitHub connection and your"
    " presence. You stay hidden until `.show`."
)


class Visibility(commands.Cog, name="visibility"):
    """Nothing here asks twice but what cannot be undone."""

    def __init__(self, bot: commands.Bot) -> None:
        self.bot = bot

    @bridge.bridge_command(description="Stop publishing your presence")
    async def hide(self, ctx: bridge.BridgeContext) -> None:
        await self.bot.write(visibility.hide, ctx.author.id)
        await answer(ctx, card(text="You are hidden: only your own token sees you. `.show` undoes it."))

    @bridge.bridge_command(description="Publish your presence again")
    async def show(self, ctx: bridge.BridgeContext) -> None:
        if await self.bot.write(visibility.show, ctx.author.id):
            self.bot.dispatch("shown", ctx.author.id)
            await answer(ctx, card(text="You are published again."))
        else:
            await answer(ctx, card(text="You were not hidden."))

    @bridge.bridge_command(description="Delete everything stored about you")
    async def forget(self, ctx: bridge.BridgeContext) -> None:
        if await confirm(ctx, FORGET, "Forget me"):
            await self.bot.write(visibility.forget, ctx.author.id)
            await answer(ctx, card(text="Everything about you is deleted, and you are hidden until `.show`."))
        else:
            await answer(ctx, card(text="Nothing was deleted."))


def setup(bot: commands.Bot) -> None:
    bot.add_cog(Visibility(bot))
