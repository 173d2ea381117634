"""Groups: made, changed, filled, found and deleted; and whose they are."""

from uuid import UUID

import pytest
from sqlalchemy import func, select

from models import Group, GroupMember
from rules.errors import Invalid, NotAuthenticated, NotFound
from rules.groups import group_lookup, groups, listing, membership
from rules.systems import members, soft_delete, systems
from rules.systems.member_lookup import NoSuchMember

ALICE, BOB = 80351110224678912, 80351110224678913
FIELDS = {
    "display_name": "The Tall",
    "description": "All who are tall.",
    "icon": "https://example.com/icon.png",
    "banner": "https://example.com/banner.png",
    "color": "FF8800",
}


@pytest.fixture
def foxes(write):
    """Alice's system; Bob has one too."""
    write(systems.create_system, BOB)
    return write(systems.create_system, ALICE)


@pytest.fixture
def add(write, foxes):
    """Add a group; its ID."""

    def add(name, user_id=ALICE, **fields):
        return write(groups.create_group, user_id, {"name": name, **fields}).hid

    return add


@pytest.fixture
def add_member(write, foxes):
    """Add a member; its ID."""

    def add(name, user_id=ALICE, **fields):
        return write(members.create_member, user_id, {"name": name, **fields}).hid

    return add


def names_in(read, hid, user_id=ALICE):
    return [member["name"] for member in read(show_members, hid, user_id)]


def show_members(session, hid, viewer):
    return listing.show_members(session, groups.get_group(session, hid), viewer)


def test_a_group_has_what_was_given(read, write, foxes):
    made = write(groups.create_group, ALICE, {"name": "Tall", **FIELDS, "icon_privacy": "private", "odd": 5})
    seen = read(show, made.hid)
    assert {name: seen[name] for name in FIELDS} == {**FIELDS, "color": "ff8800"}
    assert (seen["name"], seen["icon_privacy"], seen["visibility"]) == ("Tall", "private", "public")
    assert UUID(seen["uuid"]).version == 4
    assert (len(seen["id"]), seen["count"], seen["system_id"]) == (5, 0, foxes.hid)


def show(session, hid, viewer=ALICE):
    return listing.show_group(session, groups.get_group(session, hid), viewer)


def test_a_change_leaves_the_rest_and_null_clears(read, write, add):
    hid = add("Tall", **FIELDS)
    write(groups.edit_group, ALICE, hid.upper(), {"description": None, "name": "Short"})
    seen = read(show, hid)
    assert (seen["name"], seen["description"], seen["display_name"]) == ("Short", None, "The Tall")


@pytest.mark.parametrize(
    "fields",
    [
        *({"name": wrong} for wrong in (None, "", " ", "x" * 101, 5)),
        *({"display_name": "x" * 101}, {"description": "x" * 1001}, {"color": "red"}),
        *({"icon": "ftp://a"}, {"banner": "https://example.com/" + "x" * 256}, {"visibility": "hidden"}),
    ],
    ids=str,
)
def test_what_does_not_fit_is_refused_and_changes_nothing(read, write, add, fields):
    hid = add("Tall", **FIELDS)
    before = read(show, hid)
    with pytest.raises(Invalid):
        write(groups.edit_group, ALICE, hid, {"display_name": "New", **fields})
    assert read(show, hid) == before


def test_a_group_needs_a_name_and_a_system(write, foxes):
    with pytest.raises(Invalid, match="Group name must be specified"):
        write(groups.create_group, ALICE, {})
    with pytest.raises(NotAuthenticated):
        write(groups.create_group, 5, {"name": "Tall"})


def test_a_system_has_at_most_250_groups(write, foxes):
    def fill(session):
        session.add_all(Group(system_id=foxes.id, hid=f"g{n}", name="x", created=0) for n in range(250))

    write(fill)
    with pytest.raises(Invalid, match="Group limit reached"):
        write(groups.create_group, ALICE, {"name": "one more"})


@pytest.mark.parametrize("act", [lambda s, u, g: groups.edit_group(s, u, g, {"name": "x"}), groups.delete_group])
def test_somebody_elses_group_is_left_alone(read, write, add, act):
    hid = add("Bob's", BOB)
    with pytest.raises(NotAuthenticated, match="is not part of your system"):
        write(act, ALICE, hid)
    with pytest.raises(NotFound):
        write(act, ALICE, "zzzzz")
    assert read(show, hid)["name"] == "Bob's"


