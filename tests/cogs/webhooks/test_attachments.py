"""Reading the files of a message, which may not come."""

import asyncio
from types import SimpleNamespace

import aiohttp
import pytest

from cogs.webhooks import attachments
from cogs.webhooks.refusals import ProxyRefused


def attachment(read) -> SimpleNamespace:
    about = {"description": None, "duration_secs": None, "waveform": None}
    return SimpleNamespace(filename="a.png", size=5, read=read, **about)


async def hang() -> bytes:
    await asyncio.sleep(60)
    return b"late"


async def break_off() -> bytes:
    raise aiohttp.ClientPayloadError("broken off")


@pytest.mark.parametrize("read", [hang, break_off])
def test_a_file_that_does_not_come_is_told_soon(read, monkeypatch):
    monkeypatch.setattr(attachments, "READ_S", 0.05)
    with pytest.raises(ProxyRefused, match=r"I could not read “a\.png” from Discord"):
        asyncio.run(attachments.read_files([attachment(read)]))
