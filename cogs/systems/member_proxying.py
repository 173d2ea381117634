"""How a member is proxied everywhere: tags, whether they are kept, the avatar, autoproxy, reading aloud."""

from sqlalchemy.orm import Session

from cogs.commands.arguments import CLEAR, Arguments, is_clearing, unquoted
from cogs.commands.confirm import confirm
from cogs.commands.formatting import code
from cogs.commands.private_responses import Response, is_private, respond
from cogs.commands.responses import Context, answer, card, named_by, typed
from cogs.commands.subcommands import Subcommand
from cogs.commands.targets import EditTarget
from cogs.systems.embeds import names, show_tags
from cogs.systems.field_commands import Field, edit_toggle
from cogs.systems.image_fields import PICTURE, edit_picture
from rules.errors import Invalid
from rules.proxying import proxy_tags
from rules.systems import members, overviews

PROXY_AVATAR = ("proxyavatar", "pa", "pavatar", "proxyicon", "proxypfp", "proxypic")
PROXY_AVATAR_FIELD = Field("webhook_avatar_url", "proxy avatar")
ADD, REMOVE = ("add", "append"), ("remove", "delete")


async def edit_tags(ctx: Context, edit_target: EditTarget, arguments: Arguments) -> None:
    """Bare shows, `clear` clears, `add` and `remove` change one, an example around the word text replaces all."""
    # A tag such as `-a text` only looks like a flag.
    text = arguments.rest(CLEAR, is_text=lambda left: "text" in left.lower())
    arguments.check_flags(CLEAR)
    if not text and not arguments.has(*CLEAR):
        await show_all(ctx, edit_target, arguments)
        return
    edit_target.target.check_own()
    first, *others = text.split(maxsplit=1) or [""]
    how, example = first.lower(), others[0] if others else ""
    if is_clearing(text, arguments):
        await clear_tags(ctx, edit_target, arguments)
    elif how not in (*ADD, *REMOVE):
        await set_tag(ctx, edit_target, arguments, text)
    elif not example:
        line = typed(ctx, f"{edit_target.command} proxy {how} [text]")
        raise Invalid(f"Write the tags to {how}, around the word text: {line}.")
    elif how in ADD:
        await add_tag(ctx, edit_target, arguments, example)
    else:
        await _change(ctx, edit_target, proxy_tags.remove_tag, example, "is removed.")


async def show_all(ctx: Context, edit_target: EditTarget, arguments: Arguments) -> None:
    """The tags, as far as the viewer may see them."""

    async def build(viewer: int | None) -> Response:
        tags = (await edit_target.see(viewer))["proxy_tags"]
        sets = typed(ctx, f"{edit_target.command} proxy [text]")
        return Response(card("Proxy tags", show_tags(tags) or f"None yet; {sets} sets one."))

    await respond(ctx, edit_target.target, arguments, build)


async def clear_tags(ctx: Context, edit_target: EditTarget, arguments: Arguments) -> None:
    """Remove all tags; more than one only after a question."""
    seen = await edit_target.see(ctx.author.id)
    tags = seen["proxy_tags"]
    if len(tags) > 1 and not await confirm(ctx, f"Remove all {len(tags)} tags?", "Remove them", arguments):
        await answer(ctx, card(text="Nothing was changed."))
        return
    await ctx.bot.write(proxy_tags.clear_tags, ctx.author.id, seen["id"], tags)
    await answer(ctx, card(text="The member has no proxy tags now."))


async def set_tag(ctx: Context, edit_target: EditTarget, arguments: Arguments, example: str) -> None:
    """Replace all tags by one; after a question when there are several, or when another member has it."""
    tag = _read(example)
    seen = await edit_target.see(ctx.author.id)
    tags = seen["proxy_tags"]
    replaced = len(tags) > 1 and not await confirm(ctx, f"Replace all {len(tags)} tags?", "Replace them", arguments)
    if replaced or not await _may_share(ctx, arguments, seen["id"], tag):
        await answer(ctx, card(text="Nothing was changed."))
        return
    await ctx.bot.write(proxy_tags.set_tag, ctx.author.id, seen["id"], tag, tags)
    await answer(ctx, card(text=f"The tags are {show_tags([tag])} now.{_warn_of_prefix(ctx, tag)}"))


async def add_tag(ctx: Context, edit_target: EditTarget, arguments: Arguments, example: str) -> None:
    """Add a tag; after a question when another member has it."""
    tag = _read(example)
    hid = (await edit_target.see(ctx.author.id))["id"]
    if await _may_share(ctx, arguments, hid, tag):
        await _change(ctx, edit_target, proxy_tags.add_tag, example, f"is added.{_warn_of_prefix(ctx, tag)}")
    else:
        await answer(ctx, card(text="Nothing was changed."))