def test_members_come_and_go_and_twice_is_once(read, write, add, add_member):
    tall, ann, ben = add("Tall"), add_member("Ann"), add_member("Ben")
    uuid = read(lambda session: str(UUID(bytes=members.get_member(session, ben).uuid)))
    assert write(membership.change_members, ALICE, tall, [ann.upper(), uuid, ann], "add") == 2
    assert write(membership.change_members, ALICE, tall, [ann], "add") == 0
    assert names_in(read, tall) == ["Ann", "Ben"]
    assert write(membership.change_members, ALICE, tall, [ann], "remove") == 1
    assert write(membership.change_members, ALICE, tall, [ann], "remove") == 0
    assert names_in(read, tall) == ["Ben"]
    assert write(membership.change_members, ALICE, tall, [ann], "overwrite") == 2
    assert names_in(read, tall) == ["Ann"]
    assert write(membership.change_members, ALICE, tall, [], "overwrite") == 1
    assert names_in(read, tall) == []


def test_a_member_comes_into_groups_from_its_own_side(read, write, add, add_member):
    tall, old, ann = add("Tall"), add("Old"), add_member("Ann")
    write(membership.change_groups, ALICE, ann, [tall, old], "add")
    write(membership.change_groups, ALICE, ann, [old], "overwrite")
    assert (names_in(read, tall), names_in(read, old)) == ([], ["Ann"])


@pytest.mark.parametrize("how", membership.CHANGES)
def test_a_reference_that_fails_is_named_and_nothing_changes(read, write, add, add_member, how):
    tall, ann, bobs = add("Tall"), add_member("Ann"), add_member("Zed", BOB)
    write(membership.change_members, ALICE, tall, [ann], "add")
    with pytest.raises(NotFound, match="Member 'zzzzz' not found"):
        write(membership.change_members, ALICE, tall, [ann, "zzzzz"], how)
    with pytest.raises(NotAuthenticated, match=f"Member '{bobs}' is not part of your system"):
        write(membership.change_members, ALICE, tall, [bobs], how)
    with pytest.raises(NotAuthenticated, match=f"Group '{add('Bobs', BOB)}' is not part of your system"):
        write(membership.change_groups, ALICE, ann, [read(groups_of, BOB)[0]], how)
    for odd in (None, "abcde", [5], {"a": 1}, [ann] * 1001):
        with pytest.raises(Invalid):
            write(membership.change_members, ALICE, tall, odd, how)
    assert names_in(read, tall) == ["Ann"]


def groups_of(session, user_id):
    return [group["id"] for group in listing.show_groups(session, systems.get_own_system(session, user_id), user_id)]


def test_groups_are_named_as_members_are(read, write, add):
    tall, twins = add("Tall ones", display_name="Giants"), [add("Twin"), add("twin")]
    for word in ("tall ONES", "giants", tall.upper(), f"{tall[:3]}-{tall[3:]}"):
        assert read(group_lookup.look_up, ALICE, word).thing.hid == tall
    assert read(group_lookup.look_up, ALICE, "twin").thing.hid == twins[1]
    with pytest.raises(Invalid, match="Several of your groups"):
        read(group_lookup.look_up, ALICE, "TWIN")
    with pytest.raises(NoSuchMember, match="You have no group with the name “tall one”; did you mean"):
        read(group_lookup.look_up, ALICE, "tall one")
    assert read(group_lookup.look_up, BOB, tall).refusal
    assert read(group_lookup.get_own_referenced, ALICE, ["giants"]) == [tall]


def test_the_name_of_a_hidden_group_is_no_hint_where_others_read(read, write, add):
    add("Secret ones", visibility="private")
    with pytest.raises(NoSuchMember) as refused:
        read(group_lookup.look_up, ALICE, "secret", public=True)
    assert "Secret ones" not in str(refused.value)


def test_groups_are_suggested_by_what_is_typed(read, write, add):
    tall, very = add("Tall"), add("Very tall")
    add("Tall too", BOB)
    assert read(listing.suggest_groups, ALICE, "ta", 25) == [(tall, "Tall"), (very, "Very tall")]
    assert read(listing.suggest_groups, 5, "ta", 25) == []


def count(session):
    return [session.scalar(select(func.count()).select_from(table)) for table in (Group, GroupMember)]


def test_a_deleted_group_or_member_leaves_no_membership(read, write, add, add_member):
    tall, old, ann, ben = add("Tall"), add("Old"), add_member("Ann"), add_member("Ben")
    for group in (tall, old):
        write(membership.change_members, ALICE, group, [ann, ben], "add")
    write(groups.delete_group, ALICE, tall)
    assert read(count) == [1, 2]
    write(members.delete_member, ALICE, ann)
    assert read(count) == [1, 1]


def test_a_deleted_system_takes_its_groups_along(read, write, add, add_member):
    tall, ann = add("Tall"), add_member("Ann")
    write(membership.change_members, ALICE, tall, [ann], "add")
    uuid = read(show, tall)["uuid"]
    write(systems.delete_system, ALICE)
    for reference in (tall, uuid):
        with pytest.raises(NotFound):
            read(groups.get_group, reference)
    while write(soft_delete.purge_some):
        pass
    assert read(count) == [0, 0]
