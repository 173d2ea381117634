"""The `privacy` subcommands: which settings there are by which names, and what they are set to."""

from collections.abc import Awaitable, Callable, Mapping

from cogs.commands.arguments import Arguments
from cogs.commands.confirm import confirm
from cogs.commands.formatting import be, quote
from cogs.commands.responses import Context, answer, answer_privately, card, typed
from cogs.commands.subcommands import Subcommands
from cogs.commands.targets import EditTarget
from rules.errors import Invalid

LEVELS = {
    "public": ("public", "pub", "show", "shown", "visible", "unhide", "unhidden"),
    "private": ("private", "priv", "hide", "hidden"),
}
PUBLIC_NAMES = tuple(word for word in LEVELS["public"] if word != "show")
_NAME = ("name",)
_DESCRIPTION = ("description", "desc", "describe", "d", "bio", "info", "text", "intro")
_AVATAR = ("avatar", "pfp", "pic", "icon")
_BANNER = ("banner", "b")
_PRONOUNS = ("pronouns", "pronoun", "prns", "pn")
SYSTEM_SUBJECTS = {
    "name_privacy": _NAME,
    "description_privacy": _DESCRIPTION,
    "avatar_privacy": _AVATAR,
    "banner_privacy": _BANNER,
    "pronoun_privacy": _PRONOUNS,
    "member_list_privacy": ("list", "members", "memberlist", "mlist"),
    "group_list_privacy": ("groups", "gs", "grouplist"),
    "front_privacy": ("front", "fronter", "fronters"),
    "front_history_privacy": ("fronthistory", "fh", "switch", "switches"),
}
MEMBER_SUBJECTS = {
    "visibility": ("visibility", "hidden", "shown", "visible", "list"),
    "name_privacy": _NAME,
    "description_privacy": _DESCRIPTION,
    "banner_privacy": _BANNER,
    "avatar_privacy": _AVATAR,
    "birthday_privacy": ("birthday", "birth", "bday"),
    "pronoun_privacy": _PRONOUNS,
    "proxy_privacy": ("proxy", "proxies", "tag", "tags"),
    "metadata_privacy": ("metadata", "meta", "created"),
}

GROUP_SUBJECTS = {
    "visibility": MEMBER_SUBJECTS["visibility"][:-1],
    "name_privacy": _NAME,
    "description_privacy": _DESCRIPTION,
    "banner_privacy": _BANNER,
    "icon_privacy": _AVATAR[::-1],
    "list_privacy": ("list", "members", "listing"),
    "metadata_privacy": MEMBER_SUBJECTS["metadata_privacy"],
}
Run = Callable[[Context, EditTarget, Arguments], Awaitable[None]]


def add_subcommands(subcommands: Subcommands, subjects: Mapping[str, tuple[str, ...]]) -> None:
    """Add `privacy`, and the words that make all of a member or a group private, or public."""

    @subcommands("privacy", usage="[subject] [public or private]", about="who sees what")
    async def privacy(ctx: Context, edit_target: EditTarget, arguments: Arguments) -> None:
        await edit_privacy(ctx, edit_target, arguments, subjects)

    @subcommands("private", "priv", "hidden", "hide", about="make all of it private")
    async def make_private(ctx: Context, edit_target: EditTarget, arguments: Arguments) -> None:
        arguments.end()
        await edit_privacy(ctx, edit_target, Arguments(ready=["all", "private"]), subjects)

    @subcommands(*PUBLIC_NAMES, about="make all of it public", harmful=True)
    async def make_public(ctx: Context, edit_target: EditTarget, arguments: Arguments) -> None:
        arguments.end()
        await edit_privacy(ctx, edit_target, Arguments(ready=["all", "public"]), subjects)


async def show_or_open(
    ctx: Context,
    edit_target: EditTarget,
    arguments: Arguments,
    subjects: Mapping[str, tuple[str, ...]],
    show_card: Run,
) -> None:
    """The opposite of `hide`, and to who has nothing hidden the card; what was private is shown after a question."""
    arguments.end()
    if not (edit_target.target.own and await _hides_something(ctx, edit_target, subjects)):
        await show_card(ctx, edit_target, arguments)
        return
    what = edit_target.kind
    question = f"Make all of this {what} public? {typed(ctx, edit_target.command)} alone shows you the card."
    if await confirm(ctx, question, "Make it public", arguments):
        await edit_privacy(ctx, edit_target, Arguments(ready=["all", "public"]), subjects)
    else:
        await answer(ctx, card(text="Nothing was changed."))


