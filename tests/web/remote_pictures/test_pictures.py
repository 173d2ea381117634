"""Finding pictures: from the cache, from the CDN, and what there is when that does not answer."""

import os
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pytest

from rules.pictures import kept_files
from tests.rules.pictures.picture_bytes import gif, jpeg, png, webp
from tests.web.remote_pictures.cdn import LONG_S, whole
from web.remote_pictures import fetcher, outages
from web.remote_pictures.disk_cache import get_folder
from web.remote_pictures.pictures import FETCHES_AT_ONCE, WAITING_AT_ONCE

FAILING = "503 Service Unavailable"


@pytest.fixture
def folder(url):
    return get_folder(url)


@pytest.fixture
def hang():
    """An answer that comes once the test is over; nobody gives up before."""
    over = threading.Event()

    def wait(_connection):
        over.wait(LONG_S)

    wait.over = over
    yield wait
    over.set()


@pytest.fixture
def wait_until():
    """Wait for a condition, which must come."""

    def wait(condition):
        until = time.monotonic() + 10
        while not condition():
            assert time.monotonic() < until, "it did not come about"
            time.sleep(0.005)

    return wait


def outdate(folder, seconds=30 * 24 * 3600):
    """Let all pictures have been fetched so long ago, and all failures be over."""
    for path in folder.iterdir():
        os.utime(path, (time.time(), time.time() - seconds))


def test_a_picture_is_what_its_bytes_are(pictures, cdn):
    kinds = {"png": png(), "jpeg": jpeg(), "gif": gif(), "webp": webp()}
    cdn.answers = {f"/{kind}": whole(data, content_type="text/html") for kind, data in kinds.items()}
    found = pictures.find_many([None, *[f"{cdn.base}/{kind}" for kind in kinds], f"{cdn.base}/none"])
    assert found == {f"{cdn.base}/{kind}": (data, f"image/{kind}") for kind, data in kinds.items()}


@pytest.mark.parametrize(
    "address",
    [None, "", 7, [], "nonsense", "http://127.0.0.1:1/a.png", "https://169.254.169.254/", "https://[", "\ud800"],
)
def test_nothing_is_found_where_nothing_may_be_fetched(pictures, address):
    assert pictures.find(address) is None


def test_a_fault_is_logged_and_nobody_else_hears_of_it(pictures, cdn, monkeypatch, caplog):
    monkeypatch.setattr(fetcher.formats, "check_picture", lambda *_: 1 / 0)
    cdn.answers["/a"] = whole(png())
    assert pictures.find(f"{cdn.base}/a") is None
    assert "ZeroDivisionError" in caplog.text
    assert "/a" not in "".join(record.getMessage() for record in caplog.records)
    monkeypatch.undo()
    assert pictures.find(f"{cdn.base}/a")


def test_a_picture_is_fetched_once_for_all_workers(make_pictures, cdn):
    cdn.answers["/a"] = whole(png())
    for pictures in (make_pictures(), make_pictures()):
        for _ in range(2):
            assert pictures.find(f"{cdn.base}/a").data == png()
    assert cdn.count("/a") == 1


def test_without_a_cache_it_is_fetched_each_time(make_pictures, cdn, folder):
    pictures = make_pictures(PICTURE_CACHE_MB="0")
    cdn.answers["/a"] = whole(png())
    assert [pictures.find(f"{cdn.base}/a").data for _ in range(2)] == [png()] * 2
    assert cdn.count("/a") == 2
    assert not folder.exists()


def test_two_at_once_fetch_once(pictures, cdn):
    asked, go_on = threading.Event(), threading.Event()

    def answer(connection):
        asked.set()
        go_on.wait(10)
        connection.sendall(whole(png()))

    cdn.answers["/a"] = answer
    with ThreadPoolExecutor(4) as threads:
        finding = [threads.submit(pictures.find, f"{cdn.base}/a", LONG_S)]
        assert asked.wait(10)
        finding += [threads.submit(pictures.find, f"{cdn.base}/a", LONG_S) for _ in range(3)]
        go_on.set()
        assert [found.result(10).data for found in finding] == [png()] * 4
    assert cdn.count("/a") == 1


