"""Buttons beside those that answer a question: each is an option that is on or off until one of those is pressed."""

from collections.abc import Collection, Mapping

import discord

LABEL_LENGTH = 80


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
