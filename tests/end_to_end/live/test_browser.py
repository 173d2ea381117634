"""A web page of another origin, in a real browser, hears of changes by the browser's own EventSource."""

import time

import pytest

from tests.end_to_end.live import browser
from tests.end_to_end.rollcall import until

pytestmark = pytest.mark.skipif(browser.FOUND is None, reason="there is no Chromium here")


def status_on(page):
    heard = page.heard("presence")
    return heard[-1][1]["presence"]["status"] if heard else None


def change(people, page, status):
    """Let Alice be that, and wait until the page shows it; the seconds between."""
    begun = time.monotonic()
    people.be(people.alice, status, 0)
    until(lambda: status_on(page) == status)
    return page.heard("presence")[-1][0] - begun


def test_a_page_of_another_origin_shows_each_change_also_after_a_restart(running, people, tmp_path):
    path = f"/events?users={people.alice}&systems={people.hid}"
    with browser.showing(running.url + path, tmp_path / "profile") as page:
        until(lambda: page.heard("presence") and page.heard("front"))
        before = [change(people, page, status) for status in ("idle", "dnd", "online")]
        running.web.stop()
        until(lambda: page.heard("error"))
        switch = people.switch()
        people.be(people.alice, "idle", 0)
        running.start_web()
        until(lambda: status_on(page) == "idle")
        until(lambda: page.heard("front")[-1][1]["id"] == switch)
        after = [change(people, page, status) for status in ("dnd", "online", "idle")]
        # It went on where it was: none of it was said twice.
        assert [len(page.heard(kind)) for kind in ("front", "system", "reset", "gone")] == [2, 2, 0, 0]
        assert [data["presence"]["status"] for _, data in page.heard("presence")] == [
            *("offline", "idle", "dnd", "online"),
            *("idle", "dnd", "online", "idle"),
        ]
    print(f"seconds from the change at Discord to the page: {before}, after the restart {after}")
    assert min(before) < 1
    assert min(after) < 1
