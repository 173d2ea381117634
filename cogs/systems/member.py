"""`pk;member`: making, showing and changing the members of one's system."""

from datetime import datetime
from zoneinfo import ZoneInfo

import discord
from discord.ext import commands

from cogs.commands import suggestions
from cogs.commands.arguments import BY_ID, CLEAR, SHOWING, Arguments, as_word, is_clearing, unquoted
from cogs.commands.confirm import confirm
from cogs.commands.converters import find_full_name, get_display, get_member_target, get_own
from cogs.commands.formatting import escape
from cogs.commands.private_responses import Response, is_private, respond
from cogs.commands.registry import systems_command
from cogs.commands.responses import Context, answer, answer_privately, card, typed
from cogs.commands.subcommands import NoSuchSubcommand, Subcommands
from cogs.commands.targets import EditTarget
from cogs.systems import embeds, field_commands, guild_settings, image_fields, member_proxying
from cogs.systems.field_commands import Field, delete_by_typing, edit_description, edit_text, show_id
from cogs.systems.image_fields import edit_picture, find_attachment, keeping_if_any, read_picture
from cogs.systems.privacy import MEMBER_SUBJECTS, add_subcommands, show_or_open
from cogs.systems.system import AVATAR, BANNER, COLOR
from models import Member
from rules.errors import Invalid, NotFound
from rules.groups import listing
from rules.parsing.birthdays import show_birthday, type_birthday
from rules.systems import member_lookup, members
from rules.systems.config import Display
from rules.systems.member_lookup import MEMBERS, Kind, NoSuchMember
from rules.systems.privacy import LATER_MEMBER_PRIVACY, MEMBER_PRIVACY

DESCRIPTION = ("description", "desc", "describe", "d", "bio", "info", "text", "intro")
DISPLAY_NAME = Field("display_name", "display name", unquoted, is_spoken=True)
NEAR_LIMIT = 50

NEW = ("new", "n", "add", "create", "register")
subcommands = Subcommands("member", "<member>", ("member new <name>", "add a member"))


@subcommands("view", about="the card of a member")
async def show_card(ctx: Context, edit_target: EditTarget, arguments: Arguments) -> None:
    arguments.end()
    display = await get_display(ctx)

    async def build(viewer: int | None) -> Response:
        seen = await ctx.bot.read(listing.get_member_card, edit_target.hid, viewer)
        return Response(embeds.member_embed(seen, display))

    await respond(ctx, edit_target.target, arguments, build)


@subcommands("show", about="the card; where it is hidden, a question whether to show it to all", harmful=True)
async def show(ctx: Context, edit_target: EditTarget, arguments: Arguments) -> None:
    await show_or_open(ctx, edit_target, arguments, MEMBER_SUBJECTS, show_card)


@subcommands("rename", "name", "changename", "setname", "rn", usage="<name>", about="change the name")
async def rename(ctx: Context, edit_target: EditTarget, arguments: Arguments) -> None:
    text = arguments.rest(SHOWING)
    arguments.check_flags(SHOWING)
    name = unquoted(text)
    if not text and not arguments.has(*CLEAR):
        await edit_text(ctx, edit_target, arguments, field_commands.NAME)
        return
    edit_target.target.check_own()
    if is_clearing(text, arguments):
        raise Invalid("A member needs a name; put the word into quotes if that is to be it.")
    if await confirm_duplicate(ctx, arguments, name, but=(await edit_target.see(ctx.author.id))["id"]):
        await edit_target.edit({"name": name})
        seen = await edit_target.see(ctx.author.id)
        hint = "\nThe display name is what others see, so it may need a change too." if seen["display_name"] else ""
        hint += await guild_settings.hint_at_name(ctx, edit_target) + field_commands.hint_at_emoji(name)
        await answer(ctx, card(text=f"The member's name is changed.{hint}"))


