"""Members: what is kept of them, what an edit leaves alone, and their proxy tags old and new."""

import itertools
import re

import pytest

from models import Member
from rules.errors import Invalid, NotAuthenticated, NotFound
from rules.fronting import front_history, switches
from rules.parsing.uuids import format_uuid
from rules.systems import members, systems
from rules.systems.privacy import MEMBER_PRIVACY, WRITTEN_BY_PRIVACY

ALICE, ALEX, BOB = 80351110224678912, 80351110224678913, 80351110224678914
NOTHING = {"prefix": None, "suffix": None}
WHOLE = {
    "name": "Ann",
    "display_name": "Ann the Tall",
    "description": "Tall.",
    "color": "00ff00",
    "birthday": "0004-02-29",
    "pronouns": "she/her",
    "avatar_url": "https://example.com/ann.png",
    "banner": "https://example.com/banner.png",
    "proxy_tags": [{"prefix": "[", "suffix": "]"}, {"prefix": "a:", "suffix": None}],
    "keep_proxy": True,
}


def tag(prefix=None, suffix=None):
    return {"prefix": prefix, "suffix": suffix}


@pytest.fixture
def foxes(write):
    """Alice's system."""
    return write(systems.create_system, ALICE)


@pytest.fixture
def ann(write, foxes):
    """Ann, of whom everything is known."""
    return write(members.create_member, ALICE, WHOLE).hid


@pytest.fixture
def show(read):
    """A member as Alice sees her."""
    return lambda hid: read(lambda session: members.show_member(session, hid, ALICE))


@pytest.fixture
def edit(write, show):
    """Change a member as Alice does; the member as Alice sees her then."""

    def run(hid, changes):
        write(lambda session: members.edit_member(session, ALICE, hid, changes))
        return show(hid)

    return run


def test_a_new_member_has_a_name_and_otherwise_nothing(write, foxes, show, monkeypatch):
    monkeypatch.setattr(members, "now_us", lambda: 1_795_262_400_000_000)
    hid = write(members.create_member, ALICE, {"name": "Ann"}).hid
    assert re.fullmatch("[a-z]{5}", hid)
    assert list(show(hid).items()) == [
        ("id", hid),
        ("name", "Ann"),
        *dict.fromkeys(("display_name", "description", "color", "birthday", "pronouns", "avatar_url")).items(),
        ("privacy", "public"),
        ("proxy_tags", []),
        ("prefix", None),
        ("suffix", None),
        ("keep_proxy", False),
        ("created", "2026-11-21T12:00:00.000000Z"),
        ("banner", None),
        *dict.fromkeys(MEMBER_PRIVACY, "public").items(),
    ]


def test_a_member_may_be_made_with_every_field(ann, show):
    shown = show(ann)
    assert {name: shown[name] for name in WHOLE} == WHOLE
    assert (shown["prefix"], shown["suffix"]) == ("[", "]")


@pytest.mark.parametrize("value", ["private", "public", None])
def test_a_member_may_be_made_with_one_privacy_for_four(write, foxes, show, value):
    shown = show(write(members.create_member, ALICE, {"name": "Ann", "privacy": value}).hid)
    private = {name for name in MEMBER_PRIVACY if shown[name] == "private"}
    assert private == (set(WRITTEN_BY_PRIVACY) if value == "private" else set())


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({}, "Member name must be specified."),
        ({"display_name": "Ann"}, "Member name must be specified."),
        ({"Name": "Ann"}, "Member name must be specified."),
        ({"name": None}, "The name of a member must not be empty."),
        ({"name": ""}, "The name of a member must not be empty."),
        ({"name": " \t\n"}, "The name of a member must not be empty."),
        ({"name": "x" * 101}, "The name must have at most 100 characters; this one has 101."),
        (
            {"name": "Ann", "color": "red"},
            "The color must be six hexadecimal digits, like ff0000; this one has 3 characters.",
        ),
        ({"name": "Ann", "prefix": "x" * 101}, "The prefix must have at most 100 characters; this one has 101."),
    ],
    ids=lambda value: ascii(value)[:40],
)
def test_a_member_that_cannot_be_made_is_not_there(write, read, foxes, changes, says):
    with pytest.raises(Invalid) as refused:
        write(members.create_member, ALICE, changes)
    assert refused.value.sentence == says
    assert read(members.show_members, foxes.hid, ALICE) == []


