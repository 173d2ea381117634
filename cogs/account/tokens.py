"""`.token`, and revoking a token that somebody pasted where others can read it."""

import logging

import discord
from discord.ext import bridge, commands

from cogs.commands.responses import CLOSED_DMS, ClosedDMs, answer, card, named, send_dm
from rules import opt_out
from rules.account import tokens
from rules.errors import Invalid

log = logging.getLogger(__name__)


class Tokens(commands.Cog, name="tokens"):
    """Making tokens and taking leaked ones back."""

    def __init__(self, bot: commands.Bot) -> None:
        self.bot = bot
        self.making: set[int] = set()
        bot.message_guards.append(self.guard_message)

    @bridge.bridge_command(description="Get your API token by DM; an older one stops working")
    async def token(self, ctx: bridge.BridgeContext) -> None:
        user = ctx.author
        if user.id in self.making:
            raise Invalid("Your token is on its way; see your DMs.")
        self.making.add(user.id)
        try:
            await self.send_token(user)
        finally:
            self.making.discard(user.id)
        if ctx.guild or ctx.is_app:
            await answer(ctx, card(text="See your DMs."))

    async def send_token(self, user: discord.abc.User) -> None:
        """The DM comes first: a user who takes no DMs keeps the old token."""
        await self.bot.read(opt_out.check_storable, user.id)
        token = tokens.make_token(user.id)
        text = (
            f"```{token}```\nSend it as the `Authorization` header. It opens your key/value pairs and your"
            f" system, so keep it to yourself; {named(self.bot, 'token')} replaces it."
            f"\n```curl -H 'Authorization: {token}' {self.bot.config.public_url}/user/@me```"
        )
        try:
            await send_dm(user, card("Your Rollcall token", text))
        except ClosedDMs:
            raise Invalid(f"{CLOSED_DMS}. A token you already have goes on working.") from None
        await self.bot.write_patiently(tokens.store_token, user.id, tokens.hash_token(token))

    async def guard_message(self, message: discord.Message) -> bool:
        """Whether the message gave a token away, in a server or in a command; then it is dealt with."""
        found = tokens.find_tokens(message.content)
        if not found:
            return False
        if message.guild is None and not (await self.bot.get_context(message)).valid:
            return False
        return await self.revoke(found, message if message.guild else None)

    @commands.Cog.listener()
    async def on_raw_message_edit(self, payload: discord.RawMessageUpdateEvent) -> None:
        """Revoke a token that an edit put into a message of a server."""
        found = tokens.find_tokens(payload.data.get("content") or "")
        if payload.guild_id and found:
            channel = self.bot.get_partial_messageable(payload.channel_id)
            await self.revoke(found, channel.get_partial_message(payload.message_id))

    async def bot_check(self, ctx: bridge.BridgeContext) -> bool:
        """Revoke a token among the options of a slash command, and refuse the command."""
        if ctx.is_app:
            found = tokens.find_tokens(str(ctx.interaction.data.get("options", "")))
            if found and await self.revoke(found):
                again = named(self.bot, "token")
                sentence = f"That was a token, and it is revoked now; {again} sends its owner a new one."
                # py-cord takes only its own exceptions from a check.
                raise discord.ApplicationCommandInvokeError(Invalid(sentence))
        return True

    async def revoke(self, found: list[str], message: discord.Message | discord.PartialMessage | None = None) -> bool:
        """Revoke those that verify, delete the message they were in, and tell their owners; whether there were any."""
        owners = await self.bot.read(tokens.find_owners, found)
        if not owners:
            return False
        if message:
            await _delete(message)
        await self.bot.write_patiently(tokens.revoke_tokens, owners)
        for owner in owners:
            self.bot.loop.create_task(self.tell(owner.user_id))
        return True

    async def tell(self, user_id: int) -> None:
        """Tell an owner by DM that a token was revoked, if that is possible."""
        text = f"A message held your Rollcall token, so I revoked it. {named(self.bot, 'token')} sends you a new one."
        try:
            await send_dm(await self.bot.fetch_user(user_id), card("Token revoked", text))
        except (ClosedDMs, discord.HTTPException) as error:
            log.info("the owner of a revoked token could not be told: %s", error)


async def _delete(message: discord.Message | discord.PartialMessage) -> None:
    try:
        await message.delete()
    except discord.HTTPException as error:
        log.info("a message with a token could not be deleted: %s", error)


def setup(bot: commands.Bot) -> None:
    bot.add_cog(Tokens(bot))
