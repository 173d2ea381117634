"""A person does something on Discord, and `GET /user/<id>` shows it."""

import time

import pytest

from tests.end_to_end.proxying_user import HOME
from tests.end_to_end.rollcall import until

SPOTIFY = {
    "id": "spotify:1",
    "type": 2,
    "name": "Spotify",
    "details": "BMW",
    "state": "Pashanim",
    "flags": 48,
    "sync_id": "56MDdzieU2dTT3YLpCdpcA",
    "session_id": "abc",
    "created_at": 1720814203334,
    "party": {"id": "spotify:1"},
    "timestamps": {"start": 1720814201608, "end": 1720814322741},
    "assets": {"large_text": "Himmel über Berlin", "large_image": "spotify:ab67616d"},
}


def test_a_status_change_shows(discord, rollcall, person):
    alice = person(status="online")
    for status in ("idle", "dnd", "online"):
        discord.presence(alice, status, client_status={"mobile": status})
        until(lambda wanted=status: rollcall.status_of(alice) == wanted)
        assert rollcall.presence_of(alice)["platforms"] == {"mobile": status}


def test_a_song_shows_and_ends(discord, rollcall, person):
    alice = person()
    discord.presence(alice, activities=[SPOTIFY])
    song = until(lambda: rollcall.presence_of(alice)["spotifyActivity"])
    assert (song["song"], song["artist"], song["assets"]["largeImage"]) == ("BMW", "Pashanim", "ab67616d")
    discord.presence(alice, activities=[])
    until(lambda: rollcall.presence_of(alice)["spotifyActivity"] is None)


def test_raw_equals_stored(discord, rollcall, person):
    """Fields that py-cord drops arrive, and so does what Discord may invent tomorrow."""
    alice = person()
    game = {
        "id": "ec0b28a579ecb4bd",
        "type": 0,
        "name": "Celeste",
        "platform": "ps5",
        "created_at": 1720814203334,
        "application_id": 1163892047215738000,
        "secrets": {"join": "hidden"},
        "instance": True,
        "invented_tomorrow": {"deep_key": [1, {"more_of_it": None}]},
    }
    discord.presence(
        alice, "dnd", activities=[game, SPOTIFY], client_status={"vr": "dnd", "embedded": "dnd"}, bare_user=True
    )
    until(lambda: rollcall.status_of(alice) == "dnd")
    presence = rollcall.presence_of(alice)
    assert presence["activities"][0] == {
        "id": "ec0b28a579ecb4bd",
        "type": 0,
        "name": "Celeste",
        "platform": "ps5",
        "createdAt": 1720814203334,
        "applicationId": "1163892047215738000",
        "instance": True,
        "inventedTomorrow": {"deepKey": [1, {"moreOfIt": None}]},
    }
    assert presence["activities"][1]["sessionId"] == "abc"
    assert presence["platforms"] == {"vr": "dnd", "embedded": "dnd"}
    assert presence["username"].startswith("alice")


def test_unparsable_events_are_told_once_and_end_nothing(discord, rollcall, person):
    alice = person(status="online")
    for _ in range(3):
        discord.dispatch("PRESENCE_UPDATE", {"guild_id": HOME, "user": None, "status": "idle"})
        discord.dispatch("MESSAGE_CREATE", {"id": "1", "guild_id": None})
    discord.presence(alice, "dnd", activities=[])
    until(lambda: rollcall.status_of(alice) == "dnd")
    for event in ("PRESENCE_UPDATE", "MESSAGE_CREATE"):
        assert rollcall.bot.output.count(f"cannot take {event}") == 1


