"""`pk;config`: how a system wants things done."""

from discord.ext import commands

from cogs.commands.arguments import CLEAR, OFF, Arguments, is_clearing
from cogs.commands.confirm import confirm
from cogs.commands.converters import get_own
from cogs.commands.formatting import code_block, quote
from cogs.commands.registry import systems_command
from cogs.commands.responses import Context, answer, answer_privately, answer_with_secret, card, named, typed
from cogs.commands.select_menu import choose
from cogs.commands.subcommands import Subcommands
from cogs.commands.targets import SystemTarget
from cogs.systems import config_proxying
from cogs.systems.config_proxying import config_target, list_settings, on_or_off
from cogs.systems.field_commands import edit_toggle, read_template_number, read_toggle
from cogs.transfer.backups import config_backup
from rules.errors import Invalid
from rules.parsing import time_zones
from rules.parsing.timestamps import now_us
from rules.presence import fronting
from rules.systems import config, systems
from rules.transfer.writing import backups

COLOR_NAMES = tuple(f"show {noun}" for noun in ("color", "colors", "colour", "colours", "hex"))
CAPS_NAMES = tuple(
    f"{verb}{blank}{noun}"
    for verb in ("capitalize", "capitalise", "caps", "cap")
    for blank in (" ", "")
    for noun in ("ids", "id")
)
PADDINGS = {"l": "left", "left": "left", "r": "right", "right": "right", **dict.fromkeys(OFF, "off")}
TEMPLATE_NAMES = (
    *("template", "templates", "descriptiontemplate", "descriptiontemplates"),
    *("description template", "description templates"),
)
FRONT_SHOWN = (
    "With this account's presence anyone on the web sees who fronts, and since when: IDs, names, pronouns, pictures and"
    " colors of your system and of who fronts. What you made private is left out, and so is every private member."
)
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


@subcommands("show private", usage="[on or off]", about="whether you are shown what is private without asking")
async def show_private(ctx: Context, target: SystemTarget, arguments: Arguments) -> None:
    on = "Your own cards show what is private, by DM where others could read it."
    off = "Your own cards leave out what is private."
    await edit_toggle(ctx, config_target(ctx, target), arguments, "show_private_info", on, off)


@subcommands(*COLOR_NAMES, usage="[on or off]", about="whether cards show you colors as text, like #ff0000")
async def show_color(ctx: Context, target: SystemTarget, arguments: Arguments) -> None:
    on, off = "Cards show you colors as text, like #ff0000.", "Cards show you colors by their edge alone."
    await edit_toggle(ctx, config_target(ctx, target), arguments, "card_show_color_hex", on, off)


@subcommands(
    *("split ids", "split id", "splitids", "splitid"), usage="[on or off]", about="whether you are shown IDs as abc-def"
)
async def split_ids(ctx: Context, target: SystemTarget, arguments: Arguments) -> None:
    on, off = "You are shown IDs in two parts, as in `abc-def`.", "You are shown IDs in one part, as in `abcdef`."
    await edit_toggle(ctx, config_target(ctx, target), arguments, "hid_display_split", on, off)


@subcommands(*CAPS_NAMES, usage="[on or off]", about="whether you are shown IDs in capitals")
async def capitalize_ids(ctx: Context, target: SystemTarget, arguments: Arguments) -> None:
    on, off = "You are shown IDs in capitals, as in `ABCDE`.", "You are shown IDs in small letters, as in `abcde`."
    await edit_toggle(ctx, config_target(ctx, target), arguments, "hid_display_caps", on, off)


@subcommands(
    *("pad ids", "pad id", "padids", "padid"), usage="[left, right or off]", about="IDs of one width in your lists"
)
async def pad_ids(ctx: Context, target: SystemTarget, arguments: Arguments) -> None:
    word, padding = (arguments.next() or "").lower(), target.system.hid_list_padding
    arguments.end()
    if word:
        padding = PADDINGS.get(word)
        if not padding:
            raise Invalid(f"Say `left`, `right` or `off`; {quote(word)} is none of them.")
        await ctx.bot.write(config.edit_config, ctx.author.id, {"hid_list_padding": padding})
    told = "IDs in lists are as wide as they are."
    if padding != "off":
        told = f"Shorter IDs in lists get a blank on the {padding}, so that all are as wide as the longest."
    await answer(ctx, card(text=told))


