"""`pk;config`: how a system wants things done."""

from discord.ext import commands

from cogs.commands.arguments import CLEAR, Arguments, is_clearing
from cogs.commands.confirm import confirm
from cogs.commands.converters import get_own
from cogs.commands.registry import systems_command
from cogs.commands.responses import Context, answer, card, typed
from cogs.commands.select_menu import choose
from cogs.commands.subcommands import Subcommands
from cogs.commands.targets import SystemTarget
from cogs.systems import config_proxying
from cogs.systems.config_proxying import config_target, list_settings, on_or_off
from cogs.systems.field_commands import edit_toggle
from rules.errors import Invalid
from rules.parsing import time_zones
from rules.parsing.timestamps import now_us
from rules.systems import systems

subcommands = Subcommands("config")


@subcommands("timezone", "tz", "zone", usage="[zone]", about="the zone in which typed times are meant")
async def time_zone(ctx: Context, target: SystemTarget, arguments: Arguments) -> None:
    text = " ".join(arguments.all())
    arguments.check_flags(CLEAR)
    if is_clearing(text, arguments):
        await _set_zone(ctx, None)
    elif not text:
        await answer(ctx, card(text=_local(target.system.tz)))
    else:
        zone = await _pick_zone(ctx, text)
        if zone and await confirm(ctx, f"{_local(zone)} Is that right?", "Yes", arguments):
            await _set_zone(ctx, zone)
        else:
            await answer(ctx, card(text="Nothing was changed."))


@subcommands("private", usage="<member or group> [on or off]", about="whether new ones begin private")
async def private(ctx: Context, target: SystemTarget, arguments: Arguments) -> None:
    what = (arguments.next() or "").lower().removesuffix("s")
    if what not in ("member", "group"):
        raise Invalid("Write `config private member on` or `off`, or `config private group on` or `off`.")
    on, off = (f"New {what}s begin {level}." for level in ("private", "public"))
    await edit_toggle(ctx, config_target(ctx, target), arguments, f"{what}_default_private", on, off)


@subcommands("show", usage="private [on or off]", about="whether you are shown what is private without asking")
async def show_private(ctx: Context, target: SystemTarget, arguments: Arguments) -> None:
    if (arguments.next() or "").lower() != "private":
        raise Invalid("Write `config show private on` or `config show private off`.")
    on = "Your own cards show what is private, by DM where others could read it."
    off = "Your own cards leave out what is private."
    await edit_toggle(ctx, config_target(ctx, target), arguments, "show_private_info", on, off)


for subcommand in config_proxying.subcommands:
    subcommands.add(subcommand)


async def show_all(ctx: Context, target: SystemTarget) -> None:
    """All settings with what they are now."""
    system = target.system
    settings = {
        "timezone": system.tz,
        "private member": on_or_off(system.member_default_private),
        "private group": on_or_off(system.group_default_private),
        "show private": on_or_off(system.show_private_info),
        **await list_settings(ctx, target),
    }
    lines = [f"{typed(ctx, f'config {name}')}: {value}" for name, value in settings.items()]
    await answer(ctx, card("Settings", "\n".join(lines)))


async def config_command(ctx: Context, arguments: Arguments) -> None:
    """Bare shows all settings; a setting's name shows or sets it."""
    target = await get_own(ctx)
    if arguments.peek() is None:
        arguments.end()
        await show_all(ctx, target)
    else:
        await subcommands.read(arguments).run(ctx, target, arguments)


async def _pick_zone(ctx: Context, text: str) -> str | None:
    zones = await ctx.bot.in_thread(time_zones.find_zones, text)
    return zones[0] if len(zones) == 1 else await choose(ctx, "Which of these time zones?", zones)


async def _set_zone(ctx: Context, zone: str | None) -> None:
    system = await ctx.bot.write(systems.edit_system, ctx.author.id, {"tz": zone})
    await answer(ctx, card(text=f"The time zone is {system.tz} now."))


def _local(zone: str) -> str:
    return f"In {zone} it is {time_zones.show_local_time(zone, now_us())}."


class ConfigCog(commands.Cog, name="config"):
    """The settings of one's own system."""

    def __init__(self, bot: commands.Bot) -> None:
        self.bot = bot

    @systems_command("config", "cfg", "configure", usage="[setting] [value]", subcommands=subcommands)
    async def config(self, ctx: Context, *, text: str = "") -> None:
        await config_command(ctx, Arguments(text))


def setup(bot: commands.Bot) -> None:
    bot.add_cog(ConfigCog(bot))
