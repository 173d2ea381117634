"""Showing, setting and clearing one field of a system or a member: the same for all of them."""

from collections.abc import Callable
from typing import Any

from cogs.commands.arguments import RAW, SHOWING, Arguments, is_clearing, read_toggle
from cogs.commands.confirm import confirm
from cogs.commands.formatting import code_block, cut
from cogs.commands.private_responses import Response, respond
from cogs.commands.responses import MOST_TEXT, Context, answer, card
from cogs.commands.targets import EditTarget


async def edit_text(
    ctx: Context,
    arguments: Arguments,
    edit_target: EditTarget,
    key: str,
    label: str,
    *,
    reader: Callable[[str], object] | None = None,
    shower: Callable[[Any], str] | None = None,
    after: Callable[[object], str] | None = None,
) -> None:
    """`<field>` shows, `<field> clear` clears after a question, `<field> <text>` sets.

    `reader` turns what was typed into what the rules take, `shower` turns that back; `after` adds to the answer.
    """
    text = arguments.rest(SHOWING)
    arguments.check_flags(SHOWING)
    if is_clearing(text, arguments):
        await clear(ctx, arguments, edit_target, key, label)
    elif not text or text.lower() == "raw":
        await show_text(ctx, arguments, edit_target, key, label, shower, raw=bool(text))
    else:
        edit_target.target.check_own()
        value = reader(text) if reader else text
        await edit_target.edit({key: value})
        more = after(value) if after else ""
        await answer(ctx, card(text=f"The {edit_target.kind}'s {label} is changed.{more}"))


async def clear(ctx: Context, arguments: Arguments, edit_target: EditTarget, key: str, label: str) -> None:
    """Clear a field after a question, unless `-yes` answers it."""
    edit_target.target.check_own()
    if not (await edit_target.see(ctx.author.id))[key]:
        await answer(ctx, card(text=f"The {edit_target.kind} has no {label}; nothing is changed."))
    elif await confirm(ctx, f"Clear the {edit_target.kind}'s {label}?", "Clear", arguments):
        await edit_target.edit({key: None})
        await answer(ctx, card(text=f"The {edit_target.kind}'s {label} is cleared."))
    else:
        await answer(ctx, card(text="Nothing was changed."))


async def show_text(
    ctx: Context,
    arguments: Arguments,
    edit_target: EditTarget,
    key: str,
    label: str,
    shower: Callable[[Any], str] | None = None,
    raw: bool = False,
) -> None:
    """Show a field: as it looks, or with `-raw` as it was typed."""
    raw = raw or arguments.has(*RAW)
    hint = " Put one behind the command to set it." if edit_target.target.own else ""
    if hint and not edit_target.target.system.show_private_info:
        hint += " One that is private is shown with `-private`."

    async def build(viewer: int | None) -> Response:
        value = (await edit_target.see(viewer))[key]
        if not value:
            return Response(card(text=f"The {edit_target.kind} has no {label}.{hint}"))
        text = shower(value) if shower else str(value)
        if raw:
            text = code_block(text)
        return Response(card(f"{label[0].upper()}{label[1:]}", cut(text, MOST_TEXT)))

    await respond(ctx, arguments, edit_target.target, build)


async def edit_toggle(
    ctx: Context, arguments: Arguments, edit_target: EditTarget, key: str, when_on: str, when_off: str
) -> None:
    """`<setting>` shows, `on` and `off` set. Raises Invalid for anything else."""
    value = read_toggle(arguments)
    if value is not None:
        edit_target.target.check_own()
        await edit_target.edit({key: value})

    async def build(viewer: int | None) -> Response:
        return Response(card(text=when_on if (await edit_target.see(viewer))[key] else when_off))

    await respond(ctx, arguments, edit_target.target, build)
