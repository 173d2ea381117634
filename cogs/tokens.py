"""`.token`, and revoking a token that somebody pasted where others can read it."""

import asyncio
import logging

import discord
from discord.ext import bridge, commands

from cogs.replies import CLOSED_DMS, answer, card, send_dm
from rules import tokens
from rules.errors import Invalid

log = logging.getLogger(__name__)

GIVEN_AWAY = "That was a token, and it is revoked now; `.token` sends its owner a new one."
REVOKED = "A message held your Rollcall token, so I revoked it. `.token` sends you a new one."


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
            if ctx.is_app:
                await ctx.defer(ephemeral=True)
            await self.send_token(user)
        finally:
            self.making.discard(user.id)
        if ctx.guild or ctx.is_app:
            await answer(ctx, card(text="See your DMs."))

    async def send_token(self, user: discord.abc.User) -> None:
        """The DM comes first: a user who takes no DMs keeps the old token."""
        token = tokens.make_token(user.id)
        text = (
            f"```{token}```\nSend it as the `Authorization` header. It opens your key/value pairs, so keep it to"
            " yourself; `.token` replaces it."
            f"\n```curl -H 'Authorization: {token}' {self.bot.config.public_url}/user/@me```"
        )
        hashed = await asyncio.to_thread(tokens.hash_token, token)
        try:
            await send_dm(user, card("Your Rollcall token", text))
        except Invalid:
            raise Invalid(f"{CLOSED_DMS.split(',')[0]}. A token you already have goes on working.") from None
        await self.bot.write(tokens.store_token, user.id, hashed)

    async def guard_message(self, message: discord.Message) -> bool:
        """Whether the message gave a token away, in a server or in a command; then it is dealt with."""
        found = tokens.find_tokens(message.content)
        if not found:
            return False
        if message.guild is None and not (await self.bot.get_context(message)).valid:
            return False
        if not await self.revoke(found):
            return False
        if message.guild:
            await _delete(message)
        return True

    @commands.Cog.listener()
    async def on_raw_message_edit(self, payload: discord.RawMessageUpdateEvent) -> None:
        """The same for a message that is edited in a server."""
        found = tokens.find_tokens(payload.data.get("content") or "")
        if payload.guild_id and found and await self.revoke(found):
            channel = self.bot.get_partial_messageable(payload.channel_id)
            await _delete(channel.get_partial_message(payload.message_id))

    async def bot_check(self, ctx: bridge.BridgeContext) -> bool:
        """The same for the options of a slash command."""
        if ctx.is_app:
            found = tokens.find_tokens(str(ctx.interaction.data.get("options", "")))
            if found and await self.revoke(found):
                # py-cord takes only its own exceptions from a check.
                raise discord.ApplicationCommandInvokeError(Invalid(GIVEN_AWAY))
        return True

    async def revoke(self, found: list[str]) -> bool:
        """Revoke those that verify and tell their owners."""
        owners = await self.bot.write(tokens.revoke_tokens, found)
        for owner in owners:
            try:
                await send_dm(await self.bot.get_or_fetch_user(owner), card("Token revoked", REVOKED))
            except (Invalid, discord.HTTPException) as error:
                log.info("the owner of a revoked token could not be told: %s", error)
        return bool(owners)


async def _delete(message: discord.Message | discord.PartialMessage) -> None:
    try:
        await message.delete()
    except discord.HTTPException as error:
        log.info("a message with a token could not be deleted: %s", error)


def setup(bot: commands.Bot) -> None:
    bot.add_cog(Tokens(bot))
