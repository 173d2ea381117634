"""Who is stored, what is stored, and when they were last seen."""

import itertools
import json

import pytest

from models import Presence
from rules import opt_out
from rules.account import erasure
from rules.presence import profiles, updates
from rules.presence.updates import Change, change_of_member, change_of_presence

ALICE, BOB, CHARLIE = 80351110224678912, 80351110224678913, 80351110224678914
OFFLINE = {"status": "offline"}
GAME = {"type": 0, "name": "Factorio", "id": "g"}


def member(user_id=ALICE, name="alice", **fields):
    return {"user": {"id": str(user_id), "username": name, **fields.pop("user", {})}, **fields}


def online(at, status="online", user_id=ALICE, **more):
    return change_of_presence({"user": {"id": str(user_id)}, "status": status, **more}, at)


def offline(at):
    return online(at, "offline")


def left(at):
    return Change(at, at, gone=True)


@pytest.fixture
def record(write_presence):
    """Store one user's changes as the writer does: merged into one."""

    def run(*changes, user_id=ALICE):
        merged = changes[0]
        for change in changes[1:]:
            merged = merged.then(change)
        write_presence(updates.record_presences, {user_id: merged})

    return run


@pytest.fixture
def look(read):
    """What is stored of a user; None if nothing."""

    def run(user_id=ALICE):
        row = read(lambda session: session.get(Presence, user_id))
        body = json.loads(row.body) if row else None
        assert not row or row.status == body["status"]
        return body

    return run


def test_who_joins_is_there_at_once_and_offline(join, look):
    join(ALICE, at=1000)
    assert look() == {
        "userId": "80351110224678912",
        "status": "offline",
        "global_name": None,
        "server_name": None,
        "avatar": None,
        "spotifyActivity": None,
        "username": "alice",
        "activities": [],
        "customStatus": None,
        "platforms": {},
        "avatarDecoration": None,
        "primaryGuild": None,
        "lastSeen": None,
        "updatedAt": 1000,
        "avatarUrl": "https://cdn.discordapp.com/embed/avatars/5.png",
        "spotifyCoverUrl": None,
        "customStatusEmojiUrl": None,
        "serverAvatar": None,
        "serverAvatarUrl": None,
        "serverBanner": None,
        "serverBannerUrl": None,
        "avatarDecorationUrl": None,
        "primaryGuildBadgeUrl": None,
        "nameplate": None,
        "nameplateUrl": None,
        "displayNameStyles": None,
        "publicFlags": None,
        "badges": [],
    }


def test_the_keys_stand_in_the_documents_order_whatever_came_first(join, record, look):
    join(ALICE, nick="Ali", status={"activities": [GAME], "status": "dnd", "client_status": {"web": "dnd"}})
    assert tuple(look()) == updates.KEYS
    record(online(2000, "idle", user={"id": "1"}))
    assert tuple(look()) == updates.KEYS


def test_the_body_is_compact_utf8(join, read):
    join(ALICE, nick="Zoë 😀")
    body = read(lambda session: session.get(Presence, ALICE)).body
    assert '"server_name":"Zoë 😀","avatar":null' in body


def test_the_stored_json_is_written_as_pythons_own(join, read):
    song = {
        "type": 2,
        "id": "spotify:1",
        "name": "Spotify",
        "details": 'Zoë "😀" \\ / \x7f \u2028\n\t\b\x01',
        "flags": 2**53 - 1,
        "score": 1.5,
    }
    join(ALICE, nick="Zoë 😀", status={"status": "dnd", "activities": [song], "client_status": {}})
    body = read(lambda session: session.get(Presence, ALICE)).body
    assert body == json.dumps(json.loads(body), ensure_ascii=False, separators=(",", ":"))
    assert json.loads(body)["spotifyActivity"]["song"] == song["details"]


def test_a_stranger_is_not_stored_by_a_presence_alone(record, look):
    record(online(1000))
    assert look() is None


def test_a_member_without_a_presence_is_offline(join, look):
    join(ALICE, status=None)
    assert look()["status"] == "offline"


