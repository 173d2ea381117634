"""Who sees what of whom."""

import json

import pytest

from rules import opt_out
from rules.account import github, kv
from rules.errors import Invalid, NotFound
from rules.presence import health, profiles, states

ALICE, BOB, CHARLIE = 80351110224678912, 80351110224678913, 80351110224678914


@pytest.fixture
def look(read):
    def run(viewer=None, user_id=ALICE):
        return json.loads(read(profiles.get_profile, user_id, viewer).text)

    return run


def test_only_the_owner_sees_the_pairs(join, write, look):
    join(ALICE)
    assert look(ALICE)["KV"] == {}
    write(kv.set_value, ALICE, "city", 'Bern "Bümpliz"')
    write(kv.set_value, BOB, "city", "Basel")
    assert look()["KV"] is None
    assert look(BOB)["KV"] is None
    assert look(ALICE)["KV"] == {"city": 'Bern "Bümpliz"'}


def test_the_keys_come_in_the_documents_order(join, look):
    join(ALICE)
    assert list(look(ALICE)) == ["presence", "KV", "github", "fronting"]


def test_github_is_null_until_connected_and_after_it_is_gone(join, write, look):
    join(ALICE)
    assert look()["github"] is None
    write(github.connect, ALICE, {"id": 1, "login": "octocat"}, None)
    assert look()["github"]["username"] == "octocat"
    write(github.replace_card, ALICE, 1, None, None)
    assert look()["github"] is None


def test_who_hides_sees_themselves_and_nobody_else_does(join, write, look, read):
    join(ALICE)
    write(opt_out.hide, ALICE)
    assert look(ALICE)["presence"]["username"] == "alice"
    for viewer in (None, BOB):
        with pytest.raises(NotFound):
            read(profiles.get_profile, ALICE, viewer)
    write(opt_out.show, ALICE)
    assert look()["presence"]["username"] == "alice"


@pytest.mark.parametrize("viewer", [None, ALICE, BOB])
def test_who_is_not_stored_is_not_shown_to_anybody(write, read, viewer):
    write(kv.set_value, ALICE, "city", "Bern")
    write(github.connect, ALICE, {"id": 1, "login": "octocat"}, None)
    with pytest.raises(NotFound):
        read(profiles.get_profile, ALICE, viewer)


@pytest.mark.parametrize(
    ("connected", "invite_url", "says"),
    [
        (False, None, "the bot is not connected to Discord"),
        (False, "https://discord.gg/abc", "the bot is not connected to Discord"),
        (True, None, "a member of the Discord server of this Rollcall"),
        (True, "https://discord.gg/abc", "joins the Discord server at https://discord.gg/abc"),
    ],
)
def test_what_a_stranger_is_told_to_do(write, read, connected, invite_url, says):
    write(health.record_beat, health.now_ms() if connected else None, None, None)
    with pytest.raises(NotFound) as refused:
        read(profiles.get_profile, ALICE, None, invite_url)
    assert says in refused.value.sentence


@pytest.mark.parametrize(
    ("state", "says"),
    [
        (states.STARTING, "the bot is starting"),
        (states.COUNTING, "the bot is counting members"),
        (states.OUT_OF_REACH, "home server out of reach"),
        (states.NOT_IN_HOME, "the bot is not in the home server"),
        (states.CANNOT_WRITE, "the bot cannot write"),
    ],
)
def test_a_member_who_is_not_known_yet_is_not_told_that_members_are_published(write, read, state, says):
    write(health.record_beat, health.now_ms(), None, None, state)
    with pytest.raises(NotFound) as refused:
        read(profiles.get_profile, ALICE, None, None)
    assert says in refused.value.sentence
    assert "Whoever" not in refused.value.sentence


@pytest.fixture
def look_at_all(read):
    def run(*user_ids, viewer=None):
        return json.loads(read(profiles.get_profiles, list(map(str, user_ids)), viewer).text)

    return run


