"""Files that were attached, and a small picture for every avatar."""

import asyncio
import struct
import zlib
from collections.abc import Awaitable, Callable
from mimetypes import guess_type

from aiohttp import web

from simulator.simulation import Simulation


def serve(sim: Simulation) -> Callable[[web.Request], Awaitable[web.Response]]:
    """The handler of everything under /cdn."""

    async def handle(request: web.Request) -> web.Response:
        path = request.match_info["tail"]
        fault = sim.faults.take("GET", request.path, "/cdn")
        if fault:
            await asyncio.sleep(fault.delay)
        if fault and fault.fails:
            return web.Response(status=fault.status or 503)
        if path.startswith("attachments/"):
            return _attachment(sim, path)
        if _exists(sim, path.split("/")):
            return web.Response(body=png(path), content_type="image/png")
        return web.Response(status=404, text="404: Not Found")

    return handle


def _attachment(sim: Simulation, path: str) -> web.Response:
    attachment_id, _, name = path.removeprefix("attachments/").partition("/")[2].partition("/")
    stored = sim.files.get(attachment_id)
    if stored is None or stored[0] != name:
        return web.Response(status=404, text="This content is no longer available.")
    return web.Response(body=stored[1], content_type=content_type(name))


def content_type(name: str) -> str:
    """The media type of a file, by its name."""
    return guess_type(name)[0] or "application/octet-stream"


def _exists(sim: Simulation, parts: list[str]) -> bool:
    if parts[0] == "avatars" and len(parts) == 3:
        picture = parts[2].partition(".")[0]
        owner = sim.world.users.get(parts[1]) or sim.world.webhooks.get(parts[1])
        return bool(owner and owner.avatar and picture == owner.avatar) or picture in sim.world.pictures
    return parts[0] in {"embed", "icons", "app-assets", "app-icons", "avatar-decoration-presets"}


def png(name: str) -> bytes:
    """An 8 x 8 picture in one colour, which depends on the name."""
    colour = struct.pack(">I", zlib.crc32(name.encode()))[:3]
    rows = (b"\x00" + colour * 8) * 8
    header = struct.pack(">IIBBBBB", 8, 8, 8, 2, 0, 0, 0)
    chunks = (b"IHDR", header), (b"IDAT", zlib.compress(rows)), (b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, data) for kind, data in chunks)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
