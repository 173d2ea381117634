"""`.token`, and revoking a token that somebody pasted where others can read it."""

import asyncio
import logging

import discord
from discord.ext import bridge, commands

from cogs.replies import CLOSED_DMS, answer, card, send_dm
from rules import tokens
from rules.errors import Invalid

log = logging.getLogger(__name__)

REVOKED = "A message held your Rollcall token, so I revoked it. `.token` sends you a new one."


class Tokens(commands.Cog, name="tokens"):
    """Making tokens and taking leaked ones back."""

    def __init__(self, bot: commands.Bot) -> None:
        self.bot = bot
        self.making: dict[int, asyncio.Lock] = {}
        bot.message_guards.append(self.guard_message)

    @bridge.bridge_command(description="Get your API token by DM; an older one stops working")
    async def token(self, ctx: bridge.BridgeContext) -> None:
        user = ctx.author
        lock = self.making.setdefault(user.id, asyncio.Lock())
        if lock.locked():
            raise Invalid("Your token is on its way; see your DMs.")
        if ctx.is_app:
            await ctx.defer(ephemeral=True)
        async with lock:
            await self.send_token(user)
        self.making.pop(user.id, None)
        if ctx.guild or ctx.is_app:
            await answer(ctx, card(text="See your DMs."))

    async def send_token(self, user: discord.abc.User) -> None:
        """The DM comes first: a user who takes no DMs keeps the old token."""
        token = tokens.make_token(user.id)
        text = (
            f"```{token}```\nSend it as the `Authorization` header. It opens your key/value pairs, so keep it to"
            f" yourself; `.token` replaces it.\n```curl -H 'Authorization: {token}' {self.bot.config.public_url}/user/@me```"
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
            try:
                await message.delete()
            except discord.HTTPException as error:
                log.info("a message with a token could not be deleted: %s", error)
        return True

    async def bot_check(self, ctx: bridge.BridgeContext) -> bool:
        """The same for the options of a slash command."""
        if ctx.is_app:
            found = tokens.find_tokens(str(ctx.interaction.data.get("options", "")))
            if found and await self.revoke(found):
                raise Invalid("That was a token, and it is revoked now; `.token` sends its owner a new one.")
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


def setup(bot: commands.Bot) -> None:
    bot.add_cog(Tokens(bot))
