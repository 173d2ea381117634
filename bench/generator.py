"""`python -m bench.generator <url> <path> <count> <seconds> <connections> [header …]`: prints requests/s and the p99.

For machines without wrk. One thread; HTTP/1.1 with connections that are kept, a request at a time on each.
"""

import asyncio
import random
import statistics
import sys
import time
from urllib.parse import urlsplit


class Caller(asyncio.Protocol):
    """One connection: asks again as soon as it is answered."""

    def __init__(self, host: str, path: str, count: int, headers: list[str], times: list[float]) -> None:
        self.path, self.count, self.times = path, count, times
        self.tail = "".join(f"{line}\r\n" for line in (f"Host: {host}", *headers)) + "\r\n"
        self.data, self.left = b"", 0
        self.asked_at = 0.0
        self.transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport
        self.ask()

    def ask(self) -> None:
        path = self.path % random.randrange(self.count) if "%08d" in self.path else self.path
        self.asked_at = time.perf_counter()
        self.transport.write(f"GET {path} HTTP/1.1\r\n{self.tail}".encode())

    def data_received(self, data: bytes) -> None:
        self.data += data
        head, blank, body = self.data.partition(b"\r\n\r\n")
        if not blank:
            return
        lines = head.lower().split(b"\r\n")
        status = int(lines[0].split()[1])
        assert 200 <= status < 400, f"{self.path}: {status}"
        length = next((int(line[15:]) for line in lines if line.startswith(b"content-length:")), 0)
        if len(body) >= length or status == 304:
            self.times.append(time.perf_counter() - self.asked_at)
            self.data = b""
            self.ask()


async def press(url: str, path: str, count: int, seconds: float, connections: int, headers: list[str]) -> None:
    parts, times = urlsplit(url), []
    loop = asyncio.get_running_loop()
    begun = time.perf_counter()
    for _ in range(connections):
        await loop.create_connection(
            lambda: Caller(parts.netloc, path, count, headers, times), parts.hostname, parts.port
        )
    await asyncio.sleep(seconds)
    print(len(times) / (time.perf_counter() - begun), statistics.quantiles(times, n=100)[98])


def main() -> None:
    url, path, count, seconds, connections, *headers = sys.argv[1:]
    asyncio.run(press(url, path, int(count), float(seconds), int(connections), headers))


if __name__ == "__main__":
    main()