@pytest.mark.parametrize(
    "odd",
    [
        {"activities": [None, SPOTIFY]},
        {"activities": [{**SPOTIFY, "assets": {"large_image": 5}}]},
        {"activities": [{**SPOTIFY, "timestamps": [1, 2]}]},
        {"activities": [SPOTIFY], "client_status": ["desktop"]},
        {"activities": [{"type": 0, "name": "Chess", "flags": 2**70, "deep": [[[[]]]]}, SPOTIFY]},
    ],
    ids=repr,
)
def test_one_odd_part_of_a_presence_costs_only_itself(discord, rollcall, person, odd):
    alice = person(status="online")
    data = {"guild_id": HOME, "user": {"id": alice}, "status": "dnd", "client_status": {}, **odd}

    def is_taken():
        # Again, since what the bot asked when she joined may be answered after it.
        discord.dispatch("PRESENCE_UPDATE", data)
        presence = rollcall.presence_of(alice)
        return presence["status"] == "dnd" and (presence["spotifyActivity"] or {}).get("song") == "BMW"

    until(is_taken)


def test_an_id_that_no_file_can_hold_stops_nobody_elses_presence(discord, rollcall, person):
    alice = person(status="online")
    for event in ("GUILD_MEMBER_UPDATE", "GUILD_MEMBER_ADD", "PRESENCE_UPDATE", "GUILD_MEMBER_REMOVE"):
        user = {"id": str(2**63), "username": "too-large", "discriminator": "0", "avatar": None}
        discord.dispatch(event, {"guild_id": HOME, "user": user, "roles": [], "status": "dnd"})
    discord.presence(alice, "dnd")
    until(lambda: rollcall.status_of(alice) == "dnd")
    assert rollcall.get("/health").json()["state"] == "connected"


def test_who_joins_is_visible_at_once_and_who_is_online_is_online(discord, rollcall):
    bob = discord.add_user("early-bob")
    discord.join(bob)
    until(lambda: rollcall.status_of(bob) == "offline")
    carol = discord.add_user("online-carol")
    discord.presence(carol, "idle")
    discord.join(carol)
    until(lambda: rollcall.status_of(carol) == "idle")


def test_who_leaves_is_gone(discord, rollcall, person):
    for way in (discord.leave, discord.kick, discord.ban):
        alice = person(status="online")
        way(alice)
        until(lambda gone=alice: rollcall.status_of(gone) is None)
        discord.presence(alice, "dnd")
    bob = person()
    assert rollcall.status_of(alice) is None
    assert rollcall.status_of(bob) == "online"


def test_who_comes_back_starts_anew(discord, rollcall, person):
    alice = person(status="online")
    discord.presence(alice, "offline")
    until(lambda: rollcall.presence_of(alice)["lastSeen"])
    discord.leave(alice)
    discord.join(alice)
    until(lambda: (rollcall.presence_of(alice) or {"lastSeen": 1})["lastSeen"] is None)


def test_bots_and_members_of_other_servers_are_not_published(discord, rollcall, person):
    robot = person("robot", bot=True)
    elsewhere = discord.add_guild("Elsewhere")
    eve = discord.add_user("eve-elsewhere")
    discord.join(eve, elsewhere)
    discord.presence(eve, "online")
    discord.presence(robot, "online")
    person("later")
    assert rollcall.status_of(robot) is None
    assert rollcall.status_of(eve) is None
    assert "https://discord.example/join" in rollcall.get(f"/user/{eve}").json()["message"]
    discord.remove_bot(elsewhere)


def test_leaving_another_shared_server_changes_nothing(discord, rollcall, person):
    alice = person(status="dnd")
    elsewhere = discord.add_guild("Also elsewhere")
    discord.join(alice, elsewhere, nick="Nick there")
    discord.edit_member(alice, elsewhere, nick="Another nick")
    discord.leave(alice, elsewhere)
    person("later")
    assert rollcall.status_of(alice) == "dnd"
    assert rollcall.presence_of(alice)["server_name"] is None
    discord.remove_bot(elsewhere)


def test_names_and_avatars_change_without_a_status_change(discord, rollcall, person):
    alice = person(status="idle")
    discord.edit_user(alice, name="renamed-alice", global_name="Ålice 🌙", avatar="a" * 32)
    until(lambda: rollcall.presence_of(alice)["global_name"] == "Ålice 🌙")
    discord.edit_member(alice, nick="Al")
    until(lambda: rollcall.presence_of(alice)["server_name"] == "Al")
    presence = rollcall.presence_of(alice)
    assert (presence["username"], presence["avatar"], presence["status"]) == ("renamed-alice", "a" * 32, "idle")


