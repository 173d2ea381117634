"""The export: its keys in PluralKit's order, all that the owner sees, and nothing of anybody else."""

import json
from uuid import UUID

import pytest

from rules.errors import NotAuthenticated
from rules.fronting import switches
from rules.systems import config, members, systems
from rules.transfer import exporter
from tests.rules.transfer.import_samples import export, run_import, without_ids

ALICE, ALEX, BOB = 80351110224678912, 80351110224678911, 80351110224678914
NOON = 1_795_262_400_000_000
NOON_SHOWN = "2026-11-21T12:00:00.000000Z"
SYSTEM_PRIVACY = (
    *("name_privacy", "avatar_privacy", "description_privacy", "banner_privacy", "pronoun_privacy"),
    *("member_list_privacy", "group_list_privacy", "front_privacy", "front_history_privacy"),
)
MEMBER_PRIVACY = (
    *("visibility", "name_privacy", "description_privacy", "banner_privacy", "birthday_privacy", "pronoun_privacy"),
    *("avatar_privacy", "metadata_privacy", "proxy_privacy"),
)
SYSTEM = {
    "name": "Foxes 🦊",
    "description": "Four of us.",
    "tag": "| foxes",
    "pronouns": "they/them",
    "avatar_url": "https://example.com/fox.png",
    "banner": "https://example.com/banner.png",
    "color": "ff8800",
    "tz": "Europe/Berlin",
    **dict.fromkeys(SYSTEM_PRIVACY, "private"),
}
CONFIG = {
    "pings_enabled": False,
    "latch_timeout": 60,
    "member_default_private": True,
    "group_default_private": True,
    "show_private_info": False,
    "case_sensitive_proxy_tags": False,
    "proxy_error_message_enabled": False,
    "proxy_switch": "add",
    "name_format": "{name} – {tag}",
    "hid_display_split": True,
    "hid_display_caps": True,
    "hid_list_padding": "left",
    "card_show_color_hex": True,
    "description_templates": ["Likes:\nDislikes:", "Ä"],
}
ANN = {
    "name": "Ann",
    "display_name": "Ann the Tall",
    "color": "00ff00",
    "birthday": "0004-02-29",
    "pronouns": "she/her",
    "avatar_url": "https://example.com/ann.png",
    "webhook_avatar_url": "https://example.com/ann2.png",
    "banner": "https://example.com/banner2.png",
    "description": "Tall.",
    "keep_proxy": True,
    "tts": True,
    "autoproxy_enabled": False,
    "proxy_tags": [{"prefix": "[", "suffix": "]"}, {"prefix": "a:", "suffix": None}],
    **dict.fromkeys(MEMBER_PRIVACY, "private"),
}


@pytest.fixture
def whole(write, monkeypatch):
    """Alice's system, of which everything is set, private and not as it begins; the IDs of Ann and Ben."""
    monkeypatch.setattr(systems, "now_us", lambda: NOON)
    monkeypatch.setattr(members, "now_us", lambda: NOON + 1)
    monkeypatch.setattr(switches, "now_us", lambda: NOON)
    write(systems.create_system, ALICE, SYSTEM)
    write(systems.link_account, ALICE, ALEX)
    write(config.edit_config, ALICE, CONFIG)
    hids = [write(members.create_member, ALICE, fields).hid for fields in (ANN, {"name": "Ben"})]

    def speak(session):
        ann = members.get_member(session, hids[0])
        ann.message_count, ann.last_message_at = 12, NOON + 5

    write(speak)
    for fronting in (hids, [], hids[::-1]):
        write(switches.log_switch, ALICE, fronting)
    return hids


def test_the_export_has_everything_in_pluralkits_order(read, whole):
    ann, ben = whole
    foxes = read(systems.get_own_system, ALICE)
    exported = export(read, ALEX)
    assert list(exported.items())[:1] == [("version", 2)]
    shown = [
        ("version", 2),
        ("id", foxes.hid),
        ("uuid", exported["uuid"]),
        *{key: value for key, value in SYSTEM.items() if key != "tz" and key not in SYSTEM_PRIVACY}.items(),
        ("created", NOON_SHOWN),
        ("webhook_url", None),
        ("privacy", dict.fromkeys(SYSTEM_PRIVACY, "private")),
    ]
    assert list(exported.items())[: len(shown)] == shown
    assert list(exported)[len(shown) :] == ["config", "accounts", "members", "groups", "switches"]
    assert list(exported["privacy"]) == list(SYSTEM_PRIVACY)
    assert (exported["accounts"], exported["groups"]) == ([ALEX, ALICE], [])
    assert exported["switches"] == [
        {"timestamp": "2026-11-21T12:00:00.000002Z", "members": [ben, ann]},
        {"timestamp": "2026-11-21T12:00:00.000001Z", "members": []},
        {"timestamp": NOON_SHOWN, "members": [ann, ben]},
    ]


def test_a_member_has_everything_in_pluralkits_order(read, whole):
    ann = export(read, ALICE)["members"][0]
    assert list(ann.items()) == [
        ("id", whole[0]),
        ("uuid", ann["uuid"]),
        *((name, ANN[name]) for name in list(ANN)[:9]),
        ("created", "2026-11-21T12:00:00.000001Z"),
        ("keep_proxy", True),
        ("tts", True),
        ("autoproxy_enabled", False),
        ("message_count", 12),
        ("last_message_timestamp", "2026-11-21T12:00:00.000005Z"),
        ("proxy_tags", ANN["proxy_tags"]),
        ("privacy", dict.fromkeys(MEMBER_PRIVACY, "private")),
    ]
    assert list(ann["privacy"]) == list(MEMBER_PRIVACY)


