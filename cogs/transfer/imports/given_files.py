"""The files that came with a command, or that it links to."""

import io
from collections.abc import Sequence

import aiohttp
import discord

from cogs.pictures.fetching import is_discords
from rules.errors import Invalid
from rules.transfer.formats.files import MOST_FILES
from rules.transfer.formats.unpacking.zip_archives import MOST_PACKED, ZIP
from rules.transfer.import_file import MOST_BYTES

FETCH_S = 120
_CHUNK = 256 * 1024
_MB = 1024 * 1024


async def read_given(links: Sequence[str], attachments: Sequence[discord.Attachment]) -> list[bytes]:
    """The bytes of all files that are attached or linked; what was received is counted, whatever was announced.

    At most 32 MiB a file, 128 a zip archive and together. Raises Invalid, also for a link to another host than Discord.
    """
    urls = [*(one.url for one in attachments), *(link.strip("<>") for link in links)]
    if not urls:
        raise Invalid("Attach the file to `import`; `help import` lists whose files can be read.")
    if len(urls) > MOST_FILES:
        raise Invalid(f"At most {MOST_FILES} files can be read at once; put them into one zip archive instead.")
    if not all(map(is_discords, urls)):
        raise Invalid("I only take links to Discord's own files; attach the file instead.")
    if sum(one.size for one in attachments) > MOST_PACKED:
        raise _too_large(MOST_PACKED)
    found: list[bytes] = []
    for url in urls:
        found.append(await _fetch(url, MOST_PACKED - sum(map(len, found))))
    return found


async def _fetch(url: str, most: int) -> bytes:
    """A file that Discord holds; the bot opens no other address that somebody gives it."""
    try:
        timeout = aiohttp.ClientTimeout(total=FETCH_S)
        async with aiohttp.ClientSession(timeout=timeout) as session, session.get(url, allow_redirects=False) as got:
            if got.status != 200:
                raise Invalid(f"Discord does not have this file any more (status {got.status}); attach it instead.")
            return await _read(got.content, most)
    except (aiohttp.ClientError, TimeoutError):
        raise Invalid("The file could not be fetched; attach it instead.") from None


async def _read(content: aiohttp.StreamReader, most: int) -> bytes:
    # Its bytes can be had without a second copy, of which 128 MiB would be too much.
    held = io.BytesIO()
    async for part in content.iter_chunked(_CHUNK):
        held.write(part)
        is_zip = held.getbuffer()[: len(ZIP)] == ZIP
        if held.tell() > (allowed := most if is_zip else min(most, MOST_BYTES)):
            raise _too_large(MOST_PACKED if is_zip else allowed)
    return held.getvalue()


def _too_large(most: int) -> Invalid:
    return Invalid(f"The file is too large: at most {most // _MB} MB.")
