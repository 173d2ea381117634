"""Every sample, imported as somebody would: into nothing and into a system that has some of it, again, and undone."""

import json

import pytest
from sqlalchemy import func, select

from database import steps
from models import FrontSpan, Group, GroupMember, Import, ImportSource, Member, Switch, SwitchMember, System
from rules.fronting import switches
from rules.groups import groups, membership
from rules.systems import members, soft_delete, systems
from rules.transfer import exporter, import_plan, importer, known_switches
from rules.transfer.past_imports import undo
from tests.rules.transfer.formats import sidecars

ALICE = 80351110224678912
TABLES = (System, Member, Group, GroupMember, Switch, SwitchMember, FrontSpan, Import, ImportSource)
HOUR_US = 3_600_000_000
OPENS = [False, pytest.param(True, marks=pytest.mark.long)]


@pytest.fixture(params=sidecars.NAMES)
def file(request):
    """A sample, with all in it that may be taken."""
    return importer.read_file(sidecars.get_sample(request.param), adds_unknown=True, takes_birthdays=True)


@pytest.fixture
def take(write):
    def run(file, **options):
        running = importer.Import(ALICE, file, **options)
        steps.run(running.steps(), write)
        return running.result

    return run


@pytest.fixture
def look(read, write):
    """The export as it is sent, byte for byte, and how many rows there are once what is out of reach was deleted."""

    def run():
        while write(soft_delete.purge_some):
            pass
        counts = [read(lambda s, t=table: s.scalar(select(func.count()).select_from(t))) for table in TABLES]
        has_system = read(systems.find_own_system, ALICE)
        return has_system and exporter.dump(read(exporter.export_system, ALICE)), counts

    return run


@pytest.fixture
def filled(write, file):
    """Alice's system: some of the file's members and groups by their names, public, and switches amid the file's."""
    write(systems.create_system, ALICE, {"name": "Foxes", "description": "Before", "tag": "| fox"})
    names = list(dict.fromkeys(member.name for member in file.members))[:3]
    hids = [write(members.create_member, ALICE, {"name": name, "pronouns": "any"}).hid for name in (*names, "Zoe")]
    for name in [*dict.fromkeys(group.name for group in file.groups)][:2]:
        made = write(groups.create_group, ALICE, {"name": name}).hid
        write(membership.change_members, ALICE, made, hids[::2], "add")
    times = [at for at, _ in file.switches] or [HOUR_US]
    for at in (times[0] + HOUR_US // 7, times[len(times) // 2] + 1, times[-1] + HOUR_US):
        write(log_at, at, hids[-1:])
    write(log_at, times[len(times) // 2], hids[:1])
    return hids


def log_at(session, at, hids):
    """A switch of long ago."""
    system = systems.get_own_system(session, ALICE)
    switch = Switch(system_id=system.id, timestamp=at)
    session.add(switch)
    session.flush()
    switches.store_fronters(session, switch, session.scalars(select(Member.id).where(Member.hid.in_(hids))).all())


def check_nothing_would_change(read, file):
    plan = read(import_plan.plan, ALICE, file)
    told = "\n".join(plan.sentences)
    assert plan.is_empty, told
    assert ("Nothing would change" in told) or plan.openings


def check_again_changes_nothing(take, read, look, file):
    check_nothing_would_change(read, file)
    after = look()
    assert take(file).import_id is None
    assert look() == after


@pytest.mark.long
@pytest.mark.parametrize("opens", [False, True])
def test_into_nothing(take, write, read, look, file, opens):
    before = look()
    assert take(file, opens=opens, fronts_now=opens).made_system
    check_again_changes_nothing(take, read, look, file)
    undone = write(undo.undo_import, ALICE)
    assert (undone.deleted_system, undone.stays) == (True, ())
    assert look() == before


@pytest.mark.parametrize("opens", OPENS)
def test_into_a_system_that_has_some_of_it(take, write, read, look, file, filled, opens):
    before = look()
    assert take(file, opens=opens, fronts_now=opens).import_id
    check_again_changes_nothing(take, read, look, file)
    assert not write(undo.undo_import, ALICE).stays
    assert look() == before


@pytest.mark.long
@pytest.mark.parametrize("way", known_switches.WAYS)
def test_what_somebody_does_after_the_import_stays_when_it_is_undone(take, write, look, file, filled, way):
    before, _ = look()
    take(file, switches=way)
    later = write(members.create_member, ALICE, {"name": "Later"}).hid
    write(members.edit_member, ALICE, filled[-1], {"description": "edited since"})
    write(switches.log_switch, ALICE, [later, filled[-1]])
    full = json.loads(look()[0])
    assert not write(undo.undo_import, ALICE).stays
    expected = json.loads(before)
    expected["members"].append(next(one for one in full["members"] if one["id"] == later))
    next(one for one in expected["members"] if one["id"] == filled[-1])["description"] = "edited since"
    expected["switches"].insert(0, full["switches"][0])
    assert json.loads(look()[0]) == expected