def test_last_seen(discord, rollcall, person):
    alice = person(status=None)
    assert rollcall.presence_of(alice)["lastSeen"] is None
    discord.presence(alice, "online")
    until(lambda: rollcall.status_of(alice) == "online")
    assert rollcall.presence_of(alice)["lastSeen"] is None
    before = time.time()
    discord.presence(alice, "offline")
    until(lambda: rollcall.status_of(alice) == "offline")
    presence = rollcall.presence_of(alice)
    assert before * 1000 - 1 <= presence["lastSeen"] <= time.time() * 1000
    assert presence["platforms"] == {}
    discord.edit_member(alice, nick="Still away")
    until(lambda: rollcall.presence_of(alice)["server_name"] == "Still away")
    assert rollcall.presence_of(alice)["lastSeen"] == presence["lastSeen"]


def test_an_unchanged_presence_keeps_its_etag(discord, rollcall, person):
    alice, bob = person(status="online"), person("bob")
    first = rollcall.get(f"/user/{alice}")
    discord.presence(alice, "online")
    discord.presence(bob, "dnd")
    until(lambda: rollcall.status_of(bob) == "dnd")
    assert rollcall.get(f"/user/{alice}").headers["ETag"] == first.headers["ETag"]
    headers = {"If-None-Match": first.headers["ETag"]}
    assert rollcall.http.get(f"{rollcall.url}/user/{alice}", headers=headers).status_code == 304


def test_an_outage_of_the_server_takes_nobody_away(discord, rollcall, person):
    alice, bob = person(status="online"), person("bob", status="online")
    discord.outage()
    discord.presence(alice, "offline")
    assert rollcall.status_of(bob) == "online"
    discord.restore()
    until(lambda: rollcall.status_of(alice) == "offline")
    assert rollcall.status_of(bob) == "online"


def test_a_chunk_that_was_on_its_way_brings_nobody_back(discord, rollcall, person):
    alice, bob = person("alice"), person("bob")
    member = {"user": {"id": alice, "username": "alice", "discriminator": "0", "avatar": None}, "roles": []}
    chunk = {"guild_id": "1163892047215738900", "members": [member], "chunk_index": 0, "chunk_count": 1}
    discord.leave(alice)
    until(lambda: rollcall.status_of(alice) is None)
    discord.dispatch("GUILD_MEMBERS_CHUNK", chunk)
    discord.dispatch("GUILD_MEMBER_UPDATE", {"guild_id": "1163892047215738900", **member})
    discord.presence(bob, "idle")
    until(lambda: rollcall.status_of(bob) == "idle")
    assert rollcall.status_of(alice) is None


def test_a_presence_that_names_nobody_spoils_no_chunk(discord, rollcall, person):
    alice = person("alice")
    member = {"user": {"id": alice, "username": "alice", "discriminator": "0", "avatar": None}, "roles": []}
    chunk = {"guild_id": "1163892047215738900", "members": [{**member, "nick": "Al"}], "chunk_index": 0}
    nobodys = [{"status": "idle"}, {"user": {}}, {"user": None}, "nonsense"]

    def is_taken():
        # Again, since what the bot asked when she joined may be answered after it.
        discord.dispatch("GUILD_MEMBERS_CHUNK", {**chunk, "chunk_count": 1, "presences": nobodys})
        return rollcall.presence_of(alice)["server_name"] == "Al"

    until(is_taken)


def test_a_look_up_lost_with_the_connection_is_made_again(discord, rollcall, person):
    alice = person(status="dnd")
    discord.say_and_wait(alice, ".forget")
    discord.say_and_wait(alice, "yes")
    until(lambda: rollcall.status_of(alice) is None)
    discord.say(alice, ".show")
    discord.drop_gateway()
    until(lambda: rollcall.status_of(alice) == "dnd")
