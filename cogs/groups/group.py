"""`pk;group`: making, showing and changing the groups of one's system."""

from discord.ext import commands

from cogs.commands.arguments import BY_ID, CLEAR, SHOWING, Arguments, as_word, is_clearing, unquoted
from cogs.commands.converters import get_display, get_own
from cogs.commands.formatting import escape
from cogs.commands.private_responses import Response, is_private, respond
from cogs.commands.registry import systems_command
from cogs.commands.responses import Context, answer, card, typed
from cogs.commands.subcommands import Subcommands
from cogs.commands.targets import EditTarget
from cogs.fronting import front
from cogs.groups import membership
from cogs.groups.group_list import show_groups
from cogs.groups.group_target import get_group_target, list_members
from cogs.groups.random_choice import ALL, show_random, show_random_group, show_random_member
from cogs.groups.random_choice import NAMES as RANDOM
from cogs.systems import embeds, field_commands, image_fields
from cogs.systems.field_commands import Field, delete_by_typing, edit_description, edit_text, show_id
from cogs.systems.image_fields import edit_picture
from cogs.systems.member import confirm_duplicate
from cogs.systems.privacy import GROUP_SUBJECTS, add_subcommands, show_or_open
from cogs.systems.system import BANNER, COLOR
from models import Group
from rules.errors import Invalid
from rules.groups import groups, listing
from rules.groups.group_lookup import GROUPS
from rules.groups.privacy import GROUP_PRIVACY
from rules.systems.config import Display

DISPLAY_NAME = Field("display_name", "display name", unquoted)
ICON = Field("icon", "icon")
NEW = ("new", "n", "create", "make", "register")
LIST = ("list", "ls", "l", "search", "find", "query")
subcommands = Subcommands("group", "<group>", ("group new <name>", "make a group; `group list` shows yours"))


@subcommands("view", about="the card of a group")
async def show_card(ctx: Context, edit_target: EditTarget, arguments: Arguments) -> None:
    arguments.end()
    display = await get_display(ctx)

    async def build(viewer: int | None) -> Response:
        return Response(embeds.group_embed(await edit_target.see(viewer), display))

    await respond(ctx, edit_target.target, arguments, build)


@subcommands("show", about="the card; where it is hidden, a question whether to show it to all", harmful=True)
async def show(ctx: Context, edit_target: EditTarget, arguments: Arguments) -> None:
    await show_or_open(ctx, edit_target, arguments, GROUP_SUBJECTS, show_card)


@subcommands("rename", "name", "changename", "setname", "rn", usage="<name>", about="change the name")
async def rename(ctx: Context, edit_target: EditTarget, arguments: Arguments) -> None:
    text = arguments.rest(SHOWING)
    arguments.check_flags(SHOWING)
    if not text and not arguments.has(*CLEAR):
        await edit_text(ctx, edit_target, arguments, field_commands.NAME)
        return
    edit_target.target.check_own()
    if is_clearing(text, arguments):
        raise Invalid("A group needs a name; put the word into quotes if that is to be it.")
    if await confirm_duplicate(ctx, arguments, unquoted(text), edit_target.hid, GROUPS):
        await edit_target.edit({"name": unquoted(text)})
        await answer(ctx, card(text="The group's name is changed."))


@subcommands("displayname", "dn", "dname", "nick", "nickname", "dispname", usage="[name]", about="what others see")
async def rename_display(ctx: Context, edit_target: EditTarget, arguments: Arguments) -> None:
    await edit_text(ctx, edit_target, arguments, DISPLAY_NAME)


@subcommands(
    *("description", "desc", "describe", "d", "bio", "info", "text", "intro"),
    usage="[text]",
    about="show, set or clear the description",
)
async def describe(ctx: Context, edit_target: EditTarget, arguments: Arguments) -> None:
    await edit_description(ctx, edit_target, arguments)


@subcommands("icon", "avatar", "picture", "image", "pic", "pfp", usage=image_fields.PICTURE, about="the icon")
async def icon(ctx: Context, edit_target: EditTarget, arguments: Arguments) -> None:
    await edit_picture(ctx, edit_target, arguments, ICON, of_users=True)


@subcommands(*BANNER, usage="[address or attachment]", about="show, set or clear the banner")
async def banner(ctx: Context, edit_target: EditTarget, arguments: Arguments) -> None:
    await edit_picture(ctx, edit_target, arguments, image_fields.BANNER)


@subcommands(*COLOR, usage="[#ff0000]", about="show, set or clear the color")
async def color(ctx: Context, edit_target: EditTarget, arguments: Arguments) -> None:
    await edit_text(ctx, edit_target, arguments, field_commands.COLOR)


