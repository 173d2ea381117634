"""The settings of `config` that proxying follows: autoproxy, tags, switches, the form of names."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from cogs.commands.arguments import CLEARING, OFF, ON, Arguments, unquoted
from cogs.commands.formatting import code, quote
from cogs.commands.responses import Context, answer, card
from cogs.commands.subcommands import Subcommand
from cogs.commands.targets import EditTarget, SystemTarget
from cogs.systems.field_commands import Field, edit_text, edit_toggle
from cogs.systems.guild_settings import system_in_guild
from rules.errors import Invalid
from rules.parsing.typed_times import parse_span, show_span
from rules.proxying.decision import LATCH_TIMEOUT_S
from rules.systems import config, systems

NEVER = ("never", "0", *OFF)
NAME_FORMAT = Field("name_format", "name format", unquoted, code, is_spoken=True)
SERVER_NAME_FORMAT = Field("name_format", "server name format", unquoted, code, is_spoken=True)
SWITCHING = {
    "off": "Proxied messages log no switches.",
    "new": "A proxied message switches to its member, unless the member fronts already.",
    "add": "A proxied message adds its member to those who front.",
}


def config_target(ctx: Context, target: SystemTarget) -> EditTarget:
    """One's own system by what `config` sets of it."""

    async def see(_viewer: int | None) -> Mapping[str, Any]:
        return await ctx.bot.read(_show_config, ctx.author.id)

    async def edit(changes: Mapping[str, object]) -> None:
        await ctx.bot.write(config.edit_config, ctx.author.id, changes)

    return EditTarget(target, "system", see, edit)


def _show_config(session: Session, user_id: int) -> dict[str, Any]:
    return config.show_config(systems.get_own_system(session, user_id))


async def toggle_account(ctx: Context, target: SystemTarget, arguments: Arguments) -> None:
    """`config autoproxy account`: of the account that types it, and of no other."""

    async def see(_viewer: int | None) -> Mapping[str, bool]:
        return {"allowed": await ctx.bot.read(config.is_autoproxy_allowed, ctx.author.id)}

    async def edit(changes: Mapping[str, object]) -> None:
        await ctx.bot.write(config.allow_autoproxy, ctx.author.id, changes["allowed"])

    on, off = "Autoproxy works for this account.", "Autoproxy never works for this account."
    await edit_toggle(ctx, EditTarget(target, "account", see, edit), arguments, "allowed", on, off)


async def set_timeout(ctx: Context, target: SystemTarget, arguments: Arguments) -> None:
    """`config autoproxy timeout`: a span such as `6h`, `never`, or `reset`."""
    text = " ".join(arguments.all()).lower()
    arguments.check_flags(())
    system = target.system
    if text:
        seconds = None if text in (*CLEARING, *ON) else 0 if text in NEVER else parse_span(text)
        system = await ctx.bot.write(config.edit_config, ctx.author.id, {"latch_timeout": seconds})
    await answer(ctx, card(text=_say_timeout(system.latch_timeout)))


def _say_timeout(seconds: int | None) -> str:
    if seconds == 0:
        return "A latch never ends by itself."
    return f"A latch ends {_show_timeout(seconds)} after the last proxied message."


def _show_timeout(seconds: int | None) -> str:
    return "never" if seconds == 0 else show_span(LATCH_TIMEOUT_S if seconds is None else seconds)


async def toggle_case(ctx: Context, target: SystemTarget, arguments: Arguments) -> None:
    """`config proxy case`: whether `A:` and `a:` are the same tag."""
    on, off = "Tags must be typed in their own case of letters.", "Tags may be typed in any case of letters."
    await edit_toggle(ctx, config_target(ctx, target), arguments, "case_sensitive_proxy_tags", on, off)


