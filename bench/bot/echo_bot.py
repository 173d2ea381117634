"""The bare bot that proxying is compared with: py-cord, which posts each message again through one webhook.

`python -m bench.bot.echo_bot <address of the simulated Discord> <channel ID>:<webhook ID>:<webhook token> …`
"""

import sys

import aiohttp
import discord


def main() -> None:
    address, *hooks = sys.argv[1:]
    discord.http.Route.API_BASE_URL = f"{address}/api/v10"
    intents = discord.Intents(guilds=True, guild_messages=True, message_content=True)
    bot = discord.Bot(
        intents=intents,
        auto_sync_commands=False,
        cache_default_sounds=False,
        chunk_guilds_at_startup=False,
        member_cache_flags=discord.MemberCacheFlags.none(),
        max_messages=None,
    )
    webhooks: dict[int, discord.Webhook] = {}

    @bot.event
    async def on_connect() -> None:
        session = aiohttp.ClientSession()
        for hook in hooks:
            channel_id, hook_id, token = hook.split(":")
            webhooks[int(channel_id)] = discord.Webhook.partial(int(hook_id), token, session=session)
        print("ready", flush=True)

    @bot.event
    async def on_message(message: discord.Message) -> None:
        if message.webhook_id or message.author.bot:
            return
        await webhooks[message.channel.id].send(message.content, username=message.author.name, wait=True)

    bot.run("simulated")


if __name__ == "__main__":
    main()
