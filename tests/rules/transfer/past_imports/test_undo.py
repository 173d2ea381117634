"""Undoing an import: the export is byte for byte what it was, and whatever somebody did since stays and is told."""

import itertools
import os
import random
import signal
from dataclasses import replace

import pytest
from sqlalchemy import func, select

from database import connections
from models import FrontSpan, Group, GroupMember, Import, ImportSource, Member, Switch, SwitchMember, System
from rules.errors import Invalid, NotAuthenticated, NotFound
from rules.fronting import past_switches, switches
from rules.groups import groups, membership
from rules.parsing.timestamps import now_us
from rules.parsing.uuids import format_uuid
from rules.proxying import message_records
from rules.systems import members, soft_delete, systems
from rules.transfer import exporter, importer, known_switches
from rules.transfer.import_file import File, FileGroup, FileMember, FileSpan
from rules.transfer.past_imports import archive, undo
from tests.subprocesses import in_processes

ALICE, BOB = 80351110224678912, 80351110224678914
TABLES = (System, Member, Group, GroupMember, Switch, SwitchMember, FrontSpan, Import, ImportSource)
HOUR_US = 3_600_000_000
BEGIN = 1_700_000_000_000_000
NOTES = {"notes": [{"title": "One", "note": "Kept whole"}], "polls": [{"name": "Tea?"}]}


def a_member(name, source=None, first=None, **values):
    return FileMember(name, {"name": name, **values}, first or {}, source=source)


def a_group(name, listed, parent=None, **values):
    return FileGroup(name, {"name": name, **values}, {}, members=tuple(listed), parent=parent, source=f"groups:{name}")


def a_file(**fields):
    """A file of an app without a public tier, with a custom front, an archived member, nested groups and spans."""
    listed = [
        a_member("Ann", "members:1", color="00ff00", description="new"),
        a_member("Ben", "members:2", {"visibility": True}),
        a_member("Asleep", "custom:1", {"visibility": True, "is_custom_front": True}),
        a_member("Old", "members:3", {"visibility": True, "is_archived": True}),
    ]
    told = {
        "members": listed,
        "groups": [a_group("All", [0, 1, 2]), a_group("Few", [1, 3], parent=0)],
        "switches": [(BEGIN + n * HOUR_US, ((), (0,), (1, 0), (2,))[n % 4]) for n in range(12)],
        "spans": [FileSpan(n % 4, BEGIN + n * HOUR_US, BEGIN + (n + 1) * HOUR_US, "tired", f"s{n}") for n in range(12)],
        "system": {"description": "From elsewhere"},
        "first_system": {"name": "Foxes elsewhere"},
        "app": "Simply Plural",
        "archive": NOTES,
    }
    return File(**{**told, **fields})


@pytest.fixture(autouse=True)
def small_steps(monkeypatch):
    monkeypatch.setattr(importer, "ROWS_AT_ONCE", 5)


@pytest.fixture
def take(write):
    """Import a file, step by step."""

    def run(file, user_id=ALICE, **options):
        running = importer.Import(user_id, file, **options)
        for rule, args in running.steps():
            write(rule, *args)
        return running.result

    return run


@pytest.fixture
def dumped(read):
    """The export as it is sent, byte for byte."""
    return lambda: exporter.dump(read(exporter.export_system, ALICE))


@pytest.fixture
def hids(read):
    """The IDs of Alice's members or groups by their names."""

    def find(table=Member):
        system = read(lambda s: systems.get_own_system(s, ALICE).id)
        rows = select(table.name, table.hid).where(table.system_id == system)
        return dict(read(lambda s: s.execute(rows).all()))

    return find


@pytest.fixture
def counts(read, write):
    """How many rows each table has once what is out of reach was deleted."""

    def count():
        write(soft_delete.abandon_all)
        while write(soft_delete.purge_some):
            pass
        return {t.__tablename__: read(lambda s, t=t: s.scalar(select(func.count()).select_from(t))) for t in TABLES}

    return count


