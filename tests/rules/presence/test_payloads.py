"""Discord's raw presence in, the answer's fields out."""

import json

import msgspec
import pytest

from rules.presence import payloads
from rules.presence.cdn import Cdn

ALICE = 80351110224678912
PODCAST = "mp:external/x/https/podz-content.spotifycdn.com/a.jpg"

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
        ({"assets": {"large_image": PODCAST}}, "assets", {"largeText": None, "largeImage": None}),
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
        ([{**SONG, "id": "custom"}], False),
        ([{key: value for key, value in SONG.items() if key != "id"}], False),
        ([{**SONG, "type": 0}], False),
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
                "assets": {
                    "largeImage": "mp:external/abc/https/i.example/x.png",
                    "inviteCoverImage": "123",
                    "largeImageUrl": "https://media.discordapp.net/external/abc/https/i.example/x.png",
                },
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
        "spotifyCoverUrl": None,
        "customStatusEmojiUrl": None,
    }


@pytest.mark.parametrize("lacking", [{}, {"activities": None, "client_status": None}])
def test_a_presence_without_its_lists_is_one_without_activities(lacking):
    shown = payloads.read_presence({"status": "idle", **lacking})
    assert (shown["status"], shown["activities"], shown["platforms"]) == ("idle", [], {})


@pytest.mark.parametrize("odd", [None, "online", [], {}, {"user": {"id": "1"}}], ids=repr)
def test_what_is_no_presence_at_all_is_refused(odd):
    with pytest.raises((KeyError, TypeError)):
        payloads.read_presence(odd)


DEEP = json.loads("[" * 500 + "]" * 500)


@pytest.mark.parametrize(
    ("odd", "lost"),
    [
        ({"activities": [SONG, None, GAME, "game", []]}, {}),
        ({"activities": 5}, {"activities": [], "spotifyActivity": None, "spotifyCoverUrl": None}),
        ({"activities": {"0": SONG}}, {"activities": [], "spotifyActivity": None, "spotifyCoverUrl": None}),
        ({"client_status": ["desktop"]}, {"platforms": {}}),
        ({"client_status": "web"}, {"platforms": {}}),
        ({"client_status": {"web": "dnd", "desktop": 5, "vr": None}}, {"platforms": {"web": "dnd"}}),
    ],
    ids=repr,
)
def test_one_odd_part_of_a_presence_loses_only_itself(odd, lost):
    assert read(SONG, GAME, **odd) == read(SONG, GAME) | lost


@pytest.mark.parametrize("status", [None, 5, "", ["online"], {"web": "online"}])
def test_a_status_that_cannot_be_read_leaves_the_one_before(status):
    shown, whole = read(SONG, status=status), read(SONG)
    assert whole.pop("status") == "dnd"
    assert shown == whole


@pytest.mark.parametrize(
    ("odd", "key", "becomes"),
    [
        ({"timestamps": [1, 2]}, "timestamps", None),
        ({"timestamps": "now"}, "timestamps", None),
        ({"timestamps": {"start": "1720814201608", "end": 5.0}}, "timestamps", {"start": 1720814201608, "end": 5}),
        ({"timestamps": {"start": "soon", "end": 7}}, "timestamps", {"start": None, "end": 7}),
        ({"timestamps": {"start": True, "end": 2**60}}, "timestamps", {"start": None, "end": None}),
        ({"created_at": "1720814203334"}, "createdTimestamp", 1720814203334),
        ({"created_at": [1]}, "createdTimestamp", None),
        ({"flags": "48"}, "flags", 48),
        ({"flags": 2**70}, "flags", None),
        ({"party": ["spotify:1"]}, "party", None),
        ({"party": {"id": {"a": 1}}}, "party", {"id": None}),
        ({"party": {"id": 5}}, "party", {"id": "5"}),
        ({"assets": "image"}, "assets", None),
        ({"assets": {"large_image": 5, "large_text": "Album"}}, "assets", {"largeText": "Album", "largeImage": None}),
        ({"details": 5}, "song", None),
        ({"state": ["Pashanim"]}, "artist", None),
        ({"sync_id": {"a": 1}}, "syncId", None),
        ({"application_id": [3]}, "applicationId", None),
        ({"name": None}, "name", None),
    ],
    ids=repr,
)
def test_one_odd_field_of_a_song_loses_only_itself(odd, key, becomes):
    assert spotify(**odd) == spotify() | {key: becomes}


