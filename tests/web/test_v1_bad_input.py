"""What v1 does not take: each field with each bad value, and bodies of every bad kind; and nothing of it is kept."""

import io
import itertools
import json
import re
from urllib.parse import quote

import pytest
from sqlalchemy import func, select

from models import Account, Member, Switch, SwitchMember, System
from rules.fronting import front_history, switches
from rules.systems import members, systems

ALICE = 80351110224678912
ANN = {
    "name": "Ann",
    "display_name": "Ann the Tall",
    "description": "Tall.",
    "color": "00ff00",
    "birthday": "0004-02-29",
    "pronouns": "she/her",
    "avatar_url": "https://example.com/ann.png",
    "banner": "https://example.com/banner.png",
    "proxy_tags": [{"prefix": "[", "suffix": "]"}, {"prefix": "a:", "suffix": None}],
    "keep_proxy": True,
    "birthday_privacy": "private",
}
FOXES = {
    "name": "Foxes",
    "description": "Many.",
    "tag": "| F",
    "avatar_url": "https://example.com/foxes.png",
    "banner": "https://example.com/banner.png",
    "color": "112233",
    "tz": "Asia/Tokyo",
    "front_privacy": "private",
}


@pytest.fixture
def ann(write):
    """The ID of Ann, of Alice's foxes; she fronts."""
    write(systems.create_system, ALICE, FOXES)
    member = write(members.create_member, ALICE, ANN)
    write(switches.log_switch, ALICE, [member.hid])
    return member.hid


@pytest.fixture
def ask(client, ann, token_of):
    """Ask as Alice, about the foxes or about Ann; the answer."""
    token = token_of(ALICE)

    def run(operation, body=None, **options):
        method, path = operation.split()
        if body is not None:
            options["json"] = body
        return client.open(path.format(ann=ann), method=method, headers={"Authorization": token}, **options)

    return run


@pytest.fixture
def stored(read, ann):
    """All that is stored, as its owner sees it."""

    def look(session):
        foxes = systems.get_own_system(session, ALICE)
        return (
            systems.show_system(session, foxes.hid, ALICE),
            members.show_members(session, foxes.hid, ALICE),
            front_history.show_switches(session, foxes.hid, ALICE),
            [
                session.scalar(select(func.count()).select_from(t))
                for t in (System, Account, Member, Switch, SwitchMember)
            ],
        )

    return lambda: read(look)


NO_TEXTS = (5, 0, 1.5, 2**70, True, False, [], ["text"], {}, {"text": "text"})


def no_text(field):
    return [(field, value, f"The {field} must be a text.") for value in NO_TEXTS]


def too_long(field, most):
    told = f"The {field} must have at most {most:,} characters; this one has {most + 1:,}."
    return [(field, letter * (most + 1), told) for letter in ("x", "😀", " ")]


def no_url(field):
    told = f"The {field} must be an address that starts with http:// or https://."
    bad = ("example.com/a.png", "//example.com", "ftp://example.com", "javascript:alert(1)", "http://", "https://a b")
    return [
        *no_text(field),
        *too_long(field, 256),
        (field, "https://a/" + "x" * 247, f"The {field} must have at most 256 characters; this one has 257."),
        *((field, value, told) for value in bad),
    ]


def no_color(field):
    told = f"The {field} must be six hexadecimal digits, like ff0000; this one has {{}} characters."
    return [
        *no_text(field),
        *too_long(field, 6),
        (field, "#ff0000", f"The {field} must have at most 6 characters; this one has 7."),
        *(
            (field, value, told.format(len(value)))
            for value in ("f00", "red", "gg0000", "#ff000", "１２３４５６", "ff 000")
        ),
    ]


def no_privacy(field):
    bad = ("Private", "secret", " ", "true", True, False, 0, 1, ["private"], {"private": True}, 1.5, "x" * 9999)
    return [(field, value, f"The {field} must be public or private.") for value in bad]


NO_DATE = "The birthday must be a date of the calendar, like 2018-07-11 or, without a year, 0004-07-11."
NO_TAGS = "The proxy_tags must be a list of objects with prefix and suffix."
NO_TAG = "The proxy_tags[1] must be an object with prefix and suffix."
NO_SIDES = "The proxy_tags[1] needs a prefix or a suffix."

