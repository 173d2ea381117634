"""`pk;import` of files from other apps, what is asked about them, and `pk;import undo`, `list` and `archive`."""

import base64
import json
import zipfile
from io import BytesIO

import pytest
from sqlalchemy import select

from models import Import, System
from tests.end_to_end.bot_replies import text_of
from tests.rules.transfer.formats.sidecars import get_sample

SIMPLY_PLURAL = "simply-plural-export.json"
LISTS = ("me", "members", "groups", "customFronts", "frontHistory", "customFields")
PRIVATE = ("Maple", "Juniper", "Sorrel")


def attach(*names):
    return [(name, get_sample(name)) for name in names]


def pluralkit(*switches, names=("Pim", "Pam")):
    members = [{"id": f"aaaa{number}", "name": name} for number, name in enumerate("bc")]
    members = [{**member, "name": name} for member, name in zip(members, names, strict=True)]
    listed = [{"timestamp": at, "members": [member]} for at, member in switches]
    return [("system.json", json.dumps({"version": 1, "members": members, "switches": listed}).encode())]


@pytest.fixture(autouse=True)
def said_in_channels(discord):
    """Tells what everybody reads, on buttons too, from the beginning of the test; other files share the channel."""
    before = {message["id"] for message in discord.messages()}

    def tell():
        said = [message for message in discord.messages() if message["id"] not in before]
        return "\n".join(f"{text_of(message)} {json.dumps(message['components'])}" for message in said)

    return tell


def labels(message):
    return [button["label"] for row in message["components"] for button in row["components"]]


def files_of(discord, person):
    sent = [message for message in discord.dms(person.id) if message["attachments"]]
    return [discord.file(message["attachments"][0]["id"]) for message in sent]


@pytest.fixture
def harbour(discord_user):
    """Somebody with what the sample of Simply Plural brings."""
    alice = discord_user()
    alice.ask("pk;import -y", "Done. See your DMs.", "channel", attachments=attach(SIMPLY_PLURAL))
    return alice


def test_simply_plural_comes_in_and_goes_again(discord, rollcall, discord_user, said_in_channels):
    alice = discord_user()
    question = alice.ask("pk;import", "Import it?", "channel", attachments=attach(SIMPLY_PLURAL))
    plan = "\n".join(text_of(message) for message in discord.dms(alice.id))
    assert "A file of Simply Plural" in plan
    assert "Maple" in plan
    assert not any(label.startswith("☑") for label in labels(question))
    assert rollcall.get(f"/v1/a/{alice.id}").status_code == 404
    assert labels(question)[0] == "☐ Who fronts last in the file fronts now"
    alice.press(question, "Import", "Done. See your DMs.", "channel")
    assert "9 members added" in text_of(discord.dms(alice.id)[-1])
    assert "9 members" not in said_in_channels()
    assert {member["visibility"] for member in alice.members} == {"private"}
    undoing = alice.ask("pk;import undo", "Your DMs say what would be undone.", "channel")
    assert "9 members, 4 groups" in text_of(discord.dms(alice.id)[-1])
    alice.press(undoing, "Undo", "See your DMs.", "channel")
    assert "Undone: 9 members, 4 groups" in text_of(discord.dms(alice.id)[-1])
    assert rollcall.get(f"/v1/a/{alice.id}").status_code == 404
    assert not [word for word in PRIVATE if word in said_in_channels()]


def test_lists_that_belong_together_come_in_as_one_file(discord_user):
    with zipfile.ZipFile(BytesIO(get_sample("simply-plural-token-dump.zip"))) as archive:
        lists = [(f"{name}.json", archive.read(f"json/{name}.json")) for name in LISTS]
    whole, parts = discord_user("whole"), discord_user("parts")
    whole.ask("pk;import -y", "members added", attachments=attach("simply-plural-token-dump.zip"))
    parts.ask("pk;import -y", "members added", attachments=lists)
    assert sorted(one["name"] for one in parts.members) == sorted(one["name"] for one in whole.members)


def test_files_that_do_not_belong_together_are_refused(discord, discord_user):
    alice = discord_user()
    alice.ask("pk;import -y", "See your DMs.", attachments=attach("tupperbox-export.json", "pluralkit-v2.json"))
    assert "These files do not belong together." in text_of(discord.dms(alice.id)[-1])


@pytest.mark.parametrize(
    ("way", "count"), [("Only the 1 switch from before", 1), ("All 2 switches", 2), ("No switches", 0)]
)
def test_switches_that_would_mix_are_asked_about(discord_user, way, count):
    alice = discord_user()
    own = pluralkit(("2021-02-01T00:00:00Z", "aaaa0"), ("2021-06-01T00:00:00Z", "aaaa1"))
    alice.ask("pk;import -y", "2 switches added", attachments=own)
    other = pluralkit(("2021-01-01T00:00:00Z", "aaaa0"), ("2021-03-01T00:00:00Z", "aaaa1"))
    question = alice.ask("pk;import", "both would mix", "dm", attachments=other, dm=True)
    assert [label for label in labels(question) if label.startswith("◉")] == [
        "◉ Only the 1 switch from before my first"
    ]
    if count != 1:
        label = next(label for label in labels(question) if label[2:].startswith(way))
        alice.discord.click(alice.id, question["id"], find(question, label))
    alice.press(question, "Import", f"{count} switch{'es' if count != 1 else ''} added", "dm")