def test_an_odd_field_of_an_activity_is_left_out_and_a_null_stays():
    odd = {**GAME, "name": 5, "details": None, "timestamps": {"start": "1", "end": "x"}, "emoji": "😀", "type": "0"}
    shown = read(odd)["activities"][0]
    assert "name" not in shown
    assert "emoji" not in shown
    assert (shown["details"], shown["timestamps"], shown["type"]) == (None, {"start": 1}, 0)


def test_what_is_nested_endlessly_or_counts_endlessly_costs_nothing_else():
    shown = read({**GAME, "deep": DEEP, "many": 10**400}, SONG)
    assert shown["activities"][0]["many"] == str(10**400)
    assert shown["activities"][0]["name"] == "Factorio"
    assert shown["spotifyActivity"]["song"] == "BMW"
    assert msgspec.json.encode(shown)


@pytest.mark.parametrize(
    "odd", [{"global_name": 5}, {"avatar": ["x"]}, {"username": None, "primary_guild": "x"}, {"public_flags": "many"}]
)
def test_an_odd_field_of_a_user_leaves_what_was_known(odd):
    whole = {"id": "1", "global_name": "Alice", "avatar": "abc", "public_flags": 64}
    kept = payloads.read_user({key: value for key, value in (whole | odd).items() if key not in odd})
    shown = payloads.read_user(whole | odd)
    assert {key: value for key, value in shown.items() if value is not None or key in kept} == kept


def test_a_user_whose_id_cannot_be_stored_is_refused():
    for user_id in (2**63, -1, None, "x", [], {}):
        with pytest.raises((ValueError, TypeError)):
            payloads.read_member({"user": {"id": user_id}})
    assert payloads.get_user_id({"id": str(2**63 - 1)}) == 2**63 - 1


@pytest.mark.parametrize("odd", [None, 5, {}, {"user": None}, {"user": "alice"}, {"user": []}, []], ids=repr)
def test_what_is_not_shaped_like_a_member_is_refused(odd):
    with pytest.raises((KeyError, TypeError, AttributeError)):
        payloads.read_member(odd)


def test_half_surrogate_pairs_become_question_marks():
    half = json.loads('"a\\ud83d"')
    shown = read({"type": 0, "name": half, "list": ["ok 😀", half], half: 1})["activities"][0]
    assert shown == {"type": 0, "name": "a?", "list": ["ok 😀", "a?"], "a?": 1}
    assert payloads.read_user({"id": "1", "global_name": half}) == {"global_name": "a?"}
    assert json.dumps(read({"type": 4, "state": half})["customStatus"], ensure_ascii=False).encode()


def test_whole_surrogate_pairs_stay():
    assert read({"type": 4, "state": json.loads('"\\ud83d\\ude00"')})["customStatus"]["text"] == "😀"


def test_a_user_object_changes_only_what_it_carries():
    assert payloads.read_user({"id": "1"}) == {}
    assert payloads.read_user({"id": "1", "avatar": None, "global_name": "Alice"}) == {
        "avatar": None,
        "avatarUrl": "https://cdn.discordapp.com/embed/avatars/0.png",
        "global_name": "Alice",
    }


