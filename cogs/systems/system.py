"""`pk;system`: making, showing and changing one's system."""

from collections.abc import Mapping

from discord.ext import commands
from sqlalchemy.orm import Session

from cogs.commands.arguments import BY_ID, Arguments, unquoted
from cogs.commands.converters import find_system, get_display, get_own
from cogs.commands.formatting import quote
from cogs.commands.private_responses import Response, respond
from cogs.commands.registry import systems_command
from cogs.commands.responses import Context, answer, card, spell
from cogs.commands.subcommands import Subcommands
from cogs.commands.targets import EditTarget, SystemTarget
from cogs.dispatch import webhook_command
from cogs.fronting import front
from cogs.systems import deletion, embeds, field_commands, guild_settings, image_fields, member_list
from cogs.systems.field_commands import edit_description, edit_text
from cogs.systems.image_fields import edit_picture
from cogs.systems.privacy import SYSTEM_SUBJECTS, edit_privacy
from cogs.transfer import exports
from cogs.transfer.imports import command as imports
from rules.errors import NotFound
from rules.systems import overviews, systems

DESCRIPTION = ("description", "desc", "describe", "d", "bio", "text", "intro")
COLOR = ("color", "colour")
TAG = field_commands.Field("tag", "tag", unquoted, is_spoken=True)
AVATAR = ("avatar", "picture", "icon", "image", "pic", "pfp")
BANNER = ("banner", "splash", "cover")

subcommands = Subcommands("system")


@subcommands("new", "create", "make", "add", "register", "init", "n", usage="[name]", about="make your system")
async def make_system(ctx: Context, target: SystemTarget | None, arguments: Arguments) -> None:
    name = unquoted(arguments.rest())
    arguments.check_flags(())
    system = await ctx.bot.write(systems.create_system, ctx.author.id, {"name": name})
    text = (
        f"Your system is made; its ID is `{system.hid}`.\n"
        + spell(ctx, "`member new <name>` adds a member, and `help` lists the rest.\n\nWhat you enter is public unless")
        + spell(ctx, " you make it private: `system privacy`, `member <name> privacy`.\nA token (`token`) opens all")
        + " of it to programs: keep it to yourself."
    )
    await answer(ctx, card("Welcome", text))


@subcommands("show", "view", "info", about="the card of a system")
async def show_card(ctx: Context, target: SystemTarget, arguments: Arguments) -> None:
    arguments.end()

    display = await get_display(ctx)

    async def build(viewer: int | None) -> Response:
        seen = await ctx.bot.read(overviews.get_overview, target.system, viewer, ctx.guild and ctx.guild.id)
        return Response(embeds.system_embed(seen, display))

    await respond(ctx, target, arguments, build)


@subcommands("rename", "name", "changename", "rn", usage="[name]", about="show, set or clear the name")
async def rename(ctx: Context, target: SystemTarget, arguments: Arguments) -> None:
    await edit_text(ctx, _edit_target(ctx, target), arguments, field_commands.NAME)


@subcommands(*DESCRIPTION, usage="[text]", about="show, set or clear the description")
async def describe(ctx: Context, target: SystemTarget, arguments: Arguments) -> None:
    await edit_description(ctx, _edit_target(ctx, target), arguments)


@subcommands("tag", "t", usage="[tag]", about="the tag behind the names of proxied messages")
async def tag(ctx: Context, target: SystemTarget, arguments: Arguments) -> None:
    hint = await guild_settings.hint_at_tag(ctx, target)
    await edit_text(ctx, _edit_target(ctx, target), arguments, TAG, lambda _tag: hint)


@subcommands("pronouns", "pronoun", "prns", "pn", usage="[pronouns]", about="show, set or clear the pronouns")
async def pronouns(ctx: Context, target: SystemTarget, arguments: Arguments) -> None:
    await edit_text(ctx, _edit_target(ctx, target), arguments, field_commands.PRONOUNS)


