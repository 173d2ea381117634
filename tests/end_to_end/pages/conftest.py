"""A browser for the pages: Debian's Chromium, driven by Playwright, before the Rollcall that the tests share."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.end_to_end.live.browser import FOUND, QUIET
from tests.end_to_end.pages.watched_page import WatchedPage, open_page
from tests.end_to_end.rollcall import Rollcall


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """The browser, for one file of tests: while Playwright runs, nothing else of this process may run a loop."""
    if FOUND is None:
        pytest.skip("There is no Chromium here; .ci/run installs it.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=FOUND, args=list(QUIET))
        yield browser
        browser.close()


@pytest.fixture
def browse(chromium: Browser, rollcall: Rollcall) -> Iterator[Callable[..., WatchedPage]]:
    """Opens a path in a new window; `options` are Playwright's of a context, such as color_scheme or viewport.

    The test fails when the page said an error, broke its policy, or asked anybody but Rollcall, at whatever moment;
    `expecting`: an expression for what the console may say.
    """
    made: list[WatchedPage] = []

    def run(path: str = "/", expecting: str | None = None, **options: object) -> WatchedPage:
        made.append(open_page(chromium, rollcall.url, expecting, **options))
        made[-1].go(path)
        return made[-1]

    yield run
    for watched in made:
        watched.page.context.close()
    assert [problem for watched in made for problem in watched.problems] == []
