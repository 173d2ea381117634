"""Letting the caller choose one of several things from a menu."""

import asyncio

import discord

from cogs.commands.responses import Context, answer, card

PATIENCE_S = 300
ON_A_PAGE = 24
MORE = "…"


class _Menu(discord.ui.View):
    def __init__(self, user_id: int, options: list[str]) -> None:
        super().__init__(timeout=PATIENCE_S)
        self.user_id, self.options, self.at = user_id, options, 0
        self.chosen: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self.add_item(_Select(self.page()))

    def page(self) -> list[str]:
        shown = self.options[self.at : self.at + ON_A_PAGE]
        return [*shown, MORE] if len(self.options) > ON_A_PAGE else shown

    async def interaction_check(self, interaction: discord.Interaction) -> bool:
        if interaction.user.id == self.user_id:
            return True
        await interaction.response.send_message("This question is for somebody else.", ephemeral=True)
        return False


class _Select(discord.ui.Select):
    def __init__(self, options: list[str]) -> None:
        super().__init__(options=[discord.SelectOption(label=option[:100]) for option in options])

    async def callback(self, interaction: discord.Interaction) -> None:
        menu = self.view
        if self.values[0] == MORE:
            menu.at += ON_A_PAGE
            menu.at = menu.at if menu.at < len(menu.options) else 0
            menu.clear_items()
            menu.add_item(_Select(menu.page()))
            await interaction.response.edit_message(view=menu)
            return
        if not menu.chosen.done():
            menu.chosen.set_result(self.values[0])
        await interaction.response.edit_message(view=None)


async def choose(ctx: Context, question: str, options: list[str]) -> str | None:
    """What the caller picks from a menu of texts, or None after five minutes."""
    menu = _Menu(ctx.author.id, options)
    await answer(ctx, card(text=question), view=menu)
    done, _ = await asyncio.wait({menu.chosen}, timeout=PATIENCE_S)
    menu.stop()
    return menu.chosen.result() if done else None