BAD_MEMBER = [
    ("name", None, "The name of a member must not be empty."),
    ("name", "", "The name of a member must not be empty."),
    ("name", " \t\n\u3000", "The name of a member must not be empty."),
    *(row for field in ("name", "display_name", "description", "pronouns") for row in no_text(field)),
    *(row for field in ("name", "display_name", "pronouns", "prefix", "suffix") for row in too_long(field, 100)),
    *too_long("description", 1000),
    *no_url("avatar_url"),
    *no_url("banner"),
    *no_color("color"),
    *no_text("birthday"),
    *too_long("birthday", 10),
    *(("birthday", day, NO_DATE) for day in ("0001-02-29", "2023-02-29", "0000-01-01", "2018-13-01", "2018-02-30")),
    *(("birthday", day, NO_DATE) for day in ("2018-7-11", "18-07-11", "20180711", "07-11", "2018-W01-1", "11.07.2018")),
    *no_text("prefix"),
    *no_text("suffix"),
    *(("keep_proxy", value, "The keep_proxy must be true or false.") for value in (0, 1, " ", "true", [0], 1.5)),
    *(row for field in ("privacy", "visibility", "name_privacy", "description_privacy") for row in no_privacy(field)),
    *(
        row
        for field in ("birthday_privacy", "pronoun_privacy", "avatar_privacy", "metadata_privacy")
        for row in no_privacy(field)
    ),
    *(("proxy_tags", value, NO_TAGS) for value in ("[text]", 5, True, False, {"prefix": "["})),
    *(("proxy_tags", [{"prefix": "["}, value], NO_TAG) for value in (None, "[text]", 5, True, [], ["["])),
    *(
        ("proxy_tags", [{"prefix": "["}, value], NO_SIDES)
        for value in ({}, {"prefix": None, "suffix": None}, {"prefix": "", "suffix": ""}, {"Prefix": "["})
    ),
    *(
        ("proxy_tags", [{"prefix": "[", side: value}], f"The proxy_tags[0].{side} must be a text.")
        for side in ("prefix", "suffix")
        for value in NO_TEXTS
    ),
    *(
        (
            "proxy_tags",
            [{side: letter * 101}],
            f"The proxy_tags[0].{side} must have at most 100 characters; this one has 101.",
        )
        for side in ("prefix", "suffix")
        for letter in ("x", "😀")
    ),
    ("proxy_tags", [{"prefix": "["}] * 101, "The proxy_tags can be at most 100; these are 101."),
    ("proxy_tags", [{"prefix": "["}] * 9000, "The proxy_tags can be at most 100; these are 9000."),
]
BAD_SYSTEM = [
    *(row for field in ("name", "description", "tag", "tz") for row in no_text(field)),
    *too_long("name", 100),
    *too_long("description", 1000),
    *too_long("tag", 78),
    *too_long("tz", 64),
    *no_url("avatar_url"),
    *no_url("banner"),
    *no_color("color"),
    *(
        ("tz", zone, f"The tz must be a time zone like Europe/Berlin; “{zone}” is none.")
        for zone in ("Mars/Olympus", "Europe", "+02:00", "UTC+2", "../../etc/passwd", " UTC", "localtime", "zone.tab")
    ),
    *(row for field in ("description_privacy", "member_list_privacy") for row in no_privacy(field)),
    *(row for field in ("front_privacy", "front_history_privacy") for row in no_privacy(field)),
]


def by_field(rows):
    """One row for each field: its bad values, and what is told."""
    return [
        pytest.param(field, [row[1:] for row in rows if row[0] == field], id=field)
        for field in dict.fromkeys(row[0] for row in rows)
    ]


def check_refused(answer, told, code=400):
    assert (answer.status_code, answer.text) == (code, told)
    assert answer.content_type == "text/plain; charset=utf-8"


@pytest.mark.parametrize(("field", "rows"), by_field(BAD_MEMBER))
def test_a_member_with_a_bad_field_is_neither_made_nor_changed_in_any_other(ask, stored, field, rows):
    before = stored()
    for value, told in rows:
        others = {"name": "Ben", "pronouns": "they/them", "keep_proxy": False, "privacy": "private"}
        check_refused(ask("PATCH /v1/m/{ann}", {**others, field: value}), told)
        check_refused(ask("POST /v1/m", {**others, field: value}), told)
    assert stored() == before


