"""The truth table of privacy: which setting hides which key from whom, and nothing else."""

import itertools

import pytest

from rules.errors import NotAllowed
from rules.fronting import front_history, switches
from rules.proxying import message_records
from rules.systems import members, systems
from rules.systems.privacy import MEMBER_PRIVACY, SYSTEM_PRIVACY

ALICE, ALEX, BOB, CARLA = 80351110224678912, 80351110224678913, 80351110224678914, 80351110224678915
OWNERS, OTHERS = (ALICE, ALEX), (None, BOB, CARLA)
FOXES = {
    "name": "Foxes",
    "description": "Many.",
    "tag": "| F",
    "avatar_url": "https://example.com/foxes.png",
    "banner": "https://example.com/banner.png",
    "color": "112233",
    "tz": "Asia/Tokyo",
}
ANN = {
    "name": "Ann",
    "display_name": "Ann the Tall",
    "description": "Tall.",
    "color": "00ff00",
    "birthday": "0004-02-29",
    "pronouns": "she/her",
    "avatar_url": "https://example.com/ann.png",
    "banner": "https://example.com/banner.png",
    "proxy_tags": [{"prefix": "[", "suffix": "]"}],
    "keep_proxy": True,
}
SYSTEM_HIDES = {
    "description_privacy": {"description": None, "banner": None},
    "member_list_privacy": {},
    "front_privacy": {},
    "front_history_privacy": {},
}
MEMBER_HIDES = {
    "visibility": {"color": None},
    "name_privacy": {"name": "Ann the Tall", "display_name": None},
    "description_privacy": {"description": None, "banner": None},
    "birthday_privacy": {"birthday": None},
    "pronoun_privacy": {"pronouns": None},
    "avatar_privacy": {"avatar_url": None},
    "metadata_privacy": {},
}
MESSAGE = 175928847299117063


@pytest.fixture
def foxes(write):
    """The system of Alice and Alex; Bob has another, and Carla has none."""
    system = write(systems.create_system, ALICE, FOXES)
    write(systems.link_account, ALICE, ALEX)
    write(systems.create_system, BOB)
    return system


@pytest.fixture
def ann(write, foxes):
    """The ID of Ann, of whom everything is known."""
    return write(members.create_member, ALICE, ANN).hid


@pytest.fixture
def set_system(write):
    """Change the settings of the foxes."""
    return lambda changes: write(lambda session: systems.edit_system(session, ALICE, changes))


@pytest.fixture
def set_member(write):
    """Change the settings of a member."""
    return lambda hid, changes: write(lambda session: members.edit_member(session, ALICE, hid, changes))


@pytest.fixture
def see_system(read):
    """The foxes, as somebody sees them."""
    return lambda viewer: read(
        lambda session: systems.show_system(session, systems.get_own_system(session, ALICE).hid, viewer)
    )


@pytest.fixture
def see_member(read):
    """A member, as somebody sees it."""
    return lambda hid, viewer: read(lambda session: members.show_member(session, hid, viewer))


def as_settings(names, private):
    return {name: "private" if name in private else "public" for name in names}


def hidden(table, private):
    """What a stranger sees instead, with these settings private."""
    return {key: value for name in private for key, value in table[name].items()}


def every_choice(names):
    return [chosen for count in range(len(names) + 1) for chosen in itertools.combinations(names, count)]


def test_every_setting_is_in_the_table():
    assert tuple(SYSTEM_HIDES) == SYSTEM_PRIVACY
    assert tuple(MEMBER_HIDES) == MEMBER_PRIVACY


@pytest.mark.parametrize("private", every_choice(SYSTEM_PRIVACY), ids="+".join)
def test_what_the_settings_of_a_system_hide(foxes, set_system, see_system, private):
    settings = as_settings(SYSTEM_PRIVACY, private)
    set_system(settings)
    whole = {"id": foxes.hid, **FOXES, "created": see_system(None)["created"], **settings}
    for viewer in OWNERS:
        assert see_system(viewer) == whole
    for viewer in OTHERS:
        assert see_system(viewer) == {**whole, **dict.fromkeys(SYSTEM_PRIVACY), **hidden(SYSTEM_HIDES, private)}


def test_what_the_settings_of_a_member_hide(database, ann):
    """Each of the 128 choices."""
    with database.write() as session:
        member = members.get_member(session, ann)
        created = members.show_member(session, member.hid, None)["created"]
        for private in every_choice(MEMBER_PRIVACY):
            settings = as_settings(MEMBER_PRIVACY, private)
            members.edit_member(session, ALICE, member.hid, settings)
            whole = dict(ANN, id=ann, prefix="[", suffix="]", created=created)
            shown = {**whole, "privacy": settings["visibility"], **settings}
            reduced = {**whole, "privacy": None, **dict.fromkeys(MEMBER_PRIVACY), **hidden(MEMBER_HIDES, private)}
            assert [members.show_member(session, member.hid, viewer) for viewer in OWNERS] == [shown] * 2
            assert [members.show_member(session, member.hid, viewer) for viewer in OTHERS] == [reduced] * 3


def test_the_one_privacy_of_the_document_hides_what_the_document_says(ann, set_member, see_member):
    before = see_member(ann, None)
    set_member(ann, {"privacy": "private"})
    hides = dict.fromkeys(("color", "description", "birthday", "pronouns", "banner"))
    assert see_member(ann, None) == {**before, **hides}


