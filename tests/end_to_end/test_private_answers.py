"""Whatever is private never stands where others can read it, by whatever command it is asked for.

A system in which every setting is private holds values that occur nowhere else; every command that shows something is
typed by its owner and by a stranger, in a channel, in a DM and as a slash command.
"""

import json
import secrets
from datetime import UTC, datetime

import pytest

from rules.parsing.birthdays import show_birthday
from tests.end_to_end.bot_replies import said

SYSTEM = ("name_privacy", "description_privacy", "avatar_privacy", "banner_privacy", "pronoun_privacy")
SYSTEM += ("member_list_privacy", "group_list_privacy", "front_privacy", "front_history_privacy")
MEMBER = ("visibility", "name_privacy", "description_privacy", "birthday_privacy", "pronoun_privacy", "avatar_privacy")
MEMBER += ("metadata_privacy", "banner_privacy", "proxy_privacy")
EXTRAS = "-wmc -wc -wlf -wlm -wbd -wp -wa -wdn"
# Whose they are stands in the place of {}; for the owner it may be left out.
OF_SYSTEM = (
    *("s {}", "s {} show", "s {} name", "s {} description", "s {} description -raw", "s {} tag", "s {} pronouns"),
    *("s {} color", "s {} avatar", "s {} avatar raw", "s {} banner", "s {} banner -raw", "s {} id", "s {} privacy"),
    *("s {} list", "s {} list full", f"s {{}} list full {EXTRAS}", "s {} list -all", "s {} list -private-only"),
    *("s {} find e", "s {} f", "f {}", "fh {}", "s {} fh -with-id", "s {} fp", "s {} fp full -flat"),
)
OF_MEMBER = ("", *(f" {field}" for field in ("show", "name", "dn", "description", "description raw", "pronouns", "id")))
OF_MEMBER += (" birthday", " color", " avatar", " avatar -raw", " banner", " proxy", " keepproxy", " privacy")
OF_OWNER = (
    "list",
    "list full -all",
    f"list full -all {EXTRAS}",
    "find e -all",
    "fp full",
    "f p",
    "ap",
    "config",
    "export",
)


class Private:
    """A system of two members, all of it private, and what must never be read."""

    def __init__(self):
        self.name, self.pronouns, self.description = word(), word(), word()
        self.pictures = [picture(), picture()]
        self.members = [make_member("aaaaa"), make_member("bbbbb")]
        self.times = [1_500_000_000 + secrets.randbelow(10**8) for _ in range(2)]
        self.file = {
            "version": 2,
            "name": self.name,
            "description": self.description,
            "pronouns": self.pronouns,
            "avatar_url": self.pictures[0],
            "banner": self.pictures[1],
            "tag": "|T",
            "privacy": dict.fromkeys(SYSTEM, "private"),
            "config": {"card_show_color_hex": True},
            "members": self.members,
            "switches": [{"timestamp": iso(at), "members": ["aaaaa", "bbbbb"]} for at in self.times],
        }

    @property
    def of_system(self):
        """What is private of the system, as it would be shown."""
        return [self.name, self.pronouns, self.description, *self.pictures, *(f"<t:{at}:" for at in self.times)]

    @property
    def of_members(self):
        """What is private of the members, as it would be shown."""
        values = []
        for member in self.members:
            values += [member[key] for key in ("name", "pronouns", "description", "avatar_url", "banner")]
            values += [show_birthday(member["birthday"]), f"{member['message_count']:,}"]
            values += [f"#{member['color']}", f'"color": {int(member["color"], 16)}']
            values += [member["proxy_tags"][0]["prefix"], f"<t:{seconds(member['created'])}:"]
        return values

    @property
    def called(self):
        """What the members are called where one is asked about; that there are any, the system does not tell."""
        return [member["display_name"] for member in self.members]


def make_member(hid):
    return {
        "id": hid,
        "name": word(),
        "display_name": word(),
        "pronouns": word(),
        "description": word(),
        "birthday": f"{1900 + secrets.randbelow(90)}-0{1 + secrets.randbelow(9)}-17",
        "color": f"{2**20 + secrets.randbelow(2**23):06x}",
        "message_count": 10**6 + secrets.randbelow(10**6),
        "avatar_url": picture(),
        "banner": picture(),
        "proxy_tags": [{"prefix": word(), "suffix": None}],
        "created": iso(1_400_000_000 + secrets.randbelow(10**8)),
        "privacy": dict.fromkeys(MEMBER, "private"),
    }


def word():
    return "".join(secrets.choice("bdgjkmpqvwxz") for _ in range(12))


def picture():
    return f"https://example.com/{word()}.png"


def iso(at):
    return datetime.fromtimestamp(at, UTC).isoformat().replace("+00:00", "Z")


def seconds(time):
    return int(datetime.fromisoformat(time).timestamp())


