"""Discord's raw presence in, the answer's fields out."""

import json

import pytest

from rules.presence import payloads

SONG = {
    "type": 2,
    "timestamps": {"start": 1720814201608, "end": 1720814322741},
    "sync_id": "56MDdzieU2dTT3YLpCdpcA",
    "state": "Pashanim",
    "session_id": "140ecdfb976bdbf29d4452d492e551c7",
    "party": {"id": "spotify:470320681905684500"},
    "name": "Spotify",
    "id": "spotify:1",
    "flags": 48,
    "details": "BMW",
    "created_at": 1720814203334,
    "assets": {
        "large_text": "Himmel über Berlin",
        "large_image": "spotify:ab67616d0000b273fa2f0c9e719ca71f2686ddf3",
    },
}
GAME = {
    "type": 0,
    "name": "Factorio",
    "id": "ec0b28a579ecb4bd",
    "application_id": 356875570916753438,
    "created_at": 1720814203335,
    "instance": True,
    "platform": "desktop",
    "supported_platforms": ["desktop", "xbox"],
    "parent_application_id": "11",
    "secrets": {"join": "do not tell", "match": "nor this"},
    "metadata": {"secrets": "hush", "button_urls": ["https://factorio.com"], "artist_ids": [1, "2"]},
    "party": {"id": 7, "size": [1, 4]},
    "assets": {"large_image": "mp:external/abc/https/i.example/x.png", "invite_cover_image": "123"},
    "some_new_field": {"deep_inside": [{"even_deeper": None}]},
}


def read(*found, **more):
    return payloads.read_presence({"status": "dnd", "client_status": {"web": "dnd"}, "activities": list(found), **more})


def spotify(**changes):
    changed = {**SONG, **changes}
    return read({key: value for key, value in changed.items() if value != "missing"})["spotifyActivity"]


def test_a_song_on_spotify_has_the_documents_keys_in_their_order():
    assert json.dumps(read(SONG)["spotifyActivity"]) == json.dumps(
        {
            "name": "Spotify",
            "type": 2,
            "song": "BMW",
            "artist": "Pashanim",
            "applicationId": None,
            "timestamps": {"start": 1720814201608, "end": 1720814322741},
            "party": {"id": "spotify:470320681905684500"},
            "syncId": "56MDdzieU2dTT3YLpCdpcA",
            "assets": {
                "largeText": "Himmel über Berlin",
                "largeImage": "ab67616d0000b273fa2f0c9e719ca71f2686ddf3",
            },
            "flags": 48,
            "createdTimestamp": 1720814203334,
        }
    )


def test_a_local_file_has_neither_track_nor_image_nor_party():
    song = spotify(sync_id="missing", assets="missing", party="missing", timestamps="missing", flags="missing")
    assert (song["song"], song["artist"]) == ("BMW", "Pashanim")
    assert [song[key] for key in ("syncId", "assets", "party", "timestamps", "flags")] == [None] * 5


@pytest.mark.parametrize(
    ("changes", "key", "becomes"),
    [
        ({"assets": None}, "assets", None),
        ({"assets": {"large_text": "Album"}}, "assets", {"largeText": "Album", "largeImage": None}),
        ({"assets": {"large_image": None}}, "assets", {"largeText": None, "largeImage": None}),
        ({"assets": {"large_image": "spotify:"}}, "assets", {"largeText": None, "largeImage": None}),
        (
            {"assets": {"large_image": "mp:external/x/https/podz-content.spotifycdn.com/a.jpg"}},
            "assets",
            {"largeText": None, "largeImage": "mp:external/x/https/podz-content.spotifycdn.com/a.jpg"},
        ),
        ({"timestamps": None}, "timestamps", None),
        ({"timestamps": {"start": 5}}, "timestamps", {"start": 5, "end": None}),
        ({"party": None}, "party", None),
        ({"party": {"id": "spotify:1", "size": [1, 2]}}, "party", {"id": "spotify:1"}),
        ({"state": "missing"}, "artist", None),
        ({"state": "Apashe; Wasiu"}, "artist", "Apashe; Wasiu"),
        ({"application_id": 3201606009684}, "applicationId", "3201606009684"),
        ({"details": None}, "song", None),
    ],
)
def test_what_a_podcast_or_a_paused_song_lacks_is_null(changes, key, becomes):
    assert spotify(**changes)[key] == becomes


@pytest.mark.parametrize(
    ("found", "listening"),
    [
        ([], False),
        ([GAME], False),
        ([GAME, SONG], True),
        ([{**SONG, "id": "custom"}], True),
        ([{**SONG, "name": "Spotify Premium"}], True),
        ([{**SONG, "id": "x", "name": "YouTube Music"}], False),
        ([{**SONG, "id": "x", "type": 0}], False),
    ],
)
def test_who_is_listening_to_spotify(found, listening):
    assert bool(read(*found)["spotifyActivity"]) is listening


def test_the_activity_that_discord_calls_spotify_goes_before_one_that_only_looks_like_it():
    assert read({**SONG, "id": "x", "details": "Imitation"}, SONG)["spotifyActivity"]["song"] == "BMW"


def test_every_field_stays_in_camel_case_and_in_order_with_ids_as_strings_and_without_secrets():
    assert json.dumps(read(GAME)["activities"]) == json.dumps(
        [
            {
                "type": 0,
                "name": "Factorio",
                "id": "ec0b28a579ecb4bd",
                "applicationId": "356875570916753438",
                "createdAt": 1720814203335,
                "instance": True,
                "platform": "desktop",
                "supportedPlatforms": ["desktop", "xbox"],
                "parentApplicationId": "11",
                "metadata": {"buttonUrls": ["https://factorio.com"], "artistIds": ["1", "2"]},
                "party": {"id": "7", "size": [1, 4]},
                "assets": {"largeImage": "mp:external/abc/https/i.example/x.png", "inviteCoverImage": "123"},
                "someNewField": {"deepInside": [{"evenDeeper": None}]},
            }
        ]
    )


