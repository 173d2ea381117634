"""What cards show: to the owner all of it, to strangers what no setting hides.."""

import json

import pytest

from models import Member, System
from rules.errors import Invalid, NotAllowed, NotAuthenticated, NotFound
from rules.fronting import switches
from rules.proxying import autoproxy, proxy_tags
from rules.systems import members, overviews, systems
from rules.systems.privacy import (
    LATER_MEMBER_PRIVACY,
    LATER_SYSTEM_PRIVACY,
    MEMBER_PRIVACY,
    SYSTEM_PRIVACY,
    view_member,
    view_system,
)

ALICE, BOB, NOBODY = 80351110224678912, 80351110224678913, None
GUILD = 41771983423143937
URL = "https://example.com/{}.png".format
TAGS = [{"prefix": "[", "suffix": "]"}]
# Which keys each setting takes from a stranger's card, and what is there instead.
SYSTEM_HIDES = {
    "name_privacy": {"name": None},
    "description_privacy": {"description": None, "banner": None},
    "avatar_privacy": {"avatar_url": None},
    "banner_privacy": {"banner": None},
    "pronoun_privacy": {"pronouns": None},
    "member_list_privacy": {"members": None},
    "group_list_privacy": {},
    "front_privacy": {"fronters": None},
    "front_history_privacy": {},
}
MEMBER_HIDES = {
    "visibility": {"color": None},
    "name_privacy": {"name": "Ann the Tall", "display_name": None},
    "description_privacy": {"description": None, "banner": None},
    "birthday_privacy": {"birthday": None},
    "pronoun_privacy": {"pronouns": None},
    "avatar_privacy": {"avatar_url": None, "webhook_avatar_url": None},
    "metadata_privacy": {"created": None, "message_count": None, "last_message_at": None},
    "banner_privacy": {"banner": None},
    "proxy_privacy": {"proxy_tags": []},
}


@pytest.fixture
def trees(write):
    """Alice's system, with all that a card shows."""
    fields = {"name": "Trees", "description": "Tall.", "tag": "|", "pronouns": "they", "color": "00ff00"}
    return write(systems.create_system, ALICE, {**fields, "avatar_url": URL("a"), "banner": URL("b")})


@pytest.fixture
def ann(write, trees):
    member = write(
        members.create_member,
        ALICE,
        {
            "name": "Ann",
            "display_name": "Ann the Tall",
            "description": "Tall.",
            "color": "ff0000",
            "birthday": "0004-02-29",
            "pronouns": "she",
            "avatar_url": URL("a"),
            "banner": URL("b"),
            "proxy_tags": TAGS,
            "webhook_avatar_url": URL("w"),
        },
    )
    write(switches.log_switch, ALICE, [member.hid])
    return member


def look(read, table, row, viewer):
    rule = overviews.get_overview if table is System else overviews.get_member_overview
    return read(lambda session: rule(session, session.get(table, row.id), viewer))


@pytest.mark.parametrize("setting", SYSTEM_HIDES)
def test_each_setting_of_a_system_hides_what_it_says_and_nothing_else(read, write, trees, ann, setting):
    settings = dict.fromkeys((*SYSTEM_PRIVACY, *LATER_SYSTEM_PRIVACY))
    public = look(read, System, trees, BOB)
    assert {key: public[key] for key in settings} == settings
    assert (public["name"], public["banner"], public["members"]) == ("Trees", URL("b"), 1)
    assert [member["name"] for member in public["fronters"]["members"]] == ["Ann"]
    whole = look(read, System, trees, ALICE)
    write(systems.edit_system, ALICE, {setting: "private"})
    assert look(read, System, trees, BOB) == look(read, System, trees, NOBODY) == public | SYSTEM_HIDES[setting]
    assert look(read, System, trees, ALICE) == whole | {setting: "private"}


def test_who_fronts_comes_with_the_name_of_the_system_as_far_as_each_is_public(read, write, trees, ann):
    def look_at(viewer):
        seen = read(overviews.get_front_overview, read(systems.get_system, trees.hid), viewer)
        return seen["system_name"], [member["id"] for member in seen["members"]]

    assert look_at(BOB) == look_at(ALICE) == ("Trees", [ann.hid])
    write(systems.edit_system, ALICE, {"name_privacy": "private"})
    assert (look_at(BOB), look_at(ALICE)) == ((None, [ann.hid]), ("Trees", [ann.hid]))
    write(systems.edit_system, ALICE, {"front_privacy": "private"})
    assert look_at(ALICE) == ("Trees", [ann.hid])
    with pytest.raises(NotAllowed):
        look_at(BOB)


def test_ones_own_fronters_are_told_only_as_whoever_reads_along_may_see_them(read, write, trees, ann):
    for viewer in (ALICE, NOBODY):
        assert [member["id"] for member in read(overviews.find_own_fronters, ALICE, viewer)["members"]] == [ann.hid]
    write(systems.edit_system, ALICE, {"front_privacy": "private"})
    assert read(overviews.find_own_fronters, ALICE, ALICE)["members"]
    assert read(overviews.find_own_fronters, ALICE, NOBODY) is None
    with pytest.raises(NotAuthenticated):
        read(overviews.find_own_fronters, BOB, BOB)