@pytest.mark.parametrize(("field", "rows"), by_field(BAD_SYSTEM))
def test_a_system_with_a_bad_field_is_not_changed_in_any_other(ask, stored, field, rows):
    before = stored()
    for value, told in rows:
        others = {"name": "Wolves", "tz": "UTC", "front_history_privacy": "private"}
        check_refused(ask("PATCH /v1/s", {**others, field: value}), told)
    assert stored() == before


def test_every_field_of_the_document_is_in_the_tables(ann, stored):
    system, (member,), *_ = stored()
    assert {row[0] for row in BAD_SYSTEM} == set(system) - {"id", "created"}
    assert {row[0] for row in BAD_MEMBER} == set(member) - {"id", "created"}


def test_a_member_without_a_name_is_not_made(ask, stored):
    before = stored()
    for body in ({}, {"display_name": "Ben"}, {"Name": "Ben"}):
        check_refused(ask("POST /v1/m", body), "Member name must be specified.")
    assert stored() == before


FITTING = [
    *(
        (operation, field, letter * most, letter * most)
        for letter in ("x", "😀")
        for operation, field, most in [
            *(("POST /v1/m", field, 100) for field in ("name", "display_name", "pronouns", "prefix", "suffix")),
            *(("PATCH /v1/m/{ann}", field, 100) for field in ("name", "display_name", "pronouns", "prefix")),
            *(("POST /v1/m", "description", 1000), ("PATCH /v1/m/{ann}", "description", 1000)),
            *(("PATCH /v1/s", "name", 100), ("PATCH /v1/s", "description", 1000), ("PATCH /v1/s", "tag", 78)),
        ]
    ),
    *(
        (operation, field, "https://a/" + letter * 246, "https://a/" + letter * 246)
        for operation in ("POST /v1/m", "PATCH /v1/m/{ann}", "PATCH /v1/s")
        for field in ("avatar_url", "banner")
        for letter in ("x", "😀")
    ),
    *(("PATCH /v1/m/{ann}", "birthday", day, day) for day in ("0001-01-31", "0004-02-29", "2024-02-29", "9999-12-31")),
    ("POST /v1/m", "color", "FF00aa", "ff00aa"),
    ("PATCH /v1/m/{ann}", "color", "FF00aa", "ff00aa"),
    ("PATCH /v1/s", "color", "FF00aa", "ff00aa"),
    ("PATCH /v1/s", "tz", "america/new_york", "America/New_York"),
    *(("PATCH /v1/s", "tz", nothing, "UTC") for nothing in (None, "", " ")),
    *(
        ("PATCH /v1/s", field, nothing, None)
        for field in ("name", "description", "tag", "avatar_url", "banner", "color")
        for nothing in (None, "", " \n")
    ),
    *(
        ("PATCH /v1/m/{ann}", field, nothing, None)
        for field in ("display_name", "description", "pronouns", "avatar_url", "banner", "color", "birthday")
        for nothing in (None, "", " \n")
    ),
    ("PATCH /v1/m/{ann}", "birthday_privacy", None, "public"),
    ("PATCH /v1/s", "front_privacy", None, "public"),
    ("PATCH /v1/m/{ann}", "proxy_tags", [{"prefix": "x" * 100, "suffix": "😀" * 100}] * 100, ...),
    ("PATCH /v1/m/{ann}", "keep_proxy", False, False),
]


@pytest.mark.parametrize("operation", ["PATCH /v1/s", "POST /v1/m", "PATCH /v1/m/{ann}"])
def test_what_just_fits_is_kept_and_nothing_else_changes(ask, stored, operation):
    for field, value, kept in [row[1:] for row in FITTING if row[0] == operation]:
        foxes, (ann, *_), *_ = stored()
        before = {"PATCH /v1/s": foxes, "PATCH /v1/m/{ann}": ann}.get(operation, {"name": "Ben"})
        answer = ask(operation, {field: value} if "id" in before else {**before, field: value})
        assert (field, answer.status_code, answer.json[field]) == (field, 200, value if kept is ... else kept)
        same = set(before) - {field, *({"proxy_tags", "prefix", "suffix"} if "prefix" in before else ())}
        assert {key: answer.json[key] for key in same} == {key: before[key] for key in same}
        if "id" in before:
            assert ask(operation.replace("PATCH", "GET")).json == answer.json


