"""The most used systems commands as slash commands: each hands its options on as arguments to the typed command."""

import re

import discord
from discord.ext import commands

from cogs.commands.arguments import Arguments
from cogs.commands.responses import Context
from cogs.commands.select_menu import MOST_OPTIONS, OPTION_LENGTH
from cogs.fronting.front import front_command
from cogs.fronting.switch import copy_switch, delete_switch, log_switch, move_switch, switch_out
from cogs.groups.group import group_command, group_subcommand
from cogs.proxying import autoproxy
from cogs.systems import privacy
from cogs.systems.member import make_member, member_subcommand
from cogs.systems.member_list import list_command
from cogs.systems.system import system_command
from cogs.transfer import exports
from cogs.transfer.imports import command as imports
from cogs.transfer.imports import past
from rules.errors import Invalid
from rules.groups import listing
from rules.systems import member_list, members, systems
from rules.transfer.writing import formats

MEMBER_FIELDS = ["name", "displayname", "description", "pronouns", "color", "birthday", "avatar", "banner", "proxy"]
SYSTEM_FIELDS = ["name", "description", "tag", "pronouns", "color", "avatar", "banner"]
MEMBER_SUBJECTS = [*(names[0] for names in privacy.MEMBER_SUBJECTS.values()), "all"]
SYSTEM_SUBJECTS = [*(names[0] for names in privacy.SYSTEM_SUBJECTS.values()), "all"]
# What is typed, and the slash command that does the same; {0} is the first group of the pattern.
_MEMBER = """member (?:[^ ]+|["'].+["'])"""
_GROUP = _MEMBER.replace("member", "group", 1)
NAMES = {
    "system new.*": "system new",
    "system privacy.*": "system privacy",
    "system(?: show)?": "system show",
    "system rename.*": "system edit field:name",
    f"system ({'|'.join(SYSTEM_FIELDS)})(?: .*)?": "system edit field:{0}",
    "(?:system )?export": "system export",
    f"(?:system )?export ({'|'.join(formats.FORMATS)})": "system export format:{0}",
    "(?:system )?import(?: <link>)?": "import file",
    "import (undo|list)": "import {0}",
    "import archive.*": "import archive",
    "member new.*": "member new",
    f"{_MEMBER} privacy.*": "member privacy",
    f"{_MEMBER} rename.*": "member edit field:name",
    f"{_MEMBER} ({'|'.join(MEMBER_FIELDS)})(?: .*)?": "member edit field:{0}",
    f"{_MEMBER} delete": "member delete",
    f"{_MEMBER}(?: view)?": "member show",
    "group list": "group list",
    "(?:system )?groups": "group list",
    f"{_GROUP}(?: view)?": "group show",
    f"{_GROUP} (add|remove) .*": "group {0}",
    "list": "member list",
    "list (<text>)": "member list search:{0}",
    "switch (out|move|delete)(?: .*)?": "switch {0}",
    "switch copy.*": "switch add",
    "switch (?:<members>|<member>)": "switch to",
    "front(?: show)?": "front show",
    "front (history|percent).*": "front {0}",
    "autoproxy (off|front|latch)": "autoproxy mode:{0}",
    "autoproxy.*": "autoproxy",
    "token": "token",
    "help": "help",
    "help (.*)": "help topic:{0}",
}
CLEARED = "What it is to be; “clear” clears it, and without one you see what it is"


async def complete_member(ctx: discord.AutocompleteContext) -> list[discord.OptionChoice]:
    """One's own members whose names hold what is typed so far."""
    user_id = ctx.interaction.user.id
    found = await ctx.bot.read(member_list.suggest_members, user_id, str(ctx.value or ""), MOST_OPTIONS)
    return [discord.OptionChoice(name=name[:OPTION_LENGTH], value=hid) for hid, name in found]


async def complete_group(ctx: discord.AutocompleteContext) -> list[discord.OptionChoice]:
    """One's own groups whose names hold what is typed so far."""
    user_id = ctx.interaction.user.id
    found = await ctx.bot.read(listing.suggest_groups, user_id, str(ctx.value or ""), MOST_OPTIONS)
    return [discord.OptionChoice(name=name[:OPTION_LENGTH], value=hid) for hid, name in found]


def group_option() -> object:
    """An option that completes the names of one's own groups."""
    return discord.option("group", str, description="A group's name or ID", autocomplete=complete_group)


def member_option(name: str = "member", required: bool = True) -> object:
    """An option that completes the names of one's own members."""
    default = {} if required else {"default": ""}
    return discord.option(name, str, description="A member's name or ID", autocomplete=complete_member, **default)


