"""`pk;config backup`, and the files that it sends by DM: one after the other, whenever somebody's turn has come."""

import asyncio
import contextlib
import logging

import discord
from discord.ext import commands
from sqlalchemy.exc import DatabaseError

from cogs.commands.arguments import OFF, Arguments
from cogs.commands.responses import CLOSED_DMS, Context, answer, card, send_dm, typed, typed_by
from cogs.transfer.exports import make_file
from cogs.transfer.uploads import as_upload
from database.faults import Locked
from rules.errors import Invalid, Refused, TooLarge
from rules.transfer.writing import backups
from rules.transfer.writing.formats import PLURALPORT

log = logging.getLogger(__name__)

LOOK_EVERY_S = 60
# Between two files, so that everybody else's answers come first.
PAUSE_S = 5
HOW_OFTEN = {backups.WEEKLY: "once a week", backups.MONTHLY: "every 30 days"}


async def config_backup(ctx: Context, arguments: Arguments) -> None:
    """Say or change how often the caller gets a backup; the first one comes at once, so that it is sure to arrive."""
    word = (arguments.next() or "").lower()
    arguments.end()
    user_id, before = ctx.author.id, await ctx.bot.read(backups.find_schedule, ctx.author.id)
    if not word:
        await answer(ctx, card(text=describe(ctx, before)))
        return
    every = backups.OFF if word in OFF else word
    if every not in (backups.OFF, *HOW_OFTEN):
        raise Invalid("Say `config backup weekly`, `config backup monthly` or `config backup off`.")
    if every != backups.OFF and (every != before.every or before.is_given_up):
        await send_backup(ctx.bot, ctx.author, "This is the first; the next ones come by themselves.")
    found = await ctx.bot.write(backups.schedule, user_id, every)
    await answer(ctx, card(text=describe(ctx, found)))


def describe(ctx: Context, found: backups.Schedule) -> str:
    """How often the caller gets a backup, and what keeps it from coming."""
    if found.is_given_up:
        again = typed(ctx, f"config backup {found.every}")
        return (
            f"You get no backup any more, since none could be sent from <t:{found.failed_at // 1000}:D> on."
            f" {CLOSED_DMS}; then {again} begins anew."
        )
    if found.due_at is None:
        weekly = typed(ctx, "config backup weekly")
        return f"You get no backup; {weekly} sends you your system as a file, by DM, every week."
    text = f"You get your system as a file by DM, {HOW_OFTEN[found.every]}, next <t:{found.due_at // 1000}:R>."
    if found.failed_at:
        text += f" The last one could not be sent <t:{found.failed_at // 1000}:R>: {CLOSED_DMS}. I try every day."
    return text


async def send_backup(bot: commands.Bot, user: discord.abc.User, text: str = "") -> None:
    """Send a user's file. Raises ClosedDMs, NotAuthenticated, and TooLarge."""
    made = await make_file(bot, user.id, PLURALPORT)
    ends = typed_by(bot, "config backup off")
    parts = ("Everything in your system, to be kept somewhere else.", text, made.told, f"{ends} ends this.")
    embed = card("Your backup", " ".join(part for part in parts if part))
    await send_dm(user, embed, file=as_upload(made))


class Backups(commands.Cog, name="backups"):
    """Sends what is due; what came due while nobody was there is sent once, too."""

    def __init__(self, bot: commands.Bot) -> None:
        self.bot = bot
        self.sending: asyncio.Task | None = None
        self.woken = asyncio.Event()

    @commands.Cog.listener()
    async def on_connect(self) -> None:
        """Nobody can be sent anything before; later ones are reconnections."""
        if self.sending is None or self.sending.done():
            self.sending = asyncio.create_task(self.run())
        self.woken.set()

    async def stop(self) -> None:
        """End the sending; what is due stays due."""
        if self.sending:
            self.sending.cancel()
            await asyncio.gather(self.sending, return_exceptions=True)

    async def run(self) -> None:
        """For ever: send the next that is due, or look again in a minute."""
        while True:
            pause = PAUSE_S if await self.send_next() else LOOK_EVERY_S
            self.woken.clear()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.woken.wait(), pause)

    async def send_next(self) -> bool:
        """Send one that is due, whatever comes of it; returns whether there was one, after which may be another."""
        try:
            user_id = await self.bot.write(backups.take_due) if await self.bot.read(backups.find_due) else None
            if user_id is None:
                return False
            note = backups.note_sent if await self.deliver(user_id) else backups.note_failed
            await self.bot.write_patiently(note, user_id)
        except (Locked, DatabaseError) as error:
            log.warning("a backup waits: %r", error)
            return False
        return True

    async def deliver(self, user_id: int) -> bool:
        """Send one, or where it is too large how else to get it; returns whether that arrived."""
        try:
            user = await self.bot.fetch_user(user_id)
            try:
                await send_backup(self.bot, user)
            except TooLarge as refused:
                await send_dm(user, card("Your backup", refused.told))
        except (Refused, discord.HTTPException, OSError, TimeoutError) as error:
            # Of a refusal its kind alone: the sentence may name something of a system.
            log.warning("a backup could not be sent: %s", type(error).__name__)
            return False
        except Exception:
            log.exception("a backup failed")
            return False
        return True


def setup(bot: commands.Bot) -> None:
    bot.add_cog(Backups(bot))
