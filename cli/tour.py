"""The tour: the real bot and the real web side against a simulated Discord, and what there is to try."""

import asyncio
import os
import sys
import time
from typing import Any

import requests

import config as settings
from cli.supervisor import OWN_NAME, Process, make_processes, prepare, run, say
from cli.tour_system import NAME, PERSON, PERSON_ID, SYSTEM_ID, TourSystem, prepare_system
from web.front.port import check_port

PATIENCE_S = 30
TOUR_DATABASE = "sqlite:///instance/tour.db"


async def tour() -> int:
    """Simulator, bot and web, on a file of their own; the exit code."""
    port = settings.load().port
    port += 100 if port <= 65435 else -100
    url = f"http://127.0.0.1:{port}"
    overrides = {
        "DISCORD_TOKEN": "simulated",
        "DISCORD_API_BASE": f"{url}/api/v10",
        "DISCORD_CDN_BASE": f"{url}/cdn",
        "DATABASE_URL": TOUR_DATABASE,
        "HOME_GUILD_ID": "",
        "INVITE_URL": "",
        "PUBLIC_URL": "",
        "FEATURED_USER_ID": str(PERSON_ID),
        "SIMULATOR_URL": url,
    }
    config = settings.load(overrides)
    check_port("127.0.0.1", port, "The simulated Discord", f"PORT, which it follows {abs(port - config.port)} further")
    prepare(config)
    prepare_system(config)
    processes = [Process("discord", "-m", "simulator", "--tour", "--port", str(port)), *make_processes()]
    guide = asyncio.create_task(guide_through(config, url))
    return await run(processes, {**os.environ, **overrides}, guide)


async def guide_through(config: settings.Config, simulator_url: str) -> None:
    """Once the bot is connected and somebody is published, say what there is to see and to type; then let it go on."""
    # Not at the top: whoever runs the real thing may have left the simulator out.
    from simulator.client import DEFAULT_URL, Simulator

    http = requests.Session()
    # A proxy from the environment knows nothing of loopback.
    http.trust_env = False
    simulator = Simulator(simulator_url)
    url = await _wait_for_somebody(config, simulator, http)
    if not url:
        say(OWN_NAME, f"nothing was published within {PATIENCE_S} s; the lines above say why")
        return
    where = "" if simulator_url == DEFAULT_URL else f" --url {simulator_url}"
    for line in _guide(config, url, where):
        say(OWN_NAME, line)
    await TourSystem(config, simulator).live()


def _guide(config: settings.Config, url: str, where: str) -> list[str]:
    """What there is to see and to type, line by line."""
    python = sys.executable.removeprefix(f"{settings.ROOT}/")
    presence, systems = (next(iter(prefixes), None) for prefixes in (config.presence_prefixes, config.system_prefixes))
    typed = [f"{prefix}help" for prefix in (presence, systems) if prefix]
    typed += [f"{systems}system", f"{systems}group Gardeners"] if systems else []
    typed += ["R:Hello!"]
    lines = [
        "",
        "This is the tour: a simulated Discord, the real bot and the real web side. Open it in a browser:",
        f"  {config.public_url}/",
        "See somebody's presence:",
        f"  curl {url}",
        "Songs change every few seconds. See it happen, until Ctrl-C, and by Lanyard's address:",
        f"  curl -N {url}/events",
        f"  curl {config.public_url}/v1/users/{PERSON_ID}",
        f"{PERSON} is a system, {NAME}, whose members switch and speak. See it, and who fronts:",
        f"  curl {config.public_url}/v1/s/{SYSTEM_ID}",
        f"  curl {config.public_url}/v1/s/{SYSTEM_ID}/fronters",
        f"  curl '{config.public_url}/v2/systems/{SYSTEM_ID}/groups?with_members=true'",
        f"{PERSON}'s token opens {config.public_url}/me, and all examples of {config.public_url}/docs work with it:",
        f"  export TOKEN=$({python} -m flask --app app token {PERSON_ID}); echo $TOKEN",
        "Type a command as one of them (alice, bob, charlie, dana, and eve, who may manage the server):",
        *(f'  {python} -m simulator say {PERSON} "{text}"{where}' for text in typed),
        *([f'  {python} -m simulator say eve "{systems}serverconfig"{where}'] if systems else []),
    ]
    return [*lines, "Ctrl-C stops everything. With a DISCORD_TOKEN in .env, make run is the real thing.", ""]


async def _wait_for_somebody(config: settings.Config, simulator: Any, http: requests.Session) -> str | None:
    from simulator.client import SimulatorError

    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        await asyncio.sleep(0.3)
        try:
            url = await asyncio.to_thread(_find_somebody, simulator, http, config.public_url)
        except (SimulatorError, requests.RequestException):
            continue
        if url:
            return url
    return None


def _find_somebody(simulator: Any, http: requests.Session, base: str) -> str | None:
    """Where alice is published, once the bot is connected."""
    if http.get(f"{base}/health", timeout=5).status_code != 200:
        return None
    url = next(f"{base}/user/{user['id']}" for user in simulator.users() if user["name"] == "alice")
    return url if http.get(url, timeout=5).status_code == 200 else None
