"""`.help` and `pk;help`: the commands, an embed for each topic."""

import logging
from collections.abc import Iterable, Mapping

import discord
from discord.ext import bridge, commands

from cogs.account.profile import profile_link
from cogs.account.tokens import holds_token
from cogs.commands import confirm, views
from cogs.commands.formatting import QUOTED_LENGTH, quote
from cogs.commands.registry import systems_command, takes_words
from cogs.commands.responses import Context, answer, card, named, named_by, spell, typed, typed_by
from cogs.commands.subcommands import Subcommands
from cogs.commands.suggestions import find_near

log = logging.getLogger(__name__)

PRESENCE = (
    ("me", "your card, and its link for your web page"),
    ("token", "your API token, by DM; asking again replaces it"),
    ("add <key> <value>", "keep a key/value pair, for you alone unless you make it public"),
    ("set <key> <value>", "keep one that anyone on the web can read"),
    ("get <key>", "its value, by DM"),
    ("remove <key>", "take it out"),
    ("list", "all your key/value pairs, by DM; which of them are public"),
    ("kv", "your keys, by DM; which of them are public"),
    ("kv public <key>", "let anyone on the web read a pair"),
    ("kv private <key>", "let nobody but you read it"),
    ("github <username>", "show a GitHub account on your profile; off in place of a name removes it"),
    ("hide", "hide your status, song and games from everybody else"),
    ("show", "let anyone on the web see them"),
    ("privacy", "what is stored about you, who sees it, and how to hide, export or erase it"),
    ("export", "everything that is stored about you, as a file, by DM"),
    ("forget", "delete everything stored about you"),
)
FIRST_STEPS = (
    ("system new [name]", "make your system"),
    ("member new <name>", "add a member"),
    ("member <name> proxy [text]", "set the tags to speak with"),
    ("group new <name>", "put members into groups; `group list` shows yours"),
    ("switch <members>", "say who fronts now; `switch out` is nobody"),
    ("front", "who fronts; `front history` and `front percent` look back"),
    ("list", "your members; `list full` shows more of them, `list <text>` searches"),
    ("autoproxy <mode>", "speak without tags in this server: as front, as latch, as a member, or off"),
    ("link <account>", "link another Discord account; `unlink <account>` undoes it"),
    ("export [pluralport, csv or ics]", "your system as a file, by DM; `import` takes such files, and other apps'"),
    ("config", "your settings, the time zone among them"),
    ("token", "your API token, by DM"),
    ("privacy", "what is stored about you, who sees it, and how to hide, export or erase it"),
)
MESSAGES = (
    ("edit [link] <text>", "change a proxied message: your last one, one that you reply to, or one that you link"),
    ("x [link] s/<old>/<new>/", "change it by a pattern, as `edit -regex` does"),
    ("reproxy [link] <member>", "let somebody else have said it"),
    ("delete <link>", "delete it, as ❌ does"),
    ("message <link>", "who sent it; raw, author or delete behind it"),
    ("debug proxying <link>", "why a message of yours was not proxied"),
    ("debug permissions", "what I may not do in this channel"),
)
ABOUT = (
    ("explain", "what this bot does, for whoever sees it for the first time"),
    ("stats", "how much is kept here, and how quick the bot is"),
    ("invite", "the link that lets the bot into another server"),
    ("dashboard", "where the pages of this Rollcall are"),
    ("commands", "all commands by topic"),
)
ROWS = {"message": MESSAGES, "about": ABOUT}
TOPICS = {
    "system": ("system", "s", "account", "acc", "systems"),
    "member": ("member", "m", "members"),
    "group": ("group", "g", "groups"),
    "switch": ("switch", "sw", "switches", "fronting"),
    "front": ("front", "f", "fronter", "fronters", "fronthistory", "fh", "frontpercent", "fp"),
    "config": ("config", "cfg", "settings", "preferences"),
    "message": ("message", "msg", "messages", "edit", "reproxy", "delete"),
    "serverconfig": ("serverconfig", "sc", "server", "moderation", "blacklist"),
    "presence": ("presence", "kv", "profile", "lanyard", "token", "apikey", "add", "set", "get", "remove", "del"),
    "privacy": ("privacy", "private"),
    "proxy": ("proxy", "proxying", "tags", "autoproxy"),
    "import": ("import", "export", "tupperbox"),
    "about": ("about", "bot", "stats", "invite", "explain", "dashboard"),
}
TEXTS = {
    "message": "The menu on a message does most of this with a click, under Apps.",
    "privacy": "What is private is shown to you alone: by DM, in slash commands, and to your token.\n"
    "`system privacy` and `member <name> privacy` show all settings, and with a subject and public or private behind"
    " them change one. `member <name> private` hides all of a member. In a channel your own cards come by DM where they"
    " hold something private; `-public` shows there what everybody may see.",
    "proxy": "`member <name> proxy [text]` sets the tags to speak with, written around the word text: with"
    " `[text]` a message such as `[hello]` is the member's. `member <name> proxy add [text]` gives a member one more."
    " `autoproxy` speaks without tags: `autoproxy front` as the first fronter, `autoproxy latch` as who spoke last, or"
    " as one member."
    " A backslash in front keeps one message from that, two end a latch, three end autoproxy in the server."
    " `proxy off` ends all of it in one server; `help config` and `help member` have the rest.",
    "import": "`export` sends you everything in your system as a file that PluralKit reads, too; `export pluralport`"
    " with pictures and all that is kept aside, for other trackers; `export csv` and `export ics` who fronted when, for"
    " a spreadsheet and a calendar. `config backup weekly` sends you the file by itself. `import` with such a file"
    " attached, or one of PluralKit, Tupperbox, Simply Plural, Octocon, PluralPort or Ampersand, also in a zip archive,"
    " first says what it would change, and asks. `import undo` takes the last one back,"
    " `import list` shows what came when, and `import archive` what of it has no place here and is kept aside for you.",
}