@pytest.mark.parametrize("known", [False, True])
def test_bots_are_never_published(join, look, known):
    if known:
        join(ALICE)
    join(ALICE, user={"bot": True}, status={"status": "online"})
    assert look() is None


def test_who_leaves_is_gone_and_a_late_presence_changes_nothing(join, leave, record, look):
    join(ALICE)
    leave(ALICE)
    record(online(9500))
    assert look() is None


def test_who_comes_back_starts_anew(join, leave, look):
    join(ALICE, at=1000, nick="Ali", status={"status": "online"})
    leave(ALICE, at=2000)
    join(ALICE, at=3000)
    assert (look()["status"], look()["server_name"], look()["lastSeen"]) == ("offline", None, None)


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ([change_of_member(member(), 1, 1), left(2)], None),
        ([left(1), change_of_member(member(), 2, 2)], "offline"),
        ([left(1), change_of_member(member(), 2, 2), online(3)], "online"),
        ([left(1), online(2)], None),
        ([online(1), left(2)], None),
        ([change_of_member(member(), 1, 1), left(2), change_of_member(member(), 3, 3), left(4)], None),
        ([change_of_member(member(), 1, 1), left(2), change_of_member(member(), 3, 3, {"status": "dnd"})], "dnd"),
        ([online(1), change_of_member(member(user={"bot": True}), 2, 2)], None),
    ],
)
@pytest.mark.parametrize("known", [False, True])
def test_coming_and_going_within_one_batch(join, record, look, changes, status, known):
    if known:
        join(ALICE, nick="Old", status={"status": "idle"})
    record(*changes)
    assert (look() or {}).get("status") == status
    assert (look() or {}).get("lastSeen") is None
    assert (look() or {}).get("server_name") is None


@pytest.mark.parametrize(
    ("story", "last_seen"),
    [
        ("never online", None),
        ("online", None),
        ("online, offline", 3000),
        ("online, idle, offline", 4000),
        ("online, offline, online", None),
        ("online, offline, online, offline", 5000),
        ("online, offline, offline", 3000),
        ("online, offline, renamed", 3000),
        ("online, found offline after a gap", 2500),
        ("online, offline, found offline after a gap", 3000),
        ("found offline after a gap", None),
        ("online, found online after a gap", None),
        ("online, offline, left", "gone"),
        ("online, offline, left, rejoined", None),
    ],
)
@pytest.mark.parametrize("together", [False, True])
def test_last_seen(join, record, look, story, last_seen, together):
    def change(what, at):
        found = {"found offline after a gap": OFFLINE, "found online after a gap": {"status": "online"}}
        if what in found:
            return change_of_member(member(), at, 2500, found[what])
        if what in ("renamed", "rejoined"):
            return change_of_member(member(nick="New"), at, at)
        return left(at) if what == "left" else online(at, what)

    join(ALICE, at=1000)
    steps = [] if story == "never online" else story.split(", ")
    changes = [change(what, 2000 + 1000 * index) for index, what in enumerate(steps)]
    for batch in [changes] if together and changes else [[change] for change in changes]:
        record(*batch)
    assert (look() or {"lastSeen": "gone"})["lastSeen"] == last_seen


def test_a_flicker_within_one_batch_is_seen(join, record, look):
    join(ALICE, at=1000)
    record(online(2000), offline(2010))
    assert (look()["status"], look()["lastSeen"]) == ("offline", 2010)
    record(online(5000), offline(5010))
    assert (look()["status"], look()["lastSeen"]) == ("offline", 5010)


STEPS = {
    "online": lambda at: online(at),
    "playing": lambda at: online(at, "dnd", activities=[GAME], client_status={"desktop": "dnd"}),
    "offline": offline,
    "renamed": lambda at: change_of_member(member(nick=f"Ali {at}"), at, at),
    "found offline": lambda at: change_of_member(member(), at, 1500, OFFLINE),
    "found online": lambda at: change_of_member(member(), at, 1500, {"status": "online"}),
    "left": left,
}


