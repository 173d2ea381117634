"""`.github`, and keeping the cards fresh in the background; the web process never calls GitHub."""

import asyncio
import logging
import time

from discord.ext import bridge, commands

from cogs.account.github_client import Answer, GitHubClient, Unreachable
from cogs.commands.arguments import Arguments
from cogs.commands.registry import takes_words
from cogs.commands.responses import answer, card, named
from rules.account import github
from rules.errors import Invalid, NotFound

log = logging.getLogger(__name__)

LOOK_EVERY_S = 5
MOST_AT_ONCE = 20
PACE_S = 10


class GitHub(commands.Cog, name="github"):
    """One account a user; anybody may name any account, as on a profile page."""

    def __init__(self, bot: commands.Bot) -> None:
        self.bot = bot
        self.client = GitHubClient(bot.config.github_api_base, bot.config.github_token)
        self.asked_at: dict[int, float] = {}
        self.refreshing: asyncio.Task | None = None

    async def start(self) -> None:
        """Begin to keep the cards fresh."""
        self.refreshing = asyncio.create_task(self.refresh())

    async def stop(self) -> None:
        """End that, whatever is under way."""
        if self.refreshing:
            self.refreshing.cancel()
            await asyncio.gather(self.refreshing, return_exceptions=True)
        self.client.close()

    @bridge.bridge_command(description="Show your GitHub account on your profile, or “off”", usage="<username> | off")
    @takes_words(1)
    async def github(self, ctx: bridge.BridgeContext, *, username: str) -> None:
        if not ctx.is_app:
            username = Arguments(username, flags=False).next()
        if username.lower() == "off":
            await self.bot.write(github.disconnect, ctx.author.id)
            await answer(ctx, card(text="Your GitHub account is off your profile."))
            return
        username = github.read_username(username)
        self.check_pace(ctx.author.id)
        try:
            found = await self.client.find_by_name(username)
        except Unreachable:
            raise Invalid("GitHub cannot be asked now; try again in a few minutes.") from None
        if found.account is None:
            raise NotFound(f"GitHub has no user “{username}”.")
        before = await self.bot.read(github.find_username, ctx.author.id)
        await self.bot.write(github.connect, ctx.author.id, found.account, found.etag)
        await answer(ctx, card(text=_describe(ctx, found.account["login"], before)))

    def check_pace(self, user_id: int) -> None:
        """One look-up a user in a while, since GitHub's limit is shared by all. Raises Invalid."""
        now = time.monotonic()
        self.asked_at = {user: at for user, at in self.asked_at.items() if now - at < PACE_S}
        if user_id in self.asked_at:
            raise Invalid(f"Wait {PACE_S} s before you ask for another account.")
        self.asked_at[user_id] = now

    async def refresh(self) -> None:
        """For ever: ask again for the cards that are an hour old."""
        while True:
            wait = await self.refresh_due()
            await asyncio.sleep(wait)

    async def refresh_due(self) -> float:
        """Refresh some of the due cards; returns how long to wait before the next look, in seconds."""
        try:
            for user_id, account_id, etag in await self.bot.read(github.get_due, MOST_AT_ONCE):
                await self.refresh_one(user_id, account_id, etag)
        except Unreachable as error:
            log.warning("%s; the cards stay as they are, next try in %.0f s", error, error.wait_s)
            return error.wait_s
        except Exception as error:
            log.error("GitHub cards could not be refreshed: %r", error)
        return LOOK_EVERY_S

    async def refresh_one(self, user_id: int, account_id: int, etag: str | None) -> None:
        """Ask for one account again, by its number. Raises Unreachable, with the card put off for later."""
        try:
            found = await self.client.find_by_id(account_id, etag)
        except Unreachable:
            await self.bot.write(github.keep_card, user_id, account_id, github.RETRY_AFTER_MS)
            raise
        if found.unchanged:
            await self.bot.write(github.keep_card, user_id, account_id)
        else:
            await self.replace(user_id, account_id, found)

    async def replace(self, user_id: int, account_id: int, found: Answer) -> None:
        """Store what GitHub says now, and log it where the account was renamed or deleted."""
        before = await self.bot.read(github.find_username, user_id)
        await self.bot.write(github.replace_card, user_id, account_id, found.account, found.etag)
        if found.account is None and before is not None:
            log.info("the GitHub account of %s was deleted", user_id)
        elif found.account and before != found.account["login"]:
            log.info("the GitHub account of %s was renamed", user_id)


def _describe(ctx: bridge.BridgeContext, login: str, before: str | None) -> str:
    if before in (None, login):
        return f"{login} is on your profile now; {named(ctx, 'github off')} takes it off."
    return f"{login} is on your profile now, in the place of {before}; {named(ctx, f'github {before}')} undoes that."


def setup(bot: commands.Bot) -> None:
    bot.add_cog(GitHub(bot))
