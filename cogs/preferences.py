"""`pk;config`: how a system wants things done."""

from discord.ext import commands

from cogs.choosing import choose
from cogs.confirm import confirm
from cogs.references import get_own
from cogs.replies import Context, answer, card, typed
from cogs.showing import Target
from cogs.sides import systems_command
from cogs.verbs import Verbs
from cogs.words import Words, is_clearing
from rules import preferences, systems, time_zones
from rules.errors import Invalid
from rules.times import now_us

ON = ("yes", "on", "enable", "enabled", "true")
OFF = ("no", "off", "disable", "disabled", "false")

verbs = Verbs("config")


@verbs("timezone", "tz", "zone", usage="[zone]", about="the zone in which typed times are meant")
async def time_zone(ctx: Context, target: Target, words: Words) -> None:
    text = " ".join(words.all())
    words.check_flags(("c", "clear"))
    if is_clearing(text, words):
        await _set_zone(ctx, None)
    elif not text:
        await answer(ctx, card(text=_local(target.system.tz)))
    else:
        zone = await _pick_zone(ctx, text)
        if zone and await confirm(ctx, f"{_local(zone)} Is that right?", "Yes", words):
            await _set_zone(ctx, zone)
        else:
            await answer(ctx, card(text="Nothing was changed."))


@verbs("private", usage="member [on or off]", about="whether new members begin private")
async def private(ctx: Context, target: Target, words: Words) -> None:
    if (words.next() or "").lower() not in ("member", "members"):
        raise Invalid(f"Write {typed(ctx.bot, 'config private member on')} or `off`.")
    await _toggle(
        ctx, target, words, "member_default_private", "New members begin private.", "New members begin public."
    )


@verbs("show", usage="private [on or off]", about="whether you are shown what is private without asking")
async def show_private(ctx: Context, target: Target, words: Words) -> None:
    if (words.next() or "").lower() != "private":
        raise Invalid(f"Write {typed(ctx.bot, 'config show private on')} or `off`.")
    on = "Your own cards show what is private, by DM where others could read it."
    await _toggle(ctx, target, words, "show_private_info", on, "Your own cards leave out what is private.")


async def show_all(ctx: Context, target: Target) -> None:
    """All settings with what they are now."""
    system = target.system
    lines = [
        f"`config timezone`: {system.tz}",
        f"`config private member`: {'on' if system.member_default_private else 'off'}",
        f"`config show private`: {'on' if system.show_private_info else 'off'}",
    ]
    await answer(ctx, card("Settings", "\n".join(lines)))


async def run(ctx: Context, words: Words) -> None:
    """Bare shows all settings; a setting's name shows or sets it."""
    word = words.next()
    target = await get_own(ctx)
    if word is None:
        await show_all(ctx, target)
    else:
        await verbs.get(word).run(ctx, target, words)


async def _toggle(ctx: Context, target: Target, words: Words, name: str, on: str, off: str) -> None:
    word = (words.next() or "").lower()
    words.end()
    if word not in (*ON, *OFF, ""):
        raise Invalid(f"Say `on` or `off`; “{word[:40]}” is neither.")
    system = target.system
    if word:
        system = await ctx.bot.write(preferences.edit_preferences, ctx.author.id, {name: word in ON})
    await answer(ctx, card(text=on if getattr(system, name) else off))


async def _pick_zone(ctx: Context, text: str) -> str | None:
    zones = await ctx.bot.read(_find_zones, text)
    return zones[0] if len(zones) == 1 else await choose(ctx, "Which of these time zones?", zones)


async def _set_zone(ctx: Context, zone: str | None) -> None:
    system = await ctx.bot.write(systems.edit_system, ctx.author.id, {"tz": zone})
    await answer(ctx, card(text=f"The time zone is {system.tz} now."))


def _find_zones(_session: object, text: str) -> list[str]:
    return time_zones.find_zones(text)


def _local(zone: str) -> str:
    return f"In {zone} it is {time_zones.show_local_time(zone, now_us())}."


class Preferences(commands.Cog, name="preferences"):
    """The settings of one's own system."""

    def __init__(self, bot: commands.Bot) -> None:
        self.bot = bot

    @systems_command("config", "cfg", "configure", usage="[setting] [value]")
    async def config(self, ctx: Context, *, text: str = "") -> None:
        await run(ctx, Words(text))


def setup(bot: commands.Bot) -> None:
    bot.add_cog(Preferences(bot))
