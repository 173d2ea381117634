"""Lanyard's body of a presence: what Discord sent, whose pairs are in it, and who sees it at all."""

import json

import pytest
from sqlalchemy import text

from rules import opt_out
from rules.account import erasure, kv
from rules.lanyard import shape
from rules.presence import updates
from rules.presence.raw_values import camel, snake

ALICE, BOB, CHARLIE, STRANGER = 80351110224678912, 80351110224678913, 80351110224678914, 80351110224678915
KEYS = (
    *("kv", "discord_user", "activities", "discord_status", "active_on_discord_web", "active_on_discord_desktop"),
    *("active_on_discord_mobile", "active_on_discord_embedded", "active_on_discord_vr", "listening_to_spotify"),
    "spotify",
)
SONG = {
    "type": 2,
    "timestamps": {"start": 1720814201608, "end": 1720814322741},
    "sync_id": "56MDdzieU2dTT3YLpCdpcA",
    "state": "Pashanim; Another",
    "session_id": "140ecdfb976bdbf29d4452d492e551c7",
    "party": {"id": "spotify:80351110224678912"},
    "name": "Spotify",
    "id": "spotify:1",
    "flags": 48,
    "details": "BMW",
    "created_at": 1720814203334,
    "assets": {"large_text": "Himmel über Berlin", "large_image": "spotify:ab67616d0000b273"},
}
GAME = {
    "id": "ec0b28a579ecb4bd",
    "name": "Celeste",
    "type": 0,
    "status_display_type": 1,
    "application_id": "504398012293971978",
    "details": None,
    "details_url": "https://example.org/a?b=c",
    "state": "Chapter 7",
    "timestamps": {"start": 1720814201608},
    "party": {"id": "p", "size": [1, 4]},
    "assets": {"large_image": "502178", "large_url": "https://example.org", "small_image": "mp:external/x/y.png"},
    "buttons": ["Join", "Watch"],
    "created_at": 1720814203334,
    "flags": 1,
    "new_thing": {"deep_er": [{"x_y": 1}]},
}
CUSTOM = {
    "id": "custom",
    "name": "Custom Status",
    "type": 4,
    "state": "reading",
    "emoji": {"name": "fox", "id": "175928847299117063", "animated": False},
    "created_at": 1720814203334,
}
USER = {
    "username": "alice",
    "global_name": "Alice",
    "discriminator": "0",
    "avatar": "a_1269e74af4df7417b13759eae50c83dc",
    "avatar_decoration_data": {"asset": "a_fed43ab1", "sku_id": "1144058844004233369", "expires_at": None},
    "public_flags": 64,
    "primary_guild": {
        "identity_guild_id": "1234647491267808778",
        "identity_enabled": True,
        "tag": "DISC",
        "badge": "7",
    },
    "collectibles": {"nameplate": {"asset": "nameplates/n/t/", "label": "", "palette": "cobalt"}},
    "display_name_styles": {"font_id": 11, "effect_id": 1, "colors": [11111, 22222]},
    "something_new": {"of_discord": [1, None]},
}


def online(*activities, status="online", **clients):
    return {"status": status, "activities": list(activities), "client_status": clients}


@pytest.fixture
def see(read):
    """What a viewer is shown of a user."""

    def run(user_id, viewer=None):
        found = read(shape.find, user_id, viewer)
        return found and json.loads(found)

    return run


@pytest.mark.parametrize("activity", [SONG, GAME, CUSTOM], ids=lambda activity: activity["name"])
def test_activities_come_out_as_discord_sent_them(join, see, activity):
    join(ALICE, status=online(activity))
    shown = see(ALICE)["activities"]
    assert shown == [activity]
    assert list(shown[0]) == list(activity)


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ({"application_id": 504398012293971978}, {"application_id": "504398012293971978"}),
        ({"emoji": {"name": "a", "id": 175928847299117063}}, {"emoji": {"name": "a", "id": "175928847299117063"}}),
        ({"secrets": {"join": "x"}}, {}),
        ({"flags": "no number"}, {}),
        ({"name": None}, {"name": None}),
    ],
)
def test_what_is_not_shown_as_it_was_sent(join, see, sent, shown):
    join(ALICE, status=online({"type": 0, **sent}))
    assert see(ALICE)["activities"] == [{"type": 0, **shown}]


