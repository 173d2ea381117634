"""What systems and members set for one server: the one in which the command is typed."""

from collections.abc import Mapping
from typing import Any

from cogs.commands.arguments import CLEAR, OFF, ON, SHOWING, Arguments, is_clearing, unquoted
from cogs.commands.converters import get_guild_id
from cogs.commands.formatting import code, quote
from cogs.commands.private_responses import Response, respond
from cogs.commands.responses import Context, card, typed
from cogs.commands.subcommands import Subcommand
from cogs.commands.targets import EditTarget, SystemTarget
from cogs.systems.field_commands import Field, edit_text, edit_toggle
from cogs.systems.image_fields import PICTURE, edit_picture
from rules.errors import Invalid
from rules.systems import guild_settings

NAME = ("servername", "sn", "sname", "snick", "servernick", "servernickname", "guildname", "guildnick")
AVATAR = ("serveravatar", "sa", "savatar", "servericon", "serverpfp", "serverpic", "guildavatar", "guildicon")
KEEP = ("serverkeepproxy", "skp", "serverkeeptags", "servershowtags", "guildkeepproxy")
TAG = ("servertag", "st", "stag", "guildtag")
SERVER_TAG = Field("tag", "server tag", unquoted, is_spoken=True)
SERVER_NAME = Field("display_name", "server name", unquoted, is_spoken=True)
SYSTEM_NAME = Field("display_name", "server name", unquoted)
SERVER_AVATAR = Field("avatar_url", "server avatar")
TAG_ENABLE = "system servertag enable"
TAG_ON, TAG_OFF = ("enable", "enabled", "on"), ("disable", "disabled", "off")


def system_in_guild(ctx: Context, target: SystemTarget, public: bool = False) -> EditTarget:
    """A system in this server; what is `public` is no secret of its owner's, who may read it in a channel."""
    guild_id = get_guild_id(ctx)

    async def see(viewer: int | None) -> Mapping[str, Any]:
        viewer = ctx.author.id if public else viewer
        return await ctx.bot.read(guild_settings.see_system, target.system, guild_id, viewer)

    async def edit(changes: Mapping[str, object]) -> None:
        await ctx.bot.write(guild_settings.edit_system, ctx.author.id, guild_id, changes)

    return EditTarget(target, "system", see, edit)


async def member_in_guild(ctx: Context, edit_target: EditTarget) -> EditTarget:
    """A member in this server."""
    guild_id, hid = get_guild_id(ctx), (await edit_target.see(None))["id"]

    async def see(viewer: int | None) -> Mapping[str, Any]:
        return await ctx.bot.read(guild_settings.see_member, hid, guild_id, viewer)

    async def edit(changes: Mapping[str, object]) -> None:
        await ctx.bot.write(guild_settings.edit_member, ctx.author.id, hid, guild_id, changes)

    return EditTarget(edit_target.target, "member", see, edit, edit_target.command)


async def toggle_proxy(ctx: Context, target: SystemTarget, arguments: Arguments) -> None:
    """`proxy`, `proxy on`, `proxy off`: whether anything of one's own system is proxied in this server."""
    target.check_own()
    on = "Your system's messages are proxied in this server."
    here = system_in_guild(ctx, target, public=True)
    await edit_toggle(
        ctx, here, arguments, "proxy_enabled", on, "Your system's messages are not proxied in this server."
    )


async def edit_tag(ctx: Context, target: SystemTarget, arguments: Arguments) -> None:
    """`servertag` shows, `enable` and `disable` switch any tag on and off here, all else sets or clears it."""
    here = system_in_guild(ctx, target)
    text = arguments.rest((*SHOWING, *TAG_ON, *TAG_OFF)).lower()
    enabled = _read_tag_toggle(text, arguments)
    if enabled is not None:
        arguments.check_flags((*TAG_ON, *TAG_OFF))
        target.check_own()
        await here.edit({"tag_enabled": enabled})
    if enabled is not None or not (text or arguments.has(*SHOWING)):
        await _show_tag(ctx, target, arguments, here)
        return
    hidden = target.own and not (await here.see(ctx.author.id))["tag_enabled"]
    hint = f" Tags are disabled in this server; {typed(ctx, TAG_ENABLE)} shows them again." if hidden else ""
    await edit_text(ctx, here, arguments, SERVER_TAG, lambda _tag: hint)


def _read_tag_toggle(text: str, arguments: Arguments) -> bool | None:
    for enabled, names in ((True, TAG_ON), (False, TAG_OFF)):
        if text in names or (not text and arguments.has(*names)):
            return enabled
    return None


