"""Octocon's two exports: what becomes of them, and what is kept aside and told."""

import pytest

from rules.errors import Invalid
from rules.groups.privacy import GROUP_PRIVACY
from rules.systems.privacy import LATER_MEMBER_PRIVACY, LATER_SYSTEM_PRIVACY, MEMBER_PRIVACY, SYSTEM_PRIVACY
from rules.transfer.formats import octocon
from rules.transfer.reading.withheld import TOLD
from tests.rules.transfer.formats.other_apps import OCTOCON, check_whole, get_data
from tests.rules.transfer.formats.sidecars import check, check_hidden

ANN = {"id": 1, "name": "Ann"}
BEN = {"id": 2, "name": "Ben"}


def full(*alters, **fields):
    """A full export with these alters, of the simplest kind."""
    return {"user": {"id": "abcdefg"}, "alters": list(alters or [ANN, BEN]), "fronts": [], "tags": [], **fields}


def front(alter=1, start="2025-02-10T07:00:00Z", end="2025-02-10T08:00:00Z", **fields):
    """A front of the full export."""
    return {"id": "f", "alter_id": alter, "comment": "", "time_start": start, "time_end": end, **fields}


def short(*members, **fields):
    """A short export with these members."""
    return {"version": 2, "name": "Us", "switches": [], "members": list(members or [ANN]), "groups": [], **fields}


@pytest.mark.parametrize("name", OCTOCON)
def test_the_samples_come_out_as_their_sidecars_say(name):
    file = OCTOCON[name](get_data(name))
    check(file, name)
    check_whole(file)
    assert file.app == "Octocon"


@pytest.mark.parametrize("name", OCTOCON)
def test_nothing_opens_what_is_here_and_nothing_new_is_open(name):
    file = OCTOCON[name](get_data(name))
    for member in file.members:
        assert all(member.first_values[key] is True for key in (*MEMBER_PRIVACY, *LATER_MEMBER_PRIVACY))
        assert not set(member.values) & {*MEMBER_PRIVACY, *LATER_MEMBER_PRIVACY}
        assert member.hid is None
    assert all(file.first_system[key] is True for key in (*SYSTEM_PRIVACY, *LATER_SYSTEM_PRIVACY))
    assert "Octocon's files do not say who may see an alter, so new members come in as private." in file.remarks


@pytest.mark.parametrize(
    ("level", "is_private"),
    [("public", False), ("friends_only", True), ("trusted_only", True), ("private", True), (None, True), (5, True)],
)
def test_only_a_public_tag_is_a_public_group(level, is_private):
    [group] = octocon.read_full(full(tags=[{"id": "t", "name": "T", "security_level": level}])).groups
    assert {group.first_values[key] for key in GROUP_PRIVACY} == {is_private}
    assert not set(group.values) & set(GROUP_PRIVACY)


def test_the_groups_of_the_short_export_are_private():
    [group] = octocon.read_short(short(groups=[{"id": "0", "name": "G", "members": ["1", 1, "7"]}])).groups
    assert {group.first_values[key] for key in GROUP_PRIVACY} == {True}
    assert group.members == (0,)


def test_an_alter_is_found_again_in_its_own_account_alone():
    sources = [member.source for member in octocon.read_full(full(ANN, {**BEN, "id": 1}, {"name": "Cat"})).members]
    assert sources == ["alters:abcdefg:1", None, None]
    assert [member.source for member in octocon.read_full(full(user={})).members] == [None, None]
    assert [member.source for member in octocon.read_short(short()).members] == [None]


@pytest.mark.parametrize(
    ("proxies", "tags", "told"),
    [
        (["a:text"], '[{"prefix":"a:","suffix":null}]', []),
        (["[text]", "text-a"], '[{"prefix":"[","suffix":"]"},{"prefix":null,"suffix":"-a"}]', []),
        ([" -- text --"], '[{"prefix":"-- ","suffix":" --"}]', []),
        (
            ["contextual text end"],
            '[{"prefix":"con","suffix":"ual text end"}]',
            ["Member “Ann”: the proxy “contextual text end” has “text” in it twice; it is split at the first."],
        ),
        (["text"], None, []),
        (["none"], None, ["Member “Ann”: a proxy without “text” in it is left out."]),
        ([5], None, ["Member “Ann”: a proxy without “text” in it is left out."]),
        ("a:text", None, ["Member “Ann”: the discord_proxies must be a list of texts."]),
        (None, None, []),
        ([], None, []),
    ],
)
def test_a_proxy_is_split_at_the_first_text(proxies, tags, told):
    file = octocon.read_full(full({**ANN, "discord_proxies": proxies}))
    found = file.members[0].values.get("proxy_tags")
    assert found is None if tags is None else found.replace(" ", "") == tags.replace(" ", "")
    assert list(file.left_out) == told
    # They are written otherwise there than here.
    assert file.members[0].kept == ({"discord_proxies": proxies} if proxies else {})