@pytest.fixture
def foxes(write):
    """Alice's system: Ann, public, and Cleo, in a group, with two switches."""
    write(systems.create_system, ALICE, {"name": "Foxes", "description": "Before"})
    ann, cleo = (write(members.create_member, ALICE, {"name": name}).hid for name in ("Ann", "Cleo"))
    group = write(groups.create_group, ALICE, {"name": "All"}).hid
    write(membership.change_members, ALICE, group, [cleo], "add")
    for hid in (ann, cleo):
        write(switches.log_switch, ALICE, [hid])


CHANGES = {
    "everything": {},
    "members alone": {"groups": [], "switches": [], "spans": [], "system": {}, "archive": {}},
    "fields of a member": {"members": [a_member("Ann", color="00ff00")], "groups": [], "switches": [], "spans": []},
    "the system's fields": {"members": [], "groups": [], "switches": [], "spans": []},
    "switches and spans": {"members": [a_member("Ann")], "groups": [], "switches": [(BEGIN, (0,))], "spans": []},
    "spans alone": {"members": [a_member("Ann")], "groups": [], "switches": [], "spans": [FileSpan(0, BEGIN)]},
    "who is in a group": {"members": [a_member("Ann")], "groups": [a_group("All", [0])], "switches": [], "spans": []},
    "a group within another": {
        "members": [],
        "groups": [a_group("Above", []), a_group("All", [], parent=0)],
        "switches": [],
        "spans": [],
    },
    "the archive alone": {"members": [], "groups": [], "switches": [], "spans": [], "system": {}},
}


@pytest.mark.parametrize("what", CHANGES)
def test_the_export_is_as_before(take, write, dumped, counts, foxes, what):
    before, rows = dumped(), counts()
    assert take(a_file(**CHANGES[what])).import_id
    write(undo.undo_import, ALICE)
    assert dumped() == before
    assert counts() == rows


@pytest.mark.parametrize("options", [{"opens": True}, {"fronts_now": True}, {"switches": known_switches.NONE}], ids=str)
def test_so_it_is_whatever_was_asked_for(take, write, dumped, counts, foxes, options):
    before, rows = dumped(), counts()
    take(a_file(), **options)
    write(undo.undo_import, ALICE)
    assert (dumped(), counts()) == (before, rows)


def test_a_system_that_the_import_made_goes_with_it(take, write, read, counts):
    rows = counts()
    assert take(a_file()).made_system
    assert write(undo.undo_import, ALICE).deleted_system
    with pytest.raises(NotAuthenticated):
        read(exporter.export_system, ALICE)
    assert counts() == rows


def test_a_system_in_which_somebody_did_something_since_stays(take, write, read):
    take(a_file())
    write(members.create_member, ALICE, {"name": "Zoe"})
    undone = write(undo.undo_import, ALICE)
    left = read(exporter.export_system, ALICE)
    assert not undone.deleted_system
    assert [one["name"] for one in left["members"]] == ["Zoe"]
    assert (left["name"], left["description"], left["groups"], left["switches"]) == (None, None, [], [])


def test_several_are_undone_the_last_first(take, write, read, dumped, foxes):
    states = [dumped()]
    for number in range(3):
        listed = [
            a_member("Ann", "members:1", color=f"0000{number:02}"),
            a_member(f"New {number}", f"members:{number}9"),
        ]
        take(a_file(members=listed, groups=[], switches=[(BEGIN + number, (0, 1))], spans=[]))
        states.append(dumped())
    numbers = [one.id for one in read(undo.list_imports, ALICE)]
    assert [one.can_be_undone for one in read(undo.list_imports, ALICE)] == [True, False, False]
    with pytest.raises(Invalid, match="Only the last import can be undone"):
        write(undo.undo_import, ALICE, numbers[1])
    for number, state in zip(numbers, reversed(states[:-1]), strict=True):
        write(undo.undo_import, ALICE, number)
        assert dumped() == state
    with pytest.raises(NotFound, match="There is no import to undo"):
        write(undo.undo_import, ALICE)


