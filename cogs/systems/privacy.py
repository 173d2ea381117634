"""The `privacy` subcommands: which settings there are by which names, and what they are set to."""

from collections.abc import Mapping

from cogs.commands.arguments import Arguments
from cogs.commands.formatting import be, quote
from cogs.commands.responses import Context, answer, answer_privately, card, typed
from cogs.commands.targets import EditTarget
from rules.errors import Invalid

LEVELS = {
    "public": ("public", "pub", "show", "shown", "visible", "unhide", "unhidden"),
    "private": ("private", "priv", "hide", "hidden"),
}
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
    # There are no groups yet to speak of; for those that come, `all` counts already.
    "group_list_privacy": (),
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
    if edit_target.kind == "member" and changes.get("name_privacy") == "private" and not seen["display_name"]:
        sets = typed(ctx, f"{edit_target.command} displayname <name>")
        more += f"\nWithout a display name the name is still shown; {sets} sets one."
    if edit_target.kind == "member" and changes.get("avatar_privacy") == "private" and seen["avatar_url"]:
        more += "\nProxied messages still show the avatar."
    if changes.get("banner_privacy") == "public" and seen["description_privacy"] == "private":
        more += "\nThe banner stays hidden as long as the description is private."
    return more
