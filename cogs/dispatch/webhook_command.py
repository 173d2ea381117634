"""`pk;system webhook`: where a system's events are sent."""

from cogs.commands.arguments import Arguments
from cogs.commands.private_responses import is_private
from cogs.commands.responses import Context, answer, card, send_dm, typed
from cogs.commands.subcommands import Subcommand
from cogs.commands.targets import SystemTarget
from cogs.dispatch.cog import Dispatch
from rules.dispatch import webhooks
from rules.errors import Invalid
from rules.parsing.uuids import format_uuid

CLEAR = ("clear", "remove", "delete", "off", "none", "-clear")


async def webhook(ctx: Context, target: SystemTarget, arguments: Arguments) -> None:
    """Show, set or clear the caller's own webhook."""
    target.check_own()
    word = arguments.next()
    arguments.end()
    if word is None:
        await _show(ctx)
    elif word.lower() in CLEAR:
        await _clear(ctx, target)
    else:
        await _set(ctx, target, word)


async def _show(ctx: Context) -> None:
    url = await ctx.bot.read(webhooks.find_url, ctx.author.id)
    text = f"Your system's events go to {url}" if url else "Your system's events go nowhere."
    hint = f"{typed(ctx, 'system webhook <address>')} sends them to a program of yours."
    await _tell(ctx, text if url else f"{text} {hint}")


async def _clear(ctx: Context, target: SystemTarget) -> None:
    was_set = await ctx.bot.write(webhooks.clear_webhook, ctx.author.id)
    _dispatch(ctx).sender.nudge(target.system.id)
    await answer(ctx, card(text="Your system's events go nowhere now." if was_set else "There was no webhook."))


async def _set(ctx: Context, target: SystemTarget, url: str) -> None:
    if not is_private(ctx):
        raise Invalid("Whoever reads this could send events there too: delete your message, and type it in a DM to me.")
    url = webhooks.read_url(url)
    token = await ctx.bot.write(webhooks.keep_token, ctx.author.id)
    secret = f"Your webhook gets this signing token with every event, and must answer 401 to any other:\n```{token}```"
    await answer(ctx, card(text=secret))
    await _dispatch(ctx).receivers.check(url, token, format_uuid(target.system.uuid))
    await ctx.bot.write(webhooks.set_webhook, ctx.author.id, url, token)
    _dispatch(ctx).sender.nudge(target.system.id)
    await answer(ctx, card(text="Your webhook answers as it should; your system's events go there from now on."))


async def _tell(ctx: Context, text: str) -> None:
    """Answer with what nobody else may read."""
    if is_private(ctx):
        await answer(ctx, card(text=text))
        return
    await send_dm(ctx.author, card(text=text))
    await answer(ctx, card(text="See your DMs."))


def _dispatch(ctx: Context) -> Dispatch:
    return ctx.bot.get_cog("dispatch")


system_subcommands = [Subcommand(("webhook",), webhook, "[address or clear]", "where its events are sent")]
