"""Many thousand raw requests at random: every whole one is answered, in order, and nothing breaks.

RAW_SEED=… and RAW_REQUESTS=… try others, and more.
"""

import os
import random
import socket
import struct
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import pytest

from tests.end_to_end.rollcall import until
from tests.web.front.odd_requests import SHAPES
from tests.web.front.raw_client import Client, compose

ALICE_PATH = "/user/80351110224678912"
PAIR = "/user/@me/kv/k"
REQUESTS = int(os.environ.get("RAW_REQUESTS", "20000"))
SEED = os.environ.get("RAW_SEED", "1")
THREADS = 16
LONGEST_PIPELINE = 12
# What ends a conversation because it is no request; alone among them, so that it is the only thing refused.
ODD = [sent for sent, statuses in SHAPES.values() if len(statuses) == 1 and statuses[0] in (400, 501)]
READS = [
    *((ALICE_PATH, 200), (f"{ALICE_PATH}?a=1", 200), (f"{ALICE_PATH}/", 200), ("/user/1", 404), ("/user/@me", 401)),
    *(("/v1/s", 401), ("/docs", 200), ("/openapi.json", 200), ("/nothing", 404), ("/health", 503)),
]
AT_ONCE = struct.pack("ii", 1, 0)


class Request(NamedTuple):
    sent: bytes
    method: str
    statuses: set[int]


def chunked(rng, body):
    """A body in chunks of random sizes, some with an extension, perhaps with a trailer."""
    sent = b""
    while body:
        size = rng.randint(1, len(body))
        sent += b"%x%s\r\n%s\r\n" % (size, rng.choice((b"", b";a=b")), body[:size])
        body = body[size:]
    return sent + b"0\r\n" + rng.choice((b"", b"X-Checksum: 1\r\n")) + b"\r\n"


def a_read(rng, token):
    method = rng.choice(("GET", "GET", "GET", "HEAD", "OPTIONS"))
    path, status = rng.choice(READS)
    headers = [("X-Filler", "x" * rng.randint(0, 3000))] * rng.randint(0, 2)
    if rng.random() < 0.2 and path in ("/user/@me", ALICE_PATH):
        headers, status = [*headers, ("Authorization", token)], 200
    if rng.random() < 0.1 and path == ALICE_PATH:
        headers, status = [*headers, ("If-None-Match", "*")], 304
    statuses = {status, 404, 200} if method == "OPTIONS" else {status}
    return Request(compose(method, path, *headers), method, statuses)


def a_write(rng, token):
    """A PUT or PATCH with a body, whole or in chunks, that is taken or refused for what it is."""
    size = rng.choice((0, 1, 10, 3000, 9000, 20_000, 70_000, 200_000))
    body = b"v" * size
    method, path, headers, status = rng.choice(
        [
            ("PUT", PAIR, [("Authorization", token)], 204 if size <= 10_000 else 400),
            ("PUT", PAIR, [("Authorization", token)], 204 if size <= 10_000 else 400),
            ("PUT", PAIR, [], 401),
            ("PUT", "/user/1/kv/k", [("Authorization", token)], 403),
            ("PATCH", "/user/@me/kv", [("Authorization", token)], 415),
            ("PATCH", "/user/@me/kv", [("Authorization", token), ("Content-Type", "application/json")], 400),
            ("POST", ALICE_PATH, [], 405),
            ("PUT", "/nothing", [], 404),
        ]
    )
    statuses = {status, 413} if size > 10_000 else {status}
    if rng.random() < 0.2:
        headers = [*headers, ("Expect", "100-continue")]
    if rng.random() < 0.4:
        headers = [*headers, ("Transfer-Encoding", "chunked")]
        return Request(compose(method, path, *headers, body=chunked(rng, body)), method, statuses)
    return Request(compose(method, path, *headers, ("Content-Length", str(size)), body=body), method, statuses)


def pieces(rng, data):
    """The same bytes, as a network may deliver them."""
    if rng.random() < 0.3:
        return [data]
    cuts = sorted(rng.randint(0, len(data)) for _ in range(rng.randint(1, 8)))
    return [data[start:end] for start, end in zip([0, *cuts], [*cuts, len(data)], strict=True)]


def converse(port, token, seed):
    """One connection from its first byte to its end; how many whole requests it had, and what was wrong."""
    rng = random.Random(seed)
    makers = rng.choices((a_read, a_write), k=rng.randint(1, LONGEST_PIPELINE))
    asked = [make(rng, token) for make in makers]
    end = rng.choice(("close", "half-closed", "odd", "half head", "half body", "abort", "last", "unread"))
    behind = {
        "odd": rng.choice(ODD),
        "half head": asked[0].sent[: rng.randint(1, 15)],
        "half body": compose("PUT", PAIR, ("Content-Length", "50")) + b"half",
        "last": compose("GET", ALICE_PATH, ("Connection", "close")),
    }.get(end, b"")
    sent = b"".join(request.sent for request in asked) + behind
    with Client(port) as client:
        if end == "abort":
            client.send(sent[: rng.randint(0, len(sent))])
            client.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, AT_ONCE)
            return 0, []
        for piece in pieces(rng, sent):
            client.send(piece)
        if end == "unread":
            return 0, []
        if end in ("half-closed", "half head", "half body"):
            client.say_no_more()
        return len(asked), [f"{seed}: {fault}" for fault in faults(client, asked, end)]


def faults(client, asked, end):
    for number, request in enumerate(asked):
        while (answer := client.read(request.method)).status == 100:
            pass
        if answer.status not in request.statuses:
            yield f"{end}, {number}: {answer.status}, not {request.statuses}, to {request.sent[:200]!r}"
            return
    expected = {"odd": {400, 501}, "last": {200}, "half body": {401, 0}}.get(end, {0})
    if end != "close" and (answer := client.read()).status not in expected:
        yield f"{end}: {answer.status} at the end"


@pytest.mark.long
def test_every_whole_request_is_answered_and_nothing_breaks(web):
    running = web(BODY_TIMEOUT="5")
    workers, count, wrong = until(lambda: len(running.workers()) == 2 and running.workers()), 0, []
    with ThreadPoolExecutor(THREADS) as pool:
        number = 0
        while count < REQUESTS:
            seeds = [f"{SEED}-{number + offset}" for offset in range(200)]
            number += len(seeds)
            for whole, found in pool.map(lambda seed: converse(running.port, running.token, seed), seeds):
                count += whole
                wrong += found
    print(f"{count:,} whole requests in {number:,} connections")
    assert wrong == []
    assert running.workers() == workers
    assert "Traceback" not in running.web.output
    assert "ERROR" not in running.web.output
