"""Asking somebody to confirm: a button, or a typed “yes”; only that person can answer, and only for a while."""

import asyncio
import logging

import discord

from cogs.replies import Context, answer, card

log = logging.getLogger(__name__)

PATIENCE_S = 60


class _Buttons(discord.ui.View):
    def __init__(self, user_id: int, yes: str) -> None:
        super().__init__(timeout=PATIENCE_S)
        self.user_id = user_id
        self.answered: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        for label, style, value in (
            (yes, discord.ButtonStyle.danger, True),
            ("No", discord.ButtonStyle.secondary, False),
        ):
            self.add_item(_Button(label, style, value))

    async def interaction_check(self, interaction: discord.Interaction) -> bool:
        if interaction.user.id == self.user_id:
            return True
        await interaction.response.send_message("This question is for somebody else.", ephemeral=True)
        return False


class _Button(discord.ui.Button):
    def __init__(self, label: str, style: discord.ButtonStyle, value: bool) -> None:
        super().__init__(label=label, style=style)
        self.value = value

    async def callback(self, interaction: discord.Interaction) -> None:
        if not self.view.answered.done():
            self.view.answered.set_result(self.value)
        await interaction.response.edit_message(view=None)


async def confirm(ctx: Context, question: str, yes: str) -> bool:
    """Ask, and wait up to a minute; silence and anything but the button or a typed “yes” is a no."""
    view = _Buttons(ctx.author.id, yes)
    asked = await answer(ctx, card(text=f"{question}\nPress the button, or type `yes`."), view=view)

    def is_reply(message: discord.Message) -> bool:
        return message.author.id == ctx.author.id and message.channel.id == ctx.channel.id

    typed = asyncio.ensure_future(ctx.bot.wait_for("message", check=is_reply))
    done, _ = await asyncio.wait({view.answered, typed}, timeout=PATIENCE_S, return_when=asyncio.FIRST_COMPLETED)
    typed.cancel()
    view.stop()
    if view.answered in done:
        return view.answered.result()
    try:
        await asked.edit(view=None)
    except discord.HTTPException as error:
        log.info("the buttons of a question could not be taken away: %s", error)
    return typed in done and typed.result().content.strip().lower() in ("yes", "y")
