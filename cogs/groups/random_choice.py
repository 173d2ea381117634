"""`pk;random` and `pk;group <group> random`: one of the members, by chance."""

import secrets
from collections.abc import Callable
from typing import Any

from sqlalchemy.orm import Session

from cogs.commands.arguments import Arguments
from cogs.commands.private_responses import Response, respond
from cogs.commands.responses import Context
from cogs.commands.targets import SystemTarget
from cogs.systems.embeds import member_embed
from rules.errors import NotFound
from rules.groups import listing
from rules.systems import members, overviews
from rules.systems.member_list import Options

ALL = ("all", "a")
_NOBODY = "There is nobody to choose from; `-all` counts hidden members too."


async def show_random_member(
    ctx: Context, target: SystemTarget, arguments: Arguments, lister: Callable[..., list[dict[str, Any]]], hid: str
) -> None:
    """The card of one of those whom `lister` lists of what has the ID `hid`. Raises NotFound where there is nobody."""
    arguments.end(ALL)
    options = Options(all=arguments.has(*ALL))
    listed = await ctx.bot.read(lister, hid, ctx.author.id, options)
    if not listed:
        raise NotFound(_NOBODY)
    chosen = secrets.choice(listed)["id"]

    async def build(viewer: int | None) -> Response:
        # Whoever must not see the list must not see either that somebody is in it.
        if all(member["id"] != chosen for member in await ctx.bot.read(lister, hid, viewer, options)):
            raise NotFound(_NOBODY)
        return Response(await ctx.bot.read(_make_card, chosen, viewer))

    await respond(ctx, target, arguments, build)


def _make_card(session: Session, hid: str, viewer: int | None) -> Any:
    seen = overviews.get_member_overview(session, members.get_member(session, hid), viewer)
    return member_embed(seen, listing.find_groups_of(session, hid, viewer))
