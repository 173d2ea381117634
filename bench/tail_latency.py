"""The hot read's 99th percentile while a thousand presence updates a second come in, against a quiet time.

Both processes are the real ones. The load leaves the web side room: what is asked is how long an answer takes, not how
many there are.
"""

import tempfile
import threading
from pathlib import Path

from bench import fixtures
from bench.load import Measured, Target, describe_generator, press
from bench.report import Row, show
from tests.end_to_end.rollcall import Rollcall, until

ROUNDS = 7
PEOPLE, A_SECOND, SECONDS, CONNECTIONS = 5000, 1000, 4, 2


def main() -> None:
    ratios, quiet, busy = [], [], []
    with (
        tempfile.TemporaryDirectory() as folder,
        fixtures.crowd(Path(folder), PEOPLE, WEB_CONCURRENCY="1") as (rollcall, users),
    ):
        target = Target(rollcall.url, f"/user/{users[0]}")
        for _ in range(ROUNDS):
            quiet.append(press(target, SECONDS, CONNECTIONS))
            busy.append(press_busily(rollcall, users, target))
            ratios.append(busy[-1].p99 / quiet[-1].p99)
    row = Row(f"hot read p99 while {A_SECOND:,} updates/s come in", "without updates", ratios, at_most=1.5)
    rates = [one.rate / other.rate for one, other in zip(busy, quiet, strict=True)]
    beside = Row("requests/s meanwhile", "without updates", rates)
    show("tail_latency", [row, beside], [f"Simulator, bot, web side and load share the cores. {describe_generator()}"])


def press_busily(rollcall: Rollcall, users: list[str], target: Target) -> Measured:
    """Ask while updates come in all the time."""
    count = A_SECOND * (SECONDS + 2)
    updates = [
        {"user": users[number % PEOPLE], **fixtures.update(int(users[number % PEOPLE]), str(number))}
        for number in range(count)
    ]
    coming = threading.Thread(target=rollcall.simulator.presences, args=(updates, A_SECOND))
    coming.start()
    until(lambda: "number" in rollcall.get(f"/user/{users[0]}").text)
    measured = press(target, SECONDS, CONNECTIONS)
    coming.join()
    return measured


if __name__ == "__main__":
    main()