def test_an_old_picture_is_fetched_anew(pictures, cdn, folder):
    cdn.answers["/a"] = whole(png(seed=1))
    pictures.find(f"{cdn.base}/a")
    outdate(folder)
    cdn.answers["/a"] = whole(png(seed=2))
    assert [pictures.find(f"{cdn.base}/a").data for _ in range(2)] == [png(seed=2)] * 2
    assert cdn.count("/a") == 2


@pytest.mark.parametrize("answer", [whole(b"", FAILING), b"", whole(b"", "429 Slower")])
def test_when_the_cdn_is_down_the_old_picture_is_there_still(pictures, cdn, folder, answer):
    cdn.answers["/a"] = whole(png())
    pictures.find(f"{cdn.base}/a")
    outdate(folder)
    cdn.answers["/a"] = answer
    assert [pictures.find(f"{cdn.base}/a").data for _ in range(3)] == [png()] * 3
    # Once for the picture and once in vain: that is remembered.
    assert cdn.count("/a") == 2


def test_an_old_picture_is_there_when_the_new_one_does_not_come_in_time(pictures, cdn, folder, hang):
    cdn.answers["/a"] = whole(png())
    pictures.find(f"{cdn.base}/a")
    outdate(folder)
    cdn.answers["/a"] = hang
    assert pictures.find(f"{cdn.base}/a", 0.05).data == png()


@pytest.mark.parametrize("answer", [whole(b"", "404 Not Found"), whole(b"<svg/>")])
def test_a_picture_that_was_taken_away_is_not_shown_any_more(pictures, cdn, folder, answer):
    cdn.answers["/a"] = whole(png())
    pictures.find(f"{cdn.base}/a")
    outdate(folder)
    cdn.answers["/a"] = answer
    assert [pictures.find(f"{cdn.base}/a") for _ in range(3)] == [None] * 3
    assert cdn.count("/a") == 2


@pytest.mark.parametrize("answer", [whole(b"", FAILING), whole(b"", "404 Not Found"), whole(b"<svg/>"), b""])
def test_a_failure_is_remembered_for_a_while_by_all_workers(make_pictures, cdn, folder, answer):
    cdn.answers["/a"] = answer
    workers = make_pictures(), make_pictures()
    assert [pictures.find(f"{cdn.base}/a") for pictures in workers for _ in range(2)] == [None] * 4
    assert cdn.count("/a") == 1
    outdate(folder)
    cdn.answers["/a"] = whole(png())
    assert workers[0].find(f"{cdn.base}/a").data == png()


@pytest.mark.parametrize("damage", [b"", bytes(500), b"<svg/>"])
def test_what_was_damaged_on_the_disk_is_fetched_anew(pictures, cdn, folder, damage):
    cdn.answers["/a"] = whole(png())
    pictures.find(f"{cdn.base}/a")
    for path in folder.iterdir():
        path.write_bytes(damage)
    assert [pictures.find(f"{cdn.base}/a").data for _ in range(2)] == [png()] * 2
    assert cdn.count("/a") == 2


def test_who_does_not_wait_has_it_the_next_time(pictures, cdn, wait_until):
    cdn.answers["/a"] = whole(png())
    assert pictures.find(f"{cdn.base}/a", wait_s=0) is None
    wait_until(lambda: pictures.find(f"{cdn.base}/a", wait_s=0))
    assert cdn.count("/a") == 1


def test_of_several_those_come_that_are_there_in_time(pictures, cdn, hang):
    names = [f"{cdn.base}/{name}" for name in "abcdef"]
    cdn.answers = dict.fromkeys(("/a", "/b", "/d"), hang) | dict.fromkeys(("/c", "/e", "/f"), whole(png()))
    # One deadline for all: one each would be noticed by the test's own.
    assert set(pictures.find_many(names * 3, wait_s=0.5)) == {f"{cdn.base}/{name}" for name in "cef"}


