"""`pk;explain`, `pk;stats`, `pk;invite`, `pk;dashboard`: what this bot is, how it is, and where its pages are."""

import math
import time
import tomllib

from discord.ext import commands

import config as settings
from cogs.commands.arguments import Arguments
from cogs.commands.registry import systems_command
from cogs.commands.responses import Context, answer, card, spell
from rules.proxying import statistics

VERSION = tomllib.loads((settings.ROOT / "pyproject.toml").read_text())["project"]["version"]
EXPLANATION = (
    "Some people share one body, and so one Discord account: they are a system, and each of them is a member. Somebody"
    " may write with the words of a member around or before a text, such as `[hello]`. I post that again under the"
    " member's name and avatar, with the label that Discord gives to webhooks, and delete the original. A person sent"
    " it, no bot.\n\nReact to such a message with ❓ to see who sent it, or with 🔔 to ping them; the menu on it does"
    " the same. `system new` makes a system of your own, and `help` lists the rest."
)


class About(commands.Cog, name="about"):
    """Questions about the bot itself."""

    def __init__(self, bot: commands.Bot) -> None:
        self.bot = bot
        self.started = time.monotonic()

    @systems_command("explain", "about")
    async def explain(self, ctx: Context, *, text: str = "") -> None:
        Arguments(text).end()
        await answer(ctx, card("What this bot does", spell(ctx, EXPLANATION)))

    @systems_command("stats")
    async def stats(self, ctx: Context, *, text: str = "") -> None:
        Arguments(text).end()
        counted = await self.bot.read(statistics.count_public)
        embed = card(
            "Rollcall",
            "Counted is what everybody may see.",
            Systems=f"{counted.systems:,}",
            Members=f"{counted.members:,}",
            Switches=f"{counted.switches:,}",
            Proxied_messages=f"{counted.messages:,}",
            Servers=f"{len(self.bot.guilds):,}",
            Latency=describe_latency(self.bot.latency),
            Running_for=describe_duration(time.monotonic() - self.started),
            Version=VERSION,
        )
        await answer(ctx, embed)

    @systems_command("invite")
    async def invite(self, ctx: Context, *, text: str = "") -> None:
        Arguments(text).end()
        link = self.bot.invite_link
        await answer(ctx, card(text=f"[Invite me to your server]({link}): it asks for what proxying needs.\n{link}"))

    @systems_command("dashboard", "dash")
    async def dashboard(self, ctx: Context, *, text: str = "") -> None:
        Arguments(text).end()
        config = self.bot.config
        is_simulated = bool(config.discord_api_base) and not settings.is_reachable_from_outside(config.discord_api_base)
        await answer(ctx, card(text=tell_address(config.public_url, is_simulated)))


def tell_address(url: str, is_simulated: bool = False) -> str:
    """Where the pages of this Rollcall are, or why there is nothing to open; who is simulated is on this machine."""
    if not (settings.is_reachable_from_outside(url) or is_simulated):
        return "This Rollcall has no pages that you can open: whoever runs it has set no PUBLIC_URL for it."
    return (
        f"At {url}/me you edit what commands edit. My pages begin at {url}/, my commands are at {url}/docs/commands,"
        f" and {url}/docs explains the API."
    )


def describe_latency(seconds: float) -> str:
    """How long Discord takes to answer a heartbeat; none has been answered just after the start."""
    return f"{seconds * 1000:.0f} ms" if math.isfinite(seconds) else "not known yet"


def describe_duration(seconds: float) -> str:
    """The two largest parts of a length of time, such as 3 d 2 h."""
    minutes = int(seconds // 60)
    parts = ((minutes // 1440, "d"), (minutes // 60 % 24, "h"), (minutes % 60, "min"))
    return " ".join([f"{number} {unit}" for number, unit in parts if number][:2]) or "less than a minute"


def setup(bot: commands.Bot) -> None:
    bot.add_cog(About(bot))