@pytest.fixture
def owner(discord, discord_user):
    """Somebody with such a system, who types into a channel of this test's own."""
    alice, alice.private = discord_user(), Private()
    file = [("system.json", json.dumps(alice.private.file).encode())]
    alice.ask("pk;import -y", "2 members added", dm=True, attachments=file)
    alice.where = {"channel": discord.add_channel(word(), "Home")}
    alice.hids = [member["id"] for member in alice.members]
    return alice


class Listener:
    """What the bot writes from now on, as JSON: whatever a client could show is in it."""

    def __init__(self, discord):
        self.discord, self.start = discord, discord.last_seq()

    def incoming(self, *places):
        entries = [entry for entry in self.discord.log(self.start) if "message" in entry]
        there = [entry["message"] for entry in entries if said([entry])[0][0] in places]
        return json.dumps(there, ensure_ascii=False)


def found(values, text):
    """Which of the private values a text holds."""
    return [value for value in values if value in text]


def test_what_the_owner_asks_in_a_channel(discord, owner):
    private, own, listener = owner.private, owner.hids, Listener(discord)
    of_own = [typed.replace("{} ", "").replace(" {}", "") for typed in OF_SYSTEM]
    for flag in ("", " -private", " -public"):
        for typed in (*of_own, *OF_OWNER):
            owner.refusal(f"pk;{typed}{flag}")
    for typed in ("sw {0}", "sw copy {1}", "sw edit {0} -p", "sw edit {0} -y", "sw delete", "sw out", "ap {1}", "ap"):
        owner.refusal(f"pk;{typed.format(*own)}")
    for member in private.members:
        owner.refusal(f"pk;m {member['name'][:-1]}")
        owner.refusal(f"pk;sw {member['display_name'][1:]}")
    owner.ask("pk;help config", "timezone")
    assert found([*private.of_system, *private.of_members, *private.called], listener.incoming("channel")) == []
    for typed in OF_MEMBER:
        for hid, flag in ((own[0], ""), (own[0], " -public"), (own[1], " -private"), (own[1], " -public")):
            owner.refusal(f"pk;m {hid}{typed}{flag}")
    owner.ask("pk;help config", "timezone")
    everything = [*private.of_system, *private.of_members]
    assert found(everything, listener.incoming("channel")) == []
    assert found(everything, listener.incoming("dm")) == everything


def test_what_a_stranger_asks(discord, owner, discord_user):
    private, own, bob, listener = owner.private, owner.hids, discord_user("bob", "Owls"), Listener(discord)
    everything = [*private.of_system, *private.of_members]
    ways = [(owner.where, ""), (owner.where, " -private"), (owner.where, " -public"), ({"dm": True}, "")]
    for where, flag in ways:
        for typed in OF_SYSTEM:
            bob.refusal(f"pk;{typed.format(owner.mention)}{flag}", **where)
    assert found([*everything, *private.called, *own], listener.incoming("channel", "dm")) == []
    for where, flag in ways:
        for typed in OF_MEMBER:
            bob.refusal(f"pk;m {own[1 if flag else 0]}{typed}{flag}", **where)
    assert found(everything, listener.incoming("channel", "dm")) == []
    assert found(private.called, listener.incoming("channel")) == private.called


def ask_by_slash(person, account, hids):
    whose = {"account": account} if account else {}
    for command, options in [
        ("system show", whose),
        ("front show", whose),
        ("front history", whose),
        ("front percent", {"since": "full"}),
        ("member list", {}),
        *(("system edit", {"field": field}) for field in ("name", "description", "pronouns", "avatar", "banner")),
        ("system privacy", {}),
        *(("member show", {"member": hid}) for hid in hids),
        *(("member edit", {"member": hid, "field": field}) for hid in hids for field in ("name", "avatar", "banner")),
        *(("member privacy", {"member": hid}) for hid in hids),
    ]:
        person.slash(command, "", **options)


def test_slash_commands_tell_the_owner_alone(discord, owner, discord_user):
    private, listener = owner.private, Listener(discord)
    everything = [*private.of_system, *private.of_members]
    ask_by_slash(owner, None, owner.hids)
    assert found(everything, listener.incoming("ephemeral")) == everything
    assert listener.incoming("channel", "dm") == "[]"
    bob, listener = discord_user("bob", "Owls"), Listener(discord)
    bob.where = owner.where
    ask_by_slash(bob, owner.id, owner.hids)
    assert found(everything, listener.incoming("channel", "dm", "ephemeral")) == []


def test_names_are_completed_for_their_owner_alone(discord, owner, discord_user):
    bob = discord_user("bob", "Owls")
    bob.ask("pk;member new Olga", "is here")

    def offered(person, typed):
        choices = discord.autocomplete(person.id, "member show", "member", {"member": typed}, **person.where)
        return {choice["value"] for choice in choices}

    name = owner.private.members[0]["name"]
    assert offered(owner, "") == set(owner.hids)
    assert offered(owner, name[2:8].upper()) == {owner.hids[0]}
    assert offered(bob, "") == {bob.members[0]["id"]}
    assert offered(bob, name[2:8]) == offered(bob, owner.hids[0]) == set()