def test_keys_of_every_documented_field_survive_both_ways():
    known = {key for activity in (SONG, GAME, CUSTOM) for key in (*activity, *activity.get("assets", {}))}
    known |= {"url", "instance", "sync_id", "state_url", "invite_cover_image", "supported_platforms", "level_2"}
    assert {key for key in known if snake(camel(key)) != key} == set()


def test_the_user_is_all_that_discord_sent_and_what_programs_need(join, see):
    join(ALICE, user=USER)
    assert see(ALICE)["discord_user"] == {"id": str(ALICE), **USER, "display_name": "Alice", "bot": False}
    join(BOB, user={**USER, "global_name": None})
    assert see(BOB)["discord_user"]["display_name"] is None
    join(CHARLIE, user={**USER, "display_name": "As Discord has it"})
    assert see(CHARLIE)["discord_user"]["display_name"] == "As Discord has it"


@pytest.mark.parametrize(
    "styles", [None, "odd", [], {}, {"font_id": None}, {"font_id": 2**70}, {"effect_id": {"a": []}}]
)
def test_a_user_whose_styles_are_odd_is_published_all_the_same(join, see, styles):
    join(ALICE, user={"display_name_styles": styles})
    assert see(ALICE)["discord_user"]["username"] == "alice"


def test_a_row_of_an_older_rollcall_has_a_user_too(join, see, write):
    join(ALICE, user=USER)
    write(lambda session: session.execute(text("UPDATE presence SET discord_user = NULL")))
    shown = see(ALICE)["discord_user"]
    known = {key: USER[key] for key in USER.keys() - {"something_new", "display_name_styles"}}
    assert shown == {"id": str(ALICE), **known, "bot": False, "display_name": "Alice"}
    # As old as can be: before most keys came.
    write(lambda session: session.execute(text("UPDATE presence SET body = :body"), {"body": '{"status":"idle"}'}))
    assert see(ALICE)["discord_user"] == {"id": str(ALICE), "discriminator": "0", "bot": False, "display_name": None}
    assert see(ALICE)["discord_status"] == "idle"


def test_the_keys_are_there_whatever_somebody_does(join, see):
    join(ALICE, status=online(SONG, desktop="online"))
    join(BOB)
    assert tuple(see(ALICE)) == tuple(see(BOB)) == KEYS
    assert see(BOB) == {
        "kv": {},
        "discord_user": {"id": str(BOB), "username": "alice", "display_name": None, "bot": False},
        "activities": [],
        "discord_status": "offline",
        **dict.fromkeys(KEYS[4:10], False),
        "spotify": None,
    }


@pytest.mark.parametrize("client", shape.CLIENTS)
def test_each_client_that_discord_names_is_active(join, see, client):
    join(ALICE, status=online(**{client: "idle"}))
    active = {key for key, value in see(ALICE).items() if key.startswith("active_on_discord_") and value}
    assert active == {f"active_on_discord_{client}"}


@pytest.mark.parametrize(("sent", "shown"), [("online",) * 2, ("idle",) * 2, ("dnd",) * 2, ("invisible", "offline")])
def test_the_status_is_discords(join, see, sent, shown):
    join(ALICE, status=online(SONG, status=sent))
    assert see(ALICE)["discord_status"] == shown
    assert see(ALICE)["listening_to_spotify"] is (shown != "offline")


WHOLE = {
    "track_id": "56MDdzieU2dTT3YLpCdpcA",
    "song": "BMW",
    "artist": "Pashanim; Another",
    "album": "Himmel über Berlin",
    "album_art_url": "https://i.scdn.co/image/ab67616d0000b273",
    "timestamps": {"start": 1720814201608, "end": 1720814322741},
}
LOCAL_FILE = {key: SONG[key] for key in ("type", "id", "name")}