# What pkapi.js 7.5.1 sends of a member that has a name and nothing else, and what others send for nothing.
UNSET = {"id": "", "uuid": "", "created": "", "privacy": {}}
EMPTY = [
    *(
        (field, value)
        for field in ("privacy", "visibility", "avatar_privacy", "front_privacy")
        for value in ("", {}, [])
    ),
    *(("keep_proxy", value) for value in (None, "", {}, [])),
    *(("proxy_tags", value) for value in (None, "", {})),
]


def test_a_client_that_sends_empty_fields_along_makes_and_changes_a_member(ask):
    made = ask("POST /v1/m", {"name": "Ben", **UNSET})
    assert (made.status_code, made.json["name"], made.json["privacy"]) == (200, "Ben", "public")
    before = ask("GET /v1/m/{ann}").json
    changed = ask("PATCH /v1/m/{ann}", {**UNSET, "pronouns": "she/her"})
    assert (changed.status_code, changed.json) == (200, {**before, "pronouns": "she/her"})


@pytest.mark.parametrize("operation", ["PATCH /v1/s", "PATCH /v1/m/{ann}"])
@pytest.mark.parametrize(("field", "value"), EMPTY, ids=ascii)
def test_what_is_empty_and_says_nothing_changes_nothing(ask, stored, operation, field, value):
    before = stored()
    assert ask(operation, {field: value}).status_code == 200
    assert stored() == before


BAD_SWITCHES = [
    *(
        ({"members": value}, "The members must be a list of member IDs.")
        for value in (
            None,
            "",
            "{ann}",
            5,
            True,
            {},
            {"{ann}": 1},
            [None],
            [5],
            [True],
            [["{ann}"]],
            [{"id": "{ann}"}],
        )
    ),
    ({}, "The members must be a list of member IDs."),
    ({"Members": []}, "The members must be a list of member IDs."),
    ({"timestamp": "2020-01-01T00:00:00Z"}, "The members must be a list of member IDs."),
    ({"members": ["{ann}"]}, "New members identical to existing fronters."),
    ({"members": ["{ann}"], "timestamp": "2020-01-01T00:00:00Z"}, "New members identical to existing fronters."),
    ({"members": ["{ann}", "{ann}"]}, "Duplicate members in member list."),
    ({"members": ["zzzzzz"]}, "Member 'zzzzzz' not found."),
    ({"members": ["😀" * 50]}, f"Member '{'😀' * 20}' not found."),
    ({"members": [f"z{number}" for number in range(151)]}, "At most 150 members can front at once; these are 151."),
]


def test_a_switch_that_cannot_be_logged_is_not_there(ask, stored, ann):
    before = stored()
    for body, told in BAD_SWITCHES:
        check_refused(ask("POST /v1/s/switches", json.loads(json.dumps(body).replace("{ann}", ann))), told)
    assert stored() == before


WRITES = ("PATCH /v1/s", "POST /v1/m", "PATCH /v1/m/{ann}", "POST /v1/s/switches")


