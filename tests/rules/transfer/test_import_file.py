"""PluralKit's files, older and newer: what is read, what is left out, and what is refused with which words."""

import gzip
import json

import pytest

from rules.errors import Invalid, TooLarge
from rules.parsing import timestamps
from rules.transfer import import_file, importer
from tests.rules.transfer.import_samples import NOON, as_file, at, export, pluralkit, run_import, tell

ALICE, BOB = 80351110224678912, 80351110224678914
OLD = {
    "version": 1,
    "id": "exmpl",
    "name": "Foxes",
    "description": None,
    "tag": "| foxes",
    "avatar_url": "",
    "timezone": "Europe/Berlin",
    "created": "2019-03-01T10:00:00.123456789Z",
    "description_privacy": "private",
    "front_privacy": None,
    "accounts": [ALICE],
    "members": [
        {
            "id": "aaaaa",
            "name": "Ann",
            "display_name": None,
            "color": "#FF8800",
            "birthday": "0001-07-11",
            "avatar_url": "https://example.com/ann.png",
            "webhook_avatar_url": "https://example.com/ann.png",
            "prefix": "[",
            "suffix": "]",
            "keep_proxy": None,
            "message_count": 7,
            "created": "2019-03-01T10:00:00Z",
            "visibility": "private",
            "name_privacy": "private",
            "pronoun_privacy": "public",
            "unknown": [{"to": "us"}],
        },
        {"id": "BBBBBB", "name": "Ben", "privacy": "private", "birthday_privacy": "public", "prefix": None},
        {"id": "ccccc", "name": "Cleo", "proxy_tags": None, "prefix": "c:", "suffix": ""},
        {"id": None, "name": "Dan", "proxy_tags": [], "prefix": "d:"},
    ],
    "switches": [
        {"timestamp": "2020-01-01T13:00:00+01:00", "members": ["bbbbbb", "aaaaa"]},
        {"timestamp": "2019-12-31T12:00:00.1234567Z", "members": []},
    ],
}


def test_an_older_file(write, read):
    run_import(write, ALICE, as_file(OLD))
    exported = export(read, ALICE)
    ann, ben, cleo, dan = exported["members"]
    system = {"name": "Foxes", "description": None, "tag": "| foxes", "avatar_url": None}
    assert {name: exported[name] for name in system} == system
    assert exported["created"] == "2019-03-01T10:00:00.123457Z"
    assert exported["config"]["timezone"] == "Europe/Berlin"
    assert [name for name, value in exported["privacy"].items() if value == "private"] == ["description_privacy"]
    known = {
        "color": "ff8800",
        "birthday": "0001-07-11",
        "avatar_url": "https://example.com/ann.png",
        "webhook_avatar_url": None,
        "message_count": 7,
        "keep_proxy": False,
        "created": "2019-03-01T10:00:00.000000Z",
        "proxy_tags": [{"prefix": "[", "suffix": "]"}],
    }
    assert {name: ann[name] for name in known} == known
    private = [[name for name, value in one["privacy"].items() if value == "private"] for one in (ann, ben, cleo)]
    assert private == [["visibility", "name_privacy"], ["visibility", "description_privacy", "pronoun_privacy"], []]
    assert [one["proxy_tags"] for one in (ben, cleo, dan)] == [[], [{"prefix": "c:", "suffix": None}], []]
    assert exported["switches"] == [
        {"timestamp": "2020-01-01T12:00:00.000000Z", "members": [ben["id"], ann["id"]]},
        {"timestamp": "2019-12-31T12:00:00.123457Z", "members": []},
    ]


def member(**fields):
    return pluralkit([{"id": "aaaaa", "name": "Ann", **fields}])


