"""Everything that is stored about a person, and that no table is left out of it."""

import json
import zlib
from uuid import uuid4

import pytest
from sqlalchemy import select

import models
from rules.account import erasure, kv, tokens
from rules.errors import NotFound
from rules.fronting import switches
from rules.groups import groups, membership
from rules.proxying import autoproxy, message_records
from rules.systems import guild_settings, members, soft_delete, systems
from rules.transfer import person_exporter
from rules.transfer.import_file import File, FileGroup, FileMember, FileSpan
from rules.transfer.importer import Import
from rules.transfer.writing import backups

# What of these tables nobody is told, and why.
UNTOLD = {
    "presence.status": "its body says it",
    "presence.version": "a checksum of its body",
    "presence_names.name": "made of the names in its body",
    "presence_names.user_id": "made of the names in its body",
    "tokens.hash": "who has it may try tokens against it",
    "imports.archive_hash": "a checksum of the archive",
    "imports.archive_bytes": "how long the archive is",
    "dispatch_outbox.token": "the webhook's secret",
    "unfinished_proxies.mark": "a checksum of a message",
    **dict.fromkeys(
        ("kv.id", "front_spans.id", "dispatch_outbox.id", "unfinished_proxies.id", "switch_members.position"),
        "a number by which rows are found or stand in their order",
    ),
}
ALICE, BOB, GUILD = 80351110224678912, 80351110224678914, 41771983423143937


def make_file(description):
    """A file to import that says this of Ben."""
    return File(
        [
            FileMember(
                "Ben",
                {"name": "Ben", "description": description, "is_custom_front": True},
                {},
                source="members:1",
                kept={"desc": "All"},
            )
        ],
        [(1_600_000_000_000_000, (0,)), (1_600_000_001_000_000, ())],
        [
            FileGroup("Den", {"name": "Den"}, {}, source="groups:1", members=(0,)),
            FileGroup("Nook", {"name": "Nook"}, {}, parent=0),
        ],
        spans=[FileSpan(0, 1_600_000_000_000_000, 1_600_000_001_000_000, "tired", "fronts:1")],
        app="Simply Plural",
        archive={"notes": [{"note": "Remember"}]},
    )


@pytest.fixture
def known(write):
    """Somebody of whom every table knows something."""
    write(systems.create_system, ALICE, {"name": "Foxes"})
    ann = write(members.create_member, ALICE, {"name": "Ann"})
    write(switches.log_switch, ALICE, [ann.hid])
    write(kv.set_value, ALICE, "song", "mine", True)
    write(tokens.store_token, ALICE, tokens.hash_token(tokens.make_token(ALICE)))
    write(guild_settings.edit_system, ALICE, GUILD, {"tag": "| F"})
    write(guild_settings.edit_member, ALICE, ann.hid, GUILD, {"display_name": "Annie"})
    write(autoproxy.set_mode, ALICE, GUILD, "member", ann.hid)
    write(message_records.record_message, ALICE, ann.id, 175928847299117063, 175928847299116963, 5, GUILD)
    write(backups.schedule, ALICE, "weekly")
    pack = write(groups.create_group, ALICE, {"name": "Pack"})
    write(membership.change_members, ALICE, pack.hid, [ann.hid], "add")
    # The second changes what the first has added.
    for description in ("Tired.", "Awake."):
        for rule, args in Import(ALICE, make_file(description), fronts_now=True).steps():
            write(rule, *args)
    system = write(systems.find_own_system, ALICE).id
    rows = [
        models.Presence(user_id=ALICE, status="online", body='{"status":"online"}', version="1", discord_user="{}"),
        models.PresenceName(name="alice", user_id=ALICE),
        models.GitHub(user_id=ALICE, account_id=1, body='{"login":"ann"}', etag=None, due_at=0),
        models.OptOut(user_id=ALICE, forgotten=False),
        models.OptIn(user_id=ALICE),
        models.JoinNotice(user_id=ALICE),
        models.DispatchEvent(
            system_id=system, body='{"type":"PING","signing_token":"SECRET"}', created_at=0, token="SECRET"
        ),
        models.UnfinishedProxy(
            original_id=1,
            replaced_id=2,
            sender_id=ALICE,
            channel_id=3,
            guild_id=GUILD,
            member_id=ann.id,
            mark=0,
            parts=1,
            noted_at=0,
        ),
    ]
    write(lambda session: session.add_all(rows))
    return ann


def test_every_table_is_told_or_nobodys(read, known):
    tables = set(models.db.metadata.tables)
    shown, nobodys = person_exporter.SHOWN_IN, person_exporter.NOT_OF_PERSONS
    assert not shown.keys() & nobodys.keys()
    assert shown.keys() | nobodys.keys() == tables
    found = read(person_exporter.export_person, ALICE)
    assert {key for key in shown.values() if not found[key]} == set()


