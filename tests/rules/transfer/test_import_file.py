"""PluralKit's files, older and newer: what is read, what is left out, and what is refused with which words."""

import gzip
import json

import pytest

from rules.errors import Invalid, TooLarge
from rules.parsing import timestamps
from rules.transfer import import_file, importer, left_out
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
        (b"{}", "I read files of Simply Plural, Octocon, PluralPort (OpenPlural), PluralKit, Tupperbox, Ampersand and"),
        (as_file({"switches": {}}), "The switches in the file must be a list of objects."),
        (as_file({"switches": [], "members": {"id": "aaaaa"}}), "The members in the file must be a list of objects."),
        (as_file({"switches": [], "members": [[]]}), "The members in the file must be a list of objects."),
        (as_file({"switches": []}), "There is no system in this file, so there is nothing to import"),
        (as_file({"switches": None, "version": 2}), "There is no system in this file, so there is nothing to import"),
        (pluralkit(name="", config={}), "There is no system in this file, so there is nothing to import"),
        (pluralkit([{}] * 1001), "A system has at most 1,000 members; the file has 1,001."),
        (
            b'{"switches":[' + b"{}," * 100_000 + b"{}]}",
            "A file may hold at most 100,000 switches; this one has 100,001.",
        ),
    ],
    ids=lambda value: None if isinstance(value, bytes) else value[:50],
)
def test_only_what_makes_a_file_senseless_refuses_it(text, says):
    with pytest.raises(Invalid) as refused:
        importer.read_file(text)
    assert refused.value.sentence.startswith(says)
    assert refused.value.sentence.endswith(".")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (pluralkit(name="x" * 101), ["The system: only the first 100 of the 101 characters"]),
        (pluralkit(tag="x" * 80), ["The system: only the first 79 of the 80 characters of the tag are taken."]),
        (pluralkit(tag="x" * 79), []),
        (
            pluralkit(description="x" * 1001),
            ["The system: only the first 1,000 of the 1,001 characters"],
        ),
        (pluralkit(pronouns=5), ["The system: the pronouns must be a text."]),
        (pluralkit(color="red"), ["The system: the color must be six hexadecimal digits"]),
        (pluralkit(avatar_url="ftp://a/b"), ["The system: the avatar_url must be an address"]),
        (pluralkit(banner="https://a/" + "x" * 250), ["The system: the banner must have at most 256 characters"]),
        (pluralkit(privacy=5), ["The system: the privacy must be an object."]),
        (pluralkit(privacy={"front_privacy": "x"}), ["The system: the front_privacy must be public or private."]),
        (pluralkit(config=5), ["The system: the config must be an object."]),
        (pluralkit(config={"timezone": "Mars"}), ["The system: the timezone must be a time zone like Europe/Berlin"]),
        (pluralkit(timezone=5), ["The system: the timezone must be a text."]),
        (pluralkit(config={"pings_enabled": 1}), ["The system: the pings_enabled must be true or false."]),
        (pluralkit(config={"latch_timeout": -1}), ["The system: the latch_timeout must be a number of seconds"]),
        (pluralkit(config={"proxy_switch": "x"}), ["The system: the proxy_switch must be off, new or add."]),
        (pluralkit(id=5), ["The system: the id must be a text."]),
        (pluralkit([{"name": "Ann"}, {}]), ["Member 2: the name is missing; a new member is called “Unnamed 2”."]),
        (pluralkit([{"name": "Ann"}, 5]), ["Member 2: it is no object, and left out."]),
        (member(name=5), ["Member 1: the name must be a text.", "Member 1: the name is missing"]),
        (
            member(name="x" * 101),
            [f"Member “{'x' * 39}…”: only the first 100 of the 101 characters"],
        ),
        (member(name="A\nn", color="x"), ["Member “A n”: the color must be six hexadecimal digits"]),
        (
            member(display_name="x" * 101),
            ["Member “Ann”: only the first 100 of the 101 characters"],
        ),
        (
            member(description="x" * 1001),
            ["Member “Ann”: only the first 1,000 of the 1,001 characters"],
        ),
        (member(pronouns="x" * 101), ["Member “Ann”: only the first 100 of the 101 characters of the pronouns"]),
        (member(birthday="2019-02-29"), ["Member “Ann”: the birthday must be a date of the calendar"]),
        (
            member(avatar_url="https://a/" + "x" * 296),
            ["Member “Ann”: the avatar_url must have at most 256 characters"],
        ),
        (member(webhook_avatar_url="x"), ["Member “Ann”: the webhook_avatar_url must be an address"]),
        (member(banner="x"), ["Member “Ann”: the banner must be an address"]),
        (member(keep_proxy=1), ["Member “Ann”: the keep_proxy must be true or false."]),
        (member(tts="yes"), ["Member “Ann”: the tts must be true or false."]),
        (member(autoproxy_enabled=0), ["Member “Ann”: the autoproxy_enabled must be true or false."]),
        (member(message_count=-1), ["Member “Ann”: the message_count must be a number from 0"]),
        (member(message_count=True), ["Member “Ann”: the message_count must be a number from 0"]),
        (member(message_count=2**31), ["Member “Ann”: the message_count must be a number from 0 to 2,147,483,647."]),
        (member(privacy={"visibility": "x"}), ["Member “Ann”: the visibility must be public or private."]),
        (member(proxy_tags={"prefix": "["}), ["Member “Ann”: the proxy_tags must be a list of objects"]),
        (member(proxy_tags=["[text]"]), ["Member “Ann”: the proxy_tags[0] must be an object"]),
        (member(proxy_tags=[{"prefix": 5}]), ["Member “Ann”: the proxy_tags[0].prefix must be a text."]),
        (
            member(proxy_tags=[{"prefix": "a"}] * 101),
            ["Member “Ann”: the proxy_tags can be at most 100; the first of 101"],
        ),
        (member(id=5), ["Member “Ann”: the id must be a text."]),
        (
            pluralkit([{"id": "aaaaa", "name": "Ann"}, {"id": "AAAAA", "name": "Ben"}]),
            ["Member “Ben”: the ID aaaaa is another's in the file too, and left out."],
        ),
        (switch("aaaaa", timestamp=None), ["Switch 1: the timestamp must be a time like 2026-11-21T20:15:00Z."]),
        (switch(timestamp=5), ["Switch 1: the timestamp must be a time like 2026-11-21T20:15:00Z."]),
        (switch(timestamp="yesterday"), ["Switch 1: the time in timestamp must look like 2026-11-21T20:15:00Z."]),
        (switch(timestamp="2021-02-30T00:00:00Z"), ["Switch 1: the time in timestamp must look like"]),
        (switch(timestamp="2021-11-21T12:00:00.0123456789Z"), ["Switch 1: the time in timestamp must look like"]),
        (switch(timestamp="9999-12-31T23:59:59Z"), ["Switch 1: the timestamp lies in the future."]),
        (switch(timestamp="0001-01-01T00:00:00+01:00"), ["Switch 1: the timestamp is too long ago."]),
        (switch("aaaaa", "bbbbb"), ["Switch 1: the member “bbbbb” is not in the file."]),
        (switch("x" * 500), [f"Switch 1: the member “{'x' * 20}” is not in the file."]),
        (switch(5, None, ["aaaaa"]), ["Switch 1: the member is not in the file."]),
        (as_file({"switches": [5], "name": "x"}), ["Switch 1: it is no object."]),
        (as_file({"switches": [{"timestamp": NOON}]}), ["Switch 1: the members must be a list of member IDs."]),
        (
            pluralkit(
                [{"id": f"a{n}", "name": "Ann"} for n in range(151)],
                [(NOON, ()), (at(1), [f"a{n}" for n in range(151)])],
            ),
            ["Switch 2: the members can be at most 150; these are 151."],
        ),
        (
            as_file({"switches": [*[{}] * 3, {"timestamp": NOON, "members": []}, *[{}] * 1200]}),
            ["Switches 1–3, 5–1,204: the timestamp must be a time like 2026-11-21T20:15:00Z."],
        ),
    ],
    ids=lambda value: None if isinstance(value, bytes) else ascii(value)[:70],
)
def test_what_does_not_fit_is_left_out_and_told(read, text, told):
    file = importer.read_file(text)
    assert len(file.left_out) == len(told)
    for line, begin in zip(file.left_out, told, strict=True):
        assert line.startswith(begin)
        assert f"• {line}" in tell(read, ALICE, text)