BAD_BODIES = [
    (b"", "The body is not JSON"),
    (b" ", "The body is not JSON"),
    (b"name=Ben", "The body is not JSON"),
    (b'{"name": "Ben"', "The body is not JSON"),
    (b'{"name": "Ben"}}', "The body is not JSON"),
    (b"{'name': 'Ben'}", "The body is not JSON"),
    (b'{"name": "Ben",}', "The body is not JSON"),
    (b'{"name": "Ben"} // Ben', "The body is not JSON"),
    (b'\xef\xbb\xbf{"name": "Ben"}', "The body is not JSON"),
    (b'{"name": 0x5}', "The body is not JSON"),
    (b"\0", "The body is not JSON"),
    (b"[]", "The body must be a JSON object."),
    (b'[{"name": "Ben"}]', "The body must be a JSON object."),
    (b"null", "The body must be a JSON object."),
    (b'"name"', "The body must be a JSON object."),
    (b"5", "The body must be a JSON object."),
    (b'{"name": "Ben", "name": "Cleo"}', 'The body names the key "name" twice.'),
    (b'{"name": "Ben", "x": {"y": 1, "y": 2}}', 'The body names the key "y" twice.'),
    (b'{"name": NaN}', "The body holds NaN, which is not JSON."),
    (b'{"name": "Ben", "x": -Infinity}', "The body holds -Infinity, which is not JSON."),
    (b'{"name": "Ben", "x": ' + b"9" * 5000 + b"}", "The body holds a number that is too long."),
    (b'{"name": "\\ud83d"}', "The body holds half of a surrogate pair"),
    (b'{"name": "\\ude00\\ud83d"}', "The body holds half of a surrogate pair"),
    (b'{"proxy_tags": [{"prefix": "\\udc00"}], "name": "Ben"}', "The body holds half of a surrogate pair"),
    (b'{"members": ["\\ud800"], "name": "Ben"}', "The body holds half of a surrogate pair"),
    (b'{"name": "Ben", "\\ud800": 1}', "The body holds half of a surrogate pair"),
    (b'{"name": "B\\u0000en"}', "The body holds a NUL character."),
    (b'{"name": "Ben", "proxy_tags": [{"prefix": "\\u0000"}]}', "The body holds a NUL character."),
    (b'{"name": "Ben", "members": ["\\u0000"]}', "The body holds a NUL character."),
    (b'{"name": "Ben", "x": "\\u0000"}', "The body holds a NUL character."),
    (b'{"name": "B\0en"}', "The body is not JSON"),
    (b'{"name": "\xff"}', "The body is not UTF-8 text."),
    (b'{"name": "\xed\xa0\x80"}', "The body is not UTF-8 text."),
    ('{"name": "Ben"}'.encode("utf-16"), "The body is not UTF-8 text."),
    (b"[" * 200_000, "The body is nested more than 32 deep."),
    (b'{"name":' * 60_000, "The body is nested more than 32 deep."),
    (b'{"name": "Ben", "x": ' + b"[" * 200_000 + b"]" * 200_000 + b"}", "The body is nested more than 32 deep."),
    (b'{"name": "Ben", "proxy_tags": ' + b"[" * 40 + b"]" * 40 + b"}", "The body is nested more than 32 deep."),
]


@pytest.mark.parametrize("operation", WRITES)
def test_a_body_that_cannot_be_read_changes_nothing(ask, stored, operation):
    before = stored()
    for body, says in BAD_BODIES:
        answer = ask(operation, data=body, content_type="application/json")
        assert (body[:40], answer.status_code) == (body[:40], 400)
        assert answer.text.startswith(says)
        assert re.fullmatch(r"[^\n]{5,200}\.", answer.text)
        assert answer.content_type == "text/plain; charset=utf-8"
    assert stored() == before


def test_a_number_of_any_size_is_a_wrong_type_and_ignored_where_nothing_is_read(ask, stored):
    before = foxes, (ann,), *_ = stored()
    fields = {"PATCH /v1/s": set(foxes), "PATCH /v1/m/{ann}": set(ann), "POST /v1/m": {"name"}, WRITES[3]: {"members"}}
    for number in (2**63, -(2**63) - 1, 2**64, 10**400, 1e308, -0.0):
        for operation, known in fields.items():
            for field in known - {"id", "created"}:
                assert (field, ask(operation, {field: number}).status_code) == (field, 400)
        for operation in ("PATCH /v1/s", "PATCH /v1/m/{ann}"):
            assert ask(operation, {"id": number, "created": number, "x": [number]}).status_code == 200
    assert stored() == before


def test_a_body_must_say_that_it_is_json(ask, stored):
    before = stored()
    kinds = (None, "text/plain", "application/x-www-form-urlencoded", "json", "jsonp")
    for operation, content_type in itertools.product(WRITES, kinds):
        answer = ask(operation, data=b'{"name": "Ben", "members": []}', content_type=content_type)
        check_refused(answer, "The body must be JSON: send it with Content-Type: application/json.", 415)
    assert stored() == before