def find(message, label):
    """The custom ID of a button."""
    buttons = [button for row in message["components"] for button in row["components"]]
    return next(button["custom_id"] for button in buttons if button["label"] == label)


def find_fronting_now(session, hid):
    """Of each import into a system, whether those who front last in its file do so now."""
    return list(session.scalars(select(Import.fronts_now).join(System).where(System.hid == hid)))


def test_who_fronts_in_a_file_fronts_now_only_where_that_is_said(rollcall, discord_user):
    alice, bob = discord_user("alice"), discord_user("bob")
    file = pluralkit(("2021-02-01T00:00:00Z", "aaaa0"))
    for person, says in ((alice, False), (bob, True)):
        question = person.ask("pk;import", "Import it?", "dm", attachments=file, dm=True)
        if says:
            person.discord.click(person.id, question["id"], find(question, "☐ They front now: “Pim”"))
        person.press(question, "Import", "members added", "dm")
        assert rollcall.write(find_fronting_now, person.system["id"]) == [says]


def test_who_fronts_and_is_no_member_becomes_one_after_a_second_plan(discord_user):
    alice = discord_user()
    question = alice.ask("pk;import", "Import it?", "dm", attachments=attach(SIMPLY_PLURAL), dm=True)
    offer = next(label for label in labels(question) if "are not in the file" in label)
    alice.discord.click(alice.id, question["id"], find(question, offer))
    second = alice.press(question, "Import", "10 new members", "dm")
    assert not [label for label in labels(second) if "are not in the file" in label]
    alice.press(second, "Import", "members added", "dm")
    assert [one for one in alice.members if one["name"].startswith("Unknown ")]


def test_what_is_kept_aside_is_seen_by_its_owner_alone(discord, harbour, discord_user, said_in_channels):
    bob = discord_user("bob", "Foxes")
    harbour.ask("pk;import archive", "See your DMs.", "channel")
    listed = text_of(discord.dms(harbour.id)[-1])
    assert "**1.** Simply Plural, imported <t:" in listed
    harbour.ask("pk;import archive 1", "See your DMs.", "channel")
    kept = json.loads(files_of(discord, harbour)[-1])
    assert kept["app"] == "Simply Plural"
    assert kept["things"]
    for number in ("2", "0", "x", "9" * 40, "-1"):
        assert "kept aside under" in harbour.refusal(f'pk;import archive "{number}"')
    bob.ask("pk;import archive", "See your DMs.", "channel")
    assert "Nothing is kept aside." in text_of(discord.dms(bob.id)[-1])
    assert "kept aside under" in bob.refusal("pk;import archive 1")
    assert not [word for word in PRIVATE if word in said_in_channels()]


def test_the_list_says_what_came_and_what_can_be_undone(discord, harbour):
    harbour.ask("pk;import list", "See your DMs.", "channel")
    listed = text_of(discord.dms(harbour.id)[-1])
    assert "9 members, 4 groups" in listed
    assert "`pk;import undo` takes it back" in listed


def test_there_is_nothing_to_undo(discord_user):
    alice, bob = discord_user("alice", "Foxes"), discord_user("bob")
    assert "There is no import to undo." in alice.refusal("pk;import undo")
    for command in ("undo", "list", "archive"):
        assert "no system" in bob.refusal(f"pk;import {command}")
    assert "I did not expect" in alice.refusal("pk;import undo now")


def test_undoing_asks_and_can_be_called_off(harbour):
    before = harbour.members
    question = harbour.ask("pk;s import undo", "Your DMs say what would be undone.")
    harbour.press(question, "No", "Nothing was undone.")
    assert harbour.members == before


def test_one_import_at_a_time(discord_user):
    alice = discord_user()
    question = alice.ask("pk;import", "Import it?", attachments=pluralkit())
    assert "is being asked about or running" in alice.refusal("pk;import -y", attachments=pluralkit())
    alice.press(question, "No", "Nothing was imported.")
    alice.ask("pk;import -y", "2 members added", attachments=pluralkit())


def test_by_slash_command(discord, discord_user):
    alice = discord_user()
    file = (SIMPLY_PLURAL, base64.b64encode(get_sample(SIMPLY_PLURAL)).decode())
    question = alice.slash("import file", "Import it?", file=file)
    assert "Maple" in text_of(question) or "in the file above" in text_of(question)
    alice.press(question, "Import", "9 members added", "ephemeral")
    alice.slash("import list", "9 members, 4 groups")
    alice.slash("import archive", "`/import archive` sends it as a file")
    alice.slash("import archive", "Keep it to yourself", number="1")
    undoing = alice.slash("import undo", "Undo it?")
    alice.press(undoing, "Undo", "Undone: 9 members", "ephemeral")
    assert not discord.dms(alice.id)
