"""`badge.json`: what shields.io reads, for a person and for a system."""

import pytest

from rules import opt_out
from rules.fronting import switches
from rules.presence import fronting
from rules.systems import members, systems
from tests.web.cards.people import ALICE, USER, game, online, song

BADGE = f"/user/{ALICE}/badge.json"


@pytest.fixture
def alice(join):
    join(ALICE, status=online(song(), game()), user=USER)


@pytest.fixture
def ann(alice, write):
    """Ann and somebody private front in Alice's system; its ID."""
    system = write(systems.create_system, ALICE, {"name": "Foxes"})
    found = write(members.create_member, ALICE, {"name": "Ann", "color": "ff7700"})
    secret = write(members.create_member, ALICE, {"name": "Secretive", "visibility": "private"})
    write(switches.log_switch, ALICE, [secret.hid, found.hid])
    return system.hid


def badge(label, message, color, **more):
    return {"schemaVersion": 1, "label": label, "message": message, "color": color, **more}


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", badge("Alice Liddell", "do not disturb", "f23f43")),
        ("show=status", badge("Alice Liddell", "do not disturb", "f23f43")),
        ("show=song", badge("listening to", "Weightless by Marconi Union", "1db954")),
        ("show=activity", badge("playing", "Rocket League", "5865f2")),
        ("show=fronter", badge("fronting", "nobody", "lightgrey")),
        ("label=Me&color=%23ABC&labelColor=grey", badge("Me", "do not disturb", "abc", labelColor="grey")),
        ("color=blue&label=", badge("Alice Liddell", "do not disturb", "blue")),
    ],
)
def test_a_badge_shows_one_thing(client, alice, query, expected):
    assert client.get(f"{BADGE}?{query}").json == expected


def test_a_badge_of_nothing_says_so(client, join):
    join(ALICE, user={})
    assert client.get(BADGE).json == badge("alice", "offline", "80848e")
    assert client.get(f"{BADGE}?show=song").json == badge("listening to", "nothing", "lightgrey")
    assert client.get(f"{BADGE}?show=activity").json == badge("playing", "nothing", "lightgrey")


def test_who_fronts_is_told_where_the_person_shows_it(client, ann, write):
    assert client.get(f"{BADGE}?show=fronter").json["message"] == "nobody"
    write(fronting.set_shown, ALICE, True)
    assert client.get(f"{BADGE}?show=fronter").json == badge("fronting", "Ann", "ff7700")


def test_who_fronts_in_a_system(client, ann, write):
    for path in (f"/v1/s/{ann}/badge.json", f"/v2/systems/{ann}/badge.json", f"/v2/systems/{ALICE}/badge.json"):
        assert client.get(path).json == badge("Foxes", "Ann", "ff7700")
        assert client.get(f"{path}?show=fronter&label=x").json["label"] == "x"
    write(systems.edit_system, ALICE, {"front_privacy": "private"})
    for path in (f"/v1/s/{ann}/badge.json", f"/v2/systems/{ann}/badge.json"):
        assert client.get(path).json == badge("rollcall", "not public", "inactive", isError=True)


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("show=x", "show is status, song, activity or fronter"),
        ("color=url(x)", "color is hexadecimal digits, or a color's name"),
        ("labelColor=12345", "labelColor is hexadecimal digits, or a color's name"),
    ],
)
def test_a_bad_value_gets_a_badge_that_says_so(client, alice, query, message):
    answer = client.get(f"{BADGE}?{query}")
    assert answer.status_code == 200
    assert answer.json == badge("rollcall", message, "inactive", isError=True)


def test_a_system_has_no_status(client, ann):
    assert client.get(f"/v1/s/{ann}/badge.json?show=status").json["message"] == "show is fronter"


def test_who_is_not_published_cannot_be_told_from_who_never_was(client, alice, write):
    unknown = client.get("/user/1/badge.json")
    assert unknown.json == badge("rollcall", "not published here", "inactive", isError=True)
    write(opt_out.hide, ALICE)
    for path in (BADGE, "/user/abc/badge.json", f"/user/{'9' * 30}/badge.json"):
        hidden = client.get(f"{path}?show=x")
        assert (hidden.data, dict(hidden.headers)) == (unknown.data, dict(unknown.headers))
    for path in ("/v1/s/zzzzz/badge.json", "/v2/systems/zzzzz/badge.json", "/v2/systems/@me/badge.json"):
        assert client.get(path).json["message"] == "no such system"


def test_a_name_of_anything_is_one_line(client, join):
    join(ALICE, user={"global_name": "\u202ea\nb\x00" + "c" * 500})
    assert client.get(BADGE).json["label"] == "a b " + "c" * 196


def test_a_badge_that_has_not_changed_is_not_sent_again(client, alice):
    etag = client.get(BADGE).headers["ETag"]
    assert client.get(BADGE, headers={"If-None-Match": etag}).status_code == 304
