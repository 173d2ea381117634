"""Answers of several pages, turned with buttons by whoever asked."""

import logging
from collections.abc import Awaitable, Callable

import discord

from rules.errors import Refused

log = logging.getLogger(__name__)

PATIENCE_S = 300

Page = Callable[[int], Awaitable[discord.Embed]]


class Pages(discord.ui.View):
    """Buttons under an answer; `show` makes the page with a number, from 0 on."""

    def __init__(self, user_id: int, count: int, show: Page) -> None:
        super().__init__(timeout=PATIENCE_S, disable_on_timeout=True)
        self.user_id, self.count, self.show, self.at = user_id, count, show, 0
        self.turns = {
            "⏮": lambda at: 0,
            "◀": lambda at: max(at - 1, 0),
            "▶": lambda at: min(at + 1, count - 1),
            "⏭": lambda at: count - 1,
        }
        for label in self.turns:
            self.add_item(_Turn(label))
        self.mark_ends()

    def mark_ends(self) -> None:
        """Switch off the buttons that lead nowhere."""
        for button in self.children:
            button.disabled = self.turns[button.label](self.at) == self.at

    async def interaction_check(self, interaction: discord.Interaction) -> bool:
        if interaction.user.id == self.user_id:
            return True
        await interaction.response.send_message("Only who asked can turn the pages.", ephemeral=True)
        return False

    async def on_error(self, error: Exception, item: discord.ui.Item, interaction: discord.Interaction) -> None:
        told = isinstance(error, Refused)
        if not told:
            log.error("a page could not be turned", exc_info=error)
        sentence = error.sentence if told else "This page cannot be shown just now; ask for the list again."
        await interaction.response.send_message(sentence, ephemeral=True)

    async def on_timeout(self) -> None:
        try:
            await super().on_timeout()
        except discord.HTTPException as error:
            log.info("the buttons under a list could not be switched off: %s", error)


class _Turn(discord.ui.Button):
    def __init__(self, label: str) -> None:
        super().__init__(label=label, style=discord.ButtonStyle.secondary)

    async def callback(self, interaction: discord.Interaction) -> None:
        pages = self.view
        pages.at = pages.turns[self.label](pages.at)
        pages.mark_ends()
        await interaction.response.edit_message(embed=await pages.show(pages.at), view=pages)
