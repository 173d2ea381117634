"""Which events a change makes, and what they say; `tests/rules/dispatch/test_webhooks.py` is about who gets them."""

import json

import pytest
from sqlalchemy import select

import models
from models import DispatchEvent
from rules.account import erasure
from rules.dispatch import changes, outbox, webhooks
from rules.errors import Refused
from rules.fronting import switches
from rules.groups import groups, membership
from rules.parsing.uuids import format_uuid
from rules.proxying import autoproxy, message_records
from rules.systems import config, guild_settings, members, systems
from tests.rules.transfer.import_samples import pluralkit, run_import

ALICE, BOB, GUILD = 1, 2, 70


@pytest.fixture
def ann(write):
    """Alice's system has a webhook, and a member; the ID of that one."""
    write(systems.create_system, ALICE, {"name": "Trees"})
    hid = write(members.create_member, ALICE, {"name": "Ann"}).hid
    write(webhooks.set_webhook, ALICE, "https://example.com/hook", "secret")
    return hid


@pytest.fixture
def told(read):
    """All events so far, as (type, data)."""
    return lambda: [(event["type"], event["data"]) for event in read(events)]


def events(session):
    return [json.loads(body) for body in session.scalars(select(DispatchEvent.body).order_by(DispatchEvent.id))]


def test_an_edit_tells_the_changed_keys_alone(write, told, ann):
    write(systems.edit_system, ALICE, {"name": "Trees", "tag": "🌳", "front_privacy": "private", "tz": "Europe/Berlin"})
    write(members.edit_member, ALICE, ann, {"pronouns": "she/her", "proxy_tags": [{"prefix": "A:", "suffix": None}]})
    assert told() == [
        ("UPDATE_SYSTEM", {"tag": "🌳", "privacy": {"front_privacy": "private"}}),
        ("UPDATE_SETTINGS", {"timezone": "Europe/Berlin"}),
        ("UPDATE_MEMBER", {"pronouns": "she/her", "proxy_tags": [{"prefix": "A:", "suffix": None}]}),
    ]


def test_a_member_is_made_and_deleted(write, told, ann):
    hid = write(members.create_member, ALICE, {"name": "Ben", "pronouns": "he/him"}).hid
    write(members.delete_member, ALICE, hid)
    assert told() == [("CREATE_MEMBER", {"name": "Ben"}), ("DELETE_MEMBER", None)]


def test_switches_are_told_with_time_and_members(write, told, ann):
    switch = write(switches.log_switch, ALICE, [ann])
    write(switches.edit_switch, ALICE, [])
    write(switches.move_switch, ALICE, 1_000_000)
    write(switches.delete_switch, ALICE)
    (created, data), *rest = told()
    assert (created, data["members"]) == ("CREATE_SWITCH", [ann])
    assert data["timestamp"].endswith("Z")
    assert rest == [
        ("UPDATE_SWITCH", {"members": []}),
        ("UPDATE_SWITCH", {"timestamp": "1970-01-01T00:00:01.000000Z"}),
        ("DELETE_SWITCH", None),
    ]
    assert switch.timestamp


def test_the_whole_history_goes_as_one_event(write, told, ann):
    write(switches.log_switch, ALICE, [ann])
    write(switches.delete_all_switches, ALICE)
    assert told()[1:] == [("DELETE_ALL_SWITCHES", None)]


def test_what_counts_in_one_server_is_told_with_its_id(write, told, ann):
    write(guild_settings.edit_system, ALICE, GUILD, {"proxy_enabled": False})
    write(guild_settings.edit_system, ALICE, GUILD, {"tag": "x"})
    write(guild_settings.edit_member, ALICE, ann, GUILD, {"display_name": "Annie"})
    write(autoproxy.set_mode, ALICE, GUILD, "member", ann)
    kinds = [kind for kind, _ in told()]
    assert kinds == ["UPDATE_SYSTEM_GUILD", "UPDATE_SYSTEM_GUILD", "UPDATE_MEMBER_GUILD", "UPDATE_AUTOPROXY"]
    assert {data["guild_id"] for _, data in told()} == {str(GUILD)}
    assert told()[1][1] == {"guild_id": "70", "tag": "x"}
    assert told()[3][1]["autoproxy_member"] == ann


def test_settings_and_accounts(write, told, ann):
    write(config.edit_config, ALICE, {"pings_enabled": False})
    write(systems.link_account, ALICE, BOB)
    write(systems.unlink_account, ALICE, BOB)
    settings, last = ("UPDATE_SETTINGS", {"pings_enabled": False}), ("UNLINK_ACCOUNT", None)
    assert told() == [settings, ("LINK_ACCOUNT", None), last]


def test_who_is_forgotten_is_named_by_the_last_event_alone(write, told, ann):
    write(systems.link_account, ALICE, BOB)
    write(members.edit_member, ALICE, ann, {"name": "Anna"})
    write(erasure.forget, BOB)
    assert told() == [("UPDATE_MEMBER", {"name": "Anna"}), ("UNLINK_ACCOUNT", None)]


def test_a_proxied_message_is_told_once(write, read, told, ann):
    number = read(members.get_member, ann).id
    for _ in range(2):
        write(message_records.record_message, ALICE, number, 10 << 22, 9 << 22, 5, GUILD)
    ((kind, data),) = told()
    assert (kind, data["id"], data["sender"], data["member"]["id"]) == ("CREATE_MESSAGE", str(10 << 22), "1", ann)