@subcommands(
    "displayname", "dn", "dname", "nick", "nickname", "dispname", usage="[name]", about="the name that others see"
)
async def rename_display(ctx: Context, edit_target: EditTarget, arguments: Arguments) -> None:
    hint = await guild_settings.hint_at_name(ctx, edit_target)
    await edit_text(ctx, edit_target, arguments, DISPLAY_NAME, lambda _name: hint)
    if edit_target.target.own:
        seen = await edit_target.see(ctx.author.id)
        if seen["name_privacy"] == "private" and not seen["display_name"]:
            await answer_privately(ctx, card(text="The name is private, but without a display name it is still shown."))


@subcommands(*DESCRIPTION, usage="[text]", about="show, set or clear the description")
async def describe(ctx: Context, edit_target: EditTarget, arguments: Arguments) -> None:
    await edit_description(ctx, edit_target, arguments)


@subcommands("pronouns", "pronoun", "prns", "pn", usage="[pronouns]", about="show, set or clear the pronouns")
async def pronouns(ctx: Context, edit_target: EditTarget, arguments: Arguments) -> None:
    await edit_text(ctx, edit_target, arguments, field_commands.PRONOUNS)


@subcommands(*COLOR, usage="[#ff0000]", about="show, set or clear the color")
async def color(ctx: Context, edit_target: EditTarget, arguments: Arguments) -> None:
    await edit_text(ctx, edit_target, arguments, field_commands.COLOR)


@subcommands("birthday", "birth", "bday", "birthdate", "cakeday", "bdate", "bd", usage="[date]", about="the birthday")
async def birthday(ctx: Context, edit_target: EditTarget, arguments: Arguments) -> None:
    time_zone = edit_target.target.system.tz
    today = datetime.now(ZoneInfo(time_zone)).date()
    field = Field("birthday", "birthday", lambda text: type_birthday(unquoted(text), today, time_zone), show_birthday)
    await edit_text(ctx, edit_target, arguments, field)


@subcommands(*AVATAR, "profile", usage=image_fields.PICTURE, about="show, set or clear the avatar")
async def avatar(ctx: Context, edit_target: EditTarget, arguments: Arguments) -> None:
    await edit_picture(ctx, edit_target, arguments, image_fields.AVATAR, of_users=True)


@subcommands(*BANNER, usage="[address or attachment]", about="show, set or clear the banner")
async def banner(ctx: Context, edit_target: EditTarget, arguments: Arguments) -> None:
    await edit_picture(ctx, edit_target, arguments, image_fields.BANNER)


for subcommand in member_proxying.tag_subcommands:
    subcommands.add(subcommand)


add_subcommands(subcommands, MEMBER_SUBJECTS)


@subcommands("delete", "remove", "destroy", "erase", "yeet", about="delete the member", harmful=True)
async def delete(ctx: Context, edit_target: EditTarget, arguments: Arguments) -> None:
    question = "This deletes the member for good; it also leaves the front history, and its messages' records go."
    await delete_by_typing(ctx, edit_target, arguments, question, members.delete_member)


@subcommands("id", about="the member's ID")
async def tell_id(ctx: Context, edit_target: EditTarget, arguments: Arguments) -> None:
    await show_id(ctx, edit_target, arguments)


for subcommand in (*guild_settings.member_subcommands, *member_proxying.subcommands):
    subcommands.add(subcommand)


async def make_member(ctx: Context, arguments: Arguments, attachment: discord.Attachment | None = None) -> None:
    """`member new <name>`: all of the rest is the name; an attachment becomes the avatar."""
    name = unquoted(arguments.rest())
    arguments.check_flags(())
    if not name:
        raise Invalid("Say what the member is called: `member new <name>`.")
    own = await get_own(ctx)
    changes: dict[str, object] = {"name": name}
    if own.system.member_default_private:
        changes |= dict.fromkeys((*MEMBER_PRIVACY, *LATER_MEMBER_PRIVACY), "private")
    members.check_changes(changes)
    picture = attachment or find_attachment(ctx)
    url = await read_picture(ctx, "", picture) if picture else None
    if await confirm_duplicate(ctx, arguments, name):
        async with keeping_if_any(ctx, url) as (url, said):
            member = await ctx.bot.write(members.create_member, ctx.author.id, {**changes, "avatar_url": url})
        left = members.MOST_MEMBERS - await ctx.bot.read(members.count_members, own.system)
        await answer(ctx, card("A new member", f"{_welcome(ctx, member, left, await get_display(ctx))}{said}"))