def test_all_that_does_not_fit_is_told_before_the_yes_and_the_rest_comes(write, read):
    """A colour `red`, an address of 306 letters, a 29th of February that was none, a switch with an unknown member."""
    odd = {"color": "red", "avatar_url": "https://a/" + "x" * 296, "birthday": "2019-02-29"}
    people = [{"id": "aaaaa", "name": "Ann", "pronouns": "she/her", **odd}, {"id": "bbbbb", "name": "Ben", **odd}]
    file = pluralkit(people, [(at(1), ["zzzzz", "bbbbb"]), (at(0), ["aaaaa"])], name="Foxes", tag="x" * 79)
    sentences = tell(read, ALICE, file)
    begin = sentences.index("7 things in the file do not fit, and are left out, or cut where that is said:")
    assert [line.partition(" must")[0] for line in sentences[begin + 1 :]] == [
        *(
            f"• Member “{name}”: the {field}"
            for name in ("Ann", "Ben")
            for field in ("color", "birthday", "avatar_url")
        ),
        "• Switch 1: the member “zzzzz” is not in the file.",
    ]
    run_import(write, ALICE, file)
    exported = export(read, ALICE)
    ann, ben = exported["members"]
    assert [(one["name"], one["pronouns"], one["color"], one["birthday"], one["avatar_url"]) for one in (ann, ben)] == [
        ("Ann", "she/her", None, None, None),
        ("Ben", None, None, None, None),
    ]
    assert [one["members"] for one in exported["switches"]] == [[ben["id"]], [ann["id"]]]
    assert exported["tag"] == "x" * 79


