"""`make run`: bot and web in one terminal; without a DISCORD_TOKEN the tour, against the simulated Discord."""

import asyncio
import os

import config as settings
from cli.supervisor import make_processes, prepare, run
from cli.tour import tour
from database.bad_file import BadFile


async def start() -> None:
    """The real thing where there is a token, else the tour."""
    config = settings.load()
    if config.discord_token:
        prepare(config)
        await run(make_processes(), os.environ)
    else:
        await tour()


def main() -> None:
    """`python -m cli.start`."""
    try:
        asyncio.run(start())
    except (settings.BadSetting, BadFile) as error:
        raise SystemExit(str(error)) from None


if __name__ == "__main__":
    main()
