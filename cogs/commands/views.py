"""Buttons and menus under an answer that one account alone may press."""

from collections.abc import Collection, Mapping

import discord

TIMEOUT_S = 300
LABEL_LENGTH = 80


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


class OptionButtons:
    """One row of options: `chosen` are the keys of those that are on; with `only_one` another one goes off for each."""

    def __init__(self, options: Mapping[str, str], chosen: Collection[str], row: int, only_one: bool = False) -> None:
        self.chosen, self.only_one = frozenset(chosen), only_one
        self.buttons = [_Option(self, key, text, row) for key, text in options.items()]

    def press(self, key: str) -> None:
        """Turn an option on, or off where several may be on."""
        self.chosen = frozenset({key}) if self.only_one else self.chosen ^ {key}
        for button in self.buttons:
            button.mark()


class _Option(discord.ui.Button):
    def __init__(self, group: OptionButtons, key: str, text: str, row: int) -> None:
        super().__init__(style=discord.ButtonStyle.secondary, row=row)
        self.group, self.key, self.text = group, key, text
        self.mark()

    def mark(self) -> None:
        is_on = self.key in self.group.chosen
        on, off = ("◉", "○") if self.group.only_one else ("☑", "☐")
        label = f"{on if is_on else off} {self.text}"
        self.label = label if len(label) <= LABEL_LENGTH else f"{label[: LABEL_LENGTH - 1]}…"
        self.style = discord.ButtonStyle.primary if is_on else discord.ButtonStyle.secondary

    async def callback(self, interaction: discord.Interaction) -> None:
        self.group.press(self.key)
        await interaction.response.edit_message(view=self.view)
