"""Buttons and menus under an answer that one account alone may press."""

import discord

TIMEOUT_S = 300


def is_live(interaction: discord.Interaction) -> bool:
    """Whether somebody here waits for the button or menu that was used; after a restart nobody does."""
    # Only py-cord's own store knows, and it has no public question for it.
    known = interaction._state._view_store._views
    kind, name = interaction.data["component_type"], interaction.data["custom_id"]
    message_id = interaction.message and interaction.message.id
    return interaction.response.is_done() or (kind, message_id, name) in known or (kind, None, name) in known


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