def test_what_somebody_edited_since_stays_and_is_told(take, write, read, hids, foxes):
    take(a_file())
    write(members.edit_member, ALICE, hids()["Ann"], {"color": "ff0000"})
    write(members.edit_member, ALICE, hids()["Ben"], {"name": "Benedict"})
    write(groups.edit_group, ALICE, hids(Group)["Few"], {"description": "mine"})
    undone = write(undo.undo_import, ALICE)
    left = read(exporter.export_system, ALICE)
    assert [(one["name"], one["color"], one["description"]) for one in left["members"]] == [
        ("Ann", "ff0000", None),
        ("Cleo", None, None),
        ("Benedict", None, None),
    ]
    assert [(one["name"], one["description"]) for one in left["groups"]] == [("All", None), ("Few", "mine")]
    assert undone.stays == (
        "1 member stays, edited or used since: “Benedict”.",
        "1 group stays, edited or used since: “Few”.",
        "1 field that you changed since stay as they are.",
    )


def front(write, read, hid):
    write(switches.log_switch, ALICE, [hid])


def edit_a_switch(write, read, hid):
    uuid = format_uuid(read(lambda s: s.scalar(select(Switch.uuid).where(Switch.timestamp == BEGIN))))
    write(past_switches.replace_members, ALICE, uuid, [hid])


def speak(write, read, hid):
    number = read(lambda s: s.scalar(select(Member.id).where(Member.hid == hid)))
    write(message_records.record_message, ALICE, number, 500, 499, 7, 8)


def join_a_group(write, read, hid):
    made = write(groups.create_group, ALICE, {"name": "Mine"}).hid
    write(membership.change_members, ALICE, made, [hid], "add")


@pytest.mark.parametrize("use", [front, edit_a_switch, speak, join_a_group])
def test_a_member_that_was_used_since_stays_and_so_does_what_used_it(take, write, read, hids, foxes, use):
    take(a_file())
    use(write, read, hids()["Ben"])
    kept = read(exporter.export_system, ALICE)
    undone = write(undo.undo_import, ALICE)
    left = read(exporter.export_system, ALICE)
    assert [one["name"] for one in left["members"]] == ["Ann", "Cleo", "Ben"]
    assert undone.stays == ("1 member stays, edited or used since: “Ben”.",)
    used = [one for one in left["switches"] if hids()["Ben"] in one["members"]]
    assert len(used) == (use in (front, edit_a_switch))
    assert all(one in kept["switches"] for one in left["switches"])


def test_what_was_deleted_since_stays_so(take, write, read, hids, foxes):
    take(a_file())
    for name in ("Ann", "Ben"):
        write(members.delete_member, ALICE, hids()[name])
    write(switches.delete_all_switches, ALICE)
    undone = write(undo.undo_import, ALICE)
    assert [one["name"] for one in read(exporter.export_system, ALICE)["members"]] == ["Cleo"]
    assert (undone.members, undone.switches, undone.stays) == (2, 0, ())


def test_whoever_deletes_the_front_history_deletes_it_in_both_forms(take, write, counts, foxes):
    take(a_file())
    assert counts()["front_spans"] == 12
    write(switches.delete_all_switches, ALICE)
    assert [counts()[table] for table in ("switches", "front_spans", "imports")] == [0, 0, 1]


def test_an_import_that_is_too_old_cannot_be_undone_but_keeps_its_archive(take, write, read, foxes):
    number = take(a_file()).import_id
    assert not write(undo.expire_undo, now_us() - HOUR_US)
    assert [one.can_be_undone for one in read(undo.list_imports, ALICE)] == [True]
    write(undo.expire_undo, now_us() + HOUR_US)
    assert [one.can_be_undone for one in read(undo.list_imports, ALICE)] == [False]
    with pytest.raises(Invalid, match="too long ago"):
        write(undo.undo_import, ALICE)
    assert read(archive.get_archive, ALICE, number)["things"] == NOTES


def test_only_the_owner_undoes(take, write, dumped, foxes):
    number = take(a_file()).import_id
    before = dumped()
    with pytest.raises(NotAuthenticated):
        write(undo.undo_import, BOB)
    write(systems.create_system, BOB)
    with pytest.raises(NotFound):
        write(undo.undo_import, BOB, number)
    assert dumped() == before


def test_the_same_again_changes_nothing_and_is_no_import(take, read, dumped, foxes):
    take(a_file())
    before = dumped()
    again = take(a_file())
    assert (again.import_id, dumped()) == (None, before)
    assert len(read(undo.list_imports, ALICE)) == 1


