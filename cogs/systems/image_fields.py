"""A picture given as an attachment, an address, or somebody whose picture it is."""

from contextlib import AbstractAsyncContextManager, nullcontext

import discord

from cogs.commands.arguments import RAW, SHOWING, Arguments, is_clearing
from cogs.commands.converters import find_user_id, get_user
from cogs.commands.private_responses import Response, respond
from cogs.commands.responses import Context, answer, card
from cogs.commands.targets import EditTarget
from cogs.systems.field_commands import Field, clear, show_text
from rules.errors import Invalid
from rules.parsing.fields import read_url

PICTURE = "[address, attachment or @user]"
AVATAR = Field("avatar_url", "avatar")
BANNER = Field("banner", "banner")


async def edit_picture(
    ctx: Context, edit_target: EditTarget, arguments: Arguments, field: Field, of_users: bool = False
) -> None:
    """`<picture>` shows, `clear` clears, an address, an attachment or (`of_users`) a mention sets."""
    given = arguments.rest(SHOWING)
    arguments.check_flags(SHOWING)
    attachment = find_attachment(ctx)
    if is_clearing(given, arguments):
        await clear(ctx, edit_target, arguments, field)
        ctx.bot.dispatch("purge")
    elif not given and not attachment:
        await _show_picture(ctx, edit_target, arguments, field)
    elif given.lower() == "raw":
        await show_text(ctx, edit_target, arguments, field, raw=True)
    else:
        edit_target.target.check_own()
        url = read_url(field.key, await read_picture(ctx, given, attachment, of_users))
        async with ctx.bot.pictures.keeping(ctx.author.id, url) as (url, said):
            await edit_target.edit({field.key: url})
        ctx.bot.dispatch("purge")
        embed = card(text=f"The {edit_target.kind}'s {field.label} is changed.{said}")
        await answer(ctx, embed.set_thumbnail(url=url))


def find_attachment(ctx: Context) -> discord.Attachment | None:
    """The first file that came with the command."""
    return next(iter(ctx.message.attachments), None) if ctx.message else None


async def read_picture(
    ctx: Context, given: str, attachment: discord.Attachment | None = None, of_users: bool = False
) -> str:
    """The address of a picture. Raises Invalid, and NotFound for a user who is not there."""
    user_id = find_user_id(given)
    if user_id is not None and not of_users:
        raise Invalid("A banner cannot be taken from a user; give an address or an attachment.")
    if user_id is not None:
        user = await get_user(ctx, user_id)
        return user.display_avatar.replace(size=512, static_format="png").url
    if given or not attachment:
        return _read_address(ctx, given)
    if not (attachment.content_type or "").startswith("image/"):
        raise Invalid("The attachment must be a picture.")
    return attachment.url


def keeping_if_any(ctx: Context, url: str | None) -> AbstractAsyncContextManager[tuple[str | None, str]]:
    """`PictureKeeper.keeping` of a picture that may be missing."""
    return ctx.bot.pictures.keeping(ctx.author.id, url) if url else nullcontext((None, ""))


def _read_address(ctx: Context, given: str) -> str:
    # `<>` is no address, and must not clear the picture as an empty one would.
    url = given[1:-1] if given.startswith("<") and given.endswith(">") and given[1:-1].strip() else given
    # Discord shows a picture over http no longer, and the simulated one has no certificate. The rule tells what is no
    # address at all.
    own = ctx.bot.config.discord_cdn_base
    if url.lower().startswith("http://") and not (own and url.startswith(own)):
        raise Invalid("A picture's address must start with https://; an attached picture does as well.")
    return url


async def _show_picture(ctx: Context, edit_target: EditTarget, arguments: Arguments, field: Field) -> None:
    if arguments.has(*RAW):
        await show_text(ctx, edit_target, arguments, field, raw=True)
        return

    async def build(viewer: int | None) -> Response:
        url = (await edit_target.see(viewer))[field.key]
        if not url:
            return Response(card(text=f"The {edit_target.kind} has no {field.label}."))
        return Response(card(field.title, f"<{url}>").set_image(url=url))

    await respond(ctx, edit_target.target, arguments, build)