async def _hides_something(ctx: Context, edit_target: EditTarget, subjects: Mapping[str, tuple[str, ...]]) -> bool:
    seen = await edit_target.see(ctx.author.id)
    return any(seen[key] == "private" for key in subjects)


def find_level(word: str | None) -> str | None:
    """`public` or `private`, by any of their names."""
    name = (word or "").lower()
    return next((level for level, names in LEVELS.items() if name in names), None)


async def edit_privacy(
    ctx: Context, edit_target: EditTarget, arguments: Arguments, subjects: Mapping[str, tuple[str, ...]]
) -> None:
    """`privacy` shows all settings to the owner, `privacy <subject> <level>` sets one, or all. Raises Invalid."""
    edit_target.target.check_own()
    given = arguments.all()
    arguments.check_flags(())
    if not given:
        await show_settings(ctx, edit_target, subjects)
        return
    changes = _read_changes(given, subjects)
    await edit_target.edit(changes)
    key, level = next(iter(changes.items()))
    name = "settings" if len(changes) > 1 else subjects[key][0]
    what = f"{'All of the' if len(changes) > 1 else 'The'} {name} {be(name)}"
    await answer(ctx, card(text=f"{what} {level} now.{await _warn(ctx, edit_target, changes)}"))


async def show_settings(ctx: Context, edit_target: EditTarget, subjects: Mapping[str, tuple[str, ...]]) -> None:
    """All settings, for the owner alone."""
    seen = await edit_target.see(ctx.author.id)
    lines = "\n".join(f"{names[0]}: **{seen[key]}**" for key, names in subjects.items() if names)
    one, every = (typed(ctx, f"{edit_target.command} privacy {what}") for what in ("<subject> public", "all private"))
    hint = f"\n\n{one} or `private` changes one, {every} all of them."
    if ctx.is_app:
        hint = f"\n\n{one} with a subject and a level changes one; the subject `all` is all of them."
    await answer_privately(ctx, card(f"Privacy of your {edit_target.kind}", lines + hint))


def _read_changes(given: list[str], subjects: Mapping[str, tuple[str, ...]]) -> dict[str, str]:
    """The level of each setting that is to be changed, by a subject and a level, or a level alone for all of them."""
    subject, *others = given
    # `hidden`, `shown` and `visible` are a subject too: that alone is too little to show everything by.
    is_subject = any(subject.lower() in names for names in subjects.values())
    if not others and not is_subject and (level := find_level(subject)):
        return dict.fromkeys(subjects, level)
    keys = _find_keys(subject, subjects)
    level = find_level(others[0] if others else None)
    if not level:
        what = "all of it" if len(keys) > 1 else f"the {subject}"
        raise Invalid(f"Say whether {what} {be(what)} to be `public` or `private`.")
    if len(others) > 1:
        raise Invalid(f"I did not expect {quote(others[1])} here; change one setting at a time, or all.")
    return dict.fromkeys(keys, level)


def _find_keys(word: str, subjects: Mapping[str, tuple[str, ...]]) -> list[str]:
    if word.lower() == "all":
        return list(subjects)
    found = [key for key, names in subjects.items() if word.lower() in names]
    if not found:
        known = ", ".join(names[0] for names in subjects.values() if names)
        raise Invalid(f"There is no privacy of {quote(word)}; there are {known} and all.")
    return found


async def _warn(ctx: Context, edit_target: EditTarget, changes: Mapping[str, str]) -> str:
    """What a member's owner may not expect."""
    seen, more = await edit_target.see(ctx.author.id), ""
    if edit_target.kind != "system" and changes.get("name_privacy") == "private" and not seen["display_name"]:
        sets = typed(ctx, f"{edit_target.command} displayname <name>")
        more += f"\nWithout a display name the name is still shown; {sets} sets one."
    if edit_target.kind == "member" and changes.get("avatar_privacy") == "private" and seen["avatar_url"]:
        more += "\nProxied messages still show the avatar."
    with_description = edit_target.kind != "group" and seen["description_privacy"] == "private"
    if with_description and changes.get("banner_privacy") == "public":
        more += "\nThe banner stays hidden as long as the description is private."
    return more
