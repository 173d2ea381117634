"""Showing, setting and clearing one field of a system or a member: the same for all of them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from cogs.commands.arguments import PUBLIC, RAW, SHOWING, Arguments, is_clearing, read_toggle, unquoted
from cogs.commands.confirm import confirm, confirm_by_typing
from cogs.commands.converters import get_display
from cogs.commands.formatting import be, code, code_block, cut
from cogs.commands.private_responses import Response, is_private, respond
from cogs.commands.responses import MOST_TEXT, Context, answer, answer_privately, card, typed
from cogs.commands.targets import EditTarget
from rules.errors import Invalid
from rules.proxying.markup import find_custom_emoji
from rules.systems import config


@dataclass(frozen=True)
class Field:
    """A field as commands show and set it: its key in the rules, and what people call it.

    `reader` turns what was typed into what the rules take, `shower` turns that back into a text. `is_spoken` is whether
    it stands in the name above proxied messages.
    """

    key: str
    label: str
    reader: Callable[[str], object] = str
    shower: Callable[[Any], str] = str
    is_spoken: bool = False

    @property
    def title(self) -> str:
        """The label as it begins a line."""
        return f"{self.label[0].upper()}{self.label[1:]}"


def without_hash(text: str) -> str:
    """A colour as the rules take it: `#FF0000` and `ff0000` are the same."""
    return unquoted(text).removeprefix("#")


TEMPLATE = ("template", "templates", "tpl")
NAME = Field("name", "name", unquoted)
DESCRIPTION = Field("description", "description")
PRONOUNS = Field("pronouns", "pronouns", unquoted)
COLOR = Field("color", "color", without_hash, "#{}".format)


async def edit_text(
    ctx: Context,
    edit_target: EditTarget,
    arguments: Arguments,
    field: Field,
    after: Callable[[object], str] | None = None,
    hint: str = "",
) -> None:
    """`<field>` shows, `<field> clear` clears after a question, `<field> <text>` sets.

    `after` adds to the answer to the last, and `hint` to that of a field that holds nothing.
    """
    text = arguments.rest(SHOWING)
    arguments.check_flags(SHOWING)
    if is_clearing(text, arguments):
        await clear(ctx, edit_target, arguments, field)
    elif not text or text.lower() == "raw":
        await show_text(ctx, edit_target, arguments, field, raw=bool(text), more=hint)
    else:
        edit_target.target.check_own()
        value = field.reader(text)
        await edit_target.edit({field.key: value})
        more = (after(value) if after else "") + (hint_at_emoji(value) if field.is_spoken else "")
        await answer(ctx, card(text=f"The {edit_target.kind}'s {field.label} {be(field.label)} changed.{more}"))


async def edit_description(ctx: Context, edit_target: EditTarget, arguments: Arguments) -> None:
    """`description`, which `-template <number>` begins with a text of one's own; it asks before it replaces another."""
    own = edit_target.target.own
    text = arguments.rest((*SHOWING, *TEMPLATE) if own else SHOWING)
    if not arguments.has(*TEMPLATE):
        hint = ""
        if own and not text and config.get_templates(edit_target.target.system):
            hint = f" {typed(ctx, f'{edit_target.command} description -template 1')} begins it with your template."
        await edit_text(ctx, edit_target, arguments, DESCRIPTION, hint=hint)
        return
    arguments.check_flags(TEMPLATE)
    value = config.get_template(edit_target.target.system, read_template_number(text))
    replaced = (await edit_target.see(ctx.author.id))["description"]
    question = f"Replace the {edit_target.kind}'s description by the template?"
    if replaced and not await confirm(ctx, question, "Replace", arguments):
        await answer(ctx, card(text="Nothing was changed."))
        return
    await edit_target.edit({"description": value})
    await answer(ctx, card(text=f"The {edit_target.kind}'s description is the template now; change it as you like."))


def read_template_number(word: str | None) -> int:
    """The number of a template of one's own, as it is typed. Raises Invalid."""
    if not (word or "").isdecimal() or len(word) > 3:
        raise Invalid("Say which template, by its number; `config template` lists yours.")
    return int(word)