@pytest.mark.parametrize(
    ("activity", "shown"),
    [
        (SONG, WHOLE),
        (LOCAL_FILE, dict.fromkeys(WHOLE)),
        (
            {**LOCAL_FILE, "assets": {}, "timestamps": {"start": 5}},
            {**dict.fromkeys(WHOLE), "timestamps": {"start": 5}},
        ),
        ({**SONG, "assets": {"large_text": "A", "large_image": None}}, {**WHOLE, "album": "A", "album_art_url": None}),
        ({**SONG, "assets": {"large_image": "odd"}}, {**WHOLE, "album": None, "album_art_url": None}),
        ({**SONG, "assets": {"large_image": "a:b:c"}}, {**WHOLE, "album": None, "album_art_url": None}),
        (
            {**SONG, "assets": {"large_image": "mp:external/x/y.png"}},
            {**WHOLE, "album": None, "album_art_url": "https://media.discordapp.net/external/x/y.png"},
        ),
        ({**SONG, "id": "spotify:2"}, None),
        ({**SONG, "id": "ec0b28a579ecb4bd"}, None),
        ({**SONG, "type": 0}, None),
        (GAME, None),
    ],
)
def test_only_spotifys_own_session_is_spotify(join, see, activity, shown):
    join(ALICE, status=online(CUSTOM, activity))
    assert (see(ALICE)["spotify"], see(ALICE)["listening_to_spotify"]) == (shown, shown is not None)
    assert shown is None or list(see(ALICE)["spotify"]) == list(WHOLE)


@pytest.fixture
def paired(join, write):
    """Alice has a private pair and a public one, Bob the other way round."""
    for user_id, public in ((ALICE, "site"), (BOB, "city")):
        join(user_id)
        write(kv.edit_pairs, user_id, {"city": "Bern", "site": "https://example.org"})
        write(kv.publish_pair, user_id, public)


def test_private_pairs_are_for_their_owner_alone(paired, read, see):
    public, both = {"site": "https://example.org"}, {"city": "Bern", "site": "https://example.org"}
    for viewer, shown in ((None, public), (BOB, public), (STRANGER, public), (ALICE, both)):
        assert see(ALICE, viewer)["kv"] == shown
        many = read(shape.find_many, [ALICE, BOB], viewer)
        assert json.loads(many[ALICE])["kv"] == shown
    assert json.loads(read(shape.find_public, ALICE))["kv"] == public
    assert see(BOB, ALICE)["kv"] == {"city": "Bern"}


def test_who_is_not_published_is_nobody(join, leave, write, read, see):
    for user_id in (ALICE, BOB, CHARLIE):
        join(user_id)
    leave(ALICE)
    write(opt_out.hide, BOB)
    write(erasure.forget, CHARLIE)
    absent = (ALICE, BOB, CHARLIE, STRANGER)
    assert {see(user_id, viewer) for user_id in absent for viewer in (None, STRANGER)} == {None}
    assert read(shape.find_many, absent, STRANGER) == read(shape.find_many, [], None) == {}
    assert [user_id for user_id in absent if see(user_id, user_id)] == [BOB]
    assert list(read(shape.find_many, absent, BOB)) == [BOB]


def test_many_are_the_same_as_one_by_one(join, read):
    for number, user_id in enumerate((ALICE, BOB, CHARLIE)):
        join(user_id, status=online(*[SONG, GAME][:number], web="online"))
    found = read(shape.find_many, {ALICE, BOB, CHARLIE, STRANGER}, None)
    assert found == {user_id: read(shape.find, user_id, None) for user_id in (ALICE, BOB, CHARLIE)}


def test_who_goes_leaves_nothing_but_an_id(join, see):
    join(ALICE)
    gone = json.loads(shape.show_gone(ALICE))
    assert gone == {**see(ALICE), "discord_user": {"id": str(ALICE)}}
    assert tuple(gone) == KEYS


def test_a_change_of_the_user_alone_is_seen(join, see, write_presence):
    join(ALICE, user=USER)
    newer = updates.change_of_presence({"user": {"id": str(ALICE), "global_name": "Al"}, **online(SONG)}, 2000)
    write_presence(updates.record_presences, {ALICE: newer})
    shown = see(ALICE)["discord_user"]
    assert shown == {"id": str(ALICE), **USER, "global_name": "Al", "display_name": "Al", "bot": False}