@subcommands(*COLOR, usage="[#ff0000]", about="show, set or clear the color")
async def color(ctx: Context, target: SystemTarget, arguments: Arguments) -> None:
    await edit_text(ctx, _edit_target(ctx, target), arguments, field_commands.COLOR)


@subcommands(*AVATAR, usage=image_fields.PICTURE, about="show, set or clear the avatar")
async def avatar(ctx: Context, target: SystemTarget, arguments: Arguments) -> None:
    await edit_picture(ctx, _edit_target(ctx, target), arguments, image_fields.AVATAR, of_users=True)


@subcommands(*BANNER, usage="[address or attachment]", about="show, set or clear the banner")
async def banner(ctx: Context, target: SystemTarget, arguments: Arguments) -> None:
    await edit_picture(ctx, _edit_target(ctx, target), arguments, image_fields.BANNER)


@subcommands("privacy", usage="[subject] [public or private]", about="who sees what")
async def privacy(ctx: Context, target: SystemTarget, arguments: Arguments) -> None:
    await edit_privacy(ctx, _edit_target(ctx, target), arguments, SYSTEM_SUBJECTS)


@subcommands("id", about="the system's ID")
async def show_id(ctx: Context, target: SystemTarget, arguments: Arguments) -> None:
    arguments.end()
    await answer(ctx, card(text=f"`{(await get_display(ctx)).show_id(target.system.hid)}`"))


for more in (front, member_list, guild_settings, webhook_command, deletion, imports, exports):
    for subcommand in more.system_subcommands:
        subcommands.add(subcommand)


# What somebody may type who has no system yet.
WITHOUT_SYSTEM = (make_system, imports.import_file)


def _edit_target(ctx: Context, target: SystemTarget) -> EditTarget:
    async def see(viewer: int | None) -> Mapping[str, object]:
        return await ctx.bot.read(_see_system, target.system.hid, viewer)

    async def edit(changes: Mapping[str, object]) -> None:
        await ctx.bot.write(systems.edit_system, ctx.author.id, changes)

    return EditTarget(target, "system", see, edit)


def _see_system(session: Session, hid: str, viewer: int | None) -> Mapping[str, object]:
    # Read anew: the command may have changed it meanwhile.
    return overviews.get_overview(session, systems.get_system(session, hid), viewer)


async def system_command(ctx: Context, arguments: Arguments) -> None:
    """`[system] [subcommand …]`: the first word is a subcommand for one's own system, or names a system."""
    word = arguments.next()
    by_id = arguments.has(*BY_ID)
    subcommand = None if by_id else subcommands.find(word)
    if word is None:
        await show_card(ctx, await get_own(ctx), arguments)
    elif not subcommand:
        await _system_subcommand(ctx, word, by_id, arguments)
    elif subcommand.run in WITHOUT_SYSTEM:
        await subcommand.run(ctx, None, arguments)
    else:
        await subcommand.run(ctx, await get_own(ctx), arguments)


async def _system_subcommand(ctx: Context, word: str, by_id: bool, arguments: Arguments) -> None:
    target = await find_system(ctx, word)
    if not target and by_id:
        raise NotFound(f"There is no system with the ID {quote(word)}.")
    if not target:
        subcommands.get(word, f"There is no system {quote(word)}, and I know ")
    name = arguments.next()
    await (subcommands.get(name).run if name else show_card)(ctx, target, arguments)


class SystemCog(commands.Cog, name="system"):
    """A system's own fields."""

    def __init__(self, bot: commands.Bot) -> None:
        self.bot = bot

    @systems_command("system", "s", "account", "acc", usage="[system] [subcommand]", subcommands=subcommands)
    async def system(self, ctx: Context, *, text: str = "") -> None:
        await system_command(ctx, Arguments(text))

    @systems_command("proxy", usage="[on or off]")
    async def proxy(self, ctx: Context, *, text: str = "") -> None:
        await guild_settings.toggle_proxy(ctx, await get_own(ctx), Arguments(text))


def setup(bot: commands.Bot) -> None:
    bot.add_cog(SystemCog(bot))
