"""Any system that there can be goes out as PluralPort and comes in elsewhere with all that PluralKit knows of it."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rules.groups.privacy import GROUP_PRIVACY
from rules.systems import systems
from rules.systems.privacy import LATER_MEMBER_PRIVACY, LATER_SYSTEM_PRIVACY, MEMBER_PRIVACY, SYSTEM_PRIVACY
from rules.transfer.writing import pluralport
from tests.rules.transfer import rich_system
from tests.rules.transfer.import_samples import as_file, export, run_import, without_ids
from tests.rules.transfer.second_reader import reader

ALICE = 80351110224678912
OPTIONS = {"deadline": None, "suppress_health_check": list(HealthCheck), "database": None}


def text(most):
    return st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=most) | st.sampled_from(
        ["", " ", "Unnamed system", rich_system.RTL, rich_system.FAMILY, rich_system.ODD, "x" * most]
    )


def private(*names):
    return st.fixed_dictionaries({}, optional=dict.fromkeys(names, st.sampled_from(["public", "private", None])))


COLOR = st.none() | st.from_regex(r"[0-9a-f]{6}", fullmatch=True)
ADDRESS = st.none() | st.from_regex(r"https://[a-z]{1,9}\.example/[a-z0-9%?=&#]{0,40}", fullmatch=True)
SIDE = st.none() | text(5)
LOOKS = {"color": COLOR, "description": st.none() | text(30), "banner": ADDRESS}
BIRTHDAY = st.dates().map(str) | st.sampled_from(["0004-02-29", "0001-12-31", "2000-00-00", None])
MEMBER = st.fixed_dictionaries(
    {"name": text(10)},
    optional={
        **LOOKS,
        "display_name": st.none() | text(10),
        "pronouns": text(10),
        "birthday": BIRTHDAY,
        "avatar_url": ADDRESS,
        "webhook_avatar_url": ADDRESS,
        "keep_proxy": st.booleans(),
        "tts": st.booleans(),
        "autoproxy_enabled": st.booleans(),
        "message_count": st.integers(0, 2**31),
        "proxy_tags": st.lists(st.fixed_dictionaries({"prefix": SIDE, "suffix": SIDE}), max_size=3),
        "privacy": private(*MEMBER_PRIVACY, *LATER_MEMBER_PRIVACY),
        "created": st.sampled_from(["2019-01-01T00:00:00Z", "2019-01-01T00:00:00.000001Z"]),
        "last_message_timestamp": st.sampled_from([None, "2021-01-01T00:00:00.5Z"]),
    },
)
GROUP = st.fixed_dictionaries(
    {"name": text(10), "inside": st.sets(st.integers(0, 4), max_size=4)},
    optional={**LOOKS, "display_name": text(10), "icon": ADDRESS, "privacy": private(*GROUP_PRIVACY)},
)
SWITCHES = st.dictionaries(st.integers(0, 20), st.lists(st.integers(0, 4), max_size=4, unique=True), max_size=8)
SYSTEM = st.fixed_dictionaries(
    {"members": st.lists(MEMBER, max_size=5), "groups": st.lists(GROUP, max_size=3), "switches": SWITCHES},
    optional={
        **LOOKS,
        "name": st.none() | text(10),
        "tag": text(10),
        "pronouns": text(10),
        "avatar_url": ADDRESS,
        "privacy": private(*SYSTEM_PRIVACY, *LATER_SYSTEM_PRIVACY),
        "created": st.just("2018-01-01T00:00:00.123456Z"),
        "config": st.fixed_dictionaries({"timezone": st.sampled_from(["UTC", "Asia/Tokyo"])}),
    },
)


def as_pluralkit(drawn):
    """A file of PluralKit from what was drawn; switches may name members who are not there."""
    hids, groups = ([f"{word}{letter}" for letter in "efghi"] for word in ("abcd", "ghij"))
    known = hids[: len(drawn["members"])]
    inside = [[hids[place] for place in sorted(one["inside"]) if hids[place] in known] for one in drawn["groups"]]
    return as_file(
        {
            **drawn,
            "version": 2,
            "id": "zzzzz",
            "members": [{"id": hid, **one} for hid, one in zip(hids, drawn["members"], strict=False)],
            "groups": [
                {**one, "id": hid, "members": within, "inside": None}
                for hid, one, within in zip(groups, drawn["groups"], inside, strict=False)
            ],
            "switches": [
                {"timestamp": f"2020-01-01T00:00:00.{at:06}Z", "members": [hids[one] for one in fronting]}
                for at, fronting in drawn["switches"].items()
            ],
        }
    )


def check_moves(write, read, elsewhere):
    """Move the system elsewhere, and compare; the file has no fault on the way."""
    bundle = pluralport.pack(read(pluralport.write, ALICE))[0]
    assert reader.read(bundle).problems == []
    run_import(elsewhere.write, ALICE, bundle)
    here, there = (export(get, ALICE) for get in (read, elsewhere.read))
    assert without_ids(there) == without_ids(here)
    assert list_uuids(there) == list_uuids(here)


def list_uuids(exported):
    return [one["uuid"] for one in (exported, *exported["members"], *exported["groups"])]


def test_a_system_of_which_everything_is_said(write, read, elsewhere):
    rich_system.make(write, ALICE)
    check_moves(write, read, elsewhere)
    assert show_what_pluralkit_lacks(elsewhere.read) == show_what_pluralkit_lacks(read)


def show_what_pluralkit_lacks(get):
    """Custom fronts, archived members, and which groups are within which, by name."""
    data = get(pluralport.write, ALICE).data
    names = {one["id"]: one["name"] for one in data["groups"]}
    flags = [(one["name"], one["is_custom_front"], one["archived"]) for one in data["members"]]
    return flags, [(one["name"], names.get(one["parent_group_id"])) for one in data["groups"]]


def check_any(write, read, elsewhere, drawn):
    run_import(write, ALICE, as_pluralkit(drawn))
    check_moves(write, read, elsewhere)
    for change in (write, elsewhere.write):
        change(systems.delete_system, ALICE)


def test_any_system(write, read, elsewhere):
    @settings(max_examples=15, derandomize=True, **OPTIONS)
    @given(SYSTEM)
    def check(drawn):
        check_any(write, read, elsewhere, drawn)

    check()


@pytest.mark.long
def test_many_systems(write, read, elsewhere):
    @settings(max_examples=400, **OPTIONS)
    @given(SYSTEM)
    def check(drawn):
        check_any(write, read, elsewhere, drawn)

    check()
