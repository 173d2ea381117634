"""What a WebSocket costs that has heard Hello and says nothing: 5 000 of them in one worker."""

import asyncio
import multiprocessing
import tempfile
import time
from multiprocessing.connection import Connection
from pathlib import Path
from urllib.parse import urlsplit

from bench.processes import children, cpu_s, pss_mb, raise_open_files
from bench.report import Row, show
from bench.web.servers import serving

SOCKETS, WARM_UP, IDLE_S = 5000, 100, 10
ALL_MAY = dict.fromkeys(("LIVE_CONNECTIONS", "LIVE_PER_CLIENT"), str(SOCKETS + WARM_UP))
AT_ONCE = 100
HANDSHAKE = (
    "GET /socket HTTP/1.1\r\nHost: {host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
)
HELLO = b"heartbeat_interval"


def main() -> None:
    raise_open_files()
    with tempfile.TemporaryDirectory() as folder, serving(file=Path(folder) / "empty.db", **ALL_MAY) as server:
        ours, theirs = multiprocessing.Pipe()
        client = multiprocessing.get_context("spawn").Process(target=hold, args=(theirs, server.url), daemon=True)
        client.start()
        theirs.close()
        ours.send(WARM_UP)
        ours.recv()
        before = pss_mb(server.pid)
        ours.send(SOCKETS)
        ours.recv()
        kilobytes = (pss_mb(server.pid) - before) * 1000 / SOCKETS
        [worker] = children(server.pid)
        spent, begun = cpu_s(worker), time.monotonic()
        time.sleep(IDLE_S)
        percent = (cpu_s(worker) - spent) / (time.monotonic() - begun) * 100
        ours.send(0)
        client.join()
    rows = [
        Row("memory of an idle WebSocket", "", [kilobytes], at_most=8, unit="kB"),
        Row(f"CPU of a worker with {SOCKETS:,} of them", "one core", [percent], unit="%"),
    ]
    show("idle_websockets", rows, [f"Without what the kernel keeps for a connection. CPU over {IDLE_S} s."])


def hold(pipe: Connection, url: str) -> None:
    """Open as many more sockets as the pipe says, answer once all have heard Hello, and hold them until it says 0."""
    raise_open_files()
    asyncio.run(_hold(pipe, url))


async def _hold(pipe: Connection, url: str) -> None:
    parts, held = urlsplit(url), []
    while count := await asyncio.to_thread(pipe.recv):
        for start in range(0, count, AT_ONCE):
            opening = (_open(parts.hostname, parts.port) for _ in range(start, min(start + AT_ONCE, count)))
            held += await asyncio.gather(*opening)
        pipe.send(len(held))
    for _, writer in held:
        writer.transport.abort()


async def _open(host: str, port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    reader, writer = await asyncio.open_connection(host, port)
    writer.write(HANDSHAKE.format(host=f"{host}:{port}").encode())
    async with asyncio.timeout(30):
        await reader.readuntil(HELLO)
    return reader, writer


if __name__ == "__main__":
    main()