async def _show_tag(ctx: Context, target: SystemTarget, arguments: Arguments, here: EditTarget) -> None:
    async def build(_viewer: int | None) -> Response:
        seen = await here.see(ctx.author.id)
        tag = seen["tag"] or target.system.tag
        if seen["tag_enabled"] is False:
            text = f"Names have no tag in this server: it is disabled; {typed(ctx, TAG_ENABLE)} shows it again."
            return Response(card(text=text))
        whose = "the tag of this server alone" if seen["tag"] else "the system's own tag, as everywhere"
        return Response(card(text=f"Names have {whose}: {code(tag)}." if tag else "The system has no tag."))

    await respond(ctx, target, arguments, build)


async def hint_at_tag(ctx: Context, target: SystemTarget) -> str:
    """What makes the system's own tag look otherwise in this server."""
    if not (ctx.guild and target.own):
        return ""
    seen = await system_in_guild(ctx, target).see(ctx.author.id)
    if not seen["tag_enabled"]:
        return f" In this server tags are disabled; {typed(ctx, TAG_ENABLE)} shows them again."
    if seen["tag"]:
        return f" In this server the tag is {code(seen['tag'])}; {typed(ctx, 'system servertag clear')} ends that."
    if "{tag}" not in (seen["name_format"] or target.system.name_format or "{tag}"):
        return f" Your name format leaves the tag out; {typed(ctx, 'config name format')} shows it."
    return ""


async def edit_system_name(ctx: Context, target: SystemTarget, arguments: Arguments) -> None:
    """What the system itself is called in this server, on its card."""
    await edit_text(ctx, system_in_guild(ctx, target), arguments, SYSTEM_NAME)


async def edit_system_avatar(ctx: Context, target: SystemTarget, arguments: Arguments) -> None:
    """The avatar of those members who have none, in this server."""
    await edit_picture(ctx, system_in_guild(ctx, target), arguments, SERVER_AVATAR, of_users=True)


async def edit_name(ctx: Context, edit_target: EditTarget, arguments: Arguments) -> None:
    """The name that a member speaks under in this server."""
    here = await member_in_guild(ctx, edit_target)
    await edit_text(ctx, here, arguments, SERVER_NAME)


async def hint_at_name(ctx: Context, edit_target: EditTarget) -> str:
    """Whether another name of a member counts in this server."""
    if not (ctx.guild and edit_target.target.own):
        return ""
    seen = await (await member_in_guild(ctx, edit_target)).see(ctx.author.id)
    shows = typed(ctx, f"{edit_target.command} servername")
    return f"\nIn this server the server name counts; {shows} shows it." if seen["display_name"] else ""


async def edit_member_avatar(ctx: Context, edit_target: EditTarget, arguments: Arguments) -> None:
    """The avatar that a member speaks with in this server."""
    here = await member_in_guild(ctx, edit_target)
    await edit_picture(ctx, here, arguments, SERVER_AVATAR, of_users=True)


async def edit_keep_proxy(ctx: Context, edit_target: EditTarget, arguments: Arguments) -> None:
    """`on` and `off` count in this server only, `clear` lets the member's own setting count again."""
    here = await member_in_guild(ctx, edit_target)
    text = arguments.rest(CLEAR).lower()
    arguments.check_flags(CLEAR)
    if text or arguments.has(*CLEAR):
        edit_target.target.check_own()
        await here.edit({"keep_proxy": None if is_clearing(text, arguments) else _read_on(text)})

    async def build(viewer: int | None) -> Response:
        kept, everywhere = (await here.see(viewer))["keep_proxy"], (await edit_target.see(viewer))["keep_proxy"]
        where = "In this server, as everywhere," if kept is None else "In this server"
        does = "keep" if kept or (kept is None and everywhere) else "lose"
        return Response(card(text=f"{where} proxied messages {does} the tags."))

    await respond(ctx, edit_target.target, arguments, build)


def _read_on(text: str) -> bool:
    if text not in (*ON, *OFF):
        raise Invalid(f"Say `on`, `off` or `clear`; {quote(text)} is none of them.")
    return text in ON


system_subcommands = [
    Subcommand(("proxy",), toggle_proxy, "[on or off]", "whether your messages are proxied in this server"),
    Subcommand(NAME, edit_system_name, "[name]", "the system's name in this server"),
    Subcommand(TAG, edit_tag, "[tag, disable or enable]", "the tag in this server"),
    Subcommand(AVATAR, edit_system_avatar, PICTURE, "the avatar in this server, of members who have none"),
]
member_subcommands = [
    Subcommand(NAME, edit_name, "[name]", "the name in this server"),
    Subcommand(AVATAR, edit_member_avatar, PICTURE, "the avatar in this server"),
    Subcommand(KEEP, edit_keep_proxy, "[on, off or clear]", "whether messages keep the tags in this server"),
]
