"""What strangers see of groups, and that nobody learns who is in one from either side."""

import itertools

import pytest

from rules.errors import NotAllowed
from rules.groups import groups, listing, membership
from rules.groups.listing import GroupOptions
from rules.groups.privacy import GROUP_PRIVACY
from rules.systems import members, systems
from rules.systems.member_list import Options

ALICE, BOB = 80351110224678912, 80351110224678913
FIELDS = {
    "name": "Tall",
    "display_name": "Giants",
    "description": "All who are tall.",
    "icon": "https://example.com/icon.png",
    "banner": "https://example.com/banner.png",
    "color": "ff8800",
}
# What each setting takes from a stranger.
HIDES = {
    "name_privacy": {"name": "Giants", "display_name": None},
    "description_privacy": {"description": None},
    "icon_privacy": {"icon": None},
    "banner_privacy": {"banner": None},
    "metadata_privacy": {"created": None},
    "list_privacy": {"count": None},
    "visibility": {"color": None, "count": None},
}


@pytest.fixture
def tall(write):
    """Alice's group with Ann in it; IDs of either."""
    write(systems.create_system, ALICE)
    group = write(groups.create_group, ALICE, FIELDS).hid
    ann = write(members.create_member, ALICE, {"name": "Ann"}).hid
    write(membership.change_members, ALICE, group, [ann], "add")
    return group, ann


def show(session, hid, viewer):
    return listing.show_group(session, groups.get_group(session, hid), viewer)


@pytest.mark.parametrize("name", GROUP_PRIVACY)
@pytest.mark.parametrize("viewer", [BOB, None])
def test_a_private_field_is_for_the_owner_alone(read, write, tall, name, viewer):
    before, owners = read(show, tall[0], viewer), read(show, tall[0], ALICE)
    write(groups.edit_group, ALICE, tall[0], {name: "private"})
    assert read(show, tall[0], viewer) == {**before, **HIDES[name]}
    assert read(show, tall[0], ALICE) == {**owners, name: "private"}
    assert all(before[key] is None for key in GROUP_PRIVACY)


# Where what is private keeps a stranger from learning that Ann is in the group: on the group's side and on hers.
SETTINGS = {
    "visibility": (True, True),
    "list_privacy": (True, True),
    "group_list_privacy": (True, True),
    "member": (True, True),
    "member_list_privacy": (True, False),
}


@pytest.mark.parametrize(
    "private", [names for size in range(3) for names in itertools.combinations(SETTINGS, size)], ids="+".join
)
def test_no_road_leads_a_stranger_to_a_membership_that_is_private(read, write, tall, private):
    group, ann = tall
    for name in private:
        if name in GROUP_PRIVACY:
            write(groups.edit_group, ALICE, group, {name: "private"})
        elif name == "member":
            write(members.edit_member, ALICE, ann, {"visibility": "private"})
        else:
            write(systems.edit_system, ALICE, {name: "private"})
    roads = {
        "show_members": lambda s, v: any(m["name"] == "Ann" for m in listing.show_members(s, get(s), v)),
        "list_members": lambda s, v: bool(listing.list_members(s, get(s), v, Options(all=True))),
        "show_groups": lambda s, v: any(g["members"] for g in listing.show_groups(s, own(s), v, True)),
        "count": lambda s, v: bool(show(s, group, v)["count"]),
        "list_groups": lambda s, v: any(g["count"] for g in listing.list_groups(s, own(s), v, GroupOptions(all=True))),
        "show_groups_of": lambda s, v: bool(listing.show_groups_of(s, members.get_member(s, ann), v)),
    }

    def get(session):
        return groups.get_group(session, group)

    def own(session):
        return systems.get_own_system(session, ALICE)

    def goes(road, viewer):
        try:
            return read(roads[road], viewer)
        except NotAllowed:
            return False

    for road in roads:
        side = road == "show_groups_of"
        assert goes(road, ALICE)
        assert goes(road, BOB) == goes(road, None) == (not any(SETTINGS[name][side] for name in private))


def test_strangers_find_no_hidden_group_and_the_owner_only_when_asking(read, write, tall):
    write(groups.create_group, ALICE, {"name": "Hidden", "visibility": "private"})

    def names(session, viewer, **options):
        found = listing.list_groups(session, systems.get_own_system(session, ALICE), viewer, GroupOptions(**options))
        return [group["name"] for group in found]

    for viewer in (BOB, None):
        assert read(lambda session, who=viewer: names(session, who, all=True)) == ["Tall"]
        assert read(lambda session, who=viewer: names(session, who, search="hid", all=True)) == []
    assert read(names, ALICE) == ["Tall"]
    assert read(lambda session: names(session, ALICE, all=True)) == ["Tall", "Hidden"]
    assert read(lambda session: names(session, ALICE, private_only=True)) == ["Hidden"]
    write(systems.edit_system, ALICE, {"group_list_privacy": "private"})
    for show_all in (
        names,
        lambda session, viewer: listing.show_groups(session, systems.get_own_system(session, ALICE), viewer),
    ):
        with pytest.raises(NotAllowed, match="group list"):
            read(show_all, BOB)


def test_no_group_is_found_by_a_name_that_is_private(read, write, tall):
    write(groups.edit_group, ALICE, tall[0], {"name_privacy": "private"})

    def found(session, viewer):
        return listing.list_groups(session, systems.get_own_system(session, ALICE), viewer, GroupOptions("tall"))

    assert len(read(found, ALICE)) == 1
    assert read(found, BOB) == []
