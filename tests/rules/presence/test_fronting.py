"""Who sees with a person's presence who fronts: nobody unless it was chosen and is public, and then all the same."""

import itertools
import json

import pytest

from models import Account, Member, System
from rules import opt_out
from rules.account import erasure
from rules.errors import Invalid, NotAuthenticated, NotFound
from rules.fronting import past_switches, switches
from rules.parsing.timestamps import now_us
from rules.presence import fronting, profiles
from rules.systems import members, systems

ALICE, ALEX, BOB = 80351110224678912, 80351110224678913, 80351110224678914
FOXES = {
    "name": "Foxes",
    "description": "Many.",
    "tag": "| F",
    "avatar_url": "https://example.com/foxes.png",
    "banner": "https://example.com/banner.png",
    "color": "112233",
    "pronouns": "they/them",
}
ANN = {
    "name": "Ann",
    "display_name": "Ann the Tall",
    "description": "Tall.",
    "color": "00ff00",
    "birthday": "0004-02-29",
    "pronouns": "she/her",
    "avatar_url": "https://example.com/ann.png",
    "webhook_avatar_url": "https://example.com/proxy.png",
    "banner": "https://example.com/banner.png",
}
SYSTEM_HIDES = {
    "name_privacy": {"name": None},
    "pronoun_privacy": {"pronouns": None},
    "avatar_privacy": {"avatar_url": None},
}
MEMBER_HIDES = {
    "name_privacy": {"name": "Ann the Tall", "display_name": None},
    "pronoun_privacy": {"pronouns": None},
    "avatar_privacy": {"avatar_url": None},
}


@pytest.fixture
def foxes(write, join):
    """The system of Alice, who shows who fronts, and of Alex, who does not; all three are published, Bob has none."""
    for user_id in (ALICE, ALEX, BOB):
        join(user_id)
    made = write(systems.create_system, ALICE, FOXES)
    write(systems.link_account, ALICE, ALEX)
    write(fronting.set_shown, ALICE, True)
    return made


@pytest.fixture
def add(write, foxes):
    """A new member's ID."""
    return lambda **fields: write(members.create_member, ALICE, fields).hid


@pytest.fixture
def switch(write, foxes):
    return lambda *hids: write(switches.log_switch, ALICE, list(hids))


@pytest.fixture
def edit(write):
    """Change what is set of the foxes."""
    return lambda **changes: write(systems.edit_system, ALICE, changes)


@pytest.fixture
def see(read):
    """The `fronting` of somebody's profile."""

    def run(user_id=ALICE, viewer=None):
        alone = json.loads(read(profiles.get_profile, user_id, viewer).text)["fronting"]
        (among_many,) = json.loads(read(profiles.get_profiles, [str(user_id)], viewer).text)["users"]
        assert among_many["fronting"] == alone
        return alone

    return run


def names(front):
    return [member["name"] for member in front["members"]]


def test_what_is_shown_and_in_which_order(add, switch, see, read, foxes):
    ann, ben = add(**ANN), add(name="Ben")
    switch(ben, ann)
    front = see()
    assert list(front) == ["system", "members", "since"]
    assert list(front["system"].items())[2:] == [
        *(("name", "Foxes"), ("tag", "| F"), ("pronouns", "they/them")),
        *(("avatar_url", "https://example.com/foxes.png"), ("color", "112233")),
    ]
    assert front["system"]["id"] == foxes.hid
    assert [member["id"] for member in front["members"]] == [ben, ann]
    assert list(front["members"][1].items())[2:] == [
        *(("name", "Ann"), ("display_name", "Ann the Tall"), ("color", "00ff00"), ("pronouns", "she/her")),
        ("avatar_url", "https://example.com/ann.png"),
    ]
    assert {"id", "uuid"} == set(front["system"]) & set(front["members"][0]) & {"id", "uuid"}
    assert front["since"] == read(switches.show_fronters, foxes.hid, None)["timestamp"]


@pytest.mark.parametrize("private", [False, True])
@pytest.mark.parametrize("shown", [False, True])
@pytest.mark.parametrize("hidden", [False, True])
def test_only_a_public_front_that_the_account_shows_is_seen(
    write, read, add, switch, edit, see, private, shown, hidden
):
    switch(add(**ANN))
    edit(front_privacy="private" if private else "public")
    write(fronting.set_shown, ALICE, shown)
    if hidden:
        write(opt_out.hide, ALICE)
    for viewer in (None, BOB, ALEX, ALICE):
        if hidden and viewer != ALICE:
            with pytest.raises(NotFound):
                read(profiles.get_profile, ALICE, viewer)
        else:
            assert (see(viewer=viewer) is not None) is (shown and not private)
    assert see(ALEX) is None