def test_a_latch_that_is_only_renewed_is_not_told(write, read, told, ann):
    number = read(members.get_member, ann).id
    system_id = read(systems.find_own_system, ALICE).id
    write(autoproxy.set_mode, ALICE, GUILD, "latch")
    for at in (1, 2, 3):
        write(autoproxy.renew_latch, system_id, GUILD, number, at)
    assert [kind for kind, _ in told()] == ["UPDATE_AUTOPROXY"] * 2


def test_what_is_refused_or_rolled_back_is_not_told(write, told, ann):
    with pytest.raises(Refused):
        write(members.edit_member, ALICE, ann, {"name": ""})
    with pytest.raises(ZeroDivisionError):
        write(_edit_and_fail, ann)
    write(members.edit_member, ALICE, ann, {"name": "Ann"})
    assert told() == []


def test_of_a_system_without_webhook_nothing_is_kept(write, told):
    write(systems.create_system, ALICE)
    write(members.create_member, ALICE, {"name": "Ann"})
    write(switches.log_switch, ALICE, [])
    assert told() == []


def test_a_system_tells_only_of_itself(write, told, read, ann):
    write(systems.create_system, BOB, {"name": "Lakes"})
    other = write(members.create_member, BOB, {"name": "Eve"}).hid
    write(members.edit_member, BOB, other, {"description": "secret"})
    write(systems.edit_system, ALICE, {"tag": "x"})
    assert told() == [("UPDATE_SYSTEM", {"tag": "x"})]
    assert "webhook" not in str(read(events))
    assert "secret" not in str(read(events))


def _edit_and_fail(session, hid):
    members.edit_member(session, ALICE, hid, {"name": "Anna"})
    session.flush()
    raise ZeroDivisionError


# What of the tables is told to nobody, by intent: numbers of rows, what cannot change, counters, secrets, and what no
# program of PluralKit's knows.
UNTOLD = {
    models.System: {"id", "hid", "uuid", "created", "webhook_url", "webhook_token"},
    models.Member: {
        *("id", "hid", "uuid", "system_id", "created", "message_count", "last_message_at"),
        *("is_custom_front", "is_archived", "import_id"),
    },
    models.SystemGuild: {"system_id", "guild_id"},
    models.MemberGuild: {"member_id", "guild_id"},
    models.Group: {"id", "hid", "uuid", "system_id", "created", "parent_id", "import_id"},
    models.Switch: {"id", "uuid", "system_id", "hides_private", "import_id"},
    models.Autoproxy: {"system_id", "guild_id", "latched_at"},
}


@pytest.mark.parametrize("table", UNTOLD, ids=lambda table: table.__tablename__)
def test_every_column_is_told_or_meant_not_to_be(table):
    told = {name for kind in changes.KINDS[table] for name in kind.columns} - {"members"}
    assert told | UNTOLD[table] == {column.name for column in table.__table__.columns}
    assert not told & UNTOLD[table]


def test_an_import_is_one_event(write, told, ann):
    run_import(write, ALICE, pluralkit(members=[{"name": "Ann", "pronouns": "she/her"}, {"name": "Ben"}]))
    assert told() == [("SUCCESSFUL_IMPORT", None)]


def test_a_deleted_system_tells_nothing_any_more(write, read, told, ann):
    system_id = read(systems.get_own_system, ALICE).id
    write(systems.edit_system, ALICE, {"tag": "x"})
    write(systems.delete_system, ALICE)
    assert read(outbox.get_waiting, system_id).url is None
    assert write(outbox.drop_some, system_id) is False
    assert told() == []


def test_who_is_cleared_or_ended_is_told_nothing(write, read, told, ann):
    system_id = read(systems.get_own_system, ALICE).id
    assert write(webhooks.end_webhook, system_id, "https://example.com/another") == []
    assert write(webhooks.end_webhook, system_id, "https://example.com/hook") == [ALICE]
    write(systems.edit_system, ALICE, {"tag": "x"})
    assert told() == []
    assert write(webhooks.clear_webhook, ALICE) is False


def test_groups_and_who_is_in_them(write, told, ann):
    hid = write(groups.create_group, ALICE, {"name": "Night"}).hid
    write(groups.edit_group, ALICE, hid, {"color": "ff0000", "visibility": "private"})
    for _ in range(2):
        write(membership.change_members, ALICE, hid, [ann], "add")
    write(membership.change_groups, ALICE, ann, [hid], "remove")
    write(groups.delete_group, ALICE, hid)
    assert told() == [
        ("CREATE_GROUP", {"name": "Night"}),
        ("UPDATE_GROUP", {"color": "ff0000", "privacy": {"visibility": "private"}}),
        ("UPDATE_GROUP_MEMBERS", None),
        ("UPDATE_GROUP_MEMBERS", None),
        ("DELETE_GROUP", None),
    ]


def test_ids_are_uuids_but_for_accounts(write, read, ann):
    write(members.edit_member, ALICE, ann, {"pronouns": "she/her"})
    write(systems.link_account, ALICE, BOB)
    member, account = read(events)
    assert member["id"] == format_uuid(read(members.get_member, ann).uuid)
    assert member["system_id"] == format_uuid(read(systems.get_own_system, ALICE).uuid)
    assert account["id"] == str(BOB)
