"""`.privacy`, `/privacy` and `pk;privacy`: what is stored, who sees it, for how long, and how to end that."""

import discord
from discord.ext import bridge, commands

from cogs.commands.registry import systems_command
from cogs.commands.responses import Context, answer, card, named, typed
from rules.presence import fronting, publication

SHOWN = {
    publication.EVERYONE: "Anyone on the web can see your status, song and games while you are in the server that this"
    " Rollcall belongs to.",
    publication.OPTIN: "You asked for it: anyone on the web can see your status, song and games while you are in the"
    " server that this Rollcall belongs to.",
    publication.ROLE: "Anyone on the web can see your status, song and games while you have the role for that in the"
    " server that this Rollcall belongs to.",
}
_WHO = {
    publication.EVERYONE: "of the server that this Rollcall belongs to",
    publication.OPTIN: "of that server who typed {show}",
    publication.ROLE: "of that server who have the role for that",
}


async def describe(ctx: Context) -> discord.Embed:
    """One card: what is stored, who sees it, how long, how to hide, export and erase it."""
    fronts = await tell_front(ctx)
    # Every command as it is typed here.
    show, hide, forget, listing = (named(ctx, name) for name in ("show", "hide", "forget", "list"))
    publish, withdraw = (named(ctx, f"kv {level} <key>") for level in ("public", "private"))
    system, member, export = (typed(ctx, name) for name in ("system privacy", "member <name> privacy", "export"))
    who = _WHO[publication.kind_of(ctx.bot.config.publish)].format(show=show)
    embed = card("Your privacy", f"Anyone on the web can see the status, song and games of the members {who}.")
    for name, value in (
        (
            "What is stored",
            "Your name, picture, status and activities; your GitHub card, key/value pairs and token (as a hash); your"
            " system with its members and switches; of a proxied message who sent it, never its text.",
        ),
        (
            "Who sees it",
            "Anyone: name, picture, status, activities, GitHub card, the key/value pairs that you made public, and what"
            " is public of a system. Only you, or whoever has your token: all other key/value pairs, and what is"
            f" private.{fronts}",
        ),
        (
            "How long",
            "Status and activities until you leave that server; what you typed in until you remove it; who sent a"
            " proxied message until a while after it is deleted; a copy of your picture until a day after anyone last"
            " looked at it here.",
        ),
        (
            "Hide",
            f"{hide} hides status, activities, GitHub card and all key/value pairs, {show} undoes it. {withdraw} hides"
            f" one pair, {publish} undoes it. {system} and {member} say who sees a system.",
        ),
        ("Export", f"{listing} gives you your key/value pairs, {export} your system."),
        ("Erase", f"{forget} deletes all of it, and nothing is stored again until {show}."),
    ):
        embed.add_field(name=name, value=value, inline=False)
    return embed


async def tell_front(ctx: Context) -> str:
    """That who fronts is shown with the caller's presence, where they chose that; else nothing."""
    if not await ctx.bot.read(fronting.is_shown, ctx.author.id):
        return ""
    off = typed(ctx, "config presence off")
    return f" You chose that anyone sees with your status who fronts, as far as that is public; {off} ends it."


class Privacy(commands.Cog, name="privacy"):
    """The same card after every prefix."""

    def __init__(self, bot: commands.Bot) -> None:
        self.bot = bot

    @bridge.bridge_command(description="What is stored about you, and who sees it")
    async def privacy(self, ctx: bridge.BridgeContext) -> None:
        await answer(ctx, await describe(ctx))

    @systems_command("privacy")
    async def privacy_systems(self, ctx: Context, *, text: str = "") -> None:
        if text.strip():
            raise commands.UserInputError
        await answer(ctx, await describe(ctx))


def setup(bot: commands.Bot) -> None:
    bot.add_cog(Privacy(bot))