def test_a_front_that_is_private_looks_like_none(write, add, switch, edit, read):
    def answer():
        return read(profiles.get_profile, ALICE, None)

    none = answer()
    switch(add(**ANN))
    assert answer() != none
    edit(front_privacy="private")
    assert answer() == none
    edit(front_privacy="public")
    assert answer() != none
    write(fronting.set_shown, ALICE, False)
    assert answer() == none


def test_each_account_chooses_for_itself(write, add, switch, see):
    switch(add(**ANN))
    assert see(ALEX) is None
    write(fronting.set_shown, ALEX, True)
    assert see(ALEX) == see(ALICE)
    write(fronting.set_shown, ALICE, False)
    assert (see(ALICE), names(see(ALEX))) == (None, ["Ann"])
    assert see(BOB) is None


def test_nobody_fronting_is_no_members_since_then(add, switch, see):
    assert see() is None
    ann = add(**ANN)
    switch(ann)
    before = see()["since"]
    switch()
    assert see()["members"] == []
    assert see()["since"] > before


def test_a_private_member_is_never_named_and_nobody_sees_that_one_is_missing(write, add, switch, see):
    ann, ben = add(**ANN), add(**{**ANN, "name": "Ben"}, visibility="private")
    switch(ben, ann)
    for viewer in (None, BOB, ALEX, ALICE):
        assert names(see(viewer=viewer)) == ["Ann"]
        assert "Ben" not in json.dumps(see(viewer=viewer))
    with_ben = see()
    write(switches.edit_switch, ALICE, [ann])
    assert see() == with_ben
    switch(ben)
    only_ben = see()
    write(switches.edit_switch, ALICE, [])
    assert see() == only_ben
    assert only_ben["members"] == []
    assert only_ben["since"] > with_ben["since"]
    # Where nobody ever fronted who is not private, it is as if nobody had.
    write(members.edit_member, ALICE, ann, {"visibility": "private"})
    switch(ann)
    assert see() is None


def test_nobody_sees_when_a_private_member_came_or_went(write, add, switch, read):
    ann, ben = add(**ANN), add(name="Ben", visibility="private")

    def answers():
        viewers = (None, BOB, ALICE)
        many = [read(profiles.get_profiles, [str(ALICE), str(ALEX)], viewer) for viewer in viewers]
        return [*many, *(read(profiles.get_profile, ALICE, viewer) for viewer in viewers)]

    for is_first, shown in ((True, []), (False, [ann]), (False, [])):
        if not is_first:
            switch(*shown)
        before = answers()
        for private in ([*shown, ben], shown, [ben, *shown]):
            switch(*private)
            assert answers() == before
        write(switches.edit_switch, ALICE, shown)
        write(switches.move_switch, ALICE, now_us())
        assert answers() == before
        write(switches.delete_switch, ALICE)
        assert answers() == before


def every_choice(table, hides):
    """Every choice of the settings that hide something, and each of the others, which hide what is not there, alone."""
    columns = [column.key for column in table.__table__.columns]
    names = {name for name in columns if name.endswith("_privacy") and name != "front_privacy"}
    chosen = [choice for count in range(len(hides) + 1) for choice in itertools.combinations(hides, count)]
    return sorted(names), [*chosen, *((name,) for name in sorted(names - set(hides)))]


@pytest.mark.parametrize(("table", "hides"), [(System, SYSTEM_HIDES), (Member, MEMBER_HIDES)])
def test_what_each_setting_hides(database, add, switch, table, hides):
    ann = add(**ANN)
    switch(ann)
    settings, choices = every_choice(table, hides)
    with database.write() as session:

        def look():
            front = json.loads(fronting.find_fronting(session, ALICE))
            return front["system"] if table is System else front["members"][0]

        def choose(private):
            changes = {name: "private" if name in private else "public" for name in settings}
            if table is System:
                systems.edit_system(session, ALICE, changes)
            else:
                members.edit_member(session, ALICE, ann, changes)

        whole = look()
        for private in [*choices, settings]:
            choose(private)
            hidden = {key: value for name in private for key, value in hides.get(name, {}).items()}
            assert look() == {**whole, **hidden}, private


def test_a_private_name_without_another_is_shown(write, add, switch, see):
    ann = add(name="Ann", name_privacy="private")
    switch(ann)
    assert names(see()) == ["Ann"]


