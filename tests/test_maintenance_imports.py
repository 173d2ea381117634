"""`flask --app app import`, `imports` and `import-undo`."""

import json

import pytest

from rules.systems import systems
from rules.transfer import exporter
from tests.rules.transfer.formats.sidecars import SAMPLES

ALICE = 80351110224678912
SIMPLY_PLURAL = SAMPLES / "simply-plural-export.json"


def pluralkit(path, *switches):
    members = [{"id": "aaaaa", "name": "Pim\x1b[2J"}]
    listed = [{"timestamp": at, "members": ["aaaaa"]} for at in switches]
    path.write_text(json.dumps({"version": 1, "members": members, "switches": listed}))
    return path


def test_a_file_is_imported_listed_and_taken_back(flask, read):
    code, said = flask("import", ALICE, SIMPLY_PLURAL, types="y\n")
    assert code == 0
    assert "A file of Simply Plural" in said
    assert "Only where an option says so" in said
    assert "Imported: 9 members added" in said
    code, said = flask("imports", ALICE)
    assert (code, "Simply Plural: 9 new" in said) == (0, True)
    code, said = flask("import", ALICE, SIMPLY_PLURAL, "--yes")
    assert (code, "Nothing would change" in said) == (0, True)
    code, said = flask("import-undo", ALICE, "--yes")
    assert (code, "Undone: 9 members" in said) == (0, True)
    assert read(systems.find_own_system, ALICE) is None
    assert flask("imports", ALICE)[0] == 1


def test_of_no_import_it_says_so(flask, write):
    write(systems.create_system, ALICE)
    assert flask("imports", ALICE) == (0, "Nothing was imported.\n")


def test_options_say_what_is_wanted(flask, read, tmp_path):
    code, said = flask("import", ALICE, SIMPLY_PLURAL, "--yes", "--add-unknown", "--birthdays")
    assert (code, "Imported: 10 members added" in said) == (0, True)
    assert any(member["birthday"] for member in read(exporter.export_system, ALICE)["members"])


@pytest.mark.parametrize(("way", "count"), [("before", 1), ("all", 2), ("none", 0), (None, 1)])
def test_switches_that_would_mix(flask, tmp_path, way, count):
    first = pluralkit(tmp_path / "a.json", "2021-02-01T00:00:00Z", "2021-06-01T00:00:00Z")
    second = pluralkit(tmp_path / "b.json", "2021-01-01T00:00:00Z", "2021-03-01T00:00:00Z")
    assert flask("import", ALICE, first, "--yes")[0] == 0
    code, said = flask("import", ALICE, second, "--yes", *(["--switches", way] if way else []))
    assert code == 0
    assert f"{count} switch{'' if count == 1 else 'es'} added" in said


def test_nothing_in_a_file_speaks_to_the_terminal(flask, tmp_path):
    _, said = flask("import", ALICE, pluralkit(tmp_path / "a.json"), types="n\n")
    assert "\x1b" not in said


@pytest.mark.parametrize(
    ("words", "types", "code", "says"),
    [
        (["import"], None, 2, "Missing argument 'USER'"),
        (["import", ALICE], None, 2, "Missing argument 'FILES...'"),
        (["import", ALICE, "nowhere.json"], None, 2, "does not exist"),
        (["import", "alice", SIMPLY_PLURAL], None, 1, "A user ID is a number"),
        (["import", ALICE, __file__], None, 1, "The file is not JSON"),
        (["import", ALICE, SIMPLY_PLURAL, "--switches", "some"], None, 2, "Invalid value for '--switches'"),
        (["import", ALICE, SIMPLY_PLURAL], "n\n", 1, "Aborted!"),
        (["import", ALICE, SIMPLY_PLURAL, SAMPLES / "pluralkit-v2.json"], None, 1, "do not belong together"),
        (["import-undo", ALICE], None, 1, "no system"),
        (["imports", ALICE], None, 1, "no system"),
    ],
)
def test_what_is_refused_changes_nothing(flask, read, words, types, code, says):
    exit_code, said = flask(*words, types=types)
    assert exit_code == code
    assert says in said
    assert "Traceback" not in said
    assert read(systems.find_own_system, ALICE) is None