def test_a_member_object_is_whole():
    decoration = {"asset": "a_1", "sku_id": 1144058844004233369, "expires_at": None}
    guild = {"identity_guild_id": "1", "tag": "ROLL", "badge": "b", "identity_enabled": True}
    nameplate = {"asset": "nameplates/nameplates/twilight/", "sku_id": 5, "palette": "cobalt", "label": "Twilight"}
    user = {
        "id": str(ALICE),
        "username": "alice",
        "avatar": "a_5c11d7",
        "avatar_decoration_data": decoration,
        "primary_guild": guild,
        "collectibles": {"nameplate": nameplate},
        "display_name_styles": {"font_id": 11, "effect_id": 3, "colors": [1, 2]},
        "public_flags": 1 << 6 | 1 << 22 | 1 << 16,
        "email": "x",
    }
    member = {"user": user, "nick": "Ali", "roles": ["9"], "avatar": "cafe", "banner": "a_beef"}
    base = "https://cdn.discordapp.com"
    here = f"{base}/guilds/501/users/{ALICE}"
    assert payloads.read_member(member, Cdn(guild_id=501)) == {
        "username": "alice",
        "global_name": None,
        "avatar": "a_5c11d7",
        "avatarUrl": f"{base}/avatars/{ALICE}/a_5c11d7.gif",
        "avatarDecoration": {"asset": "a_1", "sku_id": "1144058844004233369", "expires_at": None},
        "avatarDecorationUrl": f"{base}/avatar-decoration-presets/a_1.png",
        "primaryGuild": guild,
        "primaryGuildBadgeUrl": f"{base}/guild-tag-badges/1/b.png",
        "nameplate": {**nameplate, "sku_id": "5"},
        "nameplateUrl": f"{base}/assets/collectibles/nameplates/nameplates/twilight/static.png",
        "displayNameStyles": {"font_id": "11", "effect_id": "3", "colors": [1, 2]},
        "publicFlags": 1 << 6 | 1 << 22 | 1 << 16,
        "badges": ["hypesquad_bravery", "active_developer"],
        "server_name": "Ali",
        "serverAvatar": "cafe",
        "serverAvatarUrl": f"{here}/avatars/cafe.png",
        "serverBanner": "a_beef",
        "serverBannerUrl": f"{here}/banners/a_beef.gif",
    }


def test_a_member_without_any_of_it():
    shown = payloads.read_member({"user": {"id": str(ALICE), "username": "alice"}})
    assert shown.pop("avatarUrl") == "https://cdn.discordapp.com/embed/avatars/5.png"
    assert shown.pop("username") == "alice"
    assert shown.pop("badges") == []
    assert set(shown.values()) == {None}


@pytest.mark.parametrize(
    ("image", "address"),
    [
        ("spotify:ab67616d0000b273", "https://i.scdn.co/image/ab67616d0000b273"),
        (PODCAST, "https://media.discordapp.net/external/x/https/podz-content.spotifycdn.com/a.jpg"),
        ("twitch:alice", "https://static-cdn.jtvnw.net/previews-ttv/live_user_alice-1920x1080.jpg"),
        ("youtube:dQw4w9WgXcQ", "https://i.ytimg.com/vi/dQw4w9WgXcQ/hqdefault_live.jpg"),
        ("871416292441358", f"https://cdn.discordapp.com/app-assets/{GAME['application_id']}/871416292441358.png"),
        ("unheard:of", None),
        ("mp:../../evil", None),
        ("spotify:a/b", None),
        ('mp:external/"><script>', None),
    ],
)
def test_the_address_of_an_activitys_picture(image, address):
    shown = read({**GAME, "assets": {"large_image": image, "small_image": image}})["activities"][0]["assets"]
    assert (shown["largeImageUrl"], shown["smallImageUrl"]) == (address, address)


def test_the_covers_address_comes_with_the_song_and_a_podcasts_too():
    assert read(SONG)["spotifyCoverUrl"] == "https://i.scdn.co/image/ab67616d0000b273fa2f0c9e719ca71f2686ddf3"
    assert read({**SONG, "assets": {"large_image": PODCAST}})["spotifyCoverUrl"].endswith("spotifycdn.com/a.jpg")
    assert read({**SONG, "assets": "missing"})["spotifyCoverUrl"] is None


@pytest.mark.parametrize(
    ("emoji", "address"),
    [
        ({"name": "😴"}, None),
        ({"name": "blob", "id": 41771983423143937}, "https://cdn.discordapp.com/emojis/41771983423143937.png"),
        ({"name": "blob", "id": "4", "animated": True}, "https://cdn.discordapp.com/emojis/4.gif"),
        (None, None),
        ({"name": 5, "id": ["x"]}, None),
    ],
)
def test_the_address_of_an_emoji_in_a_custom_status(emoji, address):
    assert read({"type": 4, "state": "zzz", "emoji": emoji})["customStatusEmojiUrl"] == address