def test_a_batch_says_what_its_changes_say_one_by_one(write, read):
    stories = dict(enumerate(itertools.product(STEPS, repeat=3), start=1))

    def record(change_of):
        write(updates.record_presences, {number: change_of(steps) for number, steps in stories.items()})

    def told():
        bodies = {row.user_id: json.loads(row.body) for row in read(lambda session: session.query(Presence).all())}
        return {stories[number]: {**bodies.get(number, {}), "updatedAt": 0} for number in stories}

    def change(steps, index):
        return STEPS[steps[index]](2000 + index)

    record(lambda steps: change_of_member(member(), 1000, 1000, {"status": "online"}))
    record(lambda steps: change(steps, 0).then(change(steps, 1)).then(change(steps, 2)))
    together = told()
    record(lambda steps: left(9000))
    record(lambda steps: change_of_member(member(), 1000, 1000, {"status": "online"}))
    for index in range(3):
        record(lambda steps, index=index: change(steps, index))
    assert together == told()


def test_an_unchanged_presence_is_not_written_again(join, record, look):
    join(ALICE, at=1000, status={"status": "dnd", "activities": [GAME]})
    before = look()
    record(online(2000, "dnd", activities=[GAME]))
    join(ALICE, at=3000, status={"status": "dnd", "activities": [GAME]})
    assert look() == before
    assert before["updatedAt"] == 1000


def test_an_unchanged_offline_user_is_not_written_again(join, record, look):
    join(ALICE, at=1000, status={"status": "online"})
    record(offline(2000))
    before = look()
    record(offline(3000))
    join(ALICE, at=4000)
    assert look() == before
    assert (before["lastSeen"], before["updatedAt"]) == (2000, 2000)


@pytest.mark.parametrize(
    ("change", "key", "value"),
    [
        ({"nick": "Ali"}, "server_name", "Ali"),
        ({"user": {"global_name": "Alice L."}}, "global_name", "Alice L."),
        ({"user": {"avatar": "5c11d7"}}, "avatar", "5c11d7"),
        ({"user": {"username": "alice2"}}, "username", "alice2"),
        ({"user": {"primary_guild": {"tag": "ROLL"}}}, "primaryGuild", {"tag": "ROLL"}),
    ],
)
def test_a_change_of_name_shows_without_a_change_of_status(join, record, look, change, key, value):
    join(ALICE, at=1000, status={"status": "dnd", "activities": [GAME]})
    before = look()
    record(change_of_member(member(**change), 2000, 2000))
    after = look()
    address = {} if key != "avatar" else {"avatarUrl": f"https://cdn.discordapp.com/avatars/{ALICE}/{value}.png"}
    assert after == {**before, key: value, "updatedAt": 2000, **address}


def test_what_a_member_object_no_longer_has_is_taken_away(join, look):
    join(ALICE, nick="Ali", user={"avatar": "5c11d7"})
    join(ALICE, nick=None)
    assert (look()["server_name"], look()["avatar"]) == (None, None)


def test_a_presence_with_a_whole_user_changes_the_name_and_one_with_an_id_alone_does_not(join, record, look):
    join(ALICE, nick="Ali")
    record(online(2000, user={"id": "1"}))
    assert look()["username"] == "alice"
    record(online(3000, user={"id": "1", "username": "alice2", "global_name": "Alice"}))
    assert (look()["username"], look()["global_name"], look()["server_name"]) == ("alice2", "Alice", "Ali")


def test_who_asked_to_be_forgotten_is_not_stored_until_shown(join, write, record, look):
    join(ALICE)
    write(erasure.forget, ALICE)
    join(ALICE, status={"status": "online"})
    record(online(2000))
    assert look() is None
    write(opt_out.show, ALICE)
    join(ALICE, at=3000)
    assert look()["lastSeen"] is None


def test_who_hides_goes_on_being_stored(join, write, look):
    join(ALICE)
    write(opt_out.hide, ALICE)
    join(ALICE, status={"status": "online"})
    assert look()["status"] == "online"


