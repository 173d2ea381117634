"""`/user/<id>.svg`: what is on the card, how it is served, and that it is the same for whoever may not be seen."""

from xml.etree import ElementTree

import pytest

from rules import opt_out
from rules.fronting import switches
from rules.presence import fronting, health
from rules.systems import members, systems
from tests.rules.pictures.picture_bytes import png
from tests.web.cards.people import ALICE, BOB, STATUS, USER, game, online, song
from tests.web.cards.stand_in import Picture, dots, hrefs, texts

CARD = f"/user/{ALICE}.svg"
CDN = "https://cdn.discordapp.com"


@pytest.fixture
def alice(join):
    """Alice is published, with all that there is; called again, with another presence."""

    def run(*activities, user=USER, **presence):
        join(ALICE, status=online(*activities, **presence), user=user)

    run(STATUS, song(), game())
    return run


@pytest.fixture
def get(client):
    """The bytes of a card."""
    return lambda path=CARD, **headers: client.get(path, headers=headers).data


def test_all_of_somebody_is_on_the_card(get, alice):
    shown = texts(get())
    for text in ("Alice Liddell", "alice", "FOXY", "reading", "Weightless", "Marconi Union", "on Ambient", "3:35"):
        assert text in shown
    for text in ("Rocket League", "Competitive", "Round 3", "for 2 h 5 min", "PLAYING", "LISTENING TO SPOTIFY"):
        assert text in shown
    title = ElementTree.fromstring(get()).find("{*}title").text
    assert title == "Alice Liddell on Discord: do not disturb, listening to Weightless, playing Rocket League"


def test_the_pictures_are_in_it_and_in_no_larger_size_than_is_needed(get, alice, pictures):
    addresses = hrefs(get())
    assert len(addresses) == 9
    assert {address.split(",")[0] for address in addresses} == {"data:image/png;base64"}
    assert pictures.asked == [
        f"{CDN}/assets/collectibles/nameplates/x/static.png",
        f"{CDN}/avatars/{ALICE}/a_1.gif?size=128",
        f"{CDN}/avatar-decoration-presets/a_frame.png?size=128&passthrough=true",
        f"{CDN}/guild-tag-badges/7/b1.png?size=128",
        f"{CDN}/badge-icons/8a88d63823d8a71cd5e390baa45efa02.png",
        f"{CDN}/emojis/5.png?size=128",
        "https://i.scdn.co/image/ab67616d00001e02c0ffee",
        "https://media.discordapp.net/external/big/https/example.org/a.png?width=128&height=128",
        f"{CDN}/app-assets/379286085710381999/small.png?size=128",
    ]


@pytest.mark.parametrize(
    ("presence", "shape"),
    [
        ({"status": "online"}, "online"),
        ({"status": "online", "platforms": ("mobile",)}, "mobile"),
        ({"status": "online", "platforms": ("mobile", "web")}, "online"),
        ({"status": "idle", "platforms": ("mobile",)}, "idle"),
        ({"status": "dnd"}, "dnd"),
        ({"status": "offline"}, "offline"),
    ],
)
def test_the_dot_has_discords_shape(get, alice, presence, shape):
    alice(**presence)
    assert dots(get()) == [shape]


def test_who_streams_has_a_dot_of_that(get, alice):
    alice({"type": 1, "name": "Twitch", "details": "Speedrun"})
    assert dots(get()) == ["streaming"]
    assert "STREAMING" in texts(get())


def test_what_is_done_is_said_in_its_own_words(get, alice):
    for kind, words in ((2, "LISTENING TO"), (3, "WATCHING"), (5, "COMPETING IN"), (77, "PLAYING")):
        alice({"type": kind, "name": "Something"})
        assert words in texts(get())


def test_who_does_nothing_does_nothing(get, alice, join):
    alice()
    assert texts(get())[-1] == "Not doing anything just now"
    join(ALICE, at=1000, user=USER)
    assert texts(get())[-1].startswith("Last seen ")


def test_without_pictures_there_are_initials(get, alice, pictures):
    pictures.missing = [""]
    svg = get()
    assert hrefs(svg) == []
    assert {"AL", "♪", "RL"} <= set(texts(svg))


def test_a_picture_that_is_too_large_is_embedded_as_a_still_one_or_not_at_all(get, alice, pictures):
    moving = f"{CDN}/avatars/{ALICE}/a_1.gif?size=128"
    pictures.of[moving] = Picture(png() + bytes(768 * 1024))
    assert len(hrefs(get())) == 9
    assert pictures.asked[-1] == f"{CDN}/avatars/{ALICE}/a_1.png?size=128"
    pictures.of[pictures.asked[-1]] = pictures.of[moving]
    assert len(hrefs(get(f"{CARD}?width=421"))) == 8