def test_a_host_that_does_not_answer_is_left_alone_for_a_while(pictures, cdn, monkeypatch, caplog):
    for number in range(10):
        cdn.answers[f"/{number}"] = b""
        assert pictures.find(f"{cdn.base}/{number}") is None
    assert len(cdn.asked) == 3
    assert len(caplog.records) == 1
    cdn.answers |= {"/a": whole(png()), "/b": b"", "/c": b"", "/d": whole(png())}
    now = time.monotonic()
    monkeypatch.setattr(outages, "time", SimpleNamespace(monotonic=lambda: now + 31))
    # One tries for all, in vain, and another half a minute later.
    assert not pictures.find_many([f"{cdn.base}/{number}" for number in range(3, 10)])
    assert len(cdn.asked) == 4
    outages.time.monotonic = lambda: now + 62
    # It has answered once, so that the next failures are counted anew.
    assert [bool(pictures.find(f"{cdn.base}/{name}")) for name in "abcd"] == [True, False, False, True]


def test_that_a_host_has_no_picture_is_an_answer(pictures, cdn):
    for number in range(10):
        assert pictures.find(f"{cdn.base}/{number}") is None
    assert len(cdn.asked) == 10


def test_with_a_dead_cdn_few_wait_and_the_others_are_told_at_once(pictures, cdn, hang, wait_until):
    waiting = [f"{cdn.base}/{number}" for number in range(WAITING_AT_ONCE)]
    cdn.answers = dict.fromkeys([f"/{number}" for number in range(99)], hang)
    with ThreadPoolExecutor(40) as threads:
        # These wait for longer than the test may take …
        patient = [threads.submit(pictures.find, address, 20) for address in waiting]
        wait_until(lambda: len(cdn.asked) == WAITING_AT_ONCE)
        # … and whoever comes after them, for as long as it likes, is told at once.
        late = [threads.submit(pictures.find, f"{cdn.base}/{number}", LONG_S) for number in range(50)]
        assert [finding.result(10) for finding in late] == [None] * 50
        assert not any(finding.done() for finding in patient)
        assert len({path for path, _ in cdn.asked}) <= FETCHES_AT_ONCE
        assert sum(thread.name.endswith("(_fly)") for thread in threading.enumerate()) <= FETCHES_AT_ONCE
        hang.over.set()


def test_with_a_dead_cdn_nobody_waits_longer_than_said(pictures, cdn, hang):
    cdn.answers = dict.fromkeys([f"/{number}" for number in range(99)], hang)
    addresses = [[f"{cdn.base}/{10 * number + more}" for more in range(10)] for number in range(WAITING_AT_ONCE)]
    with ThreadPoolExecutor(WAITING_AT_ONCE) as threads:
        for _ in range(2):
            finding = [threads.submit(pictures.find_many, some, 0.2) for some in addresses]
            assert [found.result(10) for found in finding] == [{}] * WAITING_AT_ONCE


def test_what_is_kept_here_is_read_from_its_folder(make_pictures, url, cdn):
    pictures = make_pictures(PUBLIC_URL="https://rollcall.example")
    name = kept_files.store(kept_files.get_folder(url), png(), "png")
    found = pictures.find(kept_files.make_address("https://rollcall.example", name))
    assert found == (png(), "image/png")
    missing = name.replace(name[0], "0" if name[0] != "0" else "1")
    for address in (
        kept_files.make_address("https://rollcall.example", missing),
        kept_files.make_address("https://elsewhere.example", name),
        f"https://rollcall.example/pictures/../{name}",
    ):
        assert pictures.find(address) is None


def test_a_setting_allows_more_hosts(make_pictures, cdn):
    asked = []
    pictures = make_pictures(PICTURE_HOSTS="i.example.org")
    pictures._fetcher.fetch = lambda place: asked.append(place) or (png(), "png")
    assert pictures.find("https://i.example.org/a.png").data == png()
    assert pictures.find("https://j.example.org/a.png") is None
    assert [(place.address, place.trusted) for place in asked] == [("https://i.example.org/a.png", False)]
