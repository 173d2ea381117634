"""Answers that may hold private things: what stands in a channel is always what a stranger may see.

Whoever builds such an answer builds it for a viewer; the rules leave out what that viewer must not see. The owner's
own view goes to places that nobody else reads: a DM, or the ephemeral answer to a slash command.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import discord

from cogs.commands.arguments import PRIVATE, PUBLIC, Arguments
from cogs.commands.paginator import PageMaker, Paginator
from cogs.commands.responses import Context, answer, card, send_dm
from cogs.commands.targets import SystemTarget
from rules.errors import Invalid, NotAllowed, NotFound, Refused


@dataclass
class Response:
    """One answer: an embed, and where it has more pages than one, how to make them."""

    embed: discord.Embed
    count: int = 1
    make_page: PageMaker | None = None

    def options(self, ctx: Context) -> dict[str, discord.ui.View]:
        """What to send along: the buttons, if there is anything to turn."""
        return {"view": Paginator(ctx.author.id, self.count, self.make_page)} if self.count > 1 else {}

    def differs(self, other: "Response | Refused") -> bool:
        """Whether a reader would see something else."""
        if isinstance(other, Refused):
            return True
        return (self.embed.to_dict(), self.count) != (other.embed.to_dict(), other.count)


Builder = Callable[[int | None], Awaitable[Response]]


def is_private(ctx: Context) -> bool:
    """Whether nobody but the caller reads the answer."""
    return ctx.is_app or ctx.guild is None


async def respond(ctx: Context, target: SystemTarget, arguments: Arguments, build: Builder) -> None:
    """Answer with what `build(viewer)` makes: for the owner all of it, for everybody else what they may see.

    In a channel the owner gets by DM what a stranger must not see; `-public` leaves that out, `-private` asks for it
    where the system's setting says otherwise. Raises NotAllowed for `-private` of a stranger, Invalid for both flags,
    ClosedDMs, and what `build` raises for whoever is to read the answer.
    """
    if not target.own and arguments.has(*PRIVATE):
        raise NotAllowed("Only the owner of a system can ask for what is private.")
    if not target.own or _is_public_wanted(arguments, target):
        await _send(ctx, await build(None))
        return
    whole = await build(ctx.author.id)
    if is_private(ctx):
        await _send(ctx, whole)
        return
    public = await _build_public(build)
    if whole.differs(public):
        await send_dm(ctx.author, whole.embed, **whole.options(ctx))
        await answer(ctx, card(text="Some of it is private, so see your DMs; `-public` answers here with the rest."))
    else:
        await _send(ctx, public)


def _is_public_wanted(arguments: Arguments, target: SystemTarget) -> bool:
    private, public = arguments.has(*PRIVATE), arguments.has(*PUBLIC)
    if private and public:
        raise Invalid("Choose one of `-private` and `-public`.")
    return public or not (private or target.system.show_private_info)


async def _build_public(build: Builder) -> Response | Refused:
    try:
        return await build(None)
    except (NotAllowed, NotFound) as refused:
        return refused


async def _send(ctx: Context, response: Response) -> None:
    await answer(ctx, response.embed, **response.options(ctx))
