"""Letting the caller choose one of several things from a menu."""

import asyncio

import discord

from cogs.commands.responses import Context, answer, card
from cogs.commands.views import TIMEOUT_S, OwnerView

# Discord's limits, of a menu's options and of the choices that a slash command's option suggests.
MOST_OPTIONS = 25
OPTION_LENGTH = 100
# The last option turns the page.
ON_A_PAGE = MOST_OPTIONS - 1
MORE = "…"


class _Menu(OwnerView):
    def __init__(self, owner_id: int, options: list[str]) -> None:
        super().__init__(owner_id)
        self.options, self.first = options, 0
        self.chosen: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self.add_item(_Select(self.page()))

    def page(self) -> list[str]:
        """The options that are shown at once."""
        page = self.options[self.first : self.first + ON_A_PAGE]
        return [*page, MORE] if len(self.options) > ON_A_PAGE else page

    def turn(self) -> None:
        """To the next page of options; after the last comes the first."""
        self.first = self.first + ON_A_PAGE if self.first + ON_A_PAGE < len(self.options) else 0
        self.clear_items()
        self.add_item(_Select(self.page()))


class _Select(discord.ui.Select):
    def __init__(self, options: list[str]) -> None:
        super().__init__(options=[discord.SelectOption(label=option[:OPTION_LENGTH]) for option in options])

    async def callback(self, interaction: discord.Interaction) -> None:
        menu = self.view
        if self.values[0] == MORE:
            menu.turn()
            await interaction.response.edit_message(view=menu)
            return
        if not menu.chosen.done():
            menu.chosen.set_result(self.values[0])
        await interaction.response.edit_message(view=None)


async def choose(ctx: Context, question: str, options: list[str]) -> str | None:
    """What the caller picks from a menu of texts, or None after five minutes."""
    menu = _Menu(ctx.author.id, options)
    await answer(ctx, card(text=question), view=menu)
    done, _ = await asyncio.wait({menu.chosen}, timeout=TIMEOUT_S)
    menu.stop()
    return menu.chosen.result() if done else None
