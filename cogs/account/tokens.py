"""`.token`, and revoking a token that somebody pasted where others can read it."""

import logging

import discord
from discord.ext import bridge, commands

from cogs.commands.arguments import Arguments
from cogs.commands.confirm import confirm
from cogs.commands.registry import systems_command
from cogs.commands.responses import (
    CLOSED_DMS,
    ClosedDMs,
    Context,
    answer,
    card,
    is_presence,
    named,
    named_by,
    send_dm,
    typed,
)
from rules import opt_out
from rules.account import tokens
from rules.errors import Invalid

log = logging.getLogger(__name__)

REFRESH = ("refresh", "renew", "invalidate", "reroll", "regen")


class Tokens(commands.Cog, name="tokens"):
    """Making tokens and taking leaked ones back."""

    def __init__(self, bot: commands.Bot) -> None:
        self.bot = bot
        self.making: set[int] = set()
        bot.message_guards.append(self.guard_message)

    @bridge.bridge_command(aliases=["apikey"], description="Get your API token by DM; an older one stops working")
    async def token(self, ctx: bridge.BridgeContext) -> None:
        await self.replace_token(ctx)

    @systems_command("token", usage="[refresh]")
    async def systems_token(self, ctx: Context, *, text: str = "") -> None:
        arguments = Arguments(text)
        word = arguments.peek()
        if word and word.lower() in REFRESH:
            arguments.next()
        arguments.end()
        question = "You have a token. A new one ends it, and your web page and programs must be given the new one."
        if (
            word
            or not await self.bot.read(tokens.has_token, ctx.author.id)
            or await confirm(ctx, question, "Replace it", arguments)
        ):
            await self.replace_token(ctx)
        else:
            await answer(ctx, card(text="Your token goes on working."))

    async def replace_token(self, ctx: Context) -> None:
        """Send the caller a new token, which replaces an older one. Raises Invalid, NotAllowed."""
        user = ctx.author
        if user.id in self.making:
            raise Invalid("Your token is on its way; see your DMs.")
        self.making.add(user.id)
        try:
            by_dm = await self.send_token(ctx)
        finally:
            self.making.discard(user.id)
        if by_dm and (ctx.guild or ctx.is_app):
            await answer(ctx, card(text="See your DMs."))

    async def send_token(self, ctx: Context) -> bool:
        """Send a token and then store it: a user whom it does not reach keeps the old one. Returns whether by DM.

        Where DMs are closed, a slash command's own answer is as private.
        """
        user = ctx.author
        await self.bot.read(opt_out.check_storable, user.id)
        token = tokens.make_token(user.id)
        embed = card("Your Rollcall token", self.explain(ctx, token))
        by_dm = True
        try:
            await send_dm(user, embed)
        except ClosedDMs:
            if not ctx.is_app:
                slash = "`/token` shows it to you alone"
                raise Invalid(f"{CLOSED_DMS}; or {slash}. A token you already have goes on working.") from None
            by_dm = False
            await answer(ctx, embed)
        await self.bot.write_patiently(tokens.store_token, user.id, tokens.hash_token(token))
        return by_dm

    def explain(self, ctx: Context, token: str) -> str:
        """What a token opens, and how it is used."""
        url = self.bot.config.public_url
        again = named(ctx, "token") if ctx.is_app or is_presence(ctx) else typed(ctx, "token")
        return (
            f"```{token}```\nSend it as the `Authorization` header. It opens your key/value pairs and your"
            f" system, so keep it to yourself; {again} replaces it."
            f"\n```curl -H 'Authorization: {token}' {url}/user/@me```"
            f"\nYour system, if you have one:\n```curl -H 'Authorization: {token}' {url}/v1/s```"
        )

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
        found = tokens.find_tokens(str(payload.data.get("content") or ""))
        if payload.guild_id and found:
            channel = self.bot.get_partial_messageable(payload.channel_id)
            await self.revoke(found, channel.get_partial_message(payload.message_id))

    async def bot_check(self, ctx: bridge.BridgeContext) -> bool:
        """Revoke a token among the options of a slash command, and refuse the command."""
        if ctx.is_app:
            found = tokens.find_tokens(str(ctx.interaction.data.get("options", "")))
            if found and await self.revoke(found):
                again = named(ctx, "token")
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
        again = named_by(self.bot, "token")
        text = f"A message held your Rollcall token, so I revoked it. {again} sends you a new one."
        try:
            await send_dm(await self.bot.fetch_user(user_id), card("Token revoked", text))
        except (ClosedDMs, discord.HTTPException) as error:
            log.info("the owner of a revoked token could not be told: %s", error)


def holds_token(text: str) -> bool:
    """Whether something in a text has the form of a token."""
    return bool(tokens.find_tokens(text))


async def _delete(message: discord.Message | discord.PartialMessage) -> None:
    try:
        await message.delete()
    except discord.HTTPException as error:
        log.info("a message with a token could not be deleted: %s", error)


def setup(bot: commands.Bot) -> None:
    bot.add_cog(Tokens(bot))
