"""`pk;random`, `pk;group random` and `pk;group <group> random`: one of the members or of the groups, by chance."""

import secrets
from collections.abc import Callable
from typing import Any

from cogs.commands.arguments import Arguments
from cogs.commands.converters import get_display
from cogs.commands.private_responses import Response, respond
from cogs.commands.responses import Context
from cogs.commands.subcommands import Subcommand
from cogs.commands.targets import SystemTarget
from cogs.groups.group_target import see_group
from cogs.systems import member_list, system
from cogs.systems.embeds import group_embed, member_embed
from rules.errors import NotFound
from rules.groups import listing
from rules.groups.listing import GroupOptions
from rules.systems.member_list import Options

ALL, OF_GROUPS = ("all", "a"), ("group", "groups", "g")
NAMES = ("random", "rand")
_NOBODY = "There is nobody to choose from; `-all` counts hidden members too."
_NO_GROUP = "There is no group to choose from; `-all` counts hidden ones too."


async def show_random(ctx: Context, target: SystemTarget, arguments: Arguments) -> None:
    """The card of one of a system's members, or with `-group` of one of its groups. Raises NotFound."""
    arguments.end((*ALL, *OF_GROUPS))
    if arguments.has(*OF_GROUPS):
        await show_random_group(ctx, target, arguments)
    else:
        await show_random_member(ctx, target, arguments, member_list.list_members, target.system.hid)


async def show_random_member(
    ctx: Context, target: SystemTarget, arguments: Arguments, lister: Callable[..., list[dict[str, Any]]], hid: str
) -> None:
    """The card of one of those whom `lister` lists of what has the ID `hid`. Raises NotFound where there is nobody."""
    options = Options(all=arguments.has(*ALL))
    listed = await ctx.bot.read(lister, hid, ctx.author.id, options)
    if not listed:
        raise NotFound(_NOBODY)
    chosen, display = secrets.choice(listed)["id"], await get_display(ctx)

    async def build(viewer: int | None) -> Response:
        # Whoever must not see the list must not see either that somebody is in it.
        if all(member["id"] != chosen for member in await ctx.bot.read(lister, hid, viewer, options)):
            raise NotFound(_NOBODY)
        return Response(member_embed(await ctx.bot.read(listing.get_member_card, chosen, viewer), display))

    await respond(ctx, target, arguments, build)


async def show_random_group(ctx: Context, target: SystemTarget, arguments: Arguments) -> None:
    """The card of one of a system's groups. Raises NotFound where there is none."""
    options = GroupOptions(all=arguments.has(*ALL))
    listed = await ctx.bot.read(listing.list_groups, target.system, ctx.author.id, options)
    if not listed:
        raise NotFound(_NO_GROUP)
    chosen, display = secrets.choice(listed)["id"], await get_display(ctx)

    async def build(viewer: int | None) -> Response:
        # As with members.
        if all(
            group["id"] != chosen for group in await ctx.bot.read(listing.list_groups, target.system, viewer, options)
        ):
            raise NotFound(_NO_GROUP)
        return Response(group_embed(await ctx.bot.read(see_group, chosen, viewer), display))

    await respond(ctx, target, arguments, build)


system.subcommands.add(Subcommand(NAMES, show_random, "[-group]", "one of the members, or of the groups, by chance"))