@pytest.mark.parametrize(
    ("alter", "values", "kept"),
    [
        ({"proxy_name": "A", "pronouns": ""}, {"display_name": "A"}, {}),
        ({"color": "#7C3AED"}, {"color": "7c3aed"}, {}),
        ({"color": "7C3AED"}, {"color": "7c3aed"}, {}),
        ({"description": "d" * 1400}, {"description": "d" * 1000}, {"description": "d" * 1400}),
        ({"avatar_url": "https://example.org/a.webp"}, {"avatar_url": "https://example.org/a.webp"}, {}),
        ({"fields": [{"id": "f", "value": "x"}]}, {}, {"fields": [{"id": "f", "value": "x"}]}),
        ({"name": None}, {}, {}),
    ],
)
def test_what_of_an_alter_is_taken_and_what_is_kept_beside(alter, values, kept):
    [member] = octocon.read_full(full({**ANN, **alter})).members
    assert member.values == ({} if "name" in alter else {"name": "Ann"}) | values
    assert member.kept == kept


@pytest.mark.parametrize(
    ("row", "told"),
    [
        (front(999), "1 front is of a member who is not in the file; it is kept aside."),
        (front(end="2025-02-10T07:00:00Z"), "1 front begins and ends at the same instant; it is kept aside."),
        (front(end="soon"), "1 front is over, but has no end; it is kept aside."),
        ({"alter_id": 1, "time_start": "2025-02-10T07:00:00Z"}, "1 front is over, but has no end; it is kept aside."),
        (front("1", start="1999-12-31T23:59:59Z"), "1 front begins before the year 2000; it is kept aside."),
        (front(end="9999-12-31T23:59:59Z"), "1 front lies in the future; it is kept aside."),
    ],
)
def test_a_front_that_cannot_be_placed_is_kept_whole_and_told(row, told):
    file = octocon.read_full(full(fronts=[row, front(2, comment="tea", id="g")]))
    assert [(span.member, span.status, span.source) for span in file.spans] == [(1, "tea", "fronts:g")]
    assert file.archive == {"fronts": [row]}
    assert told in file.remarks


def test_a_front_without_an_end_goes_on():
    file = octocon.read_full(full(fronts=[front(end=None)]))
    assert [span.end for span in file.spans] == [None]
    assert [fronting for _, fronting in file.switches] == [(0,)]


def test_fronts_and_tags_that_are_none_are_told_and_the_rest_is_read():
    file = octocon.read_full(full(fronts="x", tags=5))
    assert len(file.members) == 2
    assert "1 row of the file cannot be read, and is left out." in file.remarks
    assert file.left_out == ("The file: the groups must be a list of objects.",)
    file = octocon.read_full(full(fronts=[5, None, front()], tags=[5, {"name": "T"}]))
    assert (len(file.spans), len(file.groups)) == (1, 1)
    assert "2 rows of the file cannot be read, and are left out." in file.remarks


def test_what_has_no_place_is_kept_and_keys_to_accounts_are_not():
    polls = [{"id": "p", "title": "Tea?"}]
    user = {"id": "abcdefg", "username": "us", "email": "SECRET", "fields": [{"id": "f", "name": "Age"}], "extra": 5}
    file = octocon.read_full(full(user=user, polls=polls, tokens=["SECRET"], friends=["SECRET"], journals=[{"a": 1}]))
    assert file.archive == {"polls": polls, "fields": user["fields"], "user": [{"extra": 5}], "journals": [{"a": 1}]}
    assert file.first_system["name"] == "us"
    assert TOLD in file.remarks
    assert TOLD not in octocon.read_full(full()).remarks
    check_hidden(file, ["SECRET"])


@pytest.mark.parametrize(
    ("read", "data"),
    [
        (octocon.read_full, full(alters=[])),
        (octocon.read_full, full(alters={"a": 1})),
        (octocon.read_full, full(alters=[5])),
        (octocon.read_full, full(*[ANN] * 1001)),
        (octocon.read_short, short(members=None)),
    ],
)
def test_a_file_without_anybody_or_with_too_many_is_refused(read, data):
    with pytest.raises(Invalid):
        read(data)


def test_pictures_in_the_file_itself_are_kept_apart_from_all_else():
    picture = "data:image/png;base64,AA=="
    file = octocon.read_full(full({**ANN, "avatar_url": picture}, user={"username": "us", "avatar_url": picture}))
    assert file.members[0].values == {"name": "Ann"}
    assert file.archive == {"pictures": [{"id": 1, "avatar_url": picture}, {"avatar_url": picture}]}
    assert file.system == {}
