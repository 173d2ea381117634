"""Which app's file it is, told by what is in it; what is not read is named with what would help; several at once."""

import pytest

from rules.errors import Invalid, TooLarge
from rules.transfer import importer
from rules.transfer.formats.unpacking.dump_lists import name_collection
from tests.rules.transfer.formats.other_apps import get_data
from tests.rules.transfer.formats.sidecars import get_sample
from tests.rules.transfer.formats.test_unpacking import PICTURE, packed
from tests.rules.transfer.import_samples import as_file, pluralkit

ANN = {"id": "aaaaa", "name": "Ann"}
WRAPPED = {"exists": True, "id": "1", "content": {"name": "Ann", "pronouns": "she/her"}}
PLURALPORT = {"openplural_version": "0.1", "members": [ANN]}
TUPPERBOX = {"tuppers": [ANN]}
AMPERSAND = {"config": {}, "database": {"members": [{"uuid": "1", "name": "Ann"}]}}
OCTOCON = {"user": {}, "alters": [{"id": 1, "name": "Ann"}], "fronts": []}
SIMPLY_PLURAL = {"Members": {"1": {"name": "Ann"}}, "frontHistory": []}
SHORT = {"version": 2, "members": [{"id": "1", "name": "Ann"}], "switches": []}


@pytest.mark.parametrize(
    ("data", "app"),
    [
        (PLURALPORT, "PluralPort"),
        (PLURALPORT | {"pluralport_version": "0.1"}, "PluralPort"),
        (TUPPERBOX, "Tupperbox"),
        (AMPERSAND, "Ampersand"),
        ({"revision": {}, "database": {"systems": [], "members": [{}]}}, "Ampersand"),
        (OCTOCON, "Octocon"),
        (SHORT, "Octocon"),
        (SIMPLY_PLURAL, "Simply Plural"),
        *(
            ({"members": [{"_id": "1", "name": "Ann"}], key: []}, "Simply Plural")
            for key in ("FrontHistory", "privates")
        ),
        ({"members": [WRAPPED], "groups": []}, "Simply Plural"),
        ([WRAPPED], "Simply Plural"),
        ({"members": [ANN], "switches": []}, "PluralKit"),
        *((SHORT | {key: "x"}, "PluralKit") for key in ("id", "uuid", "privacy", "config")),
        (SHORT | {"members": [{"id": "99999", "name": "Ann"}]}, "PluralKit"),
        (SHORT | {"members": [{"id": "1"}, {"id": "abcde"}]}, "PluralKit"),
        (SHORT | {"members": [], "name": "Foxes"}, "PluralKit"),
        ({"switches": [], "name": "Foxes"}, "PluralKit"),
    ],
    ids=ascii,
)
def test_an_app_is_told_by_what_is_in_its_file(data, app):
    assert importer.read_file(as_file(data)).app == app


FITS = [PLURALPORT, TUPPERBOX, AMPERSAND, OCTOCON, SIMPLY_PLURAL]
NAMES = ["PluralPort", "Tupperbox", "Ampersand", "Octocon", "Simply Plural"]


@pytest.mark.parametrize("first", range(len(FITS) - 1))
def test_a_file_of_two_apps_is_read_as_the_first_in_the_table_and_says_so(first):
    file = importer.read_file(as_file({**FITS[first + 1], **FITS[first]}))
    assert file.app == NAMES[first]
    assert file.remarks[0].startswith(
        f"This is read as a file of {NAMES[first]}, but looks like one of {NAMES[first + 1]}"
    )


@pytest.mark.parametrize(
    ("data", "says"),
    [
        ({"formatVersion": 1, "headmates": []}, "This is Prism's own file, which only Prism reads; export it there as"),
        ({"version": "1", "system": {}, "fronts": []}, "This is Sheaf's own file, which only Sheaf reads; export it"),
        ({"schema_version": 3, "front_entries": []}, "This is a file of BerryTree, which I do not read; PluralPort's"),
        ({"schema_version": 3, "custom_statuses": []}, "This is a file of BerryTree"),
        ({"exists": True, "id": "1", "content": {"username": "x"}}, "This is one entry of Simply Plural's token dump"),
        ({"version": 3, "system": {}, "fronts": []}, "I read files of Simply Plural, Octocon"),
        ({"b": 1, "a": 2}, "I read files of Simply Plural, Octocon"),
        ([], "The file must be a JSON object. A list is read where it is one collection of Simply Plural's token dump"),
        ([WRAPPED, ANN], "The file must be a JSON object. A list is read where"),
        (
            [{"exists": True, "id": "1", "content": {"member": "1", "startTime": 5}}],
            "This is a list of one kind of thing",
        ),
        ({"pluralport_version": "0.2"}, "This is version 0.2 of PluralPort; I read version 0.1, written as a text."),
        ({"pluralport_version": 0.1}, "This is version 0.1 of PluralPort; I read version 0.1, written as a text."),
        ({"pluralport_version": "0.1", "openplural_version": "1"}, "The file names two versions of PluralPort"),
        ({"pluralport_version": "0.1", "members": {}}, "The members in the file must be a list of objects."),
        ({"pluralport_version": "0.1"}, "There is no system in this file, so there is nothing to import"),
        ({"pluralport_version": "0.1", "members": [ANN] * 1001}, "A system has at most 1,000 members; the file has"),
        ({"config": {}, "database": {"members": []}}, "There are no members in this file"),
        ({"config": {}, "database": {"members": [{}] * 1001}}, "A system has at most 1,000 members; the file has"),
    ],
    ids=lambda value: ascii(value)[:60],
)
def test_what_is_not_read_is_named_with_what_would_help(data, says):
    with pytest.raises(Invalid) as refused:
        importer.read_file(as_file(data))
    assert refused.value.sentence.startswith(says)
    assert refused.value.sentence.endswith(".")