def test_many_are_shown_in_the_order_asked_for_and_each_as_alone(join, write, look, look_at_all):
    join(ALICE)
    join(BOB, name="bob")
    write(github.connect, BOB, {"id": 1, "login": "octocat"}, None)
    seen = look_at_all(BOB, CHARLIE, ALICE, 1)
    assert seen == {
        "users": [{"id": str(BOB), **look(user_id=BOB)}, {"id": str(ALICE), **look(user_id=ALICE)}],
        "missing": [str(CHARLIE), "1"],
    }
    assert [list(user) for user in seen["users"]] == [["id", "presence", "KV", "github", "fronting"]] * 2


def test_among_many_only_the_viewers_own_pairs_are_shown(join, write, look_at_all):
    for user_id in (ALICE, BOB):
        join(user_id)
        write(kv.set_value, user_id, "city", "Bern")
    assert [user["KV"] for user in look_at_all(ALICE, BOB)["users"]] == [None, None]
    assert [user["KV"] for user in look_at_all(ALICE, BOB, viewer=BOB)["users"]] == [None, {"city": "Bern"}]
    assert [user["KV"] for user in look_at_all(ALICE, BOB, viewer=CHARLIE)["users"]] == [None, None]


def test_who_hides_is_missing_among_many_but_to_themselves(join, write, look_at_all):
    join(ALICE)
    write(opt_out.hide, ALICE)
    for viewer in (None, BOB):
        assert look_at_all(ALICE, BOB, viewer=viewer) == {"users": [], "missing": [str(ALICE), str(BOB)]}
    assert look_at_all(ALICE, viewer=ALICE)["users"][0]["id"] == str(ALICE)


def test_numbers_that_no_id_reaches_are_missing(join, look_at_all):
    largest = 2**63 - 1
    join(largest)
    seen = look_at_all(largest + 1, "9" * 5000, largest)
    assert [user["id"] for user in seen["users"]] == [str(largest)]
    assert seen["missing"] == [str(largest + 1), "9" * 5000]


def test_another_version_for_whatever_is_another_answer(join, write, read):
    def version(*user_ids, viewer=None):
        return read(profiles.get_profiles, list(map(str, user_ids)), viewer).version

    join(ALICE)
    join(BOB)
    asked = [(ALICE,), (BOB,), (ALICE, BOB), (BOB, ALICE), (ALICE, CHARLIE), (CHARLIE, ALICE), (CHARLIE,), (1,)]
    before = [version(*user_ids) for user_ids in asked]
    assert len(set(before)) == len(asked)
    assert version(ALICE, BOB, viewer=ALICE) != before[2] == version(ALICE, BOB)
    for change in (
        lambda: join(BOB, at=2000, nick="Bobby"),
        lambda: write(github.connect, BOB, {"id": 1, "login": "octocat"}, None),
        lambda: write(opt_out.hide, BOB),
    ):
        known = version(ALICE, BOB)
        change()
        assert version(ALICE, BOB) != known


@pytest.mark.parametrize(
    ("text", "found"),
    [("1", ["1"]), ("2,1", ["2", "1"]), ("2,1,2", ["2", "1"]), ("0", ["0"]), ("9" * 30, ["9" * 30])],
)
def test_a_list_of_ids_is_read_in_its_order(text, found):
    assert profiles.read_ids(text) == found


def test_a_hundred_different_ids_are_read_and_no_more():
    hundred = list(map(str, range(100)))
    assert profiles.read_ids(",".join([*hundred, *hundred])) == hundred
    with pytest.raises(Invalid):
        profiles.read_ids(",".join([*hundred, "100"]))


@pytest.mark.parametrize("text", ["", ",", "1,", ",1", "1,,2", "1, 2", "x", "@me", "01", "-1", "1.0", "٣", "1\n"])
def test_what_is_no_list_of_ids_is_refused_with_what_to_write(text):
    with pytest.raises(Invalid) as refused:
        profiles.read_ids(text)
    assert "Name 1 to 100 user IDs" in refused.value.sentence
    assert "/users?ids=80351110224678912,80351110224678913" in refused.value.sentence