class SlashCommands(commands.Cog, name="slash_commands"):
    """Answers to slash commands are seen by their user alone."""

    switch = discord.SlashCommandGroup("switch", "Say who fronts")
    front = discord.SlashCommandGroup("front", "See who fronts")
    member = discord.SlashCommandGroup("member", "Your members")
    system = discord.SlashCommandGroup("system", "Your system")

    group = discord.SlashCommandGroup("group", "Your groups")
    import_ = discord.SlashCommandGroup("import", "Files of other apps")

    def __init__(self, bot: commands.Bot) -> None:
        self.bot = bot

    @switch.command(name="to", description="These members front from now on")
    @member_option("member")
    @member_option("second", required=False)
    @member_option("third", required=False)
    @member_option("fourth", required=False)
    async def switch_to(self, ctx: Context, member: str, second: str, third: str, fourth: str) -> None:
        await log_switch(ctx, Arguments(ready=[member, second, third, fourth]))

    @switch.command(name="out", description="Nobody fronts any more")
    async def switch_out(self, ctx: Context) -> None:
        await switch_out(ctx, Arguments())

    @switch.command(name="add", description="Somebody fronts too from now on")
    @member_option()
    async def switch_add(self, ctx: Context, member: str) -> None:
        await copy_switch(ctx, Arguments(ready=[member]))

    @switch.command(name="move", description="Change when the latest switch was")
    @discord.option("time", str, description="Like 1h30m ago, yesterday 14:00, 2026-11-21 20:15")
    async def switch_move(self, ctx: Context, time: str) -> None:
        await move_switch(ctx, Arguments(ready=[time]))

    @switch.command(name="delete", description="Take the latest switch back")
    async def switch_delete(self, ctx: Context) -> None:
        await delete_switch(ctx, Arguments())

    @front.command(name="show", description="Who fronts, and since when")
    @discord.option("account", discord.User, default=None, description="Somebody else's system")
    async def front_show(self, ctx: Context, account: discord.User | None) -> None:
        await front_command(ctx, Arguments(ready=_of(account)))

    @front.command(name="history", description="Who fronted when")
    @discord.option("account", discord.User, default=None, description="Somebody else's system")
    async def front_history(self, ctx: Context, account: discord.User | None) -> None:
        await system_command(ctx, Arguments(ready=[*_of(account), "fronthistory"]))

    @front.command(name="percent", description="Who fronted how much")
    @discord.option("since", str, default="", description="Like 30d, yesterday, or full")
    async def front_percent(self, ctx: Context, since: str) -> None:
        await system_command(ctx, Arguments(ready=["frontpercent", since]))

    @member.command(name="new", description="Add a member")
    @discord.option("name", str, max_length=members.NAME_LENGTH)
    @discord.option("avatar", discord.Attachment, default=None, description="A picture")
    async def member_new(self, ctx: Context, name: str, avatar: discord.Attachment | None) -> None:
        await make_member(ctx, Arguments(ready=[name]), avatar)

    @member.command(name="show", description="See a member's card")
    @member_option()
    async def member_show(self, ctx: Context, member: str) -> None:
        await member_subcommand(ctx, member, Arguments(ready=["view"]))

    @member.command(name="list", description="See your members")
    @discord.option("search", str, default="", description="A part of a name")
    async def member_list(self, ctx: Context, search: str) -> None:
        await list_command(ctx, Arguments(ready=[search]))

    @member.command(name="edit", description="See, set or clear one of a member's fields")
    @member_option()
    @discord.option("field", str, choices=MEMBER_FIELDS)
    @discord.option("value", str, default="", description=CLEARED)
    async def member_edit(self, ctx: Context, member: str, field: str, value: str) -> None:
        await member_subcommand(ctx, member, Arguments(ready=[field, value]))

    @member.command(name="privacy", description="See or set who sees what of a member")
    @member_option()
    @discord.option("subject", str, choices=MEMBER_SUBJECTS, default="")
    @discord.option("level", str, choices=[*privacy.LEVELS], default="")
    async def member_privacy(self, ctx: Context, member: str, subject: str, level: str) -> None:
        await member_subcommand(ctx, member, Arguments(ready=_privacy(subject, level)))

    @member.command(name="delete", description="Delete a member")
    @member_option()
    async def member_delete(self, ctx: Context, member: str) -> None:
        await member_subcommand(ctx, member, Arguments(ready=["delete"]))

    @group.command(name="show", description="See a group's card")
    @group_option()
    async def group_show(self, ctx: Context, group: str) -> None:
        await group_subcommand(ctx, group, Arguments(ready=["view"]))

    @group.command(name="list", description="See your groups")
    @discord.option("search", str, default="", description="A part of a name")
    async def group_list(self, ctx: Context, search: str) -> None:
        await group_command(ctx, Arguments(ready=["list", search]))

    @group.command(name="add", description="Add a member to a group")
    @group_option()
    @member_option()
    async def group_add(self, ctx: Context, group: str, member: str) -> None:
        await group_subcommand(ctx, group, Arguments(ready=["add", member]))

    @group.command(name="remove", description="Take a member out of a group")
    @group_option()
    @member_option()
    async def group_remove(self, ctx: Context, group: str, member: str) -> None:
        await group_subcommand(ctx, group, Arguments(ready=["remove", member]))

    @system.command(name="new", description="Make your system")
    @discord.option("name", str, default="", max_length=systems.NAME_LENGTH)
    async def system_new(self, ctx: Context, name: str) -> None:
        await system_command(ctx, Arguments(ready=["new", name]))

    @system.command(name="show", description="See a system's card")
    @discord.option("account", discord.User, default=None, description="Somebody else's system")
    async def system_show(self, ctx: Context, account: discord.User | None) -> None:
        await system_command(ctx, Arguments(ready=_of(account)))

    @system.command(name="edit", description="See, set or clear one of your system's fields")
    @discord.option("field", str, choices=SYSTEM_FIELDS)
    @discord.option("value", str, default="", description=CLEARED)
    async def system_edit(self, ctx: Context, field: str, value: str) -> None:
        await system_command(ctx, Arguments(ready=[field, value]))

    @system.command(name="export", description="Get everything in your system as a file")
    @discord.option("format", str, parameter_name="form", choices=list(formats.FORMATS), default="")
    async def system_export(self, ctx: Context, form: str) -> None:
        await exports.export(ctx, None, Arguments(ready=[form]))

    @system.command(name="privacy", description="See or set who sees what of your system")
    @discord.option("subject", str, choices=SYSTEM_SUBJECTS, default="")
    @discord.option("level", str, choices=[*privacy.LEVELS], default="")
    async def system_privacy(self, ctx: Context, subject: str, level: str) -> None:
        await system_command(ctx, Arguments(ready=_privacy(subject, level)))

    @import_.command(name="file", description="Take a file of any app, after seeing what it would change")
    @discord.option("file", discord.Attachment, description="Such as export.json, or a zip of all there is")
    @discord.option("second", discord.Attachment, default=None, description="One more that belongs to it")
    @discord.option("third", discord.Attachment, default=None, description="One more that belongs to it")
    async def import_file(
        self,
        ctx: Context,
        file: discord.Attachment,
        second: discord.Attachment | None,
        third: discord.Attachment | None,
    ) -> None:
        await imports.import_file(ctx, None, Arguments(), [one for one in (file, second, third) if one])

    @import_.command(name="undo", description="Take your last import back, after seeing what goes")
    async def import_undo(self, ctx: Context) -> None:
        await past.undo(ctx, Arguments())

    @import_.command(name="list", description="What you have imported, and when")
    async def import_list(self, ctx: Context) -> None:
        await past.list_past(ctx, Arguments())

    @import_.command(name="archive", description="What is kept aside of your imports, since it has no place here")
    @discord.option("number", str, default="", description="Of an import: sends all that is kept of it as a file")
    async def import_archive(self, ctx: Context, number: str) -> None:
        await past.archive(ctx, Arguments(ready=[number]))

    @discord.slash_command(description="Speak without tags in this server")
    @discord.option("mode", str, choices=[*autoproxy.MODES, "member"], default="")
    @member_option(required=False)
    async def autoproxy(self, ctx: Context, mode: str, member: str) -> None:
        await autoproxy.run(ctx, Arguments(ready=["member" if member else mode, member]))


def _of(account: discord.User | None) -> list[str]:
    return [account.mention] if account else []


def _privacy(subject: str, level: str) -> list[str]:
    if level and not subject:
        raise Invalid(f"Choose the subject that is to be {level} as well; `all` is all of them.")
    return ["privacy", subject, level]


def setup(bot: commands.Bot) -> None:
    bot.registry.slash_names |= {re.compile(pattern): name for pattern, name in NAMES.items()}
    bot.add_cog(SlashCommands(bot))