@subcommands(*TEMPLATE_NAMES, usage="[add <text> or remove <number>]", about="texts to begin descriptions with")
async def template(ctx: Context, target: SystemTarget, arguments: Arguments) -> None:
    word = (arguments.next() or "list").lower()
    if word in ("add", "new", "a"):
        number = await ctx.bot.write(config.add_template, ctx.author.id, arguments.rest(always=()))
        use = typed(ctx, f"member <member> description -template {number}")
        await answer(ctx, card(text=f"That is template {number} now; {use} begins a description with it."))
    elif word in ("remove", "delete", "r"):
        number = read_template_number(arguments.next())
        arguments.end()
        await ctx.bot.write(config.remove_template, ctx.author.id, number)
        await answer(ctx, card(text=f"Template {number} is removed; those behind it move up."))
    elif word in ("list", "l", "show"):
        arguments.end()
        templates = enumerate(config.get_templates(target.system), 1)
        shown = "\n".join(f"**{number}**\n{code_block(text)}" for number, text in templates)
        none = f"You have no templates; {typed(ctx, 'config template add <text>')} keeps one."
        await answer_privately(ctx, card("Templates for descriptions", shown or none))
    else:
        raise Invalid("Write `config template add <text>`, `config template remove <number>` or `config template`.")


@subcommands("presence", usage="[on or off]", about="whether this account's presence shows on the web who fronts")
async def presence(ctx: Context, target: SystemTarget, arguments: Arguments) -> None:
    wanted = read_toggle(arguments)
    if wanted is not None:
        await ctx.bot.write(fronting.set_shown, ctx.author.id, wanted)
    if not await ctx.bot.read(fronting.is_shown, ctx.author.id):
        shows = typed(ctx, "config presence on")
        await answer(ctx, card(text=f"Who fronts is not shown with this account's presence; {shows} shows it."))
        return
    obstacles = await ctx.bot.read(fronting.find_obstacles, ctx.author.id)
    lines = [FRONT_SHOWN, *(_say_obstacle(ctx, obstacle) for obstacle in obstacles)]
    public = "Who fronts is to be shown with this account's presence."
    # Whether somebody hides is theirs to know, and so is whether there was anything to tell.
    instead = f"{typed(ctx, 'config presence')} in a DM says who sees it."
    await answer_with_secret(ctx, public, card(text="\n".join(lines)), instead)


@subcommands("backup", "backups", usage="[weekly, monthly or off]", about="your system as a file, by DM, by itself")
async def backup(ctx: Context, target: SystemTarget, arguments: Arguments) -> None:
    await config_backup(ctx, arguments)


def _say_obstacle(ctx: Context, obstacle: str) -> str:
    show, public = named(ctx, "show"), typed(ctx, "system privacy front public")
    return {
        fronting.PRIVATE: f"**Nobody sees it yet:** who fronts in your system is private; {public} changes that.",
        fronting.HIDDEN: f"**Nobody sees it yet:** this account is hidden; {show} ends that.",
        fronting.UNPUBLISHED: "**Nobody sees it yet:** this account is not in the server that this Rollcall belongs to,"
        f" or is not shown ({show} asks for that).",
    }[obstacle]


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
        "show color": on_or_off(system.card_show_color_hex),
        "split ids": on_or_off(system.hid_display_split),
        "capitalize ids": on_or_off(system.hid_display_caps),
        "pad ids": system.hid_list_padding,
        "presence": on_or_off(await ctx.bot.read(fronting.is_shown, ctx.author.id)),
        "template": f"{len(config.get_templates(system))} of {config.MOST_TEMPLATES}",
        "backup": (await ctx.bot.read(backups.find_schedule, ctx.author.id)).every,
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