def test_five_hundred_people_in_one_batch(write, read):
    def everybody(status, at):
        found = {"status": status, "activities": [GAME]}
        return {ALICE + n: change_of_member(member(ALICE + n, f"user{n}"), at, at, found) for n in range(500)}

    write(updates.record_presences, everybody("online", 1000))
    write(updates.record_presences, {**everybody("idle", 2000), ALICE: left(2000), BOB: left(2000)})
    assert read(updates.get_stored_ids) == {ALICE + n for n in range(2, 500)}
    rows = read(lambda session: session.query(Presence).all())
    assert {row.status for row in rows} == {"idle"}
    assert all(json.loads(row.body)["username"] == f"user{row.user_id - ALICE}" for row in rows)


def test_a_batch_touches_nobody_else(join, record, look):
    join(ALICE)
    join(BOB, name="bob", status={"status": "online"})
    before = look(BOB)
    record(left(2000), user_id=ALICE)
    record(online(2000), user_id=CHARLIE)
    assert (look(ALICE), look(BOB), look(CHARLIE)) == (None, before, None)


def test_an_empty_batch(write, read):
    write(updates.record_presences, {})
    assert read(updates.get_stored_ids) == set()


def test_the_bot_leaves_the_home_server_and_everybody_goes(join, write, read):
    join(ALICE)
    join(BOB)
    write(updates.clear_presences)
    assert read(updates.get_stored_ids) == set()


@pytest.mark.parametrize(
    "odd",
    [None, {}, {"user": None, "status": "online"}, {"user": {"id": "1"}}],
    ids=repr,
)
def test_an_odd_presence_is_refused_before_it_is_merged(odd):
    with pytest.raises((KeyError, TypeError, AttributeError)):
        change_of_presence(odd, 1000)


@pytest.mark.parametrize("odd", [None, {}, {"user": None}, {"user": {"id": str(2**63)}}], ids=repr)
def test_an_odd_member_is_refused_before_it_is_merged(odd):
    with pytest.raises((KeyError, TypeError, AttributeError, ValueError)):
        change_of_member(odd, 1000, 1000, {"status": "online"})


def test_an_odd_activity_costs_neither_the_status_nor_the_others(join, record, look):
    join(ALICE)
    record(online(2000, "dnd", activities=[None, GAME, {"type": 2, "id": "spotify:1", "timestamps": [1, 2]}]))
    assert look()["status"] == "dnd"
    assert [activity["type"] for activity in look()["activities"]] == [0, 2]
    assert look()["spotifyActivity"]["timestamps"] is None


@pytest.mark.parametrize(("before", "activities"), [(OFFLINE, []), ({"status": "idle"}, [GAME])])
def test_a_status_that_cannot_be_read_stays_and_whoever_is_offline_does_nothing(join, record, look, before, activities):
    join(ALICE, status=before)
    record(online(2000, status=5, activities=[GAME], client_status={"web": "dnd"}))
    assert (look()["status"], look()["activities"]) == (before["status"], activities)


def test_a_row_of_an_older_version_is_served_and_gets_the_new_keys_when_it_is_written_again(
    join, write, record, read, look
):
    join(ALICE, status={"status": "dnd"}, user={"avatar": "5c11d7"})
    old = {key: value for key, value in look().items() if key not in updates.KEYS[14:]}
    write(lambda session: setattr(session.get(Presence, ALICE), "body", json.dumps(old, separators=(",", ":"))))
    assert json.loads(read(profiles.find_public, ALICE).text)["presence"] == old
    record(online(2000, "idle"))
    assert look() == {**old, "status": "idle", "updatedAt": 2000} | {key: look()[key] for key in updates.KEYS[14:]}
    assert (look()["avatarUrl"], look()["badges"]) == (None, [])
    join(ALICE, at=3000, user={"avatar": "5c11d7"}, status={"status": "idle"})
    assert look()["avatarUrl"].endswith("/5c11d7.png")