def test_what_was_seen_is_said():
    data = dict.fromkeys(["x" * 30, *"abcdef"])
    with pytest.raises(Invalid) as refused:
        importer.read_file(as_file(data))
    shown = f"“{'x' * 20}”, “a”, “b”, “c”, “d” and others"
    assert refused.value.sentence.endswith(f"this is a JSON object with the keys {shown}.")
    with pytest.raises(Invalid, match=r"this is an empty JSON object\.$"):
        importer.read_file(b"{}")


def dump(*names):
    """Lists of the token dump, without their names."""
    folder = {path.rpartition("/")[2]: data for path, data in get_data("simply-plural-token-dump.zip").items()}
    return [as_file(folder[f"{name}.json"]) for name in names]


def test_all_lists_of_a_token_dump_say_together_what_their_folder_says():
    folder = get_data("simply-plural-token-dump.zip")
    texts = [as_file(data) for path, data in folder.items() if not path.endswith("manifest.json")]
    apart, together = importer.read_files(texts), importer.read_file(get_sample("simply-plural-token-dump.zip"))
    assert (apart.members, apart.groups) == (together.members, together.groups)
    assert apart.switches == together.switches
    assert apart.archive.keys() == together.archive.keys()


@pytest.mark.parametrize("order", [1, -1])
def test_some_lists_in_any_order(order):
    names = ["members", "frontHistory", "groups", "filters"][::order]
    file = importer.read_files(dump(*names))
    assert (file.app, len(file.members), len(file.groups)) == ("Simply Plural", 5, 4)
    assert file.switches


def test_each_list_of_a_token_dump_is_told_by_its_rows():
    folder = get_data("simply-plural-token-dump.zip")
    found = {path.rpartition("/")[2].removesuffix(".json"): name_collection(data) for path, data in folder.items()}
    for name in (
        "members",
        "groups",
        "customFronts",
        "frontHistory",
        "customFields",
        "privacyBuckets",
        "polls",
        "user",
    ):
        assert found[name] == name
    assert found["fronthistory_starttime_and_endtime"] == "frontHistory"
    assert found["friends"] == "friends"
    assert name_collection([]) == name_collection([{"content": 5}]) == name_collection([5]) == "other"


PICTURES = packed(("65f00002000000000000000a", PICTURE), ("b.png", PICTURE))


def test_a_file_and_the_archive_of_its_pictures():
    file = importer.read_files([PICTURES, get_sample("simply-plural-export.json")])
    assert len(file.members) == 9
    assert file.remarks[-1] == "2 pictures in the zip archive: none is taken; Rollcall shows those of the web."


@pytest.mark.parametrize(
    ("texts", "says"),
    [
        ([], "There is no file; attach one."),
        ([b"{}"] * 51, "At most 50 files can be read at once"),
        ([PICTURES], "These are pictures only; what I need is the file with the members"),
        ([pluralkit([ANN])] * 2, "These files do not belong together."),
        ([as_file([WRAPPED]), pluralkit([ANN])], "These files do not belong together."),
        ([as_file([WRAPPED]), packed(("a.json", pluralkit([ANN])))], "These files do not belong together."),
        ([as_file([WRAPPED]), as_file([ANN])], "These files do not belong together."),
        (dump("groups", "polls"), "There is no member in this file of Simply Plural that I can read"),
        ([as_file([WRAPPED]), b"["], "The file is not JSON"),
    ],
    ids=lambda value: None if isinstance(value, list) else value[:40],
)
def test_files_that_do_not_belong_together(texts, says):
    with pytest.raises(Invalid) as refused:
        importer.read_files(texts)
    assert refused.value.sentence.startswith(says)


def test_several_files_are_no_more_than_one_may_be(monkeypatch):
    texts = dump("members", "groups")
    monkeypatch.setattr(importer, "MOST_BYTES", sum(map(len, texts)) - 1)
    with pytest.raises(TooLarge, match="The files must have at most"):
        importer.read_files(texts)


def test_what_is_asked_of_simply_plural_comes_to_its_reader():
    text = get_sample("simply-plural-export.json")
    plain, more = importer.read_file(text), importer.read_file(text, adds_unknown=True, takes_birthdays=True)
    assert len(more.members) > len(plain.members)
    assert "birthday" in more.members[0].values | more.members[0].first_values
    folder = importer.read_file(get_sample("simply-plural-token-dump.zip"), adds_unknown=True)
    assert len(folder.members) > 6
    listed = importer.read_file(get_sample("simply-plural-token-members-only.json"), takes_birthdays=True)
    assert len(listed.members) == 5