async def _change(ctx: Context, edit_target: EditTarget, rule: object, example: str, done: str) -> None:
    tag = _read(example)
    await ctx.bot.write(rule, ctx.author.id, (await edit_target.see(ctx.author.id))["id"], tag)
    await answer(ctx, card(text=f"{show_tags([tag])} {done}"))


def _read(example: str) -> proxy_tags.TagDict:
    plain = unquoted(example)
    # Around nothing but the word, the quotes are the tags.
    return proxy_tags.read_example(example if plain.lower() == "text" else plain)


def _warn_of_prefix(ctx: Context, tag: proxy_tags.TagDict) -> str:
    """What does not become of messages with a tag that begins like a command."""
    config, words = ctx.bot.config, list(ctx.bot.all_commands)
    mentions = (f"<@{ctx.bot.user.id}> ", f"<@!{ctx.bot.user.id}> ")
    if shadow := proxy_tags.find_shadow(tag, (*config.system_prefixes, *mentions)):
        return f"\nBut what begins with {code(shadow)} is a command to me, so nothing with this tag is ever proxied."
    if shadow := proxy_tags.find_shadow(tag, config.presence_prefixes, words):
        example = named_by(ctx.bot, "list")
        return (
            f"\nBut {code(shadow)} begins my commands as well: a message that is one as a whole, such as {example},"
            " is never proxied."
        )
    return ""


async def _may_share(ctx: Context, arguments: Arguments, hid: str, tag: proxy_tags.TagDict) -> bool:
    """Whether a tag may be set that other members have; whom others must not see is not named where they read."""
    sharers = await ctx.bot.read(_find_sharers, hid, tag, ctx.author.id if is_private(ctx) else None)
    if not sharers:
        return True
    seen = [sharer for sharer in sharers if sharer is not None]
    who = names(seen) if seen else "another of your members"
    return await confirm(
        ctx, f"{show_tags([tag])} is a tag of {who} as well. Use it all the same?", "Use it", arguments
    )


def _find_sharers(session: Session, hid: str, tag: proxy_tags.TagDict, viewer: int | None) -> list[dict | None]:
    sharers = proxy_tags.find_sharers(session, members.get_member(session, hid), tag)
    return [
        None if sharer.visibility and viewer is None else overviews.get_member_overview(session, sharer, viewer)
        for sharer in sharers
    ]


async def edit_keep_proxy(ctx: Context, edit_target: EditTarget, arguments: Arguments) -> None:
    """Whether proxied messages keep the tags."""
    on, off = "Proxied messages keep the tags.", "They lose the tags."
    await edit_toggle(ctx, edit_target, arguments, "keep_proxy", on, off)


async def edit_proxy_avatar(ctx: Context, edit_target: EditTarget, arguments: Arguments) -> None:
    """The avatar that a member speaks with, where it is not the one on the card."""
    await edit_picture(ctx, edit_target, arguments, PROXY_AVATAR_FIELD, of_users=True)


async def toggle_autoproxy(ctx: Context, edit_target: EditTarget, arguments: Arguments) -> None:
    """Whether latch and front may choose a member."""
    edit_target.target.check_own()
    on = "Autoproxy may choose this member by latch and by front."
    own = EditTarget(edit_target.target, "member", lambda _viewer: edit_target.see(ctx.author.id), edit_target.edit)
    off = "Autoproxy never chooses this member by latch or by front."
    await edit_toggle(ctx, own, arguments, "autoproxy_enabled", on, off)


async def toggle_tts(ctx: Context, edit_target: EditTarget, arguments: Arguments) -> None:
    """Whether a member's messages are read aloud."""
    await edit_toggle(
        ctx, edit_target, arguments, "tts", "Proxied messages are read aloud.", "They are not read aloud."
    )


TAGS = ("proxy", "tags", "proxytags", "brackets")
KEEP = ("keepproxy", "keeptags", "showtags", "kp")
tag_subcommands = [
    Subcommand(TAGS, edit_tags, "[add or remove] [[text]]", "the tags to proxy with"),
    Subcommand(KEEP, edit_keep_proxy, "[on or off]", "whether proxied messages keep the tags"),
]
subcommands = [
    Subcommand(PROXY_AVATAR, edit_proxy_avatar, PICTURE, "the avatar above proxied messages only"),
    Subcommand(("autoproxy", "ap"), toggle_autoproxy, "[on or off]", "whether autoproxy may choose the member"),
    Subcommand(("tts", "texttospeech"), toggle_tts, "[on or off]", "whether proxied messages are read aloud"),
]
