"""Looking somebody up in a real browser: by ID and by name, live, and until they hide."""

import time

import pytest

from tests.end_to_end.pages.watched_page import PHONE, assert_accessible
from tests.end_to_end.rollcall import until

GONE = r"status of 404 .*/u/\d+"
PLAYING = [{"name": "Chess", "type": 0, "details": "<b>Rated</b>", "created_at": 1}]
SONG = {
    "id": "spotify:1",
    "name": "Spotify",
    "type": 2,
    "details": "Clair de lune",
    "state": "Claude Debussy",
    "sync_id": "4cOdK2wGLETKBW3PvgPWqT",
    "assets": {"large_image": "spotify:ab67616d00001e02", "large_text": "Suite bergamasque"},
}


@pytest.fixture
def alice(person, discord):
    """Somebody who listens and plays: the ID, and the username."""
    user_id = person("alice", status="online")
    # It plays now, however late this test runs.
    now_ms = int(time.time() * 1000)
    song = {**SONG, "timestamps": {"start": now_ms - 30_000, "end": now_ms + 300_000}}
    discord.presence(user_id, "online", activities=[song, *PLAYING])
    return user_id, next(user["name"] for user in discord.users() if user["id"] == user_id)


def is_live(watched):
    watched.wait("document.querySelector('[data-live][data-page]')?.dataset.heard === 'stream'")


def look_up(watched, typed):
    """Type into the box and send it, by the keyboard alone."""
    watched.page.get_by_label("A Discord user ID").focus()
    watched.page.keyboard.insert_text(typed)
    watched.page.keyboard.press("Enter")


@pytest.mark.parametrize("by", ["ID", "name", "name in capitals"])
def test_a_card_is_shown_in_the_page_and_stays_as_they_are(browse, discord, alice, by):
    user_id, name = alice
    watched = browse("/")
    look_up(watched, {"ID": user_id, "name": f"@{name}"}.get(by, name.upper()))
    watched.see("Clair de lune")
    watched.see("<b>Rated</b>")
    is_live(watched)
    watched.page.evaluate("window.isTheSame = true")
    discord.presence(user_id, "dnd", activities=PLAYING)
    watched.see("Do not disturb")
    watched.page.get_by_text("Clair de lune").wait_for(state="detached")
    assert watched.page.evaluate("window.isTheSame")
    assert watched.page.url.endswith("/")
    assert f"/user/{user_id}.svg" in watched.find("[data-part=use]").inner_text()
    assert_accessible(watched.page)


@pytest.mark.parametrize("typed", ["1", "99999999999999999999", "nobody at all", "x" * 40])
def test_of_nobody_the_page_says_how_to_appear(browse, typed):
    watched = browse("/", expecting=r"status of 40[04]")
    look_up(watched, typed)
    watched.find("#result [data-gone]").wait_for()
    assert "publi" in watched.find("#result").inner_text()
    assert_accessible(watched.page)


def test_whoever_hides_while_watched_is_forgotten_by_the_page(browse, discord, alice):
    user_id, name = alice
    watched = browse(f"/u/{user_id}", expecting=GONE)
    is_live(watched)
    discord.say(user_id, ".hide")
    watched.see("is not published here")
    for trace in (name, "Clair de lune", "Chess", "Online"):
        assert trace not in watched.page.content()
    assert name not in watched.page.title()
    discord.say(user_id, ".show")
    watched.see("Clair de lune")


def test_whoever_leaves_while_watched_is_forgotten_on_the_front_page(browse, discord, alice):
    user_id, name = alice
    watched = browse("/", expecting=GONE)
    look_up(watched, user_id)
    is_live(watched)
    discord.leave(user_id)
    watched.see("is not published here")
    assert name not in watched.find("#result").inner_html()


def test_what_plays_moves(browse, alice):
    watched = browse(f"/u/{alice[0]}")
    played = watched.find(".elapsed")
    before = played.inner_text()
    watched.wait("before => document.querySelector('.elapsed').textContent !== before", before)
    assert watched.page.evaluate("document.querySelector('progress').value") > 20_000


def test_an_old_link_is_copied_by_a_button(browse, alice, rollcall):
    watched = browse(f"/u/{alice[0]}", permissions=["clipboard-read", "clipboard-write"])
    watched.page.get_by_text("Use this card").click()
    watched.page.get_by_role("button", name="Copy curl").click()
    watched.see("Copied")
    assert watched.page.evaluate("navigator.clipboard.readText()") == f"curl {rollcall.url}/user/{alice[0]}"


@pytest.mark.parametrize("scheme", ["light", pytest.param("dark", marks=pytest.mark.long)])
def test_axe_finds_nothing_in_either_colours(browse, alice, scheme):
    watched = browse(f"/u/{alice[0]}", color_scheme=scheme)
    watched.page.get_by_text("Use this card").click()
    assert_accessible(watched.page)


def test_on_a_phone_nothing_is_cut_off(browse, alice):
    watched = browse(f"/u/{alice[0]}", viewport=PHONE)
    watched.page.get_by_text("Use this card").click()
    assert not watched.is_scrolled_sideways


def test_without_javascript_all_of_it_is_there(browse, alice):
    user_id, name = alice
    watched = browse("/", java_script_enabled=False)
    look_up(watched, name)
    watched.page.wait_for_url(f"**/u/{user_id}")
    text = watched.find("main").inner_text()
    for said in ("Clair de lune", "Claude Debussy", "Chess", "Online"):
        assert said in text


@pytest.mark.long
def test_without_a_stream_the_page_asks_by_itself(browse, discord, alice):
    user_id, _ = alice
    watched = browse("/", expecting=r"status of 503|/events")
    watched.page.route("**/events", lambda route: route.fulfill(status=503))
    watched.page.goto(watched.page.url + f"u/{user_id}")
    watched.wait("document.querySelector('[data-live]').dataset.heard === 'polls'")
    discord.presence(user_id, "idle")
    watched.see("Idle")


def test_a_hidden_tab_asks_nothing(browse, discord, rollcall, alice):
    user_id, _ = alice
    watched = browse(f"/u/{user_id}")
    is_live(watched)
    watched.page.evaluate(HIDE)
    until(lambda: rollcall.get("/health").json()["live"]["streams"] == 0)
    asked = []
    watched.page.on("request", lambda request: asked.append(request.url))
    discord.presence(user_id, "idle")
    until(lambda: rollcall.status_of(user_id) == "idle")
    assert asked == []
    watched.page.evaluate(HIDE.replace("true", "false"))
    watched.see("Idle")


# What a browser does when another tab is shown.
HIDE = """() => {
    Object.defineProperty(document, "hidden", {value: true, configurable: true});
    document.dispatchEvent(new Event("visibilitychange"));
}"""
