"""What a card tells of somebody: facts of the stored body, and nothing of who is not published."""

import json
from copy import deepcopy

import pytest

from rules import opt_out
from rules.fronting import switches
from rules.presence import card, fronting
from rules.presence.card import CustomStatus, Front, Fronter, Tag
from rules.presence.card_activities import Played, Progress, find_progress, tell_ago, tell_length
from rules.presence.cdn import BADGE_ICONS, Cdn
from rules.presence.payloads import BADGES
from rules.systems import members, systems

ALICE = 80351110224678912
NOW = 1_795_262_400_000
MINUTE, HOUR, DAY = 60_000, 3_600_000, 86_400_000
SONG = {
    "id": "spotify:1",
    "type": 2,
    "name": "Spotify",
    "details": "Weightless",
    "state": "Marconi Union; Somebody",
    "timestamps": {"start": NOW - 75_000, "end": NOW + 140_000},
    "assets": {"large_image": "spotify:ab67616d0000b273c0ffee", "large_text": "Ambient"},
}
GAME = {
    "type": 0,
    "name": "Rocket League",
    "application_id": 379286085710381999,
    "details": "Competitive",
    "state": "3:2",
    "timestamps": {"start": NOW - 2 * HOUR - 5 * MINUTE},
    "assets": {"large_image": "big", "small_image": "mp:external/x/https/example.org/a.png"},
}
STATUS = {"type": 4, "id": "custom", "name": "Custom Status", "state": "reading", "emoji": {"name": "📚"}}
USER = {
    "global_name": "Alice",
    "avatar": "a1",
    "public_flags": 64,
    "avatar_decoration_data": {"asset": "a_d"},
    "primary_guild": {"identity_guild_id": "7", "identity_enabled": True, "tag": "FOXY", "badge": "b1"},
    "collectibles": {"nameplate": {"asset": "nameplates/x/"}},
}


def online(*activities, status="online", **platforms):
    return {"status": status, "client_status": platforms or {"desktop": status}, "activities": list(activities)}


@pytest.fixture
def find(read, join):
    """Alice's card, of a presence and a user object."""

    def run(status=None, user=USER):
        join(ALICE, at=NOW, status=deepcopy(status or online()), user=user)
        return read(card.find_card, ALICE, NOW)

    return run


def test_a_card_tells_who_somebody_is(find):
    found = find(online(SONG, GAME, STATUS, status="dnd", desktop="dnd", mobile="idle"))
    cdn = "https://cdn.discordapp.com"
    assert (found.user_id, found.name, found.username, found.status) == (str(ALICE), "Alice", "alice", "dnd")
    assert found.platforms == ("desktop", "mobile")
    assert found.avatar_url == f"{cdn}/avatars/{ALICE}/a1.png"
    assert found.decoration_url == f"{cdn}/avatar-decoration-presets/a_d.png"
    assert found.nameplate_url == f"{cdn}/assets/collectibles/nameplates/x/static.png"
    assert found.tag == Tag("FOXY", f"{cdn}/guild-tag-badges/7/b1.png")
    assert found.badges == ("hypesquad_bravery",)
    assert found.custom_status == CustomStatus("reading", "📚", None)
    assert (found.front, found.last_seen) == (None, None)


def test_a_card_tells_what_plays_on_spotify(find):
    cover = "https://i.scdn.co/image/ab67616d0000b273c0ffee"
    song = Played(2, "Weightless", "Marconi Union, Somebody", album="Ambient", picture_url=cover)
    found = find(online(STATUS, SONG)).song
    assert (found.type, found.name, found.details, found.album) == (2, song.name, song.details, song.album)
    assert (found.picture_url, found.progress) == (cover, Progress(70, 215))


def test_a_card_tells_what_is_played(find):
    (found,) = find(online(STATUS, SONG, GAME)).played
    assert (found.type, found.name, found.details, found.state) == (0, "Rocket League", "Competitive", "3:2")
    assert found.picture_url == "https://cdn.discordapp.com/app-assets/379286085710381999/big.png"
    assert found.small_picture_url == "https://media.discordapp.net/external/x/https/example.org/a.png"
    assert (found.elapsed, found.progress, found.application_id) == ("2 h 5 min", None, "379286085710381999")


def test_a_small_picture_alone_is_the_picture(find):
    (found,) = find(online({**GAME, "assets": {"small_image": "small"}})).played
    assert found.picture_url == "https://cdn.discordapp.com/app-assets/379286085710381999/small.png"
    assert found.small_picture_url is None


def test_a_servers_emoji_is_a_picture_and_no_letter(find):
    status = {**STATUS, "state": None, "emoji": {"name": "fox", "id": 5, "animated": True}}
    assert find(online(status)).custom_status == CustomStatus("", "", "https://cdn.discordapp.com/emojis/5.gif")


@pytest.mark.parametrize("guild", [None, {"tag": "FOXY", "identity_enabled": False}, {"identity_enabled": True}])
def test_a_tag_that_is_not_worn_is_not_shown(find, guild):
    assert find(user={**USER, "primary_guild": guild}).tag is None


def test_whoever_has_no_display_name_goes_by_the_username(find):
    assert find(user={}).name == "alice"


