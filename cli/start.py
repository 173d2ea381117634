"""`make run`: bot and web in one terminal; without a DISCORD_TOKEN the tour, against the simulated Discord."""

import asyncio
import os

import config as settings
from cli.supervisor import make_processes, prepare, run
from cli.tour import tour
from database.bad_file import BadFile
from web.front.port import PortTaken


async def start() -> int:
    """The real thing where there is a token, else the tour; the exit code."""
    config = settings.load()
    if config.discord_token:
        prepare(config)
        return await run(make_processes(), os.environ)
    return await tour()


def main() -> None:
    """`python -m cli.start`."""
    try:
        raise SystemExit(asyncio.run(start()))
    except (settings.BadSetting, BadFile, PortTaken) as error:
        settings.end_process(error)


if __name__ == "__main__":
    main()
