"""Everything that is stored about a person, and that no table is left out of it."""

import json

import pytest

import models
from rules.account import kv, tokens
from rules.errors import NotFound
from rules.fronting import switches
from rules.proxying import autoproxy, message_records
from rules.systems import guild_settings, members, systems
from rules.transfer import person_exporter
from rules.transfer.import_file import File, FileMember, FileSpan
from rules.transfer.importer import Import
from rules.transfer.writing import backups

ALICE, BOB, GUILD = 80351110224678912, 80351110224678914, 41771983423143937


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
    write(autoproxy.set_mode, ALICE, GUILD, "front")
    write(message_records.record_message, ALICE, ann.id, 175928847299117063, 175928847299116963, 5, GUILD)
    write(backups.schedule, ALICE, "weekly")
    file = File(
        [FileMember("Ben", {"name": "Ben", "is_custom_front": True}, {}, source="members:1", kept={"desc": "All"})],
        spans=[FileSpan(0, 1_600_000_000_000_000, 1_600_000_001_000_000, "tired", "fronts:1")],
        app="Simply Plural",
        archive={"notes": [{"note": "Remember"}]},
    )
    for rule, args in Import(ALICE, file).steps():
        write(rule, *args)
    system = write(systems.find_own_system, ALICE).id
    rows = [
        models.Presence(user_id=ALICE, status="online", body='{"status":"online"}', version="1", discord_user="{}"),
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


def test_what_is_in_it(read, known):
    found = read(person_exporter.export_person, ALICE)
    assert found["id"] == str(ALICE)
    assert found["kv"] == {"song": "mine"}
    assert [member["name"] for member in found["system"]["members"]] == ["Ann", "Ben"]
    assert len(found["system"]["custom_fronts"]) == 1
    [imported] = found["imports"]
    assert imported["archive"]["things"] == {"notes": [{"note": "Remember"}]}
    assert (imported["fronts"][0]["status"], imported["sources"][0]["source"]) == ("tired", "members:1")
    assert found["members_in_servers"][0]["display_name"] == "Annie"
    assert found["messages"][0]["member"] == "Ann"
    assert found["waiting_events"] == [{"type": "PING"}]
    assert found["backup"]["every"] == "weekly"


def test_no_token_is_in_it(read, known):
    text = json.dumps(read(person_exporter.export_person, ALICE))
    stored = read(lambda session: session.get(models.Token, ALICE).hash)
    assert "SECRET" not in text
    assert stored not in text


def test_of_whom_nothing_is_stored(read, known):
    with pytest.raises(NotFound):
        read(person_exporter.export_person, BOB)
