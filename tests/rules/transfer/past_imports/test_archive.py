"""What is kept aside of a file: whole, compressed, for its owner alone, and no more than there is room for."""

import random
import string
from dataclasses import replace

import pytest

from models import Import
from rules.account import erasure
from rules.errors import NotAuthenticated, NotFound
from rules.systems import members, soft_delete, systems
from rules.transfer import import_plan, importer, person_exporter
from rules.transfer.import_file import File, FileGroup, FileMember
from rules.transfer.past_imports import archive, undo

ALICE, BOB = 80351110224678912, 80351110224678914
NOTES = {"notes": [{"title": "One", "note": "Écrit"}, {"title": "Two"}], "polls": [{"name": "Tea?"}], "chats": []}
FILE = File(
    [
        FileMember("Ann", {"name": "Ann"}, {}, source="1", kept={"desc": "All of it"}),
        FileMember("Ben", {"name": "Ben"}, {}),
    ],
    groups=[FileGroup("Us", {"name": "Us"}, {}, source="g", kept={"emoji": "x"})],
    app="Simply Plural",
    archive=NOTES,
    exported_at=1_600_000_000_000_000,
)


@pytest.fixture
def take(write):
    def run(file, user_id=ALICE):
        running = importer.Import(user_id, file)
        for rule, args in running.steps():
            write(rule, *args)
        return running.result

    return run


def noise(size, seed=1):
    """Text that no packing makes smaller than three quarters of it."""
    return "".join(random.Random(seed).choices(string.ascii_letters + string.digits, k=size))


def test_it_comes_back_as_it_was(take, read):
    number = take(FILE).import_id
    kept = read(archive.get_archive, ALICE, number)
    ann = read(lambda s: s.query(members.Member.id).filter_by(name="Ann").scalar())
    [group] = kept["groups"].values()
    assert kept["things"] == {kind: things for kind, things in NOTES.items() if things}
    assert (kept["members"], group) == ({ann: {"desc": "All of it"}}, {"emoji": "x"})
    assert (kept["app"], kept["exported_at"]) == ("Simply Plural", FILE.exported_at)
    assert read(archive.get_archives, ALICE) == [kept]
    assert read(undo.list_imports, ALICE)[0].kept == {
        "notes": 2,
        "polls": 1,
        "details of members": 1,
        "details of groups": 1,
    }


def test_it_is_told_before(read):
    plan = read(import_plan.plan, ALICE, FILE)
    told = "Kept aside for you alone: notes (2), polls (1), details of members (1), details of groups (1)."
    assert told in plan.sentences
    assert plan.sentences[0] == "A file of Simply Plural, exported on 2020-09-13."


def test_nobody_else_gets_it(take, read, write):
    number = take(FILE).import_id
    with pytest.raises(NotAuthenticated):
        read(archive.get_archive, BOB, number)
    write(systems.create_system, BOB)
    with pytest.raises(NotFound):
        read(archive.get_archive, BOB, number)
    assert read(archive.get_archives, BOB) == []


def test_the_same_archive_is_kept_once_and_another_beside_it(take, read):
    take(FILE)
    take(FILE)
    assert read(import_plan.plan, ALICE, FILE).is_empty
    more = replace(FILE, archive={**NOTES, "polls": []})
    assert not read(import_plan.plan, ALICE, more).is_empty
    take(more)
    assert [sorted(one["things"]) for one in read(archive.get_archives, ALICE)] == [["notes", "polls"], ["notes"]]


def test_what_there_is_no_room_for_is_told_and_left_out(take, read, monkeypatch):
    monkeypatch.setattr(archive, "MOST_BYTES", 3000)
    large = replace(FILE, archive={**NOTES, "journals": [noise(5000)]})
    plan = read(import_plan.plan, ALICE, large)
    assert plan.no_room == {"journals": 1}
    assert "Not kept, since your archive of 8 MB would be full: journals (1)." in plan.sentences
    take(large)
    [kept] = read(archive.get_archives, ALICE)
    assert sorted(kept["things"]) == ["notes", "polls"]
    assert read(import_plan.plan, ALICE, large).is_empty


def test_the_room_is_that_of_the_whole_system(take, read, monkeypatch):
    monkeypatch.setattr(archive, "MOST_BYTES", 5000)
    for seed in (1, 2):
        take(replace(FILE, archive={"notes": [noise(4000, seed)]}))
    sizes = read(lambda s: s.query(Import.archive_bytes).all())
    assert 3000 < sum(size for [size] in sizes) <= 5000
    assert [list(one["things"]) for one in read(archive.get_archives, ALICE)] == [["notes"], []]


def delete_system(session):
    systems.delete_system(session, ALICE)


def forget(session):
    erasure.forget(session, ALICE)


def undo_it(session):
    undo.undo_import(session, ALICE)


@pytest.mark.parametrize("act", [delete_system, forget, undo_it])
def test_it_goes_with_what_it_is_of(take, write, read, act, database_file):
    take(FILE)
    write(act)
    while write(soft_delete.purge_some):
        pass
    assert read(lambda s: s.query(Import).count()) == 0


def test_whoever_asks_what_is_stored_gets_it(take, read):
    take(FILE)
    [one] = read(person_exporter.export_person, ALICE)["imports"]
    assert one["archive"]["things"]["notes"] == NOTES["notes"]
