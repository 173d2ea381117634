"""The memory of bot and web side with a home server of 100 000 members, and how soon after a start they are published.

PSS, so that pages which processes share count once; after half a minute in which nothing happens but heartbeats.
"""

import tempfile
import time
from pathlib import Path

from bench.load import Target, press
from bench.processes import pss_mb
from bench.report import Row, show
from database.upgrade import upgrade
from rules.presence import health
from simulator.client import Simulator
from tests.end_to_end.rollcall import Rollcall, until

MEMBERS, WORKERS, SETTLE_S = 100_000, 2, 30
# Lanyard with Redis for as many, read off a run of it.
PEER_MB = 2090


def main() -> None:
    with Simulator.start() as simulator, tempfile.TemporaryDirectory() as folder:
        simulator.add_guild("Home")
        simulator.fill(None, MEMBERS, online=0.3, listening=0.1)
        rollcall = Rollcall(simulator, Path(folder))
        # As make run does before it starts both.
        upgrade(rollcall.database_url)
        try:
            rollcall.start_web(WEB_CONCURRENCY=str(WORKERS))
            begun = time.monotonic()
            rollcall.start_bot()
            until(lambda: rollcall.read(health.count_published) == MEMBERS, 60)
            took = time.monotonic() - begun
            press(Target(rollcall.url, "/health"), 2)
            time.sleep(SETTLE_S)
            bot, web = pss_mb(rollcall.bot.pid), pss_mb(rollcall.web.pid)
        finally:
            rollcall.stop()
    rows = [
        Row(
            f"memory, bot and web ({WORKERS} workers)",
            f"Lanyard with Redis, {PEER_MB:,} MB",
            [bot + web],
            None,
            200,
            "MB",
        ),
        Row("start of the bot → all published", "", [took], unit="s"),
    ]
    rows[0].notes.append(f"{bot:.0f} MB the bot, {web:.0f} MB the web side.")
    show("memory", rows, [f"{MEMBERS:,} members, 30 % online, a third of them with a song."])


if __name__ == "__main__":
    main()
