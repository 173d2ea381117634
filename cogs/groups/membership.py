"""Who is in which group: typed after a group, and after a member."""

from collections.abc import Callable

from sqlalchemy.orm import Session

from cogs.commands.arguments import Arguments
from cogs.commands.converters import get_display, get_own_hids
from cogs.commands.private_responses import Response, respond
from cogs.commands.responses import Context, answer, card
from cogs.commands.subcommands import Subcommands
from cogs.commands.targets import EditTarget
from cogs.fronting import front
from cogs.groups.group_list import tell_groups
from cogs.groups.group_target import list_members
from cogs.systems import member
from cogs.systems.member_list import show_list
from rules.errors import Invalid
from rules.fronting import front_breakdown
from rules.groups import listing, membership
from rules.groups.group_lookup import GROUPS
from rules.systems import members
from rules.systems.member_lookup import MEMBERS, Kind

ADD, REMOVE, LIST = ("add", "a"), ("remove", "rem", "r"), ("list", "ls", "l", "members", "show")
Rule = Callable[[Session, int, str, object, str], int]


async def add_members(ctx: Context, edit_target: EditTarget, arguments: Arguments) -> None:
    """`group <group> add <members>`."""
    await _change(ctx, edit_target, arguments, membership.change_members, MEMBERS, "add")


async def remove_members(ctx: Context, edit_target: EditTarget, arguments: Arguments) -> None:
    """`group <group> remove <members>`."""
    await _change(ctx, edit_target, arguments, membership.change_members, MEMBERS, "remove")


async def show_members(ctx: Context, edit_target: EditTarget, arguments: Arguments) -> None:
    """`group <group> members`, with the search and the flags of `list`."""
    await show_list(ctx, edit_target.target, arguments, list_members, edit_target.hid)


of_group = Subcommands("group", "<group> member")
of_group(*ADD, usage="<members>", about="add members")(add_members)
of_group(*REMOVE, usage="<members>", about="take members out")(remove_members)
of_group(*LIST, usage="[text]", about="who is in it")(show_members)
of_member = Subcommands("member", "<member> group")


@of_member(*ADD, usage="<groups>", about="add the member to groups")
async def add_groups(ctx: Context, edit_target: EditTarget, arguments: Arguments) -> None:
    await _change(ctx, edit_target, arguments, membership.change_groups, GROUPS, "add")


@of_member(*REMOVE, usage="<groups>", about="take the member out of groups")
async def remove_groups(ctx: Context, edit_target: EditTarget, arguments: Arguments) -> None:
    await _change(ctx, edit_target, arguments, membership.change_groups, GROUPS, "remove")


@of_member(*LIST, about="the groups that the member is in")
async def show_groups(ctx: Context, edit_target: EditTarget, arguments: Arguments) -> None:
    arguments.end()
    display = await get_display(ctx)

    async def build(viewer: int | None) -> Response:
        found = await ctx.bot.read(_groups_of, edit_target.hid, viewer)
        return Response(card("Groups", tell_groups(found, display) or "The member is in no group."))

    await respond(ctx, edit_target.target, arguments, build)


async def run(ctx: Context, edit_target: EditTarget, arguments: Arguments, table: Subcommands) -> None:
    """`add`, `remove` or `list`, which is what nothing means, of one of the two tables. Raises NoSuchSubcommand."""
    word = arguments.next()
    await table.get(word or LIST[0]).run(ctx, edit_target, arguments)


@member.subcommands("group", "groups", "g", usage="[add or remove <groups>]", about="the groups it is in")
async def groups_of_member(ctx: Context, edit_target: EditTarget, arguments: Arguments) -> None:
    await run(ctx, edit_target, arguments, of_member)


@member.subcommands("frontpercent", "fp", "front%", "frontbreakdown", usage="[since]", about="how much it fronted")
async def member_percent(ctx: Context, edit_target: EditTarget, arguments: Arguments) -> None:
    rule = front_breakdown.get_member_breakdown
    await front.show_breakdown(ctx, edit_target.target, arguments, rule, edit_target.hid)


async def _change(
    ctx: Context, edit_target: EditTarget, arguments: Arguments, rule: Rule, kind: Kind, how: str
) -> None:
    edit_target.target.check_own()
    given = arguments.all()
    arguments.check_flags(())
    if not given:
        raise Invalid(f"Name the {kind.word}s, by name or ID; a name with blanks needs quotes.")
    hids = list(dict.fromkeys(await get_own_hids(ctx, given, arguments, kind)))
    changed = await ctx.bot.write(rule, ctx.author.id, edit_target.hid, hids, how)
    done, already = ("added", "there already") if how == "add" else ("taken out", "not there")
    said = [f"{_count(changed, kind.word)} {done}"] if changed or len(hids) == changed else []
    if left := len(hids) - changed:
        said.append(f"{_count(left, kind.word)} {'was' if left == 1 else 'were'} {already}")
    await answer(ctx, card(text=f"{', '.join(said)}."))


def _count(number: int, word: str) -> str:
    return f"{number} {word if number == 1 else f'{word}s'}"


def _groups_of(session: Session, hid: str, viewer: int | None) -> list[dict[str, object]]:
    return listing.show_groups_of(session, members.get_member(session, hid), viewer)