def test_one_thousand_members_and_no_more(write, read, foxes):
    def fill(session):
        hids = ["".join(letters) for letters in itertools.islice(itertools.product("abcdefghij", repeat=3), 999)]
        session.add_all(
            Member(system_id=foxes.id, hid=hid, name=f"Ann {n}", created=n, visibility=True)
            for n, hid in enumerate(hids)
        )

    write(fill)
    write(members.create_member, ALICE, {"name": "Ann 999"})
    with pytest.raises(Invalid) as refused:
        write(members.create_member, ALICE, {"name": "Ben"})
    assert refused.value.sentence == "Member limit reached (1000 / 1000)."
    write(systems.create_system, BOB)
    write(members.create_member, BOB, {"name": "Zoe"})
    write(members.delete_member, ALICE, "aaa")
    write(members.create_member, ALICE, {"name": "Ben"})
    assert [shown["name"] for shown in read(members.show_members, foxes.hid, ALICE)][-2:] == ["Ann 999", "Ben"]


def test_ids_are_drawn_again_until_they_are_free(write, foxes, monkeypatch):
    draws = iter("aaaaaaaaaaaaaabaaaaaaaaabaaaac")
    monkeypatch.setattr("secrets.choice", lambda letters: next(draws))
    made = [write(members.create_member, ALICE, {"name": "Ann"}).hid for _ in range(3)]
    assert made == ["aaaaa", "aaaab", "aaaac"]


def test_members_may_have_one_name_and_stay_in_the_order_of_their_making(write, read, foxes):
    for name in ("Zoe", "Ann", "Zoe", "Ben"):
        write(members.create_member, ALICE, {"name": name})
    shown = read(members.show_members, foxes.hid, ALICE)
    assert [member["name"] for member in shown] == ["Zoe", "Ann", "Zoe", "Ben"]


@pytest.mark.parametrize(
    ("changes", "kept"),
    [
        ({}, {}),
        ({"name": "n" * 100}, {}),
        ({"name": "😀" * 100}, {}),
        ({"name": " Ann "}, {}),
        ({"display_name": "d" * 100}, {}),
        ({"display_name": "😀" * 100}, {}),
        ({"description": "😀" * 1000}, {}),
        ({"pronouns": "😀" * 100}, {}),
        ({"avatar_url": "https://a/" + "x" * 246}, {}),
        ({"banner": "https://a/" + "x" * 246}, {}),
        ({"color": "ABCDEF"}, {"color": "abcdef"}),
        ({"birthday": "0001-12-31"}, {}),
        ({"keep_proxy": False}, {}),
        *(({name: None}, {}) for name in ("display_name", "description", "color", "birthday", "pronouns", "banner")),
        *(({name: " "}, {name: None}) for name in ("display_name", "description", "pronouns", "avatar_url", "banner")),
        ({"color": "", "birthday": ""}, {"color": None, "birthday": None}),
        ({"proxy_tags": []}, NOTHING),
        ({"name_privacy": "private"}, {}),
        ({"metadata_privacy": "private", "avatar_privacy": "private"}, {}),
        ({"visibility": "private"}, {"privacy": "private"}),
        ({"privacy": "private"}, dict.fromkeys(WRITTEN_BY_PRIVACY, "private")),
    ],
    ids=lambda value: ascii(value)[:40],
)
def test_an_edit_changes_what_is_named_and_nothing_else(ann, show, edit, changes, kept):
    before = show(ann)
    assert edit(ann, changes) == {**before, **changes, **kept}


@pytest.mark.parametrize(
    "changes",
    [
        {"id": "zzzzz"},
        {"created": ""},
        {"created": None, "uuid": 5, "system": {}, "Name": "x", "hid": "x", "system_id": 2},
        {"": [], "proxyTags": [], "tag": "x", "tz": 5, "front_privacy": "private"},
    ],
    ids=ascii,
)
def test_unknown_and_read_only_keys_are_ignored(ann, show, edit, changes):
    before = show(ann)
    assert edit(ann, changes) == before
    assert edit(ann, {**changes, "pronouns": "they/them"}) == {**before, "pronouns": "they/them"}


@pytest.mark.parametrize("changes", [{"color": "red"}, {"name": None}, {"keep_proxy": 1}, {"suffix": 5}], ids=ascii)
def test_one_bad_field_spoils_the_whole_edit(ann, show, edit, changes):
    before = show(ann)
    with pytest.raises(Invalid):
        edit(ann, {"description": "New", "proxy_tags": [], "privacy": "private", **changes, "birthday": None})
    assert show(ann) == before


BRACKETS, ANNS = tag("[", "]"), tag("a:")