def test_the_settings_are_there_and_pluralkits_defaults_for_what_there_is_not(read, whole):
    assert list(export(read, ALICE)["config"].items()) == [
        ("timezone", "Europe/Berlin"),
        ("pings_enabled", False),
        ("latch_timeout", 60),
        ("member_default_private", True),
        ("group_default_private", True),
        ("show_private_info", False),
        ("member_limit", 1000),
        ("group_limit", 250),
        ("case_sensitive_proxy_tags", False),
        ("proxy_error_message_enabled", False),
        ("hid_display_split", True),
        ("hid_display_caps", True),
        ("hid_list_padding", "left"),
        ("card_show_color_hex", True),
        ("proxy_switch", "add"),
        ("name_format", "{name} – {tag}"),
        ("description_templates", ["Likes:\nDislikes:", "Ä"]),
    ]


def test_uuids_stay_and_are_nobody_elses(read, write, whole):
    first, second = export(read, ALICE), export(read, ALICE)
    assert first == second
    uuids = [first["uuid"], *(member["uuid"] for member in first["members"])]
    assert len(set(uuids)) == 3
    assert {UUID(uuid).version for uuid in uuids} == {4}


def test_there_is_nothing_of_others(read, write, whole):
    write(systems.create_system, BOB, {"name": "Bob's"})
    zoe = write(members.create_member, BOB, {"name": "Zoe"}).hid
    write(switches.log_switch, BOB, [zoe])
    assert [member["name"] for member in export(read, ALICE)["members"]] == ["Ann", "Ben"]
    assert len(export(read, ALICE)["switches"]) == 3
    bobs = export(read, BOB)
    assert [member["id"] for member in bobs["members"]] == [zoe]
    assert [switch["members"] for switch in bobs["switches"]] == [[zoe]]


def test_without_a_system_there_is_no_export(read):
    with pytest.raises(NotAuthenticated, match="This account has no system"):
        read(exporter.export_system, ALICE)


def test_the_file_is_compact_and_legible(read, whole):
    text = exporter.dump(read(exporter.export_system, ALICE))
    assert '"name":"Foxes 🦊","description":"Four of us."' in text
    assert json.loads(text.encode().decode())["members"][0]["name"] == "Ann"


def test_a_picture_for_proxying_that_is_the_other_one_is_none(read, write, whole):
    write(lambda session: setattr(members.get_member(session, whole[0]), "webhook_avatar_url", ANN["avatar_url"]))
    assert export(read, ALICE)["members"][0]["webhook_avatar_url"] is None


def test_a_file_that_is_imported_elsewhere_and_exported_there_is_the_same_but_for_ids(read, write, whole):
    exported = export(read, ALICE)
    text = exporter.dump(exported).encode()
    write(systems.delete_system, ALICE)
    result = run_import(write, ALICE, text).result
    write(systems.link_account, ALICE, ALEX)
    again = export(read, ALICE)
    assert without_ids(again) == without_ids(exported)
    assert again["id"] == result.hid != exported["id"]
    assert {member["id"] for member in again["members"]} & set(whole) == set()


def uuids_in(exported):
    return [exported["uuid"], *(member["uuid"] for member in exported["members"])]


def test_uuids_come_along_with_the_file_and_are_never_anothers(read, write, whole):
    exported = export(read, ALICE)
    text = exporter.dump(exported).encode()
    run_import(write, BOB, text)
    bobs = uuids_in(export(read, BOB))
    assert set(bobs).isdisjoint(uuids_in(exported))
    assert len(set(bobs)) == 3
    write(systems.delete_system, ALICE)
    run_import(write, ALICE, text)
    assert uuids_in(export(read, ALICE)) == uuids_in(exported)


@pytest.mark.parametrize("odd", [None, "", "abc", 5, "7d444840-9dc0-11d1-b245-5ffdce74fad2"])
def test_what_is_no_uuid_of_version_4_is_replaced(read, write, whole, odd):
    exported = export(read, ALICE)
    exported["uuid"] = odd
    for member in exported["members"]:
        member["uuid"] = odd
    run_import(write, BOB, exporter.dump(exported).encode())
    assert {UUID(uuid).version for uuid in uuids_in(export(read, BOB))} == {4}


def test_a_uuid_that_stands_twice_in_a_file_is_the_firsts(read, write, whole):
    exported = export(read, ALICE)
    first, second = exported["members"]
    wanted = second["uuid"] = first["uuid"]
    write(systems.delete_system, ALICE)
    run_import(write, ALICE, exporter.dump(exported).encode())
    uuids = uuids_in(export(read, ALICE))[1:]
    assert uuids[0] == wanted != uuids[1]


def test_a_system_that_begins_comes_back_the_same_too(read, write):
    write(systems.create_system, ALICE)
    write(members.create_member, ALICE, {"name": "Ann"})
    exported = export(read, ALICE)
    write(systems.delete_system, ALICE)
    run_import(write, ALICE, exporter.dump(exported).encode())
    assert without_ids(export(read, ALICE)) == without_ids(exported)


def test_importing_ones_own_export_changes_nothing(read, write, whole):
    exported = export(read, ALICE)
    running = run_import(write, ALICE, exporter.dump(exported).encode())
    assert running.result.sentence == "Imported: 0 members added and 0 changed, 0 switches added."
    assert export(read, ALICE) == exported
