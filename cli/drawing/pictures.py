"""`make pictures`: runs the tour, looks at it with Chromium, and keeps what it sees in docs/pictures, for README."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager

import requests
from playwright.sync_api import Browser, sync_playwright

import config as settings
from cli.drawing.chat import Proxied, draw
from cli.tour_system import PERSON, PERSON_ID
from simulator.client import Simulator

FOLDER = settings.ROOT / "docs" / "pictures"
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# The simulated Discord listens so far above the web side.
ABOVE = 100
PATIENCE_S, MOST_BYTES = 60, 100_000
LINE = "R:The tomatoes are coming along."
# A window as wide as what a code host shows.
WINDOW = {"width": 960, "height": 640}


def main() -> None:
    """Draw all of them anew."""
    found = next((path for name in NAMES if (path := shutil.which(name))), None)
    if not found:
        raise SystemExit("There is no Chromium here: apt-get install chromium, and once more.")
    FOLDER.mkdir(parents=True, exist_ok=True)
    with _tour() as (url, simulator), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        _draw_card(browser, f"{url}/user/{PERSON_ID}.svg")
        _draw_proxied(browser, _speak(simulator, _face(url)))
        _draw_page(browser, f"{url}/u/{PERSON_ID}", "page.png")
        browser.close()
    for path in sorted(FOLDER.iterdir()):
        size = path.stat().st_size
        print(f"{path.relative_to(settings.ROOT)}: {size:,} bytes{' (too many)' if size > MOST_BYTES else ''}")


@contextmanager
def _tour() -> Iterator[tuple[str, Simulator]]:
    """The tour on ports of its own: the web side's address, once somebody is there, and the simulated Discord."""
    port = _free_port()
    url = f"http://127.0.0.1:{port}"
    environ = {**os.environ, "DISCORD_TOKEN": "", "HOST": "127.0.0.1", "PORT": str(port), "RATE_LIMIT": ""}
    with tempfile.TemporaryFile() as said:
        running = subprocess.Popen(
            [sys.executable, "-m", "cli.start"], cwd=settings.ROOT, env=environ, stdout=said, stderr=said
        )
        try:
            _wait_for_somebody(running, url, said)
            with Simulator(f"http://127.0.0.1:{port + ABOVE}") as simulator:
                yield url, simulator
        finally:
            running.send_signal(signal.SIGINT)
            running.wait(PATIENCE_S)


def _free_port() -> int:
    while True:
        with socket.create_server(("127.0.0.1", 0)) as first:
            port = first.getsockname()[1]
        with socket.socket() as second:
            if port + ABOVE < 2**16 and second.connect_ex(("127.0.0.1", port + ABOVE)):
                return port


def _wait_for_somebody(running: subprocess.Popen, url: str, said: object) -> None:
    http, until = requests.Session(), time.monotonic() + PATIENCE_S
    # A proxy from the environment knows nothing of loopback.
    http.trust_env = False
    while running.poll() is None and time.monotonic() < until:
        try:
            if '"Spotify"' in http.get(f"{url}/user/{PERSON_ID}", timeout=5).text:
                return
        except requests.ConnectionError:
            pass
        time.sleep(0.3)
    said.seek(0)
    raise SystemExit(f"The tour does not run:\n{said.read().decode(errors='replace')}")


def _face(url: str) -> str:
    """The tour's person's own picture."""
    return requests.get(f"{url}/user/{PERSON_ID}", timeout=PATIENCE_S).json()["presence"]["avatarUrl"]


def _speak(simulator: Simulator, face: str) -> Proxied:
    """Let the tour's person write a line with a member's tag, and see what comes of it."""
    channel = simulator.add_channel("allotment")
    after = simulator.last_seq()
    simulator.say(PERSON, LINE, channel=channel)
    posted = lambda entry: entry["kind"] == "webhook" and entry["message"]["content"] in LINE  # noqa: E731
    copy = next(filter(posted, simulator.wait_for(posted, after, PATIENCE_S)))
    return Proxied(
        channel="allotment",
        writer=PERSON.capitalize(),
        face=face,
        written=LINE,
        name=copy["username"],
        avatar_url=copy["avatar_url"],
        read=copy["message"]["content"],
    )


def _draw_proxied(browser: Browser, proxied: Proxied) -> None:
    page = browser.new_page(viewport=WINDOW, device_scale_factor=2)
    page.set_content(draw(proxied), wait_until="networkidle")
    page.locator("main").screenshot(path=FOLDER / "proxied.png")
    page.close()


def _draw_card(browser: Browser, address: str) -> None:
    """The card as others embed it."""
    page = browser.new_page(viewport=WINDOW, device_scale_factor=2)
    page.set_content(f'<body style="margin:0"><img src="{address}" alt="">', wait_until="networkidle")
    if page.evaluate("document.querySelector('img').naturalWidth"):
        page.locator("img").screenshot(path=FOLDER / "card.png", omit_background=True)
    else:
        print(f"{address} is no picture")
    page.close()


def _draw_page(browser: Browser, address: str, name: str) -> None:
    page = browser.new_page(viewport=WINDOW)
    answer = page.goto(address)
    if answer and answer.ok:
        # What is live asks for what is now, and goes on asking.
        page.wait_for_timeout(1500)
        page.screenshot(path=FOLDER / name)
    else:
        print(f"{address} is no page")
    page.close()


if __name__ == "__main__":
    main()