@pytest.mark.parametrize(
    ("before", "changes", "after"),
    [
        ([], {"prefix": "a:"}, [ANNS]),
        ([], {"suffix": "-a"}, [tag(None, "-a")]),
        ([], {"prefix": "[", "suffix": "]"}, [BRACKETS]),
        ([], NOTHING, []),
        ([], {"prefix": "", "suffix": ""}, []),
        ([], {"prefix": " "}, [tag(" ")]),
        ([BRACKETS, ANNS], {"prefix": "("}, [tag("(", "]"), ANNS]),
        ([BRACKETS, ANNS], {"suffix": ")"}, [tag("[", ")"), ANNS]),
        ([BRACKETS, ANNS], {"prefix": "(", "suffix": ")"}, [tag("(", ")"), ANNS]),
        ([BRACKETS, ANNS], {"prefix": None}, [tag(None, "]"), ANNS]),
        ([BRACKETS, ANNS], {"prefix": ""}, [tag(None, "]"), ANNS]),
        ([BRACKETS, ANNS], {"suffix": None}, [tag("["), ANNS]),
        ([BRACKETS, ANNS], NOTHING, [ANNS]),
        ([BRACKETS, ANNS], {"prefix": "[", "suffix": "]"}, [BRACKETS, ANNS]),
        ([BRACKETS, ANNS], {"prefix": "["}, [BRACKETS, ANNS]),
        ([ANNS, BRACKETS], {"suffix": None}, [ANNS, BRACKETS]),
        ([ANNS, BRACKETS], {"prefix": None}, [BRACKETS]),
        ([ANNS, BRACKETS], {"prefix": None, "suffix": "-a"}, [tag(None, "-a"), BRACKETS]),
        ([ANNS], {"prefix": ""}, []),
        ([BRACKETS, ANNS], {"prefix": "a:", "suffix": None}, [ANNS, ANNS]),
        ([BRACKETS], {"proxy_tags": [ANNS]}, [ANNS]),
        ([BRACKETS], {"proxy_tags": [ANNS, ANNS]}, [ANNS, ANNS]),
        ([BRACKETS], {"proxy_tags": []}, []),
        ([BRACKETS], {"proxy_tags": [ANNS], "prefix": "[", "suffix": "]"}, [ANNS]),
        ([BRACKETS, ANNS], {"proxy_tags": [ANNS, BRACKETS], "prefix": "["}, [ANNS, BRACKETS]),
        ([BRACKETS], {"proxy_tags": [], "prefix": "[", "suffix": "]"}, []),
        ([BRACKETS], {"proxy_tags": [BRACKETS, ANNS], "prefix": "(", "suffix": "]"}, [BRACKETS, ANNS]),
        ([BRACKETS], {"proxy_tags": [BRACKETS], "prefix": "("}, [tag("(", "]")]),
        ([BRACKETS], {"proxy_tags": [ANNS], **NOTHING}, [ANNS]),
        ([], {"proxy_tags": [ANNS], "suffix": "-a"}, [tag("a:", "-a")]),
        ([], {"proxy_tags": [ANNS], "prefix": None, "suffix": None}, [ANNS]),
        ([], {"proxy_tags": [{"prefix": "", "suffix": "-a"}]}, [tag(None, "-a")]),
        ([], {"proxy_tags": [{"suffix": "-a"}]}, [tag(None, "-a")]),
        ([], {"proxy_tags": [{"prefix": "a:", "colour": [1]}]}, [ANNS]),
        ([], {"proxy_tags": [tag(" ", "\n")]}, [tag(" ", "\n")]),
        ([], {"proxy_tags": [tag("😀" * 100, "x" * 100)]}, [tag("😀" * 100, "x" * 100)]),
        ([], {"proxy_tags": [tag(str(n)) for n in range(100)]}, [tag(str(n)) for n in range(100)]),
    ],
    ids=lambda value: ascii(value)[:60],
)
def test_prefix_and_suffix_are_the_first_of_the_tags(write, foxes, edit, before, changes, after):
    ann = write(members.create_member, ALICE, {"name": "Ann", "proxy_tags": before}).hid
    shown = edit(ann, changes)
    assert shown["proxy_tags"] == after
    assert {side: shown[side] for side in NOTHING} == (after[0] if after else NOTHING)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"proxy_tags": None}, "The proxy_tags must be a list of objects with prefix and suffix."),
        ({"proxy_tags": {}}, "The proxy_tags must be a list"),
        ({"proxy_tags": BRACKETS}, "The proxy_tags must be a list"),
        ({"proxy_tags": "[text]"}, "The proxy_tags must be a list"),
        ({"proxy_tags": [None]}, "The proxy_tags[0] must be an object with prefix and suffix."),
        ({"proxy_tags": [BRACKETS, "[text]"]}, "The proxy_tags[1] must be an object"),
        ({"proxy_tags": [[]]}, "The proxy_tags[0] must be an object"),
        ({"proxy_tags": [{}]}, "The proxy_tags[0] needs a prefix or a suffix."),
        ({"proxy_tags": [NOTHING]}, "The proxy_tags[0] needs a prefix or a suffix."),
        ({"proxy_tags": [BRACKETS, {"prefix": "", "suffix": ""}]}, "The proxy_tags[1] needs a prefix or a suffix."),
        ({"proxy_tags": [tag(5)]}, "The proxy_tags[0].prefix must be a text."),
        ({"proxy_tags": [tag("a", False)]}, "The proxy_tags[0].suffix must be a text."),
        (
            {"proxy_tags": [tag("x" * 101)]},
            "The proxy_tags[0].prefix must have at most 100 characters; this one has 101.",
        ),
        (
            {"proxy_tags": [tag("x", "😀" * 101)]},
            "The proxy_tags[0].suffix must have at most 100 characters; this one",
        ),
        ({"proxy_tags": [tag("a\0")]}, "The proxy_tags[0].prefix must not hold a NUL character."),
        ({"proxy_tags": [tag("\ud800")]}, "The proxy_tags[0].prefix is not valid Unicode"),
        ({"proxy_tags": [BRACKETS] * 101}, "The proxy_tags can be at most 100; these are 101."),
        ({"prefix": []}, "The prefix must be a text."),
        ({"suffix": 0}, "The suffix must be a text."),
        ({"suffix": "😀" * 101}, "The suffix must have at most 100 characters; this one has 101."),
    ],
    ids=lambda value: ascii(value)[:60],
)
def test_tags_that_cannot_be_kept_leave_the_old_ones(ann, show, edit, changes, says):
    before = show(ann)
    with pytest.raises(Invalid) as refused:
        edit(ann, changes)
    assert refused.value.sentence.startswith(says)
    assert show(ann) == before