def change(column, value):
    """Another value that the column may have."""
    kind = column.type.python_type
    if kind is bool:
        return not value
    if kind is int:
        return (value or 0) + 4242
    if kind is bytes:
        if column.name in ("uuid", "archive_hash"):
            return uuid4().bytes
        return value and zlib.compress(zlib.decompress(value).replace(b"Tired", b"Wired").replace(b"Remem", b"Dismem"))
    if value and value[0] in "[{":
        return value.replace("]", ', "zz"]') if value != "[]" and value[0] == "[" else '{"zz": 1}'
    return f"{value or ''}zz"


def test_every_column_is_told_or_named_here(database, read, known):
    before, untold = read(tell), set()
    for table in models.db.metadata.sorted_tables:
        for column in table.columns if table.name in person_exporter.SHOWN_IN else ():
            with database.write() as session:
                change_all(session, table, column)
                untold |= {str(column)} if tell(session) == before else set()
                session.rollback()
    assert untold == UNTOLD.keys()


def tell(session):
    """What Alice is told; None where it is nothing."""
    try:
        return json.dumps(person_exporter.export_person(session, ALICE))
    except (NotFound, KeyError):
        return None


def change_all(session, table, column):
    """Put other values into a column."""
    session.connection().exec_driver_sql("PRAGMA defer_foreign_keys=ON")
    key = list(table.primary_key.columns)
    for *own, value in session.execute(select(*key, column.label("value"))).all():
        same = [one == mine for one, mine in zip(key, own, strict=True)]
        session.execute(table.update().where(*same).values({column.name: change(column, value)}))


def test_what_is_in_it(read, known):
    found = read(person_exporter.export_person, ALICE)
    assert found["id"] == str(ALICE)
    assert found["kv"] == {"song": "mine"}
    assert [member["name"] for member in found["system"]["members"]] == ["Ann", "Ben"]
    assert len(found["system"]["custom_fronts"]) == 1
    imported, later = found["imports"]
    assert imported["archive"]["things"] == {"notes": [{"note": "Remember"}]}
    assert (imported["fronts"][0]["status"], imported["sources"][-1]["source"]) == ("tired", "members:1")
    assert found["members_in_servers"][0]["display_name"] == "Annie"
    assert found["messages"][0]["member"] == "Ann"
    [waiting] = found["waiting_events"]
    assert (waiting["event"], waiting["at"]) == ({"type": "PING"}, "1970-01-01T00:00:00.000000Z")
    ben = found["system"]["members"][1]
    assert ben["import"] == imported["id"]
    assert imported["archive"]["members"] == {ben["id"]: {"desc": "All"}}
    assert later["before"]["members"] == {ben["id"]: {"description": ["Tired.", "Awake."]}}
    assert [switch.get("import") for switch in found["system"]["switches"]] == [None, imported["id"], imported["id"]]
    assert found["backup"]["every"] == "weekly"


def test_no_token_is_in_it(read, known):
    text = json.dumps(read(person_exporter.export_person, ALICE))
    stored = read(lambda session: session.get(models.Token, ALICE).hash)
    assert "SECRET" not in text
    assert stored not in text


def test_of_whom_nothing_is_stored(read, known):
    with pytest.raises(NotFound):
        read(person_exporter.export_person, BOB)


@pytest.mark.parametrize("is_shared", [False, True])
def test_who_is_forgotten_is_in_no_table(read, write, known, is_shared):
    if is_shared:
        write(systems.link_account, ALICE, BOB)
    # As the command does while it goes on.
    while write(erasure.forget_some_messages, ALICE):
        pass
    write(erasure.forget, ALICE)
    while write(soft_delete.purge_some):
        pass

    def dump(session):
        tables = models.db.metadata.sorted_tables
        return {table.name: [tuple(row) for row in session.execute(table.select())] for table in tables}

    kept = {name for name, rows in read(dump).items() if rows}
    naming = {name for name, rows in read(dump).items() if str(ALICE) in repr(rows)}
    assert naming == {"hidden", "feed"}
    # A system of others as well stays theirs, with what came into it by whomever.
    of_system = {"systems", "accounts", "members", "groups", "group_members", "system_guilds", "member_guilds"}
    of_system |= {"switches", "switch_members"}
    of_imports = {"imports", "import_sources", "front_spans"}
    others = {"feed_epoch", "dispatch_outbox", "autoproxy"} if is_shared else {"feed_epoch"}
    assert kept - others == {"hidden", "feed", *(of_system | of_imports if is_shared else ())}
