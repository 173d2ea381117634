"""Streams and sockets that come, listen for a while and go: thousands of them, half of them without a word.

None stays for a minute: the sockets send no heartbeat.
"""

import asyncio
import json
import random
import resource

from tests.end_to_end.soak.pacing import Run
from tests.web.front.websocket_client import TEXT, ask, frame

CONNECTS_WITHIN_S = 30
BEGIN = {"socket": b"INIT_STATE", "stream": b"\nevent: "}


def listen(run: Run, port: int, users: list[str], at_once: int, stay_s: float) -> None:
    """Keep about `at_once` of them open, each about one user and for about `stay_s`, until all is over."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(hard, 4 * at_once + 1000)), hard))
    asyncio.run(_listen(run, port, users, at_once, stay_s))


async def _listen(run: Run, port: int, users: list[str], at_once: int, stay_s: float) -> None:
    dice, open_ones = run.dice("listeners"), set()
    while not run.over.is_set():
        # So many a second that as many are there when the first go.
        for _ in range(max(1, int(at_once / stay_s / 10))):
            if len(open_ones) < at_once:
                task = asyncio.create_task(_one(run, port, dice.choice(users), stay_s, dice))
                open_ones.add(task)
                task.add_done_callback(open_ones.discard)
        await asyncio.sleep(0.1)
    for task in open_ones:
        task.cancel()
    await asyncio.gather(*open_ones, return_exceptions=True)


async def _one(run: Run, port: int, user: str, stay_s: float, dice: random.Random) -> None:
    kind, stays = dice.choice(("socket", "stream")), dice.uniform(0.6 * stay_s, 1.4 * stay_s)
    writer = None
    try:
        async with asyncio.timeout(CONNECTS_WITHIN_S):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(_request(kind, user))
            begun = b""
            while BEGIN[kind] not in begun:
                data = await reader.read(65536)
                if not data:
                    run.wrong.append(f"a {kind} of {user} ended before it began: {begun[-200:]!r}")
                    return
                begun += data
        run.count(f"listeners, {kind}s")
        await _hear(run, reader, stays, kind)
    except TimeoutError:
        run.wrong.append(f"a {kind} of {user} did not begin within {CONNECTS_WITHIN_S} s")
    except ConnectionError as error:
        run.wrong.append(f"a {kind} of {user}: {error!r}")
    finally:
        if writer:
            # Half of them go as a computer does that is closed.
            writer.transport.abort() if dice.random() < 0.5 else writer.close()


async def _hear(run: Run, reader: asyncio.StreamReader, stays: float, kind: str) -> None:
    try:
        async with asyncio.timeout(stays):
            while data := await reader.read(65536):
                run.count("told to listeners", data.count(b"PRESENCE_UPDATE") + data.count(b"\nevent: "))
            run.wrong.append(f"a {kind} was ended")
    except TimeoutError:
        return


def _request(kind: str, user: str) -> bytes:
    if kind == "stream":
        return f"GET /user/{user}/events HTTP/1.1\r\nHost: a\r\n\r\n".encode()
    return ask() + frame(TEXT, json.dumps({"op": 2, "d": {"subscribe_to_id": user}}).encode())