@pytest.mark.parametrize("tags", [[], [BRACKETS], [ANNS], [tag(None, "-a"), BRACKETS], [BRACKETS, BRACKETS]], ids=ascii)
def test_tags_that_were_read_and_are_sent_back_stay_and_one_change_in_them_is_that_change(write, foxes, edit, tags):
    ann = write(members.create_member, ALICE, {**WHOLE, "proxy_tags": tags}).hid
    whole = edit(ann, {})
    assert edit(ann, whole) == whole
    first = {**(tags[0] if tags else NOTHING), "suffix": "new"}
    assert edit(ann, {**whole, "suffix": "new"})["proxy_tags"] == [first, *tags[1:]]
    assert edit(ann, {"proxy_tags": tags}) == whole
    assert edit(ann, {**whole, "proxy_tags": [*tags, tag("new")]})["proxy_tags"] == [*tags, tag("new")]


@pytest.mark.parametrize("others", ["public", "private"])
def test_privacy_that_was_read_and_is_sent_back_stays_and_one_change_in_it_is_that_change(database, foxes, others):
    """For each choice of the four that `privacy` stands for; the others are alike."""
    with database.write() as session:
        ann = members.create_member(session, ALICE, WHOLE)

        def patched(changes):
            members.edit_member(session, ALICE, ann.hid, changes)
            return members.show_member(session, ann.hid, ALICE)

        for four in itertools.product(("public", "private"), repeat=len(WRITTEN_BY_PRIVACY)):
            privacy = dict.fromkeys(MEMBER_PRIVACY, others) | dict(zip(WRITTEN_BY_PRIVACY, four, strict=True))
            other = "public" if privacy["visibility"] == "private" else "private"
            whole = patched(privacy)
            assert whole == {**whole, **WHOLE, **privacy, "privacy": privacy["visibility"]}
            assert patched(whole) == whole
            flipped = {**whole, "privacy": other}
            assert patched(flipped) == {**flipped, **dict.fromkeys(WRITTEN_BY_PRIVACY, other)}
            assert patched(whole) == whole
            for name in MEMBER_PRIVACY:
                single = {**whole, name: "public" if privacy[name] == "private" else "private"}
                assert patched(single) == {**single, "privacy": single["visibility"]}
                assert patched(whole) == whole


