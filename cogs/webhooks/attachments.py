"""The files of a message, on their way from Discord to Discord again."""

import asyncio
from typing import Any

import aiohttp
import discord

from cogs.webhooks.refusals import ProxyRefused
from cogs.webhooks.rest_client import SLOWEST_BYTES_S, File

MOST_FILES = 10
READ_S = 10


def group_files(message: discord.Message) -> list[list[discord.Attachment]]:
    """The message's files, in groups that each fit into one upload. Raises ProxyRefused for one that fits into none."""
    most = message.guild.filesize_limit
    groups: list[list[discord.Attachment]] = [[]]
    room = most
    for attachment in message.attachments:
        if attachment.size > most:
            limit = most // 1024 // 1024
            raise ProxyRefused(
                "file", f"“{attachment.filename[:60]}” is larger than the {limit} MB that I may upload in this server."
            )
        if attachment.size > room or len(groups[-1]) == MOST_FILES:
            groups.append([])
            room = most
        room -= attachment.size
        groups[-1].append(attachment)
    return groups


async def read_files(group: list[discord.Attachment]) -> list[File]:
    """Read a group of files. Raises ProxyRefused for one that Discord does not give back in time."""
    return [await _read_file(attachment) for attachment in group]


async def _read_file(attachment: discord.Attachment) -> File:
    about: dict[str, Any] = {}
    if attachment.description:
        about["description"] = attachment.description
    if attachment.duration_secs is not None and attachment.waveform:
        about |= {"duration_secs": attachment.duration_secs, "waveform": attachment.waveform}
    try:
        async with asyncio.timeout(READ_S + attachment.size / SLOWEST_BYTES_S):
            return File(attachment.filename, await attachment.read(), about)
    except (discord.HTTPException, aiohttp.ClientError, OSError):
        raise ProxyRefused(
            "file", f"I could not read “{attachment.filename[:60]}” from Discord; send it again."
        ) from None
