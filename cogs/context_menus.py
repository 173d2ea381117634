"""The menus on a message and on an account: what commands and reactions do, picked with a click."""

import discord
from discord.ext import commands

from cogs.commands.arguments import Arguments
from cogs.commands.error_handler import tell_error
from cogs.commands.responses import Context, answer, answers_with_form, card
from cogs.messages import debug, message_actions
from cogs.messages.edits import build_edit, check_editable
from cogs.proxying.delivery import Delivery
from cogs.systems.system import system_command
from cogs.webhooks.payloads import MOST_TEXT
from models import Message
from rules.errors import NotFound
from rules.proxying import message_records

# Messages are proxied in servers only.
IN_SERVERS = {discord.InteractionContextType.guild}
EDIT_FORM = "edit"


class ContextMenus(commands.Cog, name="context_menus"):
    """Answers are seen by their user alone, and the rules are those of the typed commands."""

    def __init__(self, bot: commands.Bot, delivery: Delivery) -> None:
        self.bot, self.delivery = bot, delivery

    @discord.message_command(name="Who sent this?", contexts=IN_SERVERS)
    async def show(self, ctx: Context, message: discord.Message) -> None:
        await message_actions.show(ctx, await self.get_record(message.id))

    @discord.message_command(name="Edit", contexts=IN_SERVERS)
    @answers_with_form
    async def edit(self, ctx: Context, message: discord.Message) -> None:
        record = await self.get_own(ctx, message.id)
        original, _ = await message_actions.get_editable(ctx, record)
        check_editable(original)
        await ctx.send_modal(make_form(original))

    @discord.message_command(name="Delete", contexts=IN_SERVERS)
    async def delete(self, ctx: Context, message: discord.Message) -> None:
        record = await self.get_record(message.id)
        await message_actions.delete(self.bot, self.delivery, ctx.author.id, record)
        await answer(ctx, card(text="The message is deleted."))

    @discord.message_command(name="Ping sender", contexts=IN_SERVERS)
    async def ping(self, ctx: Context, message: discord.Message) -> None:
        record = await self.get_record(message.id)
        await message_actions.ping(self.bot, record, ctx.author)
        await answer(ctx, card(text=f"<@{record.sender_id}> is pinged."))

    @discord.message_command(name="Why was this not proxied?", contexts=IN_SERVERS)
    async def explain(self, ctx: Context, message: discord.Message) -> None:
        await debug.explain_message(ctx, message.id)

    @discord.user_command(name="System of this account")
    async def system(self, ctx: Context, user: discord.User) -> None:
        await system_command(ctx, Arguments(ready=[user.mention]))

    @commands.Cog.listener()
    async def on_interaction(self, interaction: discord.Interaction) -> None:
        """A form is sent: what it is about stands in its own ID, so that it outlives a restart."""
        if interaction.type is not discord.InteractionType.modal_submit:
            return
        form, _, message_id = interaction.data["custom_id"].partition(" ")
        if form != EDIT_FORM:
            return
        ctx = await self.bot.get_application_context(interaction)
        # py-cord has none for a form, and says so by an AttributeError.
        ctx.command = None
        try:
            await interaction.response.defer(ephemeral=True, invisible=False)
            await self.change(ctx, int(message_id), interaction.data["components"][0]["components"][0]["value"])
        except Exception as error:
            await tell_error(ctx, error)

    async def change(self, ctx: Context, message_id: int, text: str) -> None:
        """Give a message its new text; who may do so is asked again. Raises Refused."""
        record = await self.get_own(ctx, message_id)
        original, may = await message_actions.get_editable(ctx, record)
        payload = build_edit(original, text, Arguments(), may)
        await message_actions.edit(self.bot, self.delivery, record, original, payload)
        await answer(ctx, card(text="The message is edited."))

    async def get_record(self, message_id: int) -> Message:
        """The record of a proxied message. Raises NotFound."""
        try:
            return await self.bot.read(message_records.get_record, message_id)
        except NotFound:
            raise NotFound("I did not proxy this message: whoever stands above it wrote it.") from None

    async def get_own(self, ctx: Context, message_id: int) -> Message:
        """The same of a message that the caller may edit. Raises NotFound, NotAllowed."""
        await self.get_record(message_id)
        return await self.bot.read(message_records.get_own_record, ctx.author.id, message_id)


def make_form(original: discord.Message) -> discord.ui.Modal:
    """A form for the new text of a message, which may be empty where something else is left of it."""
    text = discord.ui.InputText(
        style=discord.InputTextStyle.long,
        label="Text",
        value=original.content or None,
        max_length=MOST_TEXT,
        required=not (original.attachments or original.embeds),
    )
    # py-cord would keep for ever what nobody sends.
    return discord.ui.Modal(text, title="Edit", custom_id=f"{EDIT_FORM} {original.id}", store=False)


def setup(bot: commands.Bot) -> None:
    bot.add_cog(ContextMenus(bot, bot.proxying.delivery))