subcommands(*membership.ADD, usage="<members>", about="add members")(membership.add_members)
subcommands(*membership.REMOVE, usage="<members>", about="take members out")(membership.remove_members)
subcommands("members", "list", "ls", "l", "ml", usage="[text]", about="who is in it")(membership.show_members)


@subcommands("member", "m", usage="<add, remove or list>", about="the same, as it may be typed too")
async def members_of(ctx: Context, edit_target: EditTarget, arguments: Arguments) -> None:
    await membership.run(ctx, edit_target, arguments, membership.of_group)


@subcommands(*RANDOM, about="the card of one of its members, by chance")
async def random(ctx: Context, edit_target: EditTarget, arguments: Arguments) -> None:
    arguments.end(ALL)
    await show_random_member(ctx, edit_target.target, arguments, list_members, edit_target.hid)


@subcommands("frontpercent", "fp", "front%", "frontbreakdown", usage="[since]", about="who of it fronted how much")
async def percent(ctx: Context, edit_target: EditTarget, arguments: Arguments) -> None:
    await front.show_breakdown(ctx, edit_target.target, arguments, listing.get_group_breakdown, edit_target.hid)


add_subcommands(subcommands, GROUP_SUBJECTS)


@subcommands("delete", "destroy", "erase", "yeet", about="delete the group", harmful=True)
async def delete(ctx: Context, edit_target: EditTarget, arguments: Arguments) -> None:
    question = "This deletes the group for good; its members stay."
    await delete_by_typing(ctx, edit_target, arguments, question, groups.delete_group)


@subcommands("id", about="the group's ID")
async def tell_id(ctx: Context, edit_target: EditTarget, arguments: Arguments) -> None:
    await show_id(ctx, edit_target, arguments)


async def make_group(ctx: Context, arguments: Arguments) -> None:
    """`group new <name>`: all of the rest is the name."""
    name = unquoted(arguments.rest())
    arguments.check_flags(())
    if not name:
        raise Invalid("Say what the group is called: `group new <name>`.")
    own = await get_own(ctx)
    changes: dict[str, object] = {"name": name}
    if own.system.group_default_private:
        changes |= dict.fromkeys(GROUP_PRIVACY, "private")
    groups.check_changes(changes)
    if await confirm_duplicate(ctx, arguments, name, kind=GROUPS):
        group = await ctx.bot.write(groups.create_group, ctx.author.id, changes)
        await answer(ctx, card("A new group", _welcome(ctx, group, await get_display(ctx))))


async def group_command(ctx: Context, arguments: Arguments) -> None:
    """`group new …`, `group list …`, `group random`, or `group <group> [subcommand …]`."""
    word = arguments.next()
    if word is None:
        raise Invalid("Name a group: `group <name>`; `group new <name>` makes one, and `group list` shows yours.")
    if word.lower() in NEW and not arguments.has(*BY_ID):
        await make_group(ctx, arguments)
    elif word.lower() in LIST and not arguments.has(*BY_ID):
        await show_groups(ctx, await get_own(ctx), arguments)
    elif word.lower() in RANDOM and not arguments.has(*BY_ID):
        arguments.end(ALL)
        await show_random_group(ctx, await get_own(ctx), arguments)
    else:
        await group_subcommand(ctx, word, arguments)


async def group_subcommand(ctx: Context, word: str, arguments: Arguments) -> None:
    """What is asked of the group that a word names, whatever subcommand it looks like."""
    # A flag such as `-id` may stand behind the group, so the next word is read first.
    subcommand = arguments.next()
    edit_target = await get_group_target(ctx, word, arguments)
    await (subcommands.get(subcommand).run if subcommand else show_card)(ctx, edit_target, arguments)


class GroupCog(commands.Cog, name="group"):
    """Groups, and choosing by chance."""

    def __init__(self, bot: commands.Bot) -> None:
        self.bot = bot

    @systems_command("group", "g", "groups", usage="<group> [subcommand]", subcommands=subcommands)
    async def group(self, ctx: Context, *, text: str = "") -> None:
        await group_command(ctx, Arguments(text))

    @systems_command(*RANDOM, usage="[-group]")
    async def random(self, ctx: Context, *, text: str = "") -> None:
        await show_random(ctx, await get_own(ctx), Arguments(text))


def _welcome(ctx: Context, group: Group, display: Display) -> str:
    called = as_word(group.name) or group.hid
    text = f"{escape(group.name)} is made"
    if is_private(ctx) or not group.visibility:
        text += f"; the ID is `{display.show_id(group.hid)}`"
    return f"{text}.\n{typed(ctx, f'group {called} add <members>')} puts members into it."


def setup(bot: commands.Bot) -> None:
    bot.add_cog(GroupCog(bot))
