"""`/u/<id>` says what anyone may see of a person, and of who is not published the same as of nobody."""

import re
from html import unescape
from typing import NamedTuple
from xml.etree import ElementTree

import pytest

from rules import opt_out
from rules.account import erasure
from tests.web.pages.conftest import ALICE, BOB, PRESENCE, SONG


@pytest.fixture
def page(alice, garden, browse):
    answer = browse(f"/u/{ALICE}")
    assert answer.status_code == 200
    return answer.text


def test_all_of_a_card_is_there_without_javascript(page):
    for said in (
        *("Alice", "@alice_w", "Do not disturb", "on desktop, phone", "on the 🛋️", "📚"),
        *("Listening to", "Ann, Ben", "The Album", "3:20", "Playing", "Chess", "Rated", "Fronting", "Juniper"),
    ):
        assert said in page
    assert "Rowan" not in page
    assert "Moss" not in page


def test_what_a_person_typed_is_no_markup(page):
    assert "Hello &lt;b&gt;World&lt;/b&gt;" in page
    assert "<b>" not in page


def test_a_chat_shows_a_link_with_picture_and_sentence(page):
    tags = dict(re.findall(r'<meta property="og:(\w+)" content="([^"]*)">', page))
    assert tags["title"] == "Alice"
    assert tags["description"].startswith("Alice is do not disturb, listening to Hello &lt;b&gt;World")
    assert tags["description"].endswith("“on the 🛋️” Fronting: Juniper.")
    assert tags["image"] == f"http://127.0.0.1:8000/user/{ALICE}.png"
    assert tags["url"] == f"http://127.0.0.1:8000/u/{ALICE}"


def test_the_lines_to_copy_are_about_that_person(page):
    for line in (f"curl http://127.0.0.1:8000/user/{ALICE}", f"/user/{ALICE}.svg)](", f"/user/{ALICE}/events"):
        assert line in page


def test_a_page_that_is_the_same_is_told_once(alice, client):
    first = client.get(f"/u/{ALICE}")
    again = client.get(f"/u/{ALICE}", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


@pytest.fixture
def nobody(browse):
    return browse("/u/1").text


def test_who_hid_left_or_was_forgotten_is_as_nobody(alice, join, write, leave, browse, nobody):
    told = []
    for act in (lambda: write(opt_out.hide, ALICE), lambda: write(erasure.forget, ALICE), lambda: leave(ALICE)):
        act()
        told.append(browse(f"/u/{ALICE}"))
    assert [answer.status_code for answer in told] == [404] * 3
    assert {answer.text for answer in told} == {nobody}
    assert "is not published here" in nobody or "is not known here" in nobody


@pytest.mark.parametrize("user_id", ["0", "abc", "-1", "٣", "9" * 30, "1.0", "<b>", "@me", "1e5", "%F0%9F", "a%20b"])
def test_what_is_nobodys_id(browse, nobody, user_id):
    answer = browse(f"/u/{user_id}")
    assert (answer.status_code, answer.text) == (404, nobody)


def test_a_token_changes_nothing(alice, client, token_of, write):
    write(opt_out.hide, ALICE)
    assert client.get(f"/u/{ALICE}", headers={"Authorization": token_of(ALICE)}).status_code == 404


@pytest.mark.parametrize(
    ("typed", "leads_to"),
    [
        (str(ALICE), f"/u/{ALICE}"),
        (f" {ALICE} ", f"/u/{ALICE}"),
        ("alice", f"/u/{ALICE}"),
        ("@ALICE_W", f"/u/{ALICE}"),
        ("", "/"),
        ("1" * 50, f"/u/{'1' * 20}"),
    ],
)
def test_the_box_leads_to_a_page(alice, client, typed, leads_to):
    answer = client.get("/u", query_string={"q": typed})
    assert (answer.status_code, answer.headers["Location"]) == (302, leads_to)


def test_below_a_path_it_leads_there_too(alice, make_app):
    client = make_app(PUBLIC_URL="https://roll.example/call").test_client()
    assert client.get("/u?q=1").headers["Location"] == "/call/u/1"


def test_a_name_that_several_have_is_a_choice(alice, join, browse):
    join(BOB, "alice")
    text = browse("/u?q=alice").text
    assert f"/u/{ALICE}" in text
    assert f"/u/{BOB}" in text


def test_a_name_of_who_hid_is_as_nobodys(alice, write, browse):
    write(opt_out.hide, ALICE)
    hidden, none = (browse(f"/u?q={name}") for name in ("alice_w", "nobody_"))
    assert (hidden.status_code, none.status_code) == (404, 404)
    assert hidden.text.replace("alice_w", "nobody_") == none.text


@pytest.mark.parametrize("typed", ["x" * 41, "@", "\u200b" * 41])
def test_what_can_be_no_name(browse, typed):
    answer = browse("/u", query_string={"q": typed})
    assert answer.status_code == 400
    assert "the whole of it" in answer.text


def test_the_box_may_be_sent_and_nothing_else(browse, alice):
    policies = {path: browse(path).headers["Content-Security-Policy"] for path in ("/", "/u?q=nobody", "/u/1")}
    assert all("form-action 'self'" in policy for policy in policies.values())
    assert "form-action 'none'" in browse(f"/u/{ALICE}").headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    "odd",
    [
        {"details": None, "state": None, "timestamps": None, "assets": None},
        {"timestamps": {"start": 10**17, "end": 10**17 + 5}},
        {"timestamps": {"start": 5, "end": 1}},
        {"timestamps": {"end": 5}},
        {"sync_id": 'x" onclick="1'},
        {"type": 99},
        {"name": ""},
        {"details": "\u202eevil", "state": "x" * 2000},
    ],
)
def test_odd_activities_are_shown_as_far_as_they_can_be(join, browse, odd):
    join(ALICE, "alice", status={**PRESENCE, "activities": [{**SONG, **odd}, {"name": "Game", "type": 0, **odd}]})
    answer = browse(f"/u/{ALICE}")
    assert answer.status_code == 200
    assert "onclick=" not in answer.text.replace("&#34;", "")


