"""What people take away: `pk;export` in each format, and `.export`; for themselves alone."""

import io
import json
import zipfile

import pytest

from tests.end_to_end.bot_replies import text_of


def files_of(discord, person):
    """The names and contents of the files that came by DM, the oldest first."""
    sent = [message["attachments"][0] for message in discord.dms(person.id) if message["attachments"]]
    return [(one["filename"], discord.file(one["id"])) for one in sent]


@pytest.fixture
def foxes(discord_user):
    alice = discord_user("alice", "Foxes")
    alice.ask("pk;m new Ann", "")
    alice.ask("pk;sw Ann", "")
    return alice


@pytest.mark.parametrize(
    ("word", "name", "begins"),
    [
        ("", "system.json", b'{"version":2,'),
        ("PK", "system.json", b'{"version":2,'),
        ("pluralport", "system.pluralport.zip", b"PK\x03\x04"),
        ("csv", "fronts.csv", b"\xef\xbb\xbfMember,"),
        ("ics", "fronts.ics", b"BEGIN:VCALENDAR\r\n"),
    ],
)
def test_each_format_comes_by_dm(discord, foxes, word, name, begins):
    foxes.ask(f"pk;export {word}", "See your DMs.", "channel")
    [(sent, data)] = files_of(discord, foxes)
    assert (sent, data.startswith(begins)) == (name, True)
    assert "Keep it to yourself." in text_of(discord.dms(foxes.id)[-2])
    assert not any("Ann" in text_of(message) for message in discord.messages() if "Export" in text_of(message))


def test_the_slash_command_answers_its_user_alone(discord, foxes):
    for form, name in (("csv", "fronts.csv"), (None, "system.json")):
        options = {} if form is None else {"format": form}
        answer = foxes.slash("system export", "Keep it to yourself.", **options)
        assert answer["attachments"][0]["filename"] == name


def test_a_bundle_comes_back_as_it_was(discord, foxes, discord_user):
    foxes.ask("pk;export pluralport", "See your DMs.", "channel")
    [(_, bundle)] = files_of(discord, foxes)
    foxes.ask("pk;import", "See your DMs.", attachments=[("system.zip", bundle)])
    with zipfile.ZipFile(io.BytesIO(bundle)) as archive:
        assert archive.read("pluralport.json") == archive.read("openplural.json")
    bob = discord_user("bob")
    bob.ask("pk;import -y", "1 member added", attachments=[("system.zip", bundle)])
    assert [member["name"] for member in bob.members] == ["Ann"]


def test_refusals(discord, foxes, discord_user):
    bob = discord_user("bob")
    assert "no format" in foxes.refusal("pk;export xml")
    assert "no system" in bob.refusal("pk;export csv")
    assert "not your system" in bob.refusal(f"pk;s {foxes.id} export csv")
    discord.refuse_dms(foxes.id)
    assert "allow direct messages" in foxes.refusal("pk;export ics")
    assert "allow direct messages" in foxes.refusal(".export")


def test_everything_about_oneself(discord, rollcall, foxes):
    foxes.ask(".add song mine", "")
    token = foxes.token
    foxes.ask(".EXPORT", "See your DMs.", "channel")
    (name, data) = files_of(discord, foxes)[-1]
    found = json.loads(data)
    assert name == "everything-about-me.json"
    assert (found["id"], found["kv"], found["token"]) == (foxes.id, {"song": "mine"}, True)
    assert found["system"]["name"] == "Foxes"
    assert token not in data.decode()
    answer = foxes.slash("export", "Everything about you")
    assert answer["attachments"][0]["filename"] == name


def test_more_words_are_no_command(discord, foxes):
    before = len(discord.dms(foxes.id))
    discord.say_and_wait(foxes.id, ".export all of it")
    assert len(discord.dms(foxes.id)) == before