def test_after_undoing_the_same_comes_in_again(take, write, dumped, foxes):
    first = take(a_file())
    write(undo.undo_import, ALICE)
    again = take(a_file())
    assert (again.new, again.new_groups, again.switches, again.spans) == (
        first.new,
        first.new_groups,
        first.switches,
        first.spans,
    )


@pytest.mark.parametrize("stop", range(1, 11))
def test_killed_between_nothing_is_left(write, dumped, counts, foxes, stop):
    before, rows = dumped(), counts()
    steps = importer.Import(ALICE, a_file()).steps()
    for rule, args in itertools.islice(steps, stop):
        assert rule.__name__ != "finish"
        write(rule, *args)
    assert dumped() == before
    assert counts() == rows


def die_while_finishing(url):
    running = importer.Import(ALICE, a_file())
    opened = connections.open_database(url)
    for rule, args in running.steps():
        with opened.write() as session:
            rule(session, *args)
            if rule.__name__ == "finish":
                os.kill(os.getpid(), signal.SIGKILL)


def die_while_undoing(url):
    with connections.open_database(url).write() as session:
        undo.undo_import(session, ALICE)
        os.kill(os.getpid(), signal.SIGKILL)


def test_a_process_that_is_killed_in_the_last_step_or_while_undoing_leaves_all_as_it_was(
    take, write, url, dumped, counts, foxes
):
    before, rows = dumped(), counts()
    assert in_processes(die_while_finishing, url, times=1) == [-signal.SIGKILL]
    assert (dumped(), counts()) == (before, rows)
    take(a_file())
    after, more = dumped(), counts()
    assert in_processes(die_while_undoing, url, times=1) == [-signal.SIGKILL]
    assert (dumped(), counts()) == (after, more)
    write(undo.undo_import, ALICE)
    assert (dumped(), counts()) == (before, rows)


def test_what_fails_in_the_middle_of_undoing_changes_nothing(take, write, dumped, foxes, monkeypatch):
    take(a_file())
    before = dumped()
    monkeypatch.setattr(undo, "_take_rows", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        write(undo.undo_import, ALICE)
    assert dumped() == before
    monkeypatch.undo()
    write(undo.undo_import, ALICE)


def random_file(rng):
    """Any file: members of few names and IDs with any fields, groups of any of them, switches and spans."""
    listed = [
        a_member(
            rng.choice("ABCDE"),
            rng.choice([None, f"m{rng.randrange(6)}-{place}"]),
            {"visibility": rng.random() < 0.5},
            **{name: rng.choice(["x", "y"]) for name in ("description", "pronouns") if rng.random() < 0.5},
            is_archived=rng.random() < 0.3,
        )
        for place in range(rng.randrange(1, 6))
    ]
    places = range(len(listed))
    some = [a_group(name, rng.sample(places, rng.randrange(len(listed)))) for name in rng.sample("UVWXY", 3)]
    some = [replace(one, parent=rng.choice([None, *range(place)])) for place, one in enumerate(some)]
    hours = sorted(rng.sample(range(20), rng.randrange(8)))
    return File(
        listed,
        [(BEGIN + hour * HOUR_US + rng.choice([0, 300_000]), tuple(rng.sample(places, 1))) for hour in hours],
        some,
        {"description": rng.choice(["one", "two"])},
        app=rng.choice(["Octocon", "PluralKit"]),
        spans=[FileSpan(rng.choice(places), BEGIN + hour * HOUR_US) for hour in hours[::2]],
        archive={"notes": [rng.random()]} if rng.random() < 0.5 else {},
    )


@pytest.mark.parametrize("seed", range(6))
def test_whatever_was_imported_undoing_it_gives_the_export_from_before(take, write, dumped, counts, foxes, seed):
    rng = random.Random(seed)
    states = []
    for _ in range(4):
        states.append((dumped(), counts()))
        options = {"opens": rng.random() < 0.5, "fronts_now": rng.random() < 0.3}
        if take(random_file(rng), switches=rng.choice(known_switches.WAYS), **options).import_id is None:
            assert (dumped(), counts()) == states.pop()
    for state in reversed(states):
        write(undo.undo_import, ALICE)
        assert (dumped(), counts()) == state
