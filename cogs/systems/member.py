"""`pk;member`: making, showing and changing the members of one's system."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

import discord
from discord.ext import commands
from sqlalchemy.orm import Session

from cogs.commands.arguments import SHOWING, Words, is_clearing, unquoted
from cogs.commands.confirm import confirm, confirm_by_typing
from cogs.commands.converters import get_member, get_own
from cogs.commands.private_responses import Shown, Target, is_private, show
from cogs.commands.registry import systems_command
from cogs.commands.responses import Context, answer, answer_privately, card, typed
from cogs.commands.subcommands import Verbs
from cogs.systems import embeds, guild_settings, member_proxying
from cogs.systems.field_commands import Subject, edit_text, edit_toggle
from cogs.systems.image_fields import edit_picture, find_attachment, read_picture
from cogs.systems.privacy import MEMBER_SUBJECTS, PRIVATE, PUBLIC, edit_privacy
from cogs.systems.system import AVATAR, BANNER, COLOR, without_hash
from models import Member
from rules.errors import Invalid, Refused
from rules.parsing.birthdays import show_birthday, type_birthday
from rules.systems import members, overviews, systems
from rules.systems.privacy import LATER_MEMBER_PRIVACY, MEMBER_PRIVACY

DESCRIPTION = ("description", "desc", "describe", "d", "bio", "info", "text", "intro")
NEAR_LIMIT = 50

NEW = ("new", "n", "add", "create", "register")
verbs = Verbs("member")


@verbs("show", "view", about="the card of a member")
async def show_card(ctx: Context, subject: Subject, words: Words) -> None:
    words.end()

    async def build(viewer: int | None) -> Shown:
        return Shown(embeds.member_card(await subject.see(viewer)))

    await show(ctx, words, subject.target, build)


@verbs("rename", "name", "changename", "setname", "rn", usage="<name>", about="change the name")
async def rename(ctx: Context, subject: Subject, words: Words) -> None:
    text = words.rest(SHOWING)
    words.check_flags(SHOWING)
    name = unquoted(text)
    if not text and not words.has("c", "clear"):
        await edit_text(ctx, words, subject, "name", "name")
        return
    subject.target.check_own()
    if is_clearing(text, words):
        raise Invalid("A member needs a name; put the word into quotes if that is to be it.")
    if await confirm_duplicate(ctx, words, name, but=(await subject.see(ctx.author.id))["id"]):
        await subject.edit({"name": name})
        shown = (await subject.see(ctx.author.id))["display_name"]
        hint = "\nThe display name is what others see, so it may need a change too." if shown else ""
        hint += await guild_settings.hint_at_name(ctx, subject)
        await answer(ctx, card(text=f"The member's name is changed.{hint}"))


@verbs("displayname", "dn", "dname", "nick", "nickname", "dispname", usage="[name]", about="the name that others see")
async def rename_display(ctx: Context, subject: Subject, words: Words) -> None:
    hint = await guild_settings.hint_at_name(ctx, subject)
    await edit_text(ctx, words, subject, "display_name", "display name", reader=unquoted, after=lambda _name: hint)
    if subject.target.own:
        seen = await subject.see(ctx.author.id)
        if seen["name_privacy"] == "private" and not seen["display_name"]:
            await answer_privately(ctx, card(text="The name is private, but without a display name it is still shown."))


@verbs(*DESCRIPTION, usage="[text]", about="show, set or clear the description")
async def describe(ctx: Context, subject: Subject, words: Words) -> None:
    await edit_text(ctx, words, subject, "description", "description")


@verbs("pronouns", "pronoun", "prns", "pn", usage="[pronouns]", about="show, set or clear the pronouns")
async def pronouns(ctx: Context, subject: Subject, words: Words) -> None:
    await edit_text(ctx, words, subject, "pronouns", "pronouns", reader=unquoted)


@verbs(*COLOR, usage="[#ff0000]", about="show, set or clear the colour")
async def color(ctx: Context, subject: Subject, words: Words) -> None:
    await edit_text(ctx, words, subject, "color", "colour", reader=without_hash, shower="#{}".format)


@verbs("birthday", "birth", "bday", "birthdate", "cakeday", "bdate", "bd", usage="[date]", about="the birthday")
async def birthday(ctx: Context, subject: Subject, words: Words) -> None:
    today = datetime.now(ZoneInfo(subject.target.system.tz)).date()
    await edit_text(
        ctx,
        words,
        subject,
        "birthday",
        "birthday",
        reader=lambda text: type_birthday(unquoted(text), today),
        shower=show_birthday,
    )


@verbs(*AVATAR, "profile", usage="[address, attachment or @user]", about="show, set or clear the avatar")
async def avatar(ctx: Context, subject: Subject, words: Words) -> None:
    await edit_picture(ctx, words, subject, "avatar_url", "avatar", of_users=True)


@verbs(*BANNER, usage="[address or attachment]", about="show, set or clear the banner")
async def banner(ctx: Context, subject: Subject, words: Words) -> None:
    await edit_picture(ctx, words, subject, "banner", "banner")


@verbs("proxy", "tags", "proxytags", "brackets", usage="[add or remove] [[text]]", about="the tags to proxy with")
async def proxy(ctx: Context, subject: Subject, words: Words) -> None:
    await member_proxying.edit_tags(ctx, words, subject)


@verbs("keepproxy", "keeptags", "showtags", "kp", usage="[on or off]", about="whether proxied messages keep the tags")
async def keep_proxy(ctx: Context, subject: Subject, words: Words) -> None:
    await edit_toggle(ctx, words, subject, "keep_proxy", "Proxied messages keep the tags.", "They lose the tags.")


@verbs("privacy", usage="[subject] [public or private]", about="who sees what")
async def privacy(ctx: Context, subject: Subject, words: Words) -> None:
    await edit_privacy(ctx, words, subject, MEMBER_SUBJECTS)


@verbs(*(word for word in PRIVATE if word != "hide"), "hide", about="make all of it private")
async def make_private(ctx: Context, subject: Subject, words: Words) -> None:
    words.end()
    await edit_privacy(ctx, Words(ready=["all", "private"]), subject, MEMBER_SUBJECTS)


@verbs(*(word for word in PUBLIC if word not in ("show", "visible", "pub")), about="make all of it public")
async def make_public(ctx: Context, subject: Subject, words: Words) -> None:
    words.end()
    await edit_privacy(ctx, Words(ready=["all", "public"]), subject, MEMBER_SUBJECTS)


@verbs("delete", "remove", "destroy", "erase", "yeet", about="delete the member")
async def delete(ctx: Context, subject: Subject, words: Words) -> None:
    words.end()
    subject.target.check_own()
    hid = (await subject.see(ctx.author.id))["id"]
    question = "This deletes the member for good; it also leaves the front history, and its messages' records go."
    # In a channel, the ID of a hidden member would open its card to everybody.
    told = hid if is_private(ctx) or not await _is_hidden(subject, ctx) else None
    if await confirm_by_typing(ctx, question, hid, None if told else "its ID"):
        await ctx.bot.write(members.delete_member, ctx.author.id, hid)
        await answer(ctx, card(text="The member is deleted."))
    else:
        await answer(ctx, card(text="Nothing was deleted."))


@verbs("id", about="the member's ID")
async def show_id(ctx: Context, subject: Subject, words: Words) -> None:
    words.end()
    seen = await subject.see(ctx.author.id)
    # The ID of a hidden member opens its card to whoever reads it.
    hidden = subject.target.own and seen["visibility"] == "private" and not words.has("public", "pub")
    await (answer_privately if hidden else answer)(ctx, card(text=f"`{seen['id']}`"))


for verb in guild_settings.member_verbs:
    verbs.add(verb)


async def make_member(ctx: Context, words: Words, attachment: discord.Attachment | None = None) -> None:
    """`member new <name>`: all of the rest is the name; an attachment becomes the avatar."""
    name = unquoted(words.rest())
    words.check_flags(())
    if not name:
        raise Invalid(f"Say what the member is called: {typed(ctx.bot, 'member new <name>')}.")
    own = await get_own(ctx)
    changes: dict[str, object] = {"name": name}
    if own.system.member_default_private:
        changes |= dict.fromkeys((*MEMBER_PRIVACY, *LATER_MEMBER_PRIVACY), "private")
    if picture := attachment or find_attachment(ctx):
        changes["avatar_url"] = await read_picture(ctx, "", picture)
    members.check_changes(changes)
    if await confirm_duplicate(ctx, words, name):
        member = await ctx.bot.write(members.create_member, ctx.author.id, changes)
        left = members.MOST_MEMBERS - await ctx.bot.read(members.count_members, own.system)
        await answer(ctx, card("A new member", _welcome(ctx, member, left)))


async def confirm_duplicate(ctx: Context, words: Words, name: str, but: str | None = None) -> bool:
    """Whether to go on though another member is called the same; who says no is told that nothing happened."""
    twins = await ctx.bot.read(members.find_namesakes, ctx.author.id, name)
    twins = [twin for twin in twins if twin.hid != but]
    if not twins:
        return True
    # Who is hidden is not to be found by those who read along.
    shown = [f" (`{twin.hid}`)" for twin in twins if is_private(ctx) or not twin.visibility]
    question = f"You have a member with this name already{next(iter(shown), '')}. Use it all the same?"
    if await confirm(ctx, question, "Use it", words):
        return True
    await answer(ctx, card(text="Nothing was changed."))
    return False


async def get_subject(ctx: Context, word: str, words: Words) -> Subject:
    """The member that a word names, to work on. Raises NotFound, Invalid."""
    member = await get_member(ctx, word, words)
    refused = await ctx.bot.read(_find_refusal, ctx.author.id, member.hid)
    system = await ctx.bot.read(systems.get_member_system, member)
    return subject_of(ctx, member, MemberTarget(system, refused is None, refused))


@dataclass(frozen=True)
class MemberTarget(Target):
    """The system that a member belongs to; who may not change the member is refused as over HTTP."""

    refused: Refused | None

    def check_own(self) -> None:
        if self.refused:
            raise self.refused


def subject_of(ctx: Context, member: Member, target: Target) -> Subject:
    """A member to work on."""

    async def see(viewer: int | None) -> Mapping[str, object]:
        return await ctx.bot.read(_see, member.hid, viewer)

    async def edit(changes: Mapping[str, object]) -> None:
        await ctx.bot.write(members.edit_member, ctx.author.id, member.hid, changes)

    return Subject(target, "member", see, edit)


async def run(ctx: Context, words: Words) -> None:
    """`member new …`, or `member <member> [subcommand …]`."""
    word = words.next()
    if word is None:
        raise Invalid(f"Name a member: {typed(ctx.bot, 'member <name>')}; `member new <name>` makes one.")
    if word.lower() in NEW and not words.has("id", "by-id"):
        await make_member(ctx, words)
        return
    await run_on(ctx, word, words)


async def run_on(ctx: Context, word: str, words: Words) -> None:
    """What is asked of the member that a word names, whatever subcommand it looks like."""
    # A flag such as `-id` may stand behind the member, so the next word is read first.
    verb = words.next()
    subject = await get_subject(ctx, word, words)
    await (verbs.get(verb).run if verb else show_card)(ctx, subject, words)


class Members(commands.Cog, name="members"):
    """The members' own fields."""

    def __init__(self, bot: commands.Bot) -> None:
        self.bot = bot

    @systems_command("member", "m", usage="<member> [subcommand]")
    async def member(self, ctx: Context, *, text: str = "") -> None:
        await run(ctx, Words(text))


def _find_refusal(session: Session, user_id: int, hid: str) -> Refused | None:
    try:
        members.get_own_member(session, user_id, hid)
    except Refused as refused:
        return refused
    return None


def _see(session: Session, hid: str, viewer: int | None) -> Mapping[str, object]:
    return overviews.get_member_overview(session, members.get_member(session, hid), viewer)


async def _is_hidden(subject: Subject, ctx: Context) -> bool:
    return (await subject.see(ctx.author.id))["visibility"] == "private"


def _welcome(ctx: Context, member: Member, left: int) -> str:
    called = f'"{member.name}"' if " " in member.name else member.name
    text = f"{embeds.escape(member.name)} is here"
    if is_private(ctx) or not member.visibility:
        text += f"; the ID is `{member.hid}`"
    text += "."
    if " " in member.name:
        text += f"\nA name with blanks needs quotes: {typed(ctx.bot, f'member {called} …')}."
    text += f"\n{typed(ctx.bot, f'member {called} proxy [text]')} sets the tags to speak with."
    if left <= NEAR_LIMIT:
        text += f"\nThere is room for {left} more members."
    return text


def setup(bot: commands.Bot) -> None:
    bot.add_cog(Members(bot))