@pytest.mark.parametrize(
    ("before", "changes", "private"),
    [
        ({}, {"privacy": "private", "name_privacy": "private"}, {*WRITTEN_BY_PRIVACY, "name_privacy"}),
        ({"privacy": "private"}, {"privacy": "public", "avatar_privacy": "private"}, {"avatar_privacy"}),
        (
            {"privacy": "private"},
            {"privacy": "private", "birthday_privacy": "public"},
            {*WRITTEN_BY_PRIVACY} - {"birthday_privacy"},
        ),
        ({"visibility": "private"}, {"privacy": "private"}, {*WRITTEN_BY_PRIVACY}),
        ({"birthday_privacy": "private"}, {"privacy": "public"}, {"birthday_privacy"}),
        ({"name_privacy": "private"}, {"privacy": "private"}, {*WRITTEN_BY_PRIVACY, "name_privacy"}),
        ({"privacy": "private", "name_privacy": "private"}, {"privacy": None}, {"name_privacy"}),
        ({"privacy": "private", "name_privacy": "private"}, dict.fromkeys(("privacy", *MEMBER_PRIVACY)), set()),
        ({"name_privacy": "private"}, dict.fromkeys(("privacy", *MEMBER_PRIVACY)), set()),
        (
            {"privacy": "private"},
            {"privacy": "public", "visibility": "public", "pronoun_privacy": "private"},
            {"pronoun_privacy"},
        ),
        ({}, {"privacy": "private", "visibility": "private"}, {*WRITTEN_BY_PRIVACY}),
        ({"privacy": "private"}, {"description_privacy": None}, {*WRITTEN_BY_PRIVACY} - {"description_privacy"}),
    ],
    ids=lambda value: ascii(value)[:60] if isinstance(value, dict) else None,
)
def test_the_one_privacy_and_the_single_ones(write, foxes, edit, before, changes, private):
    ann = write(members.create_member, ALICE, {"name": "Ann"}).hid
    edit(ann, before)
    shown = edit(ann, changes)
    assert {name for name in MEMBER_PRIVACY if shown[name] == "private"} == private
    assert shown["privacy"] == shown["visibility"]


def test_what_a_stranger_read_and_the_owner_sends_back_makes_everything_public(write, read, foxes, edit):
    hid = write(members.create_member, ALICE, {**WHOLE, **dict.fromkeys(MEMBER_PRIVACY, "private")}).hid
    seen = read(lambda session: members.show_member(session, hid, None))
    shown = edit(hid, seen)
    assert shown == {**seen, **dict.fromkeys(("privacy", *MEMBER_PRIVACY), "public")}
    assert shown["description"] is None


def test_who_may_act_on_a_member(write, read, foxes, ann):
    write(systems.link_account, ALICE, ALEX)
    write(systems.create_system, BOB)
    for user_id in (ALICE, ALEX):
        assert read(members.get_own_member, user_id, ann.upper()).hid == ann
    for user_id, says in (
        (BOB, f"Member '{ann}' is not part of your system"),
        (1, "This account has no system"),
    ):
        with pytest.raises(NotAuthenticated, match=says):
            read(members.get_own_member, user_id, ann)
    with pytest.raises(NotFound, match="Member not found"):
        read(members.get_own_member, ALICE, "nobody")


def test_a_deleted_member_is_gone_and_leaves_past_switches(write, read, foxes, ann):
    ben = write(members.create_member, ALICE, {"name": "Ben"}).hid
    for fronting in ([ann, ben], [ann], [ben, ann]):
        write(switches.log_switch, ALICE, fronting)
    write(members.delete_member, ALICE, ann)
    with pytest.raises(NotFound):
        read(members.get_member, ann)
    assert [member["id"] for member in read(members.show_members, foxes.hid, ALICE)] == [ben]
    assert [switch["members"] for switch in read(front_history.show_switches, foxes.hid, None)] == [[ben], [], [ben]]
    assert [member["id"] for member in read(switches.show_fronters, foxes.hid, None)["members"]] == [ben]


def test_a_member_is_found_by_its_uuid_until_its_system_is_deleted(read, write, foxes):
    hid = write(members.create_member, ALICE, {"name": "Ann"}).hid
    uuid = read(lambda session: format_uuid(members.get_member(session, hid).uuid))
    for reference in (hid.upper(), f"{hid[:3]}-{hid[3:]}", uuid, uuid.upper()):
        assert read(members.show_member, reference, None)["id"] == hid
        assert read(members.get_member, reference).hid == hid
    write(systems.delete_system, ALICE)
    for find in (members.get_member, lambda session, reference: members.show_member(session, reference, None)):
        with pytest.raises(NotFound):
            read(find, uuid)