def switch(*members, timestamp=NOON):
    return pluralkit([{"id": "aaaaa", "name": "Ann"}], [(timestamp, members)])


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (b"", "The file is not JSON"),
        (b"\xff\xfe", "The file is not UTF-8 text."),
        (b"[]", "The file must be a JSON object."),
        (b'{"switches":NaN}', "The file holds NaN, which is not JSON."),
        (b'{"a":1,"a":2}', 'The file names the key "a" twice.'),
        (b'{"switches":["\\ud800"]}', "The file holds half of a surrogate pair"),
        (b'{"switches":["\\u0000"]}', "The file holds a NUL character."),
        (b'{"switches":' + b"[" * 40 + b"]" * 40 + b"}", "The file is nested more than 32 deep."),
        (b'{"switches":' + b"[" * 100_000, "The file is nested more than 32 deep."),
        (b"{}", "This is no export of PluralKit, Rollcall or Tupperbox: it has neither switches nor tuppers."),
        (as_file({"switches": {}}), "The switches in the file must be a list of objects."),
        (as_file({"switches": [5]}), "The switches in the file must be a list of objects."),
        (as_file({"switches": [], "members": [[]]}), "The members in the file must be a list of objects."),
        (as_file({"switches": [], "groups": 5}), "The groups in the file must be a list of objects."),
        (pluralkit(name="x" * 101), "The system: the name must have at most 100 characters; this one has 101."),
        (pluralkit(tag="x" * 79), "The system: the tag must have at most 78 characters; this one has 79."),
        (pluralkit(description="x" * 1001), "The system: the description must have at most 1,000 characters"),
        (pluralkit(pronouns=5), "The system: the pronouns must be a text."),
        (pluralkit(color="red"), "The system: the color must be six hexadecimal digits"),
        (pluralkit(avatar_url="ftp://a/b"), "The system: the avatar_url must be an address"),
        (pluralkit(banner="https://a/" + "x" * 250), "The system: the banner must have at most 256 characters"),
        (pluralkit(privacy=5), "The system: the privacy must be an object."),
        (pluralkit(privacy={"front_privacy": "x"}), "The system: the front_privacy must be public or private."),
        (pluralkit(config=[]), "The system: the config must be an object."),
        (pluralkit(config={"timezone": "Mars"}), "The system: the timezone must be a time zone like Europe/Berlin"),
        (pluralkit(timezone=5), "The system: the timezone must be a text."),
        (pluralkit(config={"pings_enabled": 1}), "The system: the pings_enabled must be true or false."),
        (pluralkit(config={"latch_timeout": -1}), "The system: the latch_timeout must be a number of seconds"),
        (pluralkit(config={"proxy_switch": "x"}), "The system: the proxy_switch must be off, new or add."),
        (pluralkit([{}] * 1001), "A system has at most 1,000 members; the file has 1,001."),
        (pluralkit([{"name": "Ann"}, {}]), "Member 2: the name of a member must not be empty."),
        (member(name=5), "Member 1: the name must be a text."),
        (member(name="x" * 101), f"Member “{'x' * 39}…”: the name must have at most 100 characters"),
        (member(name="A\nn", color="x"), "Member “A n”: the color must be six hexadecimal digits"),
        (member(display_name="x" * 101), "Member “Ann”: the display_name must have at most 100 characters"),
        (member(description="x" * 1001), "Member “Ann”: the description must have at most 1,000 characters"),
        (member(pronouns="x" * 101), "Member “Ann”: the pronouns must have at most 100 characters"),
        (member(birthday="May 5"), "Member “Ann”: the birthday must be a date of the calendar"),
        (member(avatar_url="https://a/" + "x" * 250), "Member “Ann”: the avatar_url must have at most 256 characters"),
        (member(webhook_avatar_url="x"), "Member “Ann”: the webhook_avatar_url must be an address"),
        (member(banner="x"), "Member “Ann”: the banner must be an address"),
        (member(keep_proxy=1), "Member “Ann”: the keep_proxy must be true or false."),
        (member(tts="yes"), "Member “Ann”: the tts must be true or false."),
        (member(autoproxy_enabled=0), "Member “Ann”: the autoproxy_enabled must be true or false."),
        (member(message_count=-1), "Member “Ann”: the message_count must be a number from 0"),
        (member(message_count=True), "Member “Ann”: the message_count must be a number from 0"),
        (member(message_count=2**31), "Member “Ann”: the message_count must be a number from 0 to 2,147,483,647."),
        (member(privacy={"visibility": "x"}), "Member “Ann”: the visibility must be public or private."),
        (member(privacy="hidden"), "Member “Ann”: the visibility must be public or private."),
        (member(privacy=[]), "Member “Ann”: the privacy must be an object."),
        (member(proxy_tags={}), "Member “Ann”: the proxy_tags must be a list of objects"),
        (member(proxy_tags=["[text]"]), "Member “Ann”: the proxy_tags[0] must be an object"),
        (member(proxy_tags=[{"prefix": 5}]), "Member “Ann”: the proxy_tags[0].prefix must be a text."),
        (member(proxy_tags=[{"prefix": "a"}] * 101), "Member “Ann”: the proxy_tags can be at most 100; these are 101."),
        (pluralkit(id=5), "The id must be a text."),
        (member(id=5), "Member “Ann”: the id must be a text."),
        (pluralkit([{"id": "aaaaa", "name": "Ann"}, {"id": "AAAAA", "name": "Ben"}]), "Two members of the file have"),
        (switch("aaaaa", timestamp=None), "Switch 1: the timestamp must be a time like 2026-11-21T20:15:00Z."),
        (switch(timestamp=5), "Switch 1: the timestamp must be a time like 2026-11-21T20:15:00Z."),
        (switch(timestamp="yesterday"), "Switch 1: the time in timestamp must look like 2026-11-21T20:15:00Z."),
        (switch(timestamp="2021-02-30T00:00:00Z"), "Switch 1: the time in timestamp must look like"),
        (switch(timestamp="2021-11-21T12:00:00.0123456789Z"), "Switch 1: the time in timestamp must look like"),
        (switch(timestamp="2021-11-21T12:00:00"), "Switch 1: the time in timestamp must look like"),
        (switch(timestamp="9999-12-31T23:59:59Z"), "Switch 1: the timestamp lies in the future."),
        (switch(timestamp="0001-01-01T00:00:00+01:00"), "Switch 1: the timestamp is too long ago."),
        (switch("aaaaa", "bbbbb"), "Switch 1: the member “bbbbb” is not in the file."),
        (switch("x" * 500), f"Switch 1: the member “{'x' * 20}” is not in the file."),
        (switch(5), "Switch 1: the member is not in the file."),
        (switch(None), "Switch 1: the member is not in the file."),
        (
            as_file({"switches": [{"timestamp": NOON, "members": [["aaaaa"]]}]}),
            "Switch 1: the member is not in the file.",
        ),
        (as_file({"switches": [{"timestamp": NOON}]}), "Switch 1: the members must be a list of member IDs."),
        (
            pluralkit(
                [{"id": f"a{n}", "name": "Ann"} for n in range(151)],
                [(NOON, ()), (at(1), [f"a{n}" for n in range(151)])],
            ),
            "Switch 2: the members can be at most 150; these are 151.",
        ),
        (
            b'{"switches":[' + b"{}," * 100_000 + b"{}]}",
            "A file may hold at most 100,000 switches; this one has 100,001.",
        ),
    ],
    ids=lambda value: None if isinstance(value, bytes) else value[:50],
)
def test_what_is_refused(text, says):
    with pytest.raises(Invalid) as refused:
        importer.read_file(text)
    assert refused.value.sentence.startswith(says)
    assert refused.value.sentence.endswith(".")


