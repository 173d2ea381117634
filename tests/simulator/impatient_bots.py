"""Bots without the waits that a test does not need."""

import discord
from discord.ext import commands


class ImpatientBot(commands.Bot):
    """A bot without the waits that a test does not need; remembers the raw events it got."""

    def __init__(self, **options):
        defaults = {"command_prefix": ".", "intents": discord.Intents.all(), "guild_ready_timeout": 0.15}
        super().__init__(**(defaults | options))
        self.raw = []
        self.readies = 0
        parsers = self._connection.parsers
        for name, parse in list(parsers.items()):
            parsers[name] = self._remembering(name, parse)

    def _remembering(self, name, parse):
        def parse_and_remember(data):
            self.raw.append((name, dict(data)))
            parse(data)

        return parse_and_remember

    async def before_identify_hook(self, shard_id, *, initial=False):
        pass

    async def on_ready(self):
        self.readies += 1


class ImpatientShardedBot(ImpatientBot, commands.AutoShardedBot):
    """The same, sharded."""
