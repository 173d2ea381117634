"""A page in a browser, and whatever goes wrong on it."""

import re
import time
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, Request

PATIENCE_MS, EVERY_MS = 15_000, 20
PHONE = {"width": 320, "height": 640}
# What a browser says of each answer above 399, and here once for the page itself.
FAILED = "Failed to load resource"


class WatchedPage:
    """A page of ours; `problems` is what its console said, what it broke, and whom it asked beside us."""

    def __init__(self, page: Page, origin: str, expecting: str | None) -> None:
        self.page, self.problems = page, []
        self._origin, self._expected = origin, expecting and re.compile(expecting)
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self.problems.append(f"error: {error}"))
        page.on("request", self._watch)

    def _hear(self, message: ConsoleMessage) -> None:
        at = message.location.get("url", "")
        own_address = message.text.startswith(FAILED) and at.rstrip("/") == self.page.url.rstrip("/")
        expected = self._expected and self._expected.search(f"{message.text} {at}")
        if message.type in ("error", "warning") and not own_address and not expected:
            self.problems.append(f"{message.type}: {message.text} ({at})")

    def _watch(self, request: Request) -> None:
        if not request.url.startswith((f"{self._origin}/", "data:")):
            self.problems.append(f"asked {request.url}")

    def go(self, path: str) -> None:
        """Open a path of ours in the same window."""
        self.page.goto(self._origin + path)

    def find(self, selector: str) -> Locator:
        """The one part of the page that a selector names."""
        return self.page.locator(selector)

    def see(self, text: str) -> None:
        """Wait until this text can be seen in the page."""
        self.page.get_by_text(text).filter(visible=True).first.wait_for(timeout=PATIENCE_MS)

    def wait(self, expression: str, value: Any = None) -> None:
        """Wait until an expression, or a function of `value`, is true in the page."""
        deadline = time.monotonic() + PATIENCE_MS / 1000
        # From here: what waits inside the page needs the eval that its policy forbids.
        while not self.page.evaluate(expression, value):
            assert time.monotonic() < deadline, f"not within {PATIENCE_MS} ms: {expression}"
            self.page.wait_for_timeout(EVERY_MS)

    @property
    def focused(self) -> str:
        """What has the focus of the keyboard, by its text."""
        return self.page.evaluate("(document.activeElement.innerText || document.activeElement.name || '').trim()")

    @property
    def is_scrolled_sideways(self) -> bool:
        """Whether the page is wider than its window."""
        return self.page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")


def open_page(browser: Browser, origin: str, expecting: str | None = None, **options: Any) -> WatchedPage:
    """An empty page in a window of its own, watched from now on."""
    context = browser.new_context(**options)
    context.set_default_timeout(PATIENCE_MS)
    return WatchedPage(context.new_page(), origin, expecting)


def assert_accessible(page: Page) -> None:
    """axe finds nothing in the page as it is now, by WCAG 2.2 AA and by what it calls best practice."""
    found = Axe().run(page).response["violations"]
    told = [f"{rule['id']}: {rule['help']}: {[node['html'] for node in rule['nodes']]}" for rule in found]
    assert told == []