def test_somebody_offline_was_last_seen(find, join):
    find(online())
    join(ALICE, at=NOW - 3 * HOUR, user=USER)
    assert find({"status": "offline"}).last_seen == "3 h ago"


def test_who_fronts_is_told_where_the_person_shows_it(find, read, write):
    find()
    write(systems.create_system, ALICE, {"name": "Foxes"})
    shown = write(members.create_member, ALICE, {"name": "Ann", "display_name": "Ann!", "color": "ff7700"})
    private = write(members.create_member, ALICE, {"name": "Ben", "visibility": "private"})
    write(switches.log_switch, ALICE, [private.hid, shown.hid])
    assert read(card.find_card, ALICE, NOW).front is None
    write(fronting.set_shown, ALICE, True)
    assert read(card.find_card, ALICE, NOW).front == Front((Fronter("Ann!", "ff7700"),))
    write(systems.edit_system, ALICE, {"front_privacy": "private"})
    assert read(card.find_card, ALICE, NOW).front is None


def test_there_is_no_card_of_whoever_is_hidden_or_unknown(find, read, write):
    find()
    assert read(card.find_card, ALICE + 1, NOW) is None
    write(opt_out.hide, ALICE)
    assert read(card.find_card, ALICE, NOW) is None


def odd_profile(**presence):
    return json.dumps({"presence": {"userId": "1", "username": "x", **presence}, "fronting": None})


@pytest.mark.parametrize("odd", [None, 7, "text", [None, 7, {}], {"a": {}}, {"text": 7, "emoji": 7, "start": "x"}])
def test_what_an_older_row_may_hold_costs_no_more_than_itself(odd):
    keys = ("status", "global_name", "activities", "customStatus", "platforms", "primaryGuild", "lastSeen")
    found = card.read_card(odd_profile(**dict.fromkeys(keys, odd), badges=odd, avatarUrl=odd), NOW)
    assert (found.username, found.status, found.played) == ("x", "offline", ())
    nested = [{"name": "Game", "type": odd, "assets": odd, "timestamps": odd, "details": odd, "applicationId": odd}]
    (played,) = card.read_card(odd_profile(activities=nested), NOW).played
    assert (played.name, played.elapsed, played.progress) == ("Game", None, None)


def test_two_moments_that_look_the_same_are_the_same(find):
    text = odd_profile(activities=[{"type": 0, "name": "Game", "timestamps": {"start": NOW - 5 * MINUTE}}])
    at = [card.read_card(text, NOW + seconds * 1000) for seconds in (0, 59, 60)]
    assert at[0] == at[1] != at[2]


@pytest.mark.parametrize(
    ("timestamps", "progress"),
    [
        ({"start": NOW - 1000, "end": NOW + 9000}, Progress(0, 10)),
        ({"start": NOW - 25_000, "end": NOW + 35_000}, Progress(20, 60)),
        ({"start": NOW + 5000, "end": NOW + 65_000}, Progress(0, 60)),
        ({"start": NOW - 90_000, "end": NOW - 30_000}, Progress(60, 60)),
        ({"start": NOW, "end": NOW}, None),
        ({"start": NOW, "end": NOW - 1}, None),
        ({"start": NOW, "end": NOW + 500}, None),
        ({"start": 1, "end": 2**53}, None),
        ({"start": NOW}, None),
        ({"end": NOW}, None),
        ({"start": "1", "end": True}, None),
        ({}, None),
    ],
)
def test_how_much_has_passed(timestamps, progress):
    assert find_progress(timestamps, NOW) == progress


@pytest.mark.parametrize(
    ("seconds", "told"),
    [
        (0, "under a minute"),
        (59, "under a minute"),
        (60, "1 min"),
        (3599, "59 min"),
        (3600, "1 h"),
        (90_061, "1 d 1 h"),
    ],
)
def test_how_long_something_lasts(seconds, told):
    assert tell_length(seconds) == told


@pytest.mark.parametrize(
    ("at", "told"),
    [
        (NOW, "just now"),
        (NOW + HOUR, "just now"),
        (NOW - MINUTE, "1 min ago"),
        (NOW - HOUR - MINUTE, "1 h ago"),
        (NOW - 2 * DAY - HOUR, "2 d ago"),
        (NOW - 800 * DAY, "2 y ago"),
        (None, None),
        (0, None),
        ("1", None),
    ],
)
def test_how_long_ago_something_was(at, told):
    assert tell_ago(at, NOW) == told


@pytest.mark.parametrize("start", [NOW - 200 * DAY, 0, -5, None, "x"])
def test_what_was_begun_at_no_time_has_no_length(start):
    text = odd_profile(activities=[{"type": 0, "name": "Game", "timestamps": {"start": start}}])
    assert card.read_card(text, NOW).played[0].elapsed is None


def test_where_the_pictures_of_badges_are(find):
    base = "https://cdn.example"
    found = card.badge_urls(find(user={"public_flags": 64 | 1 << 22}), Cdn(base))
    assert found == tuple(
        f"{base}/badge-icons/{icon}.png"
        for icon in ("8a88d63823d8a71cd5e390baa45efa02", "6bdc42827a38498929a4920da12695d9")
    )


def test_every_badge_has_a_picture():
    assert set(BADGE_ICONS) == set(BADGES.values())