def test_all_activities_come_in_discords_order():
    stream = {"type": 1, "name": "Twitch", "url": "https://twitch.tv/alice", "details": "Chess", "id": "a"}
    assert [a["name"] for a in read(GAME, stream, SONG)["activities"]] == ["Factorio", "Twitch", "Spotify"]
    assert read(stream)["activities"] == [stream]


@pytest.mark.parametrize(
    ("activity", "shown"),
    [
        ({"state": "zzz"}, {"text": "zzz", "emoji": None}),
        ({"state": "🏳️‍🌈", "emoji": {"name": "😴"}}, {"text": "🏳️‍🌈", "emoji": {"name": "😴"}}),
        (
            {"emoji": {"name": "blob", "id": 41771983423143937, "animated": True}},
            {"text": None, "emoji": {"name": "blob", "id": "41771983423143937", "animated": True}},
        ),
        ({"state": None, "emoji": None}, {"text": None, "emoji": None}),
    ],
)
def test_a_custom_status(activity, shown):
    assert read(GAME, {"type": 4, "name": "Custom Status", "id": "custom", **activity})["customStatus"] == shown


def test_nobody_has_a_custom_status_by_playing():
    assert read(GAME)["customStatus"] is None


@pytest.mark.parametrize(
    "platforms",
    [{}, {"desktop": "online"}, {"mobile": "idle", "web": "dnd"}, {"embedded": "online", "vr": "idle"}],
)
def test_platforms_are_discords_client_status(platforms):
    assert read(client_status=platforms)["platforms"] == platforms


@pytest.mark.parametrize("status", ["online", "idle", "dnd"])
def test_statuses_stay(status):
    assert read(status=status)["status"] == status


@pytest.mark.parametrize("status", ["offline", "invisible"])
def test_whoever_is_not_there_has_nothing_else(status):
    assert read(SONG, GAME, status=status) == {
        "status": "offline",
        "spotifyActivity": None,
        "activities": [],
        "customStatus": None,
        "platforms": {},
    }


@pytest.mark.parametrize("lacking", [{}, {"activities": None, "client_status": None}])
def test_a_presence_without_its_lists_is_one_without_activities(lacking):
    shown = payloads.read_presence({"status": "idle", **lacking})
    assert (shown["status"], shown["activities"], shown["platforms"]) == ("idle", [], {})


@pytest.mark.parametrize(
    "odd",
    [
        None,
        "online",
        [],
        {},
        {"status": None},
        {"status": 1},
        {"status": {"web": "online"}},
        {"status": "online", "activities": 5},
        {"status": "online", "activities": "game"},
        {"status": "online", "activities": {"name": "game"}},
        {"status": "online", "activities": [None]},
        {"status": "online", "activities": ["game"]},
        {"status": "online", "activities": [[]]},
        {"status": "online", "activities": [{**SONG, "timestamps": "now"}]},
        {"status": "online", "activities": [{**SONG, "party": ["spotify:1"]}]},
        {"status": "online", "activities": [{**SONG, "assets": "image"}]},
        {"status": "online", "activities": [{**SONG, "assets": {"large_image": 5}}]},
        {"status": "online", "client_status": "web"},
        {"status": "online", "client_status": ["web"]},
    ],
    ids=repr,
)
def test_what_is_not_shaped_like_a_presence_is_refused(odd):
    with pytest.raises((KeyError, TypeError, AttributeError)):
        payloads.read_presence(odd)


@pytest.mark.parametrize("odd", [None, 5, {}, {"user": None}, {"user": "alice"}, {"user": []}, []], ids=repr)
def test_what_is_not_shaped_like_a_member_is_refused(odd):
    with pytest.raises((KeyError, TypeError, AttributeError)):
        payloads.read_member(odd)


def test_half_surrogate_pairs_become_question_marks():
    half = json.loads('"a\\ud83d"')
    shown = read({"type": 0, "name": half, "details": ["ok 😀", half], half: 1})["activities"][0]
    assert shown == {"type": 0, "name": "a?", "details": ["ok 😀", "a?"], "a?": 1}
    assert payloads.read_user({"global_name": half}) == {"global_name": "a?"}
    assert json.dumps(read({"type": 4, "state": half})["customStatus"], ensure_ascii=False).encode()


def test_whole_surrogate_pairs_stay():
    assert read({"type": 4, "state": json.loads('"\\ud83d\\ude00"')})["customStatus"]["text"] == "😀"


def test_a_user_object_changes_only_what_it_carries():
    assert payloads.read_user({"id": "1"}) == {}
    assert payloads.read_user({"id": "1", "avatar": None, "global_name": "Alice"}) == {
        "avatar": None,
        "global_name": "Alice",
    }


def test_a_member_object_is_whole():
    decoration = {"asset": "a_1", "sku_id": 1144058844004233369, "expires_at": None}
    guild = {"identity_guild_id": "1", "tag": "ROLL", "badge": "b", "identity_enabled": True}
    user = {"id": "1", "username": "alice", "avatar_decoration_data": decoration, "primary_guild": guild, "email": "x"}
    assert payloads.read_member({"user": user, "nick": "Ali", "roles": ["9"]}) == {
        "username": "alice",
        "global_name": None,
        "avatar": None,
        "avatarDecoration": {"asset": "a_1", "sku_id": "1144058844004233369", "expires_at": None},
        "primaryGuild": guild,
        "server_name": "Ali",
    }