CHANGES = {
    "a switch": lambda write, ann, ben: write(switches.log_switch, ALICE, [ben]),
    "another fronter": lambda write, ann, ben: write(switches.edit_switch, ALICE, [ben, ann]),
    "a switch that is moved": lambda write, ann, ben: write(switches.move_switch, ALICE, now_us()),
    "a switch that is deleted": lambda write, ann, ben: write(switches.delete_switch, ALICE),
    "a fronter's name": lambda write, ann, ben: write(members.edit_member, ALICE, ann, {"name": "Anna"}),
    "a fronter's privacy": lambda write, ann, ben: write(members.edit_member, ALICE, ann, {"visibility": "private"}),
    "a fronter who is deleted": lambda write, ann, ben: write(members.delete_member, ALICE, ann),
    "the system's tag": lambda write, ann, ben: write(systems.edit_system, ALICE, {"tag": "| new"}),
    "the system's privacy": lambda write, ann, ben: write(systems.edit_system, ALICE, {"name_privacy": "private"}),
    "the front's privacy": lambda write, ann, ben: write(systems.edit_system, ALICE, {"front_privacy": "private"}),
    "the account's choice": lambda write, ann, ben: write(fronting.set_shown, ALICE, False),
    "a link that is taken away": lambda write, ann, ben: write(systems.unlink_account, ALEX, ALICE),
    "the system's end": lambda write, ann, ben: write(systems.delete_system, ALICE),
}
NO_CHANGES = {
    "a fronter's description": lambda write, ann, ben: write(members.edit_member, ALICE, ann, {"description": "x"}),
    "another member's name": lambda write, ann, ben: write(members.edit_member, ALICE, ben, {"name": "Benno"}),
    "another account's choice": lambda write, ann, ben: write(fronting.set_shown, ALEX, True),
    "the system's description": lambda write, ann, ben: write(systems.edit_system, ALICE, {"description": "x"}),
    "an older switch": lambda write, ann, ben: write(past_switches.log_switch, ALICE, [ben], 1_600_000_000_000_000),
    "the same choice": lambda write, ann, ben: write(fronting.set_shown, ALICE, True),
}


@pytest.mark.parametrize("what", [*CHANGES, *NO_CHANGES])
def test_the_version_is_another_if_and_only_if_the_answer_is(write, read, add, switch, what):
    ann, ben = add(**ANN), add(name="Ben")
    switch(ben)
    switch(ann)

    def answers():
        many = read(profiles.get_profiles, [str(ALICE)], None)
        return [read(profiles.get_profile, ALICE, viewer) for viewer in (None, ALICE)] + [many]

    before = answers()
    {**CHANGES, **NO_CHANGES}[what](write, ann, ben)
    for old, new in zip(before, answers(), strict=True):
        assert (new.text != old.text) is (new.version != old.version) is (what in CHANGES)


def test_no_trace_is_left_for_the_next_link(write, add, switch, see):
    switch(add(**ANN))
    write(systems.unlink_account, ALEX, ALICE)
    assert see() is None
    write(systems.link_account, ALEX, ALICE)
    assert see() is None
    write(fronting.set_shown, ALICE, True)
    assert names(see()) == ["Ann"]
    write(systems.delete_system, ALICE)
    assert see() is None
    write(systems.create_system, ALICE)
    write(switches.log_switch, ALICE, [])
    assert see() is None


def test_who_is_forgotten_leaves_no_choice_behind(write, read, add, switch, join):
    switch(add(**ANN))
    write(erasure.forget, ALICE)
    assert read(lambda session: session.get(Account, ALICE)) is None
    write(opt_out.show, ALICE)
    join(ALICE)
    write(systems.link_account, ALEX, ALICE)
    assert not read(fronting.is_shown, ALICE)


def test_it_is_off_at_first_and_each_choice_is_kept(write, read, foxes):
    assert [read(fronting.is_shown, user_id) for user_id in (ALICE, ALEX, BOB)] == [True, False, False]
    write(fronting.set_shown, ALICE, False)
    assert not read(fronting.is_shown, ALICE)


@pytest.mark.parametrize("value", [None, "on", 1, [], {}])
def test_a_choice_is_yes_or_no(write, read, foxes, value):
    with pytest.raises(Invalid):
        write(fronting.set_shown, ALICE, value)
    assert read(fronting.is_shown, ALICE)


def test_without_a_system_there_is_nothing_to_show(write, read, join):
    for ask in (lambda: write(fronting.set_shown, BOB, True), lambda: read(fronting.find_obstacles, BOB)):
        with pytest.raises(NotAuthenticated):
            ask()


def test_what_keeps_it_from_being_shown(write, read, edit, leave, foxes):
    def told():
        return read(fronting.find_obstacles, ALICE)

    assert told() == []
    edit(front_privacy="private")
    assert told() == [fronting.PRIVATE]
    write(opt_out.hide, ALICE)
    assert told() == [fronting.PRIVATE, fronting.HIDDEN]
    leave(ALICE)
    edit(front_privacy="public")
    assert told() == [fronting.HIDDEN, fronting.UNPUBLISHED]


def test_whose_profiles_change_with_a_system(write, read, foxes):
    owls = write(systems.create_system, BOB)
    for shown, found in (([], [ALICE]), ([ALEX], [ALICE, ALEX]), ([ALEX, BOB], [ALICE, ALEX, BOB])):
        for user_id in shown:
            write(fronting.set_shown, user_id, True)
        assert sorted(read(fronting.find_showing, {foxes.id, owls.id, 999})) == found
    assert read(fronting.find_showing, [owls.id]) == [BOB]
    assert read(fronting.find_showing, []) == []