async def help_command(ctx: Context, topic: str, tables: Mapping[str, Subcommands]) -> None:
    """The first steps, or one topic's commands; `tables` are the subcommands of those commands that have some."""
    if topic:
        await answer(ctx, card(f"Help: {topic[:QUOTED_LENGTH]}", find_text(ctx, topic, tables)))
        return
    steps = write_rows(ctx, FIRST_STEPS)
    more = f"{typed(ctx, 'help <topic>')} says more: {', '.join(TOPICS)}."
    text = f"**Who is here**\n{describe_presence(ctx)}\n\n**Who is fronting**\n{steps}\n\n{more}"
    await answer(ctx, card("Rollcall", text))


async def commands_command(ctx: Context, topic: str, tables: Mapping[str, Subcommands]) -> None:
    """The topics, each with its first commands and how to see all of them, or one topic's commands."""
    if topic:
        await help_command(ctx, topic, tables)
        return
    lines = [f"{typed(ctx, f'commands {name}')} — {_names(name, tables)}" for name in TOPICS]
    await answer(ctx, card("Commands by topic", "\n".join(lines)))


def _names(topic: str, tables: Mapping[str, Subcommands]) -> str:
    rows = {**ROWS, "presence": PRESENCE}
    if topic in tables:
        return ", ".join(dict.fromkeys(subcommand.names[0] for subcommand in tables[topic].all))
    if topic in rows:
        return ", ".join(dict.fromkeys(command.split()[0] for command, _ in rows[topic]))
    return {"privacy": "who sees what", "proxy": "tags, autoproxy, backslashes"}.get(topic, "files in and out")


def write_rows(ctx: Context, rows: Iterable[tuple[str, str]]) -> str:
    """Commands as they are typed there, a line each."""
    return "\n".join(f"{typed(ctx, command)} — {spell(ctx, text)}" for command, text in rows)


def find_text(ctx: Context, topic: str, tables: Mapping[str, Subcommands]) -> str:
    """What is said about a topic, or which topics there are."""
    name = next((name for name, names in TOPICS.items() if topic.lower() in names), None)
    if name in tables:
        return "\n".join(filter(None, (tables[name].describe(ctx), spell(ctx, TEXTS.get(name, "")))))
    if name == "presence":
        return describe_presence(ctx)
    if name in ROWS:
        return "\n".join(filter(None, (write_rows(ctx, ROWS[name]), TEXTS.get(name))))
    if name:
        return spell(ctx, TEXTS[name])
    near = find_near(topic.lower(), [word for names in TOPICS.values() for word in names])
    hint = f" Did you mean {typed(ctx, f'help {near}')}?" if near else ""
    return f"I have nothing about {quote(topic)}.{hint} There is {', '.join(TOPICS)}."


def describe_presence(ctx: Context) -> str:
    """The presence commands, and the address of the caller's JSON."""
    rows: dict[str, str] = {}
    for command, text in PRESENCE:
        # Two may be one and the same slash command.
        rows.setdefault(named(ctx, command), text)
    lines = [f"{name} — {text}" for name, text in rows.items()]
    if not ctx.is_app:
        lines.append(
            f"Lanyard's users may type {named(ctx, 'apikey')} for {named(ctx, 'token')}, and"
            f" {named(ctx, 'del <key>')} for {named(ctx, 'remove <key>')}."
        )
    return "\n".join([f"Your presence, as JSON: {profile_link(ctx.bot, ctx.author.id)}", *lines])


class Help(commands.Cog, name="help"):
    """What the bot can do."""

    def __init__(self, bot: commands.Bot) -> None:
        self.bot = bot

    @property
    def tables(self) -> dict[str, Subcommands]:
        """The subcommands by command; each of these commands is a topic."""
        return self.bot.registry.subcommands

    @bridge.bridge_command(description="What I can do", usage="[topic]")
    @takes_words(1)
    async def help(self, ctx: bridge.BridgeContext, *, topic: str = "") -> None:
        await help_command(ctx, topic.strip(), self.tables)

    @systems_command("help", "h", usage="[topic]")
    async def help_systems(self, ctx: Context, *, text: str = "") -> None:
        await help_command(ctx, text.strip(), self.tables)

    @systems_command("commands", "cmd", "c", usage="[topic]")
    async def list_commands(self, ctx: Context, *, text: str = "") -> None:
        await commands_command(ctx, text.strip(), self.tables)

    @commands.Cog.listener()
    async def on_addressed(self, message: discord.Message) -> None:
        """One line for whoever turns to the bot without a command; answers to questions and tokens are none of it."""
        if confirm.is_awaited(message) or holds_token(message.content):
            return
        presence, systems = named_by(self.bot, "help"), typed_by(self.bot, "help")
        text = f"Hello! {presence} or {systems} lists what I can do."
        try:
            await message.channel.send(embed=card(text=text))
        except discord.HTTPException as error:
            log.info("a greeting could not be sent: %s", error)

    @commands.Cog.listener()
    async def on_interaction(self, interaction: discord.Interaction) -> None:
        """Say kindly that a button or menu is too old, after a restart or five minutes; Discord would say it failed."""
        if interaction.type is discord.InteractionType.component and not views.is_live(interaction):
            sentence = "This is from before, and I no longer know what it was about: give the command again."
            await interaction.response.send_message(sentence, ephemeral=True)


def setup(bot: commands.Bot) -> None:
    bot.add_cog(Help(bot))