def test_a_file_that_is_too_large(monkeypatch):
    monkeypatch.setattr(importer, "MOST_BYTES", 15)
    with pytest.raises(Invalid):
        importer.read_file(b'{"s":12345678} ')
    with pytest.raises(TooLarge, match="The file must have at most 15 bytes; this one has 16"):
        importer.read_file(b'{"s":12345678}  ')


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        (member(avatar_url="https://a/" + "x" * 246), {"avatar_url": "https://a/" + "x" * 246}),
        (member(description="😀" * 1000), {"description": "😀" * 1000}),
        (member(color=""), {"color": None}),
        (member(birthday=None), {"birthday": None}),
        (member(message_count=None), {"message_count": 0}),
        (member(created="2099-01-01T00:00:00Z"), {}),
        (member(created="", last_message_timestamp="soon"), {"last_message_timestamp": None}),
        (member(last_message_timestamp=at(5)), {"last_message_timestamp": at(5)}),
        (member(created=NOON), {"created": NOON}),
        (member(privacy=None, visibility=None), {}),
        (member(tts=True, autoproxy_enabled=False), {"tts": True, "autoproxy_enabled": False}),
        (member(webhook_avatar_url="https://a/b"), {"webhook_avatar_url": "https://a/b"}),
        (member(proxy_tags=[{}, {"prefix": "", "suffix": None}, {"prefix": "a"}, {"suffix": "x" * 101}]), {}),
        (b"\xef\xbb\xbf" + member(color="aBcDeF"), {"color": "abcdef"}),
    ],
    ids=lambda value: None if isinstance(value, bytes) else ascii(value)[:40],
)
def test_what_is_taken(write, read, text, seen):
    before = timestamps.show_time(timestamps.now_us())
    run_import(write, ALICE, text)
    [ann] = export(read, ALICE)["members"]
    assert {name: ann[name] for name in seen} == seen
    assert ann["created"] == seen.get("created", ann["created"])
    assert "created" in seen or before <= ann["created"] <= timestamps.show_time(timestamps.now_us())