@pytest.mark.parametrize("setting", MEMBER_HIDES)
def test_each_setting_of_a_member_hides_what_it_says_and_nothing_else(read, write, ann, setting):
    settings = dict.fromkeys((*MEMBER_PRIVACY, *LATER_MEMBER_PRIVACY))
    public, whole = look(read, Member, ann, BOB), look(read, Member, ann, ALICE)
    assert {key: public[key] for key in settings} == settings
    assert {key for key in settings if whole[key] != "public"} == set()
    write(members.edit_member, ALICE, ann.hid, {setting: "private"})
    assert look(read, Member, ann, BOB) == look(read, Member, ann, NOBODY) == public | MEMBER_HIDES[setting]
    assert look(read, Member, ann, ALICE) == whole | {setting: "private"}


def test_every_setting_has_a_row_above():
    assert set(SYSTEM_HIDES) == {*SYSTEM_PRIVACY, *LATER_SYSTEM_PRIVACY}
    assert set(MEMBER_HIDES) == {*MEMBER_PRIVACY, *LATER_MEMBER_PRIVACY}


def test_v1_hides_by_the_settings_that_it_does_not_know(write, trees, ann):
    later = dict.fromkeys((*LATER_SYSTEM_PRIVACY, *LATER_MEMBER_PRIVACY), "private")
    seen = view_system(write(systems.edit_system, ALICE, later), False)
    assert [seen[key] for key in ("name", "avatar_url", "banner", "tag")] == [None, None, None, "|"]
    seen = view_member(write(members.edit_member, ALICE, ann.hid, {**later, "metadata_privacy": "private"}), False)
    assert [seen[key] for key in ("banner", "proxy_tags", "prefix", "suffix")] == [None, [], None, None]
    assert seen["created"]


def test_private_members_are_not_counted_for_strangers(read, write, trees, ann):
    write(members.create_member, ALICE, {"name": "Ben", "visibility": "private"})
    assert [look(read, System, trees, viewer)["members"] for viewer in (ALICE, BOB)] == [2, 1]


def test_tags_one_by_one(write, ann):
    other = {"prefix": "A:", "suffix": None}
    assert proxy_tags.get_tags(write(proxy_tags.add_tag, ALICE, ann.hid, other)) == [*TAGS, other]
    with pytest.raises(Invalid, match="has this tag already"):
        write(proxy_tags.add_tag, ALICE, ann.hid, other)
    assert proxy_tags.get_tags(write(proxy_tags.remove_tag, ALICE, ann.hid, TAGS[0])) == [other]
    with pytest.raises(NotFound, match="no such tag"):
        write(proxy_tags.remove_tag, ALICE, ann.hid, TAGS[0])
    with pytest.raises(Invalid, match="changed meanwhile"):
        write(proxy_tags.set_tag, ALICE, ann.hid, TAGS[0], TAGS)
    assert json.loads(write(proxy_tags.set_tag, ALICE, ann.hid, TAGS[0], [other]).proxy_tags) == TAGS
    write(systems.create_system, BOB)
    for act in (proxy_tags.add_tag, proxy_tags.remove_tag):
        with pytest.raises(NotAuthenticated, match="not part of your system"):
            write(act, BOB, ann.hid, other)


def test_members_that_share_a_tag(read, write, ann):
    ben = write(members.create_member, ALICE, {"name": "Ben", "proxy_tags": TAGS})
    write(members.create_member, ALICE, {"name": "Cy", "prefix": "["})
    assert [member.hid for member in read(proxy_tags.find_sharers, ann, TAGS[0])] == [ben.hid]
    assert read(proxy_tags.find_sharers, ann, {"prefix": "x", "suffix": None}) == []


def test_autoproxy_is_set_for_one_server(read, write, ann):
    assert read(autoproxy.get_mode, ALICE, GUILD) == ("off", None)
    for mode in ("front", "latch", "off"):
        write(autoproxy.set_mode, ALICE, GUILD, mode)
        assert read(autoproxy.get_mode, ALICE, GUILD) == (mode, None)
    write(autoproxy.set_mode, ALICE, GUILD, "member", ann.hid)
    mode, member = read(autoproxy.get_mode, ALICE, GUILD)
    assert (mode, member.hid) == ("member", ann.hid)
    assert read(autoproxy.get_mode, ALICE, GUILD + 1) == ("off", None)
    write(members.delete_member, ALICE, ann.hid)
    assert read(autoproxy.get_mode, ALICE, GUILD) == ("off", None)


@pytest.mark.parametrize(
    ("user", "mode", "error", "sentence"),
    [
        (ALICE, "sometimes", Invalid, "must be off, front, latch or a member"),
        (ALICE, "member", Invalid, "Name the member"),
        (BOB, "off", NotAuthenticated, "has no system"),
    ],
)
def test_autoproxy_refuses(write, ann, user, mode, error, sentence):
    with pytest.raises(error, match=sentence):
        write(autoproxy.set_mode, user, GUILD, mode)


def test_somebody_elses_member_cannot_be_autoproxied(write, ann):
    write(systems.create_system, BOB)
    with pytest.raises(NotAuthenticated, match="not part of your system"):
        write(autoproxy.set_mode, BOB, GUILD, "member", ann.hid)