async def toggle_errors(ctx: Context, target: SystemTarget, arguments: Arguments) -> None:
    """`config proxy error`: whether the sender is told also where there is nothing that they can do."""
    on = "You are told why a message could not be proxied."
    off = "You are told why a message could not be proxied only where you can do something about it."
    await edit_toggle(ctx, config_target(ctx, target), arguments, "proxy_error_message_enabled", on, off)


async def toggle_pings(ctx: Context, target: SystemTarget, arguments: Arguments) -> None:
    """`config pings`: whether others may ping the sender by a reaction."""
    on, off = "Others may ping you by reacting to your messages.", "Nobody can ping you by reacting to your messages."
    await edit_toggle(ctx, config_target(ctx, target), arguments, "pings_enabled", on, off)


async def set_switching(ctx: Context, target: SystemTarget, arguments: Arguments) -> None:
    """`config proxy switch`: off, new or add."""
    how, system = (arguments.next() or "").lower(), target.system
    arguments.end()
    if how:
        if how not in SWITCHING:
            raise Invalid(f"Say `off`, `new` or `add`; {quote(how)} is none of them.")
        system = await ctx.bot.write(config.edit_config, ctx.author.id, {"proxy_switch": how})
    await answer(ctx, card(text=SWITCHING[system.proxy_switch]))


async def edit_format(ctx: Context, target: SystemTarget, arguments: Arguments) -> None:
    """`config name format`: how name and tag are put together."""
    edit_target = config_target(ctx, target)
    await edit_text(ctx, edit_target, arguments, NAME_FORMAT, _warn)


async def edit_server_format(ctx: Context, target: SystemTarget, arguments: Arguments) -> None:
    """`config server name format`: the same for this server alone."""
    here = system_in_guild(ctx, target, public=True)
    await edit_text(ctx, here, arguments, SERVER_NAME_FORMAT, _warn)


def _warn(form: object) -> str:
    return "" if "{name}" in str(form) else " It has no `{name}` in it, so all members will be called the same."


async def list_settings(ctx: Context, target: SystemTarget) -> dict[str, str]:
    """What each of these settings is, by name."""
    system = target.system
    listed = {
        "autoproxy account": on_or_off(await ctx.bot.read(config.is_autoproxy_allowed, ctx.author.id)),
        "autoproxy timeout": _show_timeout(system.latch_timeout),
        "proxy case": on_or_off(system.case_sensitive_proxy_tags),
        "proxy error": on_or_off(system.proxy_error_message_enabled),
        "proxy switch": system.proxy_switch,
        "pings": on_or_off(system.pings_enabled),
        "name format": code(system.name_format or "{name} {tag}"),
    }
    if ctx.guild:
        seen = await system_in_guild(ctx, target).see(ctx.author.id)
        listed["server name format"] = code(seen["name_format"]) if seen["name_format"] else "as everywhere"
    return listed


def on_or_off(value: bool) -> str:
    """A setting as it is typed."""
    return "on" if value else "off"


subcommands = [
    Subcommand(("autoproxy account", "ap account"), toggle_account, "[on or off]", "autoproxy for this account"),
    Subcommand(("autoproxy timeout", "ap timeout"), set_timeout, "[6h, never or reset]", "how long a latch lasts"),
    Subcommand(("proxy case",), toggle_case, "[on or off]", "whether tags must be typed in their case of letters"),
    Subcommand(("proxy error", "proxy errors"), toggle_errors, "[on or off]", "whether you are told what went wrong"),
    Subcommand(("proxy switch",), set_switching, "[off, new or add]", "whether proxied messages log switches"),
    Subcommand(("pings", "ping"), toggle_pings, "[on or off]", "whether others may ping you by reacting"),
    Subcommand(("name format", "nameformat", "nf"), edit_format, "[{name} {tag}]", "how name and tag are put together"),
    Subcommand(
        ("server name format", "servernameformat", "server format", "snf"),
        edit_server_format,
        "[{name} {tag}]",
        "the same in this server alone",
    ),
]