@pytest.mark.parametrize(
    ("config", "seen"),
    [
        ({"proxy_switch": True}, {"proxy_switch": "new"}),
        ({"proxy_switch": False}, {"proxy_switch": "off"}),
        ({"latch_timeout": 0, "timezone": None}, {"latch_timeout": 0, "timezone": "UTC"}),
        ({"latch_timeout": 10**30}, {"latch_timeout": 0}),
        ({"timezone": "europe/berlin", "pings_enabled": None}, {"timezone": "Europe/Berlin", "pings_enabled": True}),
        ({"member_limit": 1500, "group_default_private": True}, {"member_limit": 1000, "group_default_private": False}),
    ],
    ids=ascii,
)
def test_what_is_taken_of_settings(write, read, config, seen):
    run_import(write, ALICE, pluralkit(config=config))
    shown = export(read, ALICE)["config"]
    assert {name: shown[name] for name in seen} == seen


def test_switches_at_one_instant_follow_each_other_and_do_so_each_time(write, read):
    times_in_file = [at(2), at(1), "2021-11-21T12:01:00.000000000Z", at(1), at(1), at(0)]
    members = [{"id": hid, "name": hid} for hid in "abcdef"]
    file = pluralkit(members, [(when, [hid]) for when, hid in zip(times_in_file, "abcdef", strict=True)])
    run_import(write, ALICE, file)
    exported = export(read, ALICE)
    names = {one["id"]: one["name"] for one in exported["members"]}
    assert [(switch["timestamp"][17:], names[switch["members"][0]]) for switch in exported["switches"]] == [
        ("00.000000Z", "a"),
        ("00.000003Z", "b"),
        ("00.000002Z", "c"),
        ("00.000001Z", "d"),
        ("00.000000Z", "e"),
        ("00.000000Z", "f"),
    ]
    assert tell(read, ALICE, file) == [
        "6 unchanged members.",
        "6 switches that you have already.",
        "Nothing would change: you have all of it already.",
    ]


def test_a_member_twice_in_a_switch_is_there_once(write, read):
    run_import(write, ALICE, switch("aaaaa", "AAAAA"))
    exported = export(read, ALICE)
    assert exported["switches"][0]["members"] == [exported["members"][0]["id"]]


def test_all_150_may_front_at_once(write, read):
    hids = [f"a{n}" for n in range(150)]
    run_import(write, ALICE, pluralkit([{"id": hid, "name": hid} for hid in hids], [(NOON, hids[::-1])]))
    exported = export(read, ALICE)
    names = {one["id"]: one["name"] for one in exported["members"]}
    assert [names[hid] for hid in exported["switches"][0]["members"]] == hids[::-1]


def test_a_time_may_lie_an_hour_ahead_since_clocks_differ(write, read):
    soon = timestamps.show_time(timestamps.now_us() + import_file.DAY_US // 24)
    run_import(write, ALICE, switch("aaaaa", timestamp=soon))
    assert export(read, ALICE)["switches"][0]["timestamp"] == soon


def test_what_rollcall_does_not_keep_is_told(read):
    file = pluralkit(
        [{"name": "Ann", "proxy_tags": [{}, {"prefix": "x" * 101}]}],
        groups=[{"name": "Us"}, {"name": "Them"}],
        webhook_url="https://example.com/hook",
        config={"description_templates": ["x"]},
        accounts=[ALICE, str(BOB), BOB + 1, None, "x", 10**30],
    )
    assert tell(read, ALICE, file)[2:] == [
        "2 other accounts in the file will not be linked.",
        "2 groups in the file: Rollcall keeps no groups, so they are left out.",
        "The webhook address is left out: Rollcall calls none.",
        "The templates for descriptions are left out: Rollcall keeps none.",
        "2 proxy tags are left out: empty, or over 100 characters long.",
    ]


def test_a_file_of_other_accounts_only_gives_pause(read):
    assert tell(read, ALICE, pluralkit(accounts=[BOB])) == [
        "You get a new system.",
        "1 other account in the file will not be linked. The file lists none of yours: make sure that it is your own.",
    ]


def test_accounts_and_times_that_are_none_are_passed_over():
    numbers = json.dumps({"switches": [], "created": 5, "accounts": 5, "members": []}).encode()
    file = importer.read_file(numbers)
    assert (file.created, file.accounts) == (None, frozenset())


def test_a_packed_file_is_unpacked_no_further_than_a_file_may_be_large(monkeypatch):
    assert importer.read_file(gzip.compress(b'{"tuppers": []}')).members == []
    monkeypatch.setattr(importer, "MOST_BYTES", 100)
    with pytest.raises(TooLarge, match="unpacked, this one has more"):
        importer.read_file(gzip.compress(b" " * 10_000_000))
    with pytest.raises(Invalid, match="damaged"):
        importer.read_file(b"\x1f\x8b")
