"""The command line."""

import argparse
import asyncio
import os
import sys

from simulator import app
from simulator.default_world import default_world, empty_world
from simulator.simulation import Simulation


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; the exit code."""
    parser = argparse.ArgumentParser(prog="python -m simulator")
    parser.add_argument("--port", type=int, default=8100)
    parser.add_argument("--empty", action="store_true")
    parser.add_argument("--tour", action="store_true")
    chosen = parser.parse_args(arguments)
    return serve(chosen)


def serve(chosen: argparse.Namespace) -> int:
    """Serve until told to stop."""
    sim = Simulation("", empty_world() if chosen.empty else default_world())
    try:
        asyncio.run(app.run(sim, chosen.port, lambda: announce(sim)))
    except OSError as error:
        print(f"Port {chosen.port} cannot be used: {os.strerror(error.errno)}.", file=sys.stderr)
        return 1
    return 0


def announce(sim: Simulation) -> None:
    print(f"DISCORD_API_BASE={sim.url}/api/v10", flush=True)
