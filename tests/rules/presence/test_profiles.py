"""Who sees what of whom."""

import json

import pytest

from rules import opt_out
from rules.account import github, kv
from rules.errors import NotFound
from rules.presence import health, profiles

ALICE, BOB = 80351110224678912, 80351110224678913


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
    assert list(look(ALICE)) == ["presence", "KV", "github"]


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