async def confirm_duplicate(
    ctx: Context, arguments: Arguments, name: str, but: str | None = None, kind: Kind = MEMBERS
) -> bool:
    """Whether to go on though another member, or `kind`, is called the same; who says no is told so."""
    twins = await ctx.bot.read(member_lookup.find_namesakes, ctx.author.id, name, kind)
    twins = [twin for twin in twins if twin.hid != but]
    if not twins:
        return True
    # Who is hidden is not to be found by those who read along.
    display = await get_display(ctx)
    hids = [f" (`{display.show_id(twin.hid)}`)" for twin in twins if is_private(ctx) or not twin.visibility]
    question = f"You have a {kind.word} with this name already{next(iter(hids), '')}. Use it all the same?"
    if await confirm(ctx, question, "Use it", arguments):
        return True
    await answer(ctx, card(text="Nothing was changed."))
    return False


async def member_command(ctx: Context, arguments: Arguments) -> None:
    """`member new …`, or `member <member> [subcommand …]`."""
    text, word = arguments.left, arguments.next()
    if word is None:
        raise Invalid("Name a member: `member <name>`; `member new <name>` makes one.")
    if word.lower() in NEW and not arguments.has(*BY_ID):
        await make_member(ctx, arguments)
        return
    try:
        await member_subcommand(ctx, word, arguments)
    except (NoSuchMember, NoSuchSubcommand) as refused:
        raise await _suggest_full_name(ctx, text, refused) from None


async def _suggest_full_name(ctx: Context, text: str, refused: NoSuchMember | NoSuchSubcommand) -> NotFound:
    """The same refusal, or where a name of several words was typed without quotes, one that says so."""
    found = await find_full_name(ctx, text)
    name = as_word(found[0]) if found else None
    if not name:
        return refused
    whole = suggestions.write_line(ctx, f"member {name}", found[1])
    return NotFound(f"{refused.beginning}; a name with blanks needs quotes: `{name}`. Did you mean {whole}?")


async def member_subcommand(ctx: Context, word: str, arguments: Arguments) -> None:
    """What is asked of the member that a word names, whatever subcommand it looks like."""
    # A flag such as `-id` may stand behind the member, so the next word is read first.
    subcommand = arguments.next()
    edit_target = await get_member_target(ctx, word, arguments)
    await (subcommands.get(subcommand).run if subcommand else show_card)(ctx, edit_target, arguments)


class MemberCog(commands.Cog, name="member"):
    """The members' own fields."""

    def __init__(self, bot: commands.Bot) -> None:
        self.bot = bot

    @systems_command("member", "m", usage="<member> [subcommand]", subcommands=subcommands)
    async def member(self, ctx: Context, *, text: str = "") -> None:
        await member_command(ctx, Arguments(text))


def _welcome(ctx: Context, member: Member, left: int, display: Display) -> str:
    called = as_word(member.name) or member.hid
    text = f"{escape(member.name)} is here"
    if is_private(ctx) or not member.visibility:
        text += f"; the ID is `{display.show_id(member.hid)}`"
    text += "."
    if called != member.name:
        text += f"\nSuch a name needs quotes: {typed(ctx, f'member {called} …')}."
    text += field_commands.hint_at_emoji(member.name)
    text += f"\n{typed(ctx, f'member {called} proxy [text]')} sets the tags to speak with."
    if left <= NEAR_LIMIT:
        text += f"\nThere is room for {left} more members."
    return text


def setup(bot: commands.Bot) -> None:
    bot.add_cog(MemberCog(bot))