def test_what_somebody_is_called_is_no_markdown_where_it_is_copied(join, client):
    join(ALICE, user={"global_name": "a](https://b.example)\n![*c*"})
    copied = unescape(client.get(f"/u/{ALICE}").text)
    assert r"[![a\]\(https\:\/\/b\.example\) \!\[\*c\*](http://127.0.0.1:8000/user/" in copied


class Cdn:
    """The pictures that the guarded fetcher would find."""

    def __init__(self):
        self.asked, self.is_down = [], False

    def find(self, address, wait_s=2):
        self.asked.append(address)
        return None if self.is_down else Picture(b"bytes", "image/png")


class Picture(NamedTuple):
    data: bytes
    media_type: str


@pytest.fixture
def cdn(make_app):
    """A CDN, and a browser whose app asks it."""
    app = make_app()
    app.extensions["pictures"] = Cdn()
    return app.extensions["pictures"], app.test_client()


def pictures_of(client):
    return re.findall(r'src="(/u/[^"]+)"', client.get(f"/u/{ALICE}").text)


def test_only_pictures_that_the_card_names_are_fetched(alice, cdn, write):
    cdn, client = cdn
    addresses = pictures_of(client)
    answers = [client.get(address) for address in addresses]
    assert [(answer.status_code, answer.mimetype) for answer in answers] == [(200, "image/png")] * 3
    assert cdn.asked == [
        f"https://cdn.discordapp.com/embed/avatars/{(ALICE >> 22) % 6}.png",
        "https://i.scdn.co/image/ab67616d00001e02",
        "https://cdn.discordapp.com/app-assets/5/board.png",
    ]
    assert all("sandbox" in answer.headers["Content-Security-Policy"] for answer in answers)
    assert all(answer.headers["Cache-Control"] == "private, max-age=300" for answer in answers)
    assert client.get(addresses[0].partition("?")[0]).headers["Cache-Control"] == "no-cache"
    del cdn.asked[:]
    for name in ("activity-0", "activity-9", "emoji", "http://127.0.0.1/", "..%2F", "banner", ""):
        assert client.get(f"/u/{ALICE}/pictures/{name}").status_code == 404
    write(opt_out.hide, ALICE)
    assert [client.get(address).status_code for address in addresses] == [404] * 3
    assert cdn.asked == []


def test_while_the_cdn_is_down_nothing_looks_broken_and_nothing_is_kept(alice, cdn):
    cdn, client = cdn
    cdn.is_down = True
    for address in pictures_of(client):
        answer = client.get(address)
        assert (answer.status_code, answer.mimetype) == (200, "image/svg+xml")
        assert answer.headers["Cache-Control"] == "no-cache"
    assert ">A</text>" in client.get(f"/u/{ALICE}/pictures/avatar").text


@pytest.mark.parametrize(
    ("name", "letter"),
    [
        *(("<b>", "&lt;"), ("&", "&amp;"), (" ", "8"), ("ß", "SS"), ("\U0001f33f", "\U0001f33f")),
        *(("\x01a", "A"), ("\u202e\u200bb", "B"), ("\ufffec", "C"), ("\u3164\u2800", "8")),
    ],
)
def test_a_drawn_avatar_is_well_formed_whatever_the_name(join, client, name, letter):
    join(ALICE, name, user={"global_name": name})
    text = client.get(f"/u/{ALICE}/pictures/avatar").text
    assert ElementTree.fromstring(text) is not None
    assert f">{letter}</text>" in text


@pytest.mark.parametrize("featured", [True, False])
def test_the_front_page_opens_with_whom_the_setting_names(alice, make_app, write, featured):
    client = make_app(**({"FEATURED_USER_ID": str(ALICE)} if featured else {})).test_client()
    assert ("@alice_w" in client.get("/").text) is featured
    write(opt_out.hide, ALICE)
    assert "@alice_w" not in client.get("/").text
