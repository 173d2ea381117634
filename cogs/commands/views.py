"""Buttons and menus under an answer that one account alone may press."""

import discord

TIMEOUT_S = 300


class OwnerView(discord.ui.View):
    """Components for one account, for five minutes; whoever else presses one is told so and nothing happens."""

    refusal = "This question is for somebody else."

    def __init__(self, owner_id: int, **options: bool) -> None:
        super().__init__(timeout=TIMEOUT_S, **options)
        self.owner_id = owner_id

    async def interaction_check(self, interaction: discord.Interaction) -> bool:
        if interaction.user.id == self.owner_id:
            return True
        await interaction.response.send_message(self.refusal, ephemeral=True)
        return False