def test_what_is_cut_is_there_to_its_limit(write, read):
    run_import(write, ALICE, member(description="x" * 1000 + "y", name="n" * 101))
    [ann] = export(read, ALICE)["members"]
    assert (ann["name"], ann["description"]) == ("n" * 100, "x" * 1000)


def test_a_member_without_a_name_keeps_the_one_it_has_here(write, read):
    run_import(write, ALICE, pluralkit([{"name": "Ann"}, {"color": "00ff00"}]))
    assert [one["name"] for one in export(read, ALICE)["members"]] == ["Ann", "Unnamed 2"]
    hid = export(read, ALICE)["members"][0]["id"]
    run_import(write, ALICE, pluralkit([{"id": hid, "name": "", "color": "ff0000"}]))
    assert [(one["name"], one["color"]) for one in export(read, ALICE)["members"]] == [
        ("Ann", "ff0000"),
        ("Unnamed 2", "00ff00"),
    ]


@pytest.mark.parametrize("privacy", [{"visibility": "x", "name_privacy": "public"}, "hidden", 5], ids=ascii)
def test_a_privacy_that_cannot_be_read_counts_as_private(write, read, privacy):
    run_import(write, ALICE, member(privacy=privacy))
    [ann] = export(read, ALICE)["members"]
    assert (ann["privacy"]["visibility"], ann["privacy"]["name_privacy"]) == ("private", "public")


@pytest.mark.parametrize("time", ["2021-11-21T12:00:00", "2021-11-21 12:00:00.5", "2021-11-21T12:00:00.123456789"])
def test_a_time_without_a_zone_is_utc(write, read, time):
    run_import(write, ALICE, pluralkit([{"id": "aaaaa", "name": "Ann", "created": time}], [(time, [])], created=time))
    exported = export(read, ALICE)
    for shown in (exported["created"], exported["members"][0]["created"], exported["switches"][0]["timestamp"]):
        assert shown.startswith("2021-11-21T12:00:00.")


def test_a_file_with_millions_of_faults_is_counted_and_not_kept(monkeypatch):
    monkeypatch.setattr(left_out, "MOST_LINES", 3)
    file = importer.read_file(pluralkit([{"name": "Ann", "color": "red"}], [(NOON, [f"m{n}" for n in range(9)])]))
    assert len(file.left_out) == 4
    assert file.left_out[-1] == "And 7 more."


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
        (member(color=" #aBcDeF"), {"color": "abcdef"}),
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
        ({"member_limit": 1500, "group_default_private": True}, {"member_limit": 1000, "group_default_private": True}),
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
        webhook_url="https://example.com/hook",
        accounts=[ALICE, str(BOB), BOB + 1, None, "x", 10**30],
    )
    assert tell(read, ALICE, file)[3:] == [
        "2 other accounts in the file will not be linked.",
        "The webhook address is left out: only the command `system webhook` sets one.",
        "2 proxy tags are left out: empty, or over 100 characters long.",
        "1 thing in the file does not fit, and is left out, or cut where that is said:",
        "• Member “Ann”: the proxy_tags[1].prefix must have at most 100 characters; this one has 101.",
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
    assert len(importer.read_file(gzip.compress(b'{"tuppers": [{"name": "Tam"}]}')).members) == 1
    monkeypatch.setattr(importer, "MOST_BYTES", 100)
    with pytest.raises(TooLarge, match="unpacked, this one has more"):
        importer.read_file(gzip.compress(b" " * 10_000_000))
    with pytest.raises(Invalid, match="damaged"):
        importer.read_file(b"\x1f\x8b")


def test_what_is_cut_is_kept_whole_beside():
    groups = [{"name": "Us", "description": "x" * 1001}]
    people = [{"id": "aaaaa", "name": "Ann", "pronouns": "x" * 101}, {"id": "bbbbb", "name": "Ben"}]
    file = importer.read_file(pluralkit(people, description="x" * 1001, groups=groups))
    assert [one.kept for one in (*file.members, *file.groups)] == [
        *({"pronouns": "x" * 101}, {}, {"description": "x" * 1001}),
    ]
    assert file.archive == {"system": [{"description": "x" * 1001}]}


def test_a_later_import_of_a_file_without_uuids_finds_members_by_their_ids_there():
    uuid = "6f1ed5e4-9d8a-4f0e-8c56-0d9c6b1f8b11"
    people = [{"id": "AAAAA", "name": "Ann"}, {"id": "aaaaa"}, {"id": "bbbbb", "uuid": uuid}, {"name": "Dan"}]
    groups = [{"id": "ccccc", "name": "Us"}]
    file = importer.read_file(pluralkit(people, id="EXMPL", groups=groups))
    assert [one.source for one in file.members] == ["members:exmpl.aaaaa", None, None, None]
    assert [one.source for one in file.groups] == ["groups:exmpl.ccccc"]
    assert [one.source for one in importer.read_file(pluralkit(people)).members] == [None] * 4


def test_kinds_are_told_in_words():
    told = import_file.tell_kinds({"boardMessages": 1, "notes": 2_000, "details of members": 3})
    assert told == "board messages (1), notes (2,000), details of members (3)"
