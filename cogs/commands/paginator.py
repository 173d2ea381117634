"""Answers of several pages, turned with buttons by whoever asked."""

import logging
from collections.abc import Awaitable, Callable

import discord

from cogs.commands.views import OwnerView
from rules.errors import Refused

log = logging.getLogger(__name__)

PageMaker = Callable[[int], Awaitable[discord.Embed]]


class Paginator(OwnerView):
    """Buttons under an answer of `count` pages; `make_page` makes the one with a number, from 0 on."""

    refusal = "Only who asked can turn the pages."

    def __init__(self, owner_id: int, count: int, make_page: PageMaker) -> None:
        super().__init__(owner_id, disable_on_timeout=True)
        self.make_page, self.number = make_page, 0
        self.turns = {
            "⏮": lambda number: 0,
            "◀": lambda number: max(number - 1, 0),
            "▶": lambda number: min(number + 1, count - 1),
            "⏭": lambda number: count - 1,
        }
        for label in self.turns:
            self.add_item(_TurnButton(label))
        self.mark_ends()

    def mark_ends(self) -> None:
        """Switch off the buttons that lead nowhere."""
        for button in self.children:
            button.disabled = self.turns[button.label](self.number) == self.number

    async def on_error(self, error: Exception, item: discord.ui.Item, interaction: discord.Interaction) -> None:
        told = isinstance(error, Refused)
        if not told:
            log.error("a page could not be turned", exc_info=error)
        sentence = error.told if told else "This page cannot be shown just now; ask for the list again."
        await interaction.response.send_message(sentence, ephemeral=True)

    async def on_timeout(self) -> None:
        try:
            await super().on_timeout()
        except discord.HTTPException as error:
            log.info("the buttons under a list could not be switched off: %s", error)


class _TurnButton(discord.ui.Button):
    def __init__(self, label: str) -> None:
        super().__init__(label=label, style=discord.ButtonStyle.secondary)

    async def callback(self, interaction: discord.Interaction) -> None:
        paginator = self.view
        paginator.number = paginator.turns[self.label](paginator.number)
        paginator.mark_ends()
        await interaction.response.edit_message(embed=await paginator.make_page(paginator.number), view=paginator)