def test_a_body_that_is_too_large_or_never_ends_is_not_read_to_the_end(ask, stored):
    before = stored()
    large = b'{"name": "' + b"x" * 600_000 + b'"}'
    for operation in WRITES:
        answer = ask(operation, data=large, content_type="application/json")
        check_refused(answer, "The body must have at most 524,288 bytes; this one has 600,012.", 413)
        body = io.BytesIO(large * 3)
        endless = {"HTTP_TRANSFER_ENCODING": "chunked", "wsgi.input_terminated": True}
        answer = ask(operation, input_stream=body, content_type="application/json", environ_overrides=endless)
        check_refused(answer, "The body must have at most 524,288 bytes.", 413)
        assert body.tell() <= 524_289
    assert stored() == before


def test_the_largest_member_that_fits_may_be_escaped_to_the_last_letter(ask):
    tags = [{"prefix": "😀" * 100, "suffix": "😀" * 100}] * 100
    whole = {"name": "😀" * 100, "description": "😀" * 1000, "proxy_tags": tags}
    answer = ask("POST /v1/m", data=json.dumps(whole).encode(), content_type="application/json")
    assert (answer.status_code, answer.json["proxy_tags"]) == (200, tags)


BAD_BEFORES = [
    *(
        "yesterday",
        "0",
        "1795262400000",
        "2026-11-21",
        "2026-11-21T12:00Z",
        "2026-11-21T12:00:00",
        "Z",
        "null",
        " ",
    ),
    *("2026-02-30T00:00:00Z", "2026-11-21T24:01:00Z", "2026-11-21T12:00:00.1234567890Z", "0000-01-01T00:00:00Z"),
    *("2026-11-21T12:00:00+24:00", "2026-11-21T12:00:00\0Z", "２０２６-11-21T12:00:00Z", "9" * 3000, "😀"),
]
RAW_BEFORES = ["%FF", "%ED%A0%80", "2026-11-21T12:00:00%00Z"]


def test_a_before_that_is_no_instant(ask, stored):
    for before in [*map(quote, BAD_BEFORES), *RAW_BEFORES]:
        answer = ask(f"GET /v1/s/{stored()[0]['id']}/switches?before={before}")
        check_refused(answer, "The time in before must look like 2026-11-21T20:15:00Z.")


GOOD_BEFORES = [
    ("", 1),
    ("?before=", 1),
    ("?after=yesterday", 1),
    ("?BEFORE=yesterday", 1),
    ("?before=9999-12-31T23:59:59Z", 1),
    ("?before=9999-12-31t23:59:59z", 1),
    ("?before=9999-12-31T23:59:59.999999999Z", 1),
    ("?before=9999-12-31T23:59:59-23:59", 1),
    ("?before=9999-12-31T23:59:59%2B01:00", 1),
    ("?before=9999-12-31T23:59:59+01:00", 1),
    ("?before=9999-12-31+23:59:59+01:00", 1),
    ("?before=2000-01-01T00:00:00+00:00", 0),
    ("?before=0001-01-01T00:00:00%2B23:59", 0),
    ("?before=1969-12-31T23:59:59.5Z", 0),
    ("?before=2000-01-01%2000:00:00Z&before=yesterday", 0),
]


def test_a_before_that_is_one(ask, stored):
    for query, found in GOOD_BEFORES:
        answer = ask(f"GET /v1/s/{stored()[0]['id']}/switches{query}")
        assert (query, answer.status_code, len(answer.json)) == (query, 200, found)


NO_IDS = ("alice", "-1", "1.5", "1e5", "0x10", "01", "%20", "1%20", "1%0A", "%D9%A3", "@me", "%FF", "%00")


@pytest.mark.parametrize(("kind", "name"), [("a", "A user"), ("msg", "A message")])
def test_a_number_in_a_path_that_is_none(ask, kind, name):
    for text in NO_IDS:
        answer = ask(f"GET /v1/{kind}/{text}")
        assert (text, answer.status_code) == (text, 400)
        assert re.fullmatch(rf"{name} ID is a number, like [^\n]{{5,100}}\.", answer.text)


def test_what_is_refused_does_not_wait_for_who_is_writing(ask, database):
    """The lock is held all the while; whoever waited for it would get a 503 after five seconds."""
    with database.write():
        for operation, body in (
            ("PATCH /v1/s", {"tag": 5}),
            ("POST /v1/m", {"name": "x" * 101}),
            ("PATCH /v1/m/{ann}", {"color": "red"}),
            ("PATCH /v1/m/zzzzz", {"color": "red"}),
        ):
            assert ask(operation, body).status_code in (400, 404)