def test_what_is_no_picture_is_not_embedded(get, alice, pictures):
    cover = "https://i.scdn.co/image/ab67616d00001e02c0ffee"
    pictures.of = {cover: Picture(b"<svg onload='x'/>", "image/svg+xml")}
    pictures.missing = ["ab67616d0000b273"]
    assert "svg+xml" not in get().decode()


def test_all_pictures_together_are_not_too_much_for_a_proxy(get, alice, pictures):
    alice(song(), game())
    pictures.find_many = lambda addresses, wait_s: {address: Picture(bytes(700_000)) for address in addresses}
    assert len(get()) < 5_000_000


class TestServing:
    """The headers, and when a card is the same."""

    def test_a_proxy_asks_each_time_and_a_browser_runs_nothing(self, client, alice):
        answer = client.get(CARD)
        assert (answer.status_code, answer.content_type) == (200, "image/svg+xml; charset=utf-8")
        assert answer.headers.getlist("Cache-Control") == ["no-cache"]
        assert answer.headers["Content-Security-Policy"] == (
            "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox"
        )
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Access-Control-Allow-Origin"] == "*"

    def test_head_says_the_same_without_the_picture(self, client, alice):
        got, head = client.get(CARD), client.head(CARD)
        assert (head.status_code, head.data) == (200, b"")
        assert dict(head.headers) == dict(got.headers)
        assert set(client.options(CARD).headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS"}

    def test_a_card_that_has_not_changed_is_neither_drawn_nor_fetched(self, client, alice, pictures, monkeypatch):
        etag = client.get(CARD).headers["ETag"]
        pictures.asked.clear()
        monkeypatch.delattr("web.cards.routes.draw_person")
        again = client.get(CARD, headers={"If-None-Match": etag})
        assert (again.status_code, again.data, pictures.asked) == (304, b"", [])
        assert again.headers["ETag"] == etag
        assert "Content-Security-Policy" in again.headers
        # Whoever asks for the first time gets what was drawn before.
        assert client.get(CARD).status_code == 200
        assert pictures.asked == []

    def test_a_change_that_shows_makes_another_card_and_one_that_does_not_none(self, client, alice):
        etag = client.get(f"{CARD}?hide=activity,spotify").headers["ETag"]
        alice(STATUS, {**game(), "name": "Chess"})
        assert client.get(f"{CARD}?hide=activity,spotify").headers["ETag"] == etag
        alice({**STATUS, "state": "writing"})
        assert client.get(f"{CARD}?hide=activity,spotify").headers["ETag"] != etag

    def test_a_song_is_another_card_every_ten_seconds(self, client, alice):
        alice(song(position_s=72))
        first = client.get(CARD).headers["ETag"]
        alice(song(position_s=74))
        second = client.get(CARD).headers["ETag"]
        alice(song(position_s=85))
        assert first == second != client.get(CARD).headers["ETag"]

    def test_each_option_has_an_etag_of_its_own(self, client, alice):
        etags = {client.get(f"{CARD}?{query}").headers["ETag"] for query in ("", "theme=dark", "width=500", "hide=tag")}
        assert len(etags) == 4

    def test_a_card_that_lacks_a_picture_is_not_the_same_as_one_that_has_it(self, client, alice, pictures, monkeypatch):
        now = 1000.0
        monkeypatch.setattr("web.cards.rendering.time.monotonic", lambda: now)
        pictures.missing = ["i.scdn.co"]
        without = client.get(CARD).headers["ETag"]
        # As long as it stands, it is not looked for again.
        pictures.asked.clear()
        assert client.get(CARD, headers={"If-None-Match": without}).status_code == 304
        assert pictures.asked == []
        now += 60
        assert client.get(CARD, headers={"If-None-Match": without}).status_code == 304
        assert pictures.asked != []
        pictures.missing, now = [], now + 60
        whole = client.get(CARD, headers={"If-None-Match": without})
        assert (whole.status_code, len(hrefs(whole.data))) == (200, 9)
        assert whole.headers["ETag"] != without

    def test_a_picture_that_became_another_makes_another_card(self, client, alice, pictures, monkeypatch):
        now = 1000.0
        monkeypatch.setattr("web.cards.rendering.time.monotonic", lambda: now)
        first = client.get(CARD)
        pictures.of = dict.fromkeys(pictures.asked, Picture(png(2, 2)))
        now += 2 * 3600
        second = client.get(CARD, headers={"If-None-Match": first.headers["ETag"]})
        assert second.status_code == 200
        assert hrefs(second.data) != hrefs(first.data)

    def test_two_processes_say_the_same(self, make_app, alice, pictures):
        answers = []
        for _ in range(2):
            app = make_app(DISCORD_CDN_BASE="")
            app.extensions["pictures"] = pictures
            answers.append(app.test_client().get(f"{CARD}?hide=tag,badge,avatar"))
        assert answers[0].headers["ETag"] == answers[1].headers["ETag"]
        assert answers[0].data == answers[1].data

    def test_a_token_shows_no_more(self, get, alice, token_of, write):
        anonymous = get()
        assert get(Authorization=token_of(ALICE)) == anonymous
        write(opt_out.hide, ALICE)
        assert texts(get(Authorization=token_of(ALICE)))[0] == "Nobody to show"

    def test_cards_do_not_use_up_what_the_api_allows(self, make_app, alice, pictures):
        app = make_app(RATE_LIMIT="1/minute", V2_GET_LIMIT="1/minute")
        app.extensions["pictures"] = pictures
        client = app.test_client()
        for path in (CARD, f"/api/{ALICE}", "/v1/s/abcde.svg", "/v2/systems/abcde.svg", f"/user/{ALICE}/badge.json"):
            assert {client.get(path).status_code for _ in range(20)} == {200}
        assert client.get(f"/user/{ALICE}").status_code == 200
        assert client.get(f"/user/{ALICE}").status_code == 429
        assert 429 in {client.get(CARD).status_code for _ in range(121)}


class TestWhoIsNotShown:
    """Hidden, gone, never there: one card for all of them."""

    @pytest.fixture(autouse=True)
    def connected(self, write):
        write(health.record_beat, 1000, 1000, None)

    @pytest.fixture
    def nobody(self, get):
        return get(f"/user/{BOB}.svg")

    def test_it_says_how_to_appear(self, nobody):
        assert texts(nobody)[0] == "Nobody to show"
        assert "not published here" in ElementTree.fromstring(nobody).find("{*}title").text

    def test_it_says_so_by_the_invite_of_this_rollcall(self, make_app):
        client = make_app(INVITE_URL="https://discord.gg/abc").test_client()
        assert "https://discord.gg/abc" in client.get(f"/user/{BOB}.svg").text

    def test_who_hides_and_who_left_cannot_be_told_from_who_never_was(self, client, alice, nobody, write, leave):
        unknown = client.get(f"/user/{BOB}.svg")
        write(opt_out.hide, ALICE)
        hidden = client.get(CARD)
        assert (hidden.data, dict(hidden.headers)) == (unknown.data, dict(unknown.headers))
        write(opt_out.show, ALICE)
        assert client.get(CARD).data != unknown.data
        leave(ALICE)
        assert client.get(CARD).data == unknown.data

    @pytest.mark.parametrize("odd", ["abc", "9" * 30, "-1", "%00", "%F0%9F%A6%8A", "@me", "1.5", "."])
    def test_what_is_no_id_is_nobody_too(self, get, nobody, odd):
        assert get(f"/user/{odd}.svg") == nobody


@pytest.mark.parametrize("unseen", ["\u3164", "\u200b\u2060", "\u2800 \u00ad", "\u202e"])
def test_who_has_a_name_that_is_not_seen_goes_by_another(get, join, unseen):
    join(ALICE, user={"global_name": unseen})
    assert texts(get())[0] == "alice"
    join(ALICE, unseen, user={"global_name": unseen})
    assert str(ALICE) in texts(get())


class TestWhoFronts:
    """Only where the person shows it, and never a private member."""

    @pytest.fixture
    def foxes(self, write, alice):
        write(systems.create_system, ALICE, {"name": "Foxes"})
        ann = write(members.create_member, ALICE, {"name": "Ann", "color": "ff7700"})
        secret = write(members.create_member, ALICE, {"name": "Secretive", "visibility": "private"})
        write(switches.log_switch, ALICE, [ann.hid, secret.hid])
        return ann.hid, secret.hid

    def test_it_is_not_shown_unasked(self, get, foxes):
        assert "fronting" not in texts(get())

    def test_it_is_shown_where_it_was_asked_for(self, get, foxes, write):
        write(fronting.set_shown, ALICE, True)
        assert {"fronting", "Ann"} <= set(texts(get()))
        assert "Secretive" not in get().decode()
        write(systems.edit_system, ALICE, {"front_privacy": "private"})
        assert "fronting" not in texts(get())

    def test_a_private_member_alone_is_nobody(self, get, foxes, write):
        write(fronting.set_shown, ALICE, True)
        write(switches.log_switch, ALICE, [foxes[1]])
        alone = get()
        write(switches.log_switch, ALICE, [])
        assert get() == alone
