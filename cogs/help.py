"""`.help` and `pk;help`: the commands, an embed for each topic."""

import difflib
from collections.abc import Mapping

from discord.ext import bridge, commands

from cogs.account.profile import profile_link
from cogs.commands.formatting import QUOTED_LENGTH, quote
from cogs.commands.registry import systems_command
from cogs.commands.responses import Context, answer, card, typed
from cogs.commands.subcommands import Subcommands

PRESENCE = (
    ("me", "your card, and its link for your web page"),
    ("token", "your API token, by DM; asking again replaces it"),
    ("add <key> <value>", "keep a key/value pair; `get <key>`, `remove <key>` and `list` go with it"),
    ("github <username>", "show a GitHub account on your profile; `github off` removes it"),
    ("hide", "stop publishing your presence; `show` undoes it"),
    ("forget", "delete everything stored about you"),
)
FIRST_STEPS = (
    ("system new [name]", "make your system"),
    ("member new <name>", "add a member; `member <name> proxy [text]` sets the tags to speak with"),
    ("switch <members>", "say who fronts now; `switch out` is nobody"),
    ("front", "who fronts; `front history` and `front percent` look back"),
    ("list", "your members; `list full` shows more of them, `list <text>` searches"),
    ("autoproxy <mode>", "speak without tags in this server: `front`, `latch`, a member, or `off`"),
    ("link <account>", "link another Discord account; `unlink <account>` undoes it"),
    ("export", "everything in your system, as a file, by DM; `import` takes such files, and Tupperbox's"),
    ("config", "your settings, the time zone among them"),
    ("token", "your API token, by DM"),
)
TOPICS = {
    "system": ("system", "s", "account", "acc", "systems"),
    "member": ("member", "m", "members"),
    "switch": ("switch", "sw", "switches", "fronting"),
    "front": ("front", "f", "fronter", "fronters", "fronthistory", "fh", "frontpercent", "fp"),
    "config": ("config", "cfg", "settings", "preferences"),
    "serverconfig": ("serverconfig", "sc", "server", "moderation", "blacklist"),
    "presence": ("presence", "kv", "profile"),
    "privacy": ("privacy", "private"),
    "proxy": ("proxy", "proxying", "tags", "autoproxy"),
    "import": ("import", "export", "tupperbox"),
}
TEXTS = {
    "privacy": "What is private is shown to you alone: by DM, in slash commands, and to your token.\n"
    "`system privacy` and `member <name> privacy` show all settings, and with a subject and `public` or `private`"
    " change one. `member <name> private` hides all of a member. In a channel your own cards come by DM where they"
    " hold something private; `-public` shows there what everybody may see.",
    "proxy": "`member <name> proxy [text]` sets the tags to speak with, written around the word text: with"
    " `[text]` a message such as `[hello]` is the member's. `proxy add` and `proxy remove` give a member several."
    " `autoproxy` speaks without tags: `front` as the first fronter, `latch` as who spoke last, or as one member."
    " A backslash in front keeps one message from that, two end a latch, three end autoproxy in the server."
    " `proxy off` ends all of it in one server; `help config` and `help member` have the rest.",
    "import": "`export` sends you everything in your system as a file. `import` with such a file attached, one of"
    " PluralKit's or one of Tupperbox's, first says what it would change, and asks.",
}


async def help_command(ctx: Context, topic: str, tables: Mapping[str, Subcommands]) -> None:
    """The first steps, or one topic's commands; `tables` are the subcommands of those commands that have some."""
    if topic:
        await answer(ctx, card(f"Help: {topic[:QUOTED_LENGTH]}", find_text(ctx, topic, tables)))
        return
    lines = "\n".join(f"{typed(ctx.bot, command)} — {text}" for command, text in FIRST_STEPS)
    more = ", ".join(f"`{name}`" for name in TOPICS)
    await answer(ctx, card("Who is fronting", f"{lines}\n\n{typed(ctx.bot, 'help <topic>')} says more: {more}."))


def find_text(ctx: Context, topic: str, tables: Mapping[str, Subcommands]) -> str:
    """What is said about a topic, or which topics there are."""
    name = next((name for name, names in TOPICS.items() if topic.lower() in names), None)
    if name in tables:
        return tables[name].describe()
    if name == "presence":
        return describe_presence(ctx)
    if name:
        return TEXTS[name]
    near = difflib.get_close_matches(topic.lower(), [word for names in TOPICS.values() for word in names], 1)
    hint = f" Did you mean `{near[0]}`?" if near else ""
    return f"I have nothing about {quote(topic)}.{hint} There is {', '.join(f'`{name}`' for name in TOPICS)}."


def describe_presence(ctx: Context) -> str:
    """The presence commands, and the address of the caller's JSON."""
    prefix = next(iter(ctx.bot.config.presence_prefixes), "/")
    lines = "\n".join(f"`{prefix}{command}` — {text}" for command, text in PRESENCE)
    return f"Your presence, as JSON: {profile_link(ctx.bot, ctx.author.id)}\n\n{lines}\n\nThe same as slash commands."


class Help(commands.Cog, name="help"):
    """What the bot can do."""

    def __init__(self, bot: commands.Bot) -> None:
        self.bot = bot

    @property
    def tables(self) -> dict[str, Subcommands]:
        """The subcommands by command; each of these commands is a topic."""
        return self.bot.registry.subcommands

    @bridge.bridge_command(description="What I can do")
    async def help(self, ctx: bridge.BridgeContext) -> None:
        text = f"{describe_presence(ctx)}\n{typed(self.bot, 'help')}: systems and members."
        await answer(ctx, card("Rollcall", text))

    @systems_command("help", "h", "commands", "cmd", "c", usage="[topic]")
    async def help_systems(self, ctx: Context, *, text: str = "") -> None:
        await help_command(ctx, text.strip(), self.tables)


def setup(bot: commands.Bot) -> None:
    bot.add_cog(Help(bot))
