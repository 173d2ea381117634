"""`.me`: one's own card, and the link to the API."""

import json

import discord
from discord.ext import bridge, commands

from cogs.commands.responses import answer_privately, card, named, typed
from rules import opt_out
from rules.errors import NotFound
from rules.presence import fronting, health, profiles, states


def profile_link(bot: commands.Bot, user_id: int) -> str:
    """The address at which the API answers about a user."""
    return f"{bot.config.public_url}/user/{user_id}"


class Profile(commands.Cog, name="profile"):
    """What the API says about the caller."""

    def __init__(self, bot: commands.Bot) -> None:
        self.bot = bot

    @bridge.bridge_command(description="See your own card and its link")
    async def me(self, ctx: bridge.BridgeContext) -> None:
        user = ctx.author
        link = profile_link(self.bot, user.id)
        state = await self.bot.read(health.find_state, self.bot.database.can_write)
        try:
            stored = await self.bot.read(profiles.get_profile, user.id, user.id, self.bot.config.invite_url)
        except NotFound:
            show = named(ctx, "show")
            text = (
                "Nobody sees you here: you are not in the server that this Rollcall belongs to, or are not shown"
                f" ({show} asks for that)."
            )
            if state != states.CONNECTED:
                text = f"You are not known here: {states.describe(state)} just now. Try again in a moment."
            await answer_privately(ctx, card("You", f"{text}\n{link}"))
            return
        hidden = await self.bot.read(opt_out.is_hidden, user.id)
        published = f"no, {named(ctx, 'show')} undoes it" if hidden else f"yes, {named(ctx, 'hide')} undoes it"
        profile = json.loads(stored.text)
        embed = _card(profile, user, link, published)
        if await self.bot.read(fronting.is_shown, user.id):
            seen = "shown with it" if profile["fronting"] else "to be shown with it, but nothing of it is public"
            embed.add_field(name="Who fronts", value=f"{seen}; {typed(ctx, 'config presence off')} ends that")
        if state != states.CONNECTED:
            embed.add_field(
                name="Just now", value=f"{states.describe(state)}: what you see may be older than it looks."
            )
        await answer_privately(ctx, embed)


def _card(profile: dict, user: discord.abc.User, link: str, published: str) -> discord.Embed:
    presence, song, github = profile["presence"], profile["presence"]["spotifyActivity"], profile["github"]
    embed = card(presence["global_name"] or presence["username"], link, Status=presence["status"])
    embed.url = link
    embed.set_thumbnail(url=user.display_avatar.url)
    # A file of one's own has no artist.
    if listening := " — ".join(filter(None, (song["song"], song["artist"]))) if song else "":
        embed.add_field(name="Listening to", value=listening[:1000])
    if github:
        embed.add_field(name="GitHub", value=github["url"])
    embed.add_field(name="Key/value pairs", value=str(len(profile["KV"])))
    embed.add_field(name="Anyone can see it", value=published)
    return embed


def setup(bot: commands.Bot) -> None:
    bot.add_cog(Profile(bot))
