"""`.help`: the commands, in one card."""

from discord.ext import bridge, commands

from cogs.replies import answer, card

LINES = (
    ("me", "your card, and its link for your web page"),
    ("token", "your API token, by DM; asking again replaces it"),
    ("add <key> <value>", "keep a key/value pair; `get <key>`, `remove <key>` and `list` go with it"),
    ("github <username>", "show a GitHub account on your profile; `github off` removes it"),
    ("hide", "stop publishing your presence; `show` undoes it"),
    ("forget", "delete everything stored about you"),
)


class Help(commands.Cog, name="help"):
    """What the bot can do."""

    def __init__(self, bot: commands.Bot) -> None:
        self.bot = bot

    @bridge.bridge_command(description="What I can do")
    async def help(self, ctx: bridge.BridgeContext) -> None:
        prefix = next(iter(self.bot.config.presence_prefixes), "/")
        lines = "\n".join(f"`{prefix}{command}` — {text}" for command, text in LINES)
        link = f"{self.bot.config.public_url}/user/{ctx.author.id}"
        await answer(ctx, card("Rollcall", f"Your presence, as JSON: {link}\n\n{lines}\n\nThe same as slash commands."))


def setup(bot: commands.Bot) -> None:
    bot.add_cog(Help(bot))