def hint_at_emoji(name: object) -> str:
    """What becomes of a custom emoji in the name above proxied messages, to be added to an answer."""
    emoji = find_custom_emoji(str(name))
    if not emoji:
        return ""
    return f" Discord shows no custom emoji in names: {code(emoji)} will stand there as text; use an ordinary emoji."


async def clear(ctx: Context, edit_target: EditTarget, arguments: Arguments, field: Field) -> None:
    """Clear a field after a question, unless `-yes` answers it."""
    edit_target.target.check_own()
    if not (await edit_target.see(ctx.author.id))[field.key]:
        await answer(ctx, card(text=f"The {edit_target.kind} has no {field.label}; nothing is changed."))
    elif await confirm(ctx, f"Clear the {edit_target.kind}'s {field.label}?", "Clear", arguments):
        await edit_target.edit({field.key: None})
        await answer(ctx, card(text=f"The {edit_target.kind}'s {field.label} {be(field.label)} cleared."))
    else:
        await answer(ctx, card(text="Nothing was changed."))


async def show_text(
    ctx: Context, edit_target: EditTarget, arguments: Arguments, field: Field, raw: bool = False, more: str = ""
) -> None:
    """Show a field: as it looks, or with `-raw` as it was typed."""
    raw = raw or arguments.has(*RAW)
    hint = " Put one behind the command to set it." if edit_target.target.own and not ctx.is_app else ""
    if hint and not edit_target.target.system.show_private_info:
        hint += " One that is private is shown with `-private`."

    async def build(viewer: int | None) -> Response:
        value = (await edit_target.see(viewer))[field.key]
        if not value:
            return Response(card(text=f"The {edit_target.kind} has no {field.label}.{hint}{more}"))
        text = field.shower(value)
        return Response(card(field.title, cut(code_block(text) if raw else text, MOST_TEXT)))

    await respond(ctx, edit_target.target, arguments, build)


async def edit_toggle(
    ctx: Context, edit_target: EditTarget, arguments: Arguments, key: str, when_on: str, when_off: str
) -> None:
    """`<setting>` shows, `on` and `off` set. Raises Invalid for anything else."""
    value = read_toggle(arguments)
    if value is not None:
        edit_target.target.check_own()
        await edit_target.edit({key: value})
        # It was typed here a moment ago, so it is no secret here.
        await answer(ctx, card(text=when_on if value else when_off))
        return

    async def build(viewer: int | None) -> Response:
        return Response(card(text=when_on if (await edit_target.see(viewer))[key] else when_off))

    await respond(ctx, edit_target.target, arguments, build)


async def show_id(ctx: Context, edit_target: EditTarget, arguments: Arguments) -> None:
    """The ID of a member or a group; that of a hidden one opens its card to whoever reads it."""
    arguments.end()
    seen = await edit_target.see(ctx.author.id)
    hidden = edit_target.target.own and seen["visibility"] == "private" and not arguments.has(*PUBLIC)
    await (answer_privately if hidden else answer)(ctx, card(text=f"`{(await get_display(ctx)).show_id(seen['id'])}`"))


async def delete_by_typing(
    ctx: Context,
    edit_target: EditTarget,
    arguments: Arguments,
    question: str,
    rule: Callable[[Session, int, str], None],
) -> None:
    """Delete a member or a group by a rule, once its ID was typed back."""
    arguments.end()
    edit_target.target.check_own()
    seen = await edit_target.see(ctx.author.id)
    # In a channel, the ID of a hidden one would open its card to everybody; what was typed stands there already.
    hidden = seen["visibility"] == "private" and not is_private(ctx)
    shown = (await get_display(ctx)).show_id(seen["id"])
    wanted = edit_target.command.removeprefix(f"{edit_target.kind} ") if hidden else shown
    if await confirm_by_typing(ctx, question, wanted):
        await ctx.bot.write(rule, ctx.author.id, seen["id"])
        ctx.bot.dispatch("purge")
        await answer(ctx, card(text=f"The {edit_target.kind} is deleted."))
    else:
        await answer(ctx, card(text="Nothing was deleted."))
