"""What an import that was killed leaves behind, by whatever face it ran."""

from contextlib import contextmanager

from sqlalchemy import func, select

from database import connections
from models import FrontSpan, Group, GroupMember, Import, ImportSource, Member, Switch, SwitchMember, System
from rules.groups import groups, membership
from rules.systems import members, soft_delete, systems
from rules.transfer import exporter
from rules.transfer.past_imports import archive, undo

ALICE = 80351110224678912
TABLES = (System, Member, Group, GroupMember, Switch, SwitchMember, FrontSpan, Import, ImportSource)
# With members, custom fronts, groups within groups, spans, and much that is kept aside.
SAMPLE = "simply-plural-export.json"


class File:
    """The file of a test, which is opened for each thing that is done to it."""

    def __init__(self, url):
        self.url = url

    @contextmanager
    def write(self):
        database = connections.open_database(self.url)
        try:
            with database.write() as session:
                yield session
        finally:
            database.close()

    def fill(self):
        """Alice's system with two members, of whom one is in the sample too, and a group."""
        with self.write() as session:
            systems.create_system(session, ALICE, {"name": "Foxes", "description": "Before"})
            hids = [members.create_member(session, ALICE, {"name": name}).hid for name in ("Maple", "Zoe")]
            group = groups.create_group(session, ALICE, {"name": "Elders"}).hid
            membership.change_members(session, ALICE, group, hids, "add")

    def look(self):
        """What a process that starts finds: the export byte for byte, what is kept aside, how many rows a table has."""
        with self.write() as session:
            soft_delete.abandon_all(session)
            while soft_delete.purge_some(session):
                pass
            counts = [session.scalar(select(func.count()).select_from(table)) for table in TABLES]
            exported = exporter.dump(exporter.export_system(session, ALICE))
            return exported, archive.get_archives(session, ALICE), counts

    def take_back(self):
        with self.write() as session:
            assert not undo.undo_import(session, ALICE).stays


def kill_at_each_point(file, kill, again):
    """Kill an import at its first point, its second and so on: at first that leaves nothing, then all of it.

    `kill` takes the number of a point, and says whether the import came to its end before; `again` imports the same.
    Returns how often nothing was left, and how often all.
    """
    before, number, ended, seen = file.look(), 0, False, []
    while not ended:
        number += 1
        ended = kill(number)
        found = file.look()
        seen.append(found != before)
        if found == before:
            continue
        if seen.count(True) == 1:
            again()
            assert file.look() == found
        file.take_back()
        assert file.look() == before
    assert seen == sorted(seen)
    return seen.count(False), seen.count(True)
