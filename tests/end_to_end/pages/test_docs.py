"""The documentation in a browser: found by typing, tried, used by the keyboard alone, and on a phone."""

import json

import pytest

from tests.end_to_end.pages.watched_page import PHONE, assert_accessible

PATHS = ("/docs", "/docs/presence", "/docs/version-2-groups", "/docs/commands", "/privacy", "/moving")


def each_unfolded(watched, paths=PATHS):
    """Each of some pages of the documentation in the same window, with all that is folded opened."""
    for path in paths:
        watched.go(path)
        watched.page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
        yield path


@pytest.mark.parametrize(
    ("scheme", "paths"),
    [
        ("light", ("/docs", "/moving")),
        pytest.param("light", PATHS, marks=pytest.mark.long),
        pytest.param("dark", PATHS, marks=pytest.mark.long),
    ],
    ids=["some", "light", "dark"],
)
def test_axe_finds_nothing(browse, scheme, paths):
    watched = browse(color_scheme=scheme)
    for _ in each_unfolded(watched, paths):
        assert_accessible(watched.page)


def test_no_page_is_wider_than_a_phone(browse):
    watched = browse(viewport=PHONE)
    for path in each_unfolded(watched):
        assert not watched.is_scrolled_sideways, path
        # A table whose rows are stacked leaves its caption no column to stand over.
        captions = "[...document.querySelectorAll('caption')].every(one => one.offsetHeight < 100)"
        assert watched.page.evaluate(captions), path


def shown(watched, items):
    return [text.split("\n")[0] for text in watched.page.locator(f"{items}:visible").all_inner_texts()]


def test_what_is_typed_narrows_the_routes(browse):
    watched = browse("/docs")
    everything = len(shown(watched, "#routes li"))
    watched.find("#sought").press_sequentially("patch kv")
    found = shown(watched, "#routes li")
    assert 0 < len(found) < everything
    assert watched.find("#found").inner_text() == f"{len(found)} found"
    assert all("PATCH" in text and "kv" in text for text in found)
    assert len(shown(watched, "#routes section")) == 2
    watched.find("#sought").fill("nothing is called so")
    assert watched.find("#found").inner_text() == "Nothing found"
    assert shown(watched, "#routes section") == []
    watched.find("#sought").fill("")
    assert len(shown(watched, "#routes li")) == everything
    assert watched.find("#found").inner_text() == ""


def test_a_command_is_found_by_another_of_its_names(browse):
    watched = browse("/docs/commands")
    watched.find("#sought").press_sequentially("dispname")
    assert watched.find("#found").inner_text() == "2 found"
    assert "pk;member <member> displayname [name]" in shown(watched, "#commands li")[0]


def test_a_search_without_javascript_is_a_page(browse):
    watched = browse("/docs", java_script_enabled=False)
    watched.find("#sought").fill("fronters")
    watched.find("form.search button").click()
    watched.see("2 found")
    assert len(shown(watched, "#routes li")) == 2


def test_by_the_keyboard_alone_a_read_is_found_and_tried(browse, person):
    user_id = person(name="keyboard")
    watched = browse("/docs")
    keyboard = watched.page.keyboard
    watched.find("#sought").focus()
    keyboard.type("get /user/{user_id} github card")
    keyboard.press("Enter")
    assert watched.focused == "Presence"
    keyboard.press("Tab")
    keyboard.press("Enter")
    watched.page.wait_for_url("**/docs/presence#getUser")
    # Each example, then the trial, is a step of the keyboard.
    trial = watched.find("#getUser ~ .trial summary")
    while not trial.evaluate("one => one === document.activeElement"):
        keyboard.press("Tab")
    keyboard.press("Enter")
    keyboard.press("Tab")
    keyboard.press("Control+A")
    keyboard.type(user_id)
    keyboard.press("Enter")
    watched.see("200 OK")
    headers, body = watched.page.locator("#getUser ~ .trial .answer pre").all_inner_texts()
    assert "etag: " in headers
    assert "cache-control: no-cache" in headers
    assert json.loads(body)["presence"]["userId"] == user_id


@pytest.fixture
def trial(browse):
    """Opens a page's trial of an operation, fills it in and asks; what it says of the answer."""

    def ask(page, operation, token="", **fields):
        watched = page if not isinstance(page, str) else browse(page, expecting="status of 40[14]")
        place = watched.find(f"#{operation} ~ .trial")
        if not place.locator("form").is_visible():
            place.locator("summary").click()
        for name, value in fields.items():
            place.get_by_label(name, exact=True).fill(value)
        if token:
            place.get_by_label("token").fill(token)
        place.get_by_role("button", name="Ask").click()
        place.locator(".answer strong").wait_for()
        return watched, place.locator(".answer").inner_text()

    return ask


def test_a_token_is_kept_in_the_tab_alone(trial, browse, person, token_of):
    user_id = person(name="tried")
    token = token_of(user_id)
    watched, told = trial("/docs/key-value-pairs", "getPairs", user_id="@me")
    assert told.startswith("401 ")
    _, told = trial(watched, "getPairs", token=token)
    assert told.startswith("200 OK")
    # What the tab remembers is filled in elsewhere, and after a reload; no address and no other tab has it.
    assert token not in watched.page.url
    watched.page.reload()
    assert watched.page.locator("input[data-token]").first.input_value() == token
    assert "token" not in watched.page.evaluate("Object.keys(localStorage)")
    assert watched.page.context.cookies() == []
    assert browse("/docs/key-value-pairs").page.locator("input[data-token]").first.input_value() == ""


def test_an_answer_that_is_no_json_is_told(trial):
    _, told = trial("/docs/systems", "getSystem", id="nobod")
    assert told.startswith("404 ")
    assert "System not found." in told


def test_what_is_answered_is_no_markup(trial, person, token_of, rollcall):
    user_id = person(name="marked")
    token = token_of(user_id)
    evil = "<img src=x onerror=alert(1)>"
    put = rollcall.http.put(f"{rollcall.url}/user/@me/kv/city", headers={"Authorization": token}, data=evil, timeout=15)
    assert put.status_code == 204
    watched, told = trial("/docs/key-value-pairs", "getPair", token=token, user_id="@me", key="city")
    assert evil in told
    assert watched.page.locator(".answer img").count() == 0


def test_without_javascript_there_is_nothing_that_does_nothing(browse):
    watched = browse("/docs/messages", java_script_enabled=False)
    assert watched.page.locator("button:visible").count() == 0
    assert watched.page.locator("pre[data-language=curl]:visible").count() == 1