def test_a_private_value_looks_like_one_that_was_never_set(
    write, foxes, ann, set_member, set_system, see_member, see_system
):
    bare = write(members.create_member, ALICE, {"name": "Ann the Tall"}).hid
    set_member(ann, {**dict.fromkeys(MEMBER_PRIVACY, "private"), "proxy_tags": [], "keep_proxy": False})
    same = {"id": "", "created": ""}
    assert {**see_member(ann, None), **same} == {**see_member(bare, None), **same}
    set_system({"description_privacy": "private"})
    private = see_system(BOB)
    set_system({"description_privacy": "public", "description": None, "banner": None})
    assert see_system(BOB) == private


def test_a_private_name_without_another_is_shown(ann, set_member, see_member):
    set_member(ann, {"name_privacy": "private", "display_name": None})
    assert (see_member(ann, None)["name"], see_member(ann, None)["display_name"]) == ("Ann", None)


def test_the_keys_and_their_order_are_the_same_for_everybody(ann, set_member, set_system, see_member, see_system):
    set_member(ann, dict.fromkeys(MEMBER_PRIVACY, "private"))
    set_system(dict.fromkeys(SYSTEM_PRIVACY, "private"))
    assert len({tuple(see_member(ann, viewer)) for viewer in (*OWNERS, *OTHERS)}) == 1
    assert len({tuple(see_system(viewer)) for viewer in (*OWNERS, *OTHERS)}) == 1


@pytest.fixture
def front(write, foxes, ann):
    """Ann and the private Ben front; Ben has sent a message. Ben's ID."""
    ben = write(members.create_member, ALICE, {"name": "Ben", "description": "Shy.", "privacy": "private"})
    write(switches.log_switch, ALICE, [ann])
    write(switches.log_switch, ALICE, [ben.hid, ann])
    write(message_records.record_message, ALEX, ben.id, MESSAGE, MESSAGE - 1, 5, 6)
    return ben.hid


def test_a_private_member_is_left_out_of_the_list_and_reduced_everywhere_else(read, foxes, ann, front, see_member):
    for viewer in OWNERS:
        assert [member["id"] for member in read(members.show_members, foxes.hid, viewer)] == [ann, front]
        fronting = read(switches.show_fronters, foxes.hid, viewer)["members"]
        assert fronting == [see_member(front, viewer), see_member(ann, viewer)]
        assert fronting[0]["description"] == "Shy."
        assert read(message_records.show_message, MESSAGE, viewer)["member"] == see_member(front, viewer)
    for viewer in OTHERS:
        assert [member["id"] for member in read(members.show_members, foxes.hid, viewer)] == [ann]
        fronting = read(switches.show_fronters, foxes.hid, viewer)["members"]
        assert fronting == [see_member(front, viewer), see_member(ann, viewer)]
        assert (fronting[0]["description"], fronting[0]["privacy"]) == (None, None)
        assert read(front_history.show_switches, foxes.hid, viewer)[0]["members"] == [front, ann]
        assert read(message_records.show_message, MESSAGE, viewer)["member"] == see_member(front, viewer)


def test_only_visibility_takes_a_member_off_the_list(read, foxes, ann, set_member):
    for name in MEMBER_PRIVACY:
        set_member(ann, {**dict.fromkeys(MEMBER_PRIVACY, "public"), name: "private"})
        listed = [member["id"] for member in read(members.show_members, foxes.hid, None)]
        assert listed == ([] if name == "visibility" else [ann])


DOORS = {
    "member_list_privacy": (members.show_members, "Unauthorized to view member list."),
    "front_privacy": (switches.show_fronters, "Unauthorized to view fronter."),
    "front_history_privacy": (front_history.show_switches, "Unauthorized to view front history."),
}


@pytest.mark.parametrize("private", every_choice(SYSTEM_PRIVACY), ids="+".join)
def test_which_setting_of_a_system_closes_which_door(read, front, set_system, private):
    set_system(as_settings(SYSTEM_PRIVACY, private))
    foxes = read(systems.get_own_system, ALICE)
    for name, (show, sentence) in DOORS.items():
        for viewer in OWNERS:
            assert read(show, foxes.hid, viewer)
        for viewer in OTHERS:
            if name not in private:
                assert read(show, foxes.hid, viewer)
                continue
            with pytest.raises(NotAllowed) as refused:
                read(show, foxes.hid, viewer)
            assert refused.value.sentence == sentence


def test_a_private_front_is_not_told_by_the_history_either(write, read, ann, front, set_system):
    set_system({"front_privacy": "private"})
    foxes = read(systems.get_own_system, ALICE)
    for fronting in ([], [front]):
        for viewer in OTHERS:
            public = read(front_history.show_switches, foxes.hid, viewer)
            assert public == read(front_history.show_switches, foxes.hid, ALICE)[1:]
            assert public == read(front_history.show_switches, foxes.hid, viewer, 2**60)
        write(switches.log_switch, ALICE, fronting)
    set_system({"front_privacy": "public"})
    foxes = read(systems.get_own_system, ALICE)
    assert read(front_history.show_switches, foxes.hid, None) == read(front_history.show_switches, foxes.hid, ALICE)


def test_who_is_unlinked_sees_what_a_stranger_sees_at_once(write, foxes, ann, set_system, see_system, see_member):
    set_system({"description_privacy": "private"})
    assert see_system(ALEX)["description"] == "Many."
    write(systems.unlink_account, ALICE, ALEX)
    assert see_system(ALEX) == see_system(None)
    assert see_member(ann, ALEX) == see_member(ann, None)


def test_an_owner_is_a_stranger_to_other_systems(write, foxes, ann, see_member, see_system, read):
    wolves = read(systems.get_own_system, BOB)
    zoe = write(members.create_member, BOB, {"name": "Zoe", "privacy": "private", "description": "Wild."}).hid
    assert see_member(zoe, ALICE)["description"] is None
    assert see_member(zoe, BOB)["description"] == "Wild."
    assert read(members.show_members, wolves.hid, ALICE) == []
