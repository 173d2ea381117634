"""`python -m simulator` without a command: a world, served until somebody stops it."""

import asyncio
import errno
import os
import sys

from simulator import app, demo
from simulator.control import roles
from simulator.simulation import Simulation
from simulator.state.default_world import default_world, empty_world


def serve(port: int, empty: bool, with_tour: bool, until_eof: bool = False) -> int:
    """Serve the default world or an empty one; the exit code."""
    sim = Simulation("", empty_world() if empty else default_world())

    def listening() -> None:
        print(f"DISCORD_API_BASE={sim.url}/api/v10 DISCORD_CDN_BASE={sim.url}/cdn")
        python = sys.executable.removeprefix(f"{os.getcwd()}/")
        print(f'Type a command: {python} -m simulator say alice ".help" --url {sim.url}', flush=True)
        if with_tour and not empty:
            # Somebody has to be able to try what moderators may.
            roles.add_role(sim, "Moderators", permissions=["MANAGE_GUILD"], users=["eve"])
            sim.spawn(demo.move(sim))

    try:
        asyncio.run(app.run(sim, port, listening, until_eof))
    except (OSError, OverflowError) as error:
        taken = getattr(error, "errno", None) == errno.EADDRINUSE
        reason = "is in use" if taken else f"cannot be used: {error}"
        print(f"Port {port} {reason}.", file=sys.stderr)
        return 1
    return 0
