"""Every route of v2, with the status and code for its owner, for somebody else with a token, and for nobody."""

import itertools
import re

import pytest

from rules.fronting import past_switches
from rules.groups import groups, membership
from rules.groups.privacy import GROUP_PRIVACY
from rules.parsing.uuids import format_uuid
from rules.proxying import autoproxy, message_records
from rules.systems import guild_settings, members, systems
from rules.systems.privacy import LATER_MEMBER_PRIVACY, LATER_SYSTEM_PRIVACY, MEMBER_PRIVACY, SYSTEM_PRIVACY

ALICE, BOB = 80351110224678912, 80351110224678913
GUILD, ELSEWHERE = 41771983423143937, 41771983423143938
OPEN_MESSAGE, HIDDEN_MESSAGE = 175928847299117063, 175928847299117064
NO_UUID = "00000000-0000-4000-8000-000000000000"
HOUR_US = 3_600_000_000
# What a path names: there; there and private in every way; not there; in no form that it can have.
STATES = ("exists", "private", "missing", "wrong")
MISSING = {
    **dict.fromkeys(("system", "member", "group"), "zzzzz"),
    "switch": NO_UUID,
    "message": "1",
    "guild": str(ELSEWHERE),
}
WRONG = {
    **dict.fromkeys(("system", "member", "group"), "zz.zz"),
    "switch": "nothing",
    "message": "abc",
    "guild": "abc",
}
# A column a state, of what a path names last; in each what owner, stranger and nobody get: one word where it is the
# same, = for what the column before has. No code is 0, which v2 has for what its status says already.
TABLE = """
GET /systems/{system}                              | 200 | = | 404/20001 | =
PATCH /systems/{system}                            | 200 403 403 | = | 404/20001 | =
GET /systems/{system}/oembed.json                  | 200 | = | 404/20001 | =
GET /systems/{system}/settings                     | 200 | = | 404/20001 | =
PATCH /systems/{system}/settings                   | 200 403 403 | = | 404/20001 | =
GET /systems/{system}/members                      | 200 | 200 403/30001 403/30001 | 404/20001 | =
GET /systems/{system}/groups                       | 200 | 200 403/30002 403/30002 | 404/20001 | =
GET /systems/{system}/switches                     | 200 | 200 403/30005 403/30005 | 404/20001 | =
GET /systems/{system}/fronters                     | 200 | 200 403/30004 403/30004 | 404/20001 | =
POST /systems/{system}/switches                    | 200 403 403 | = | 404/20001 | =
GET /systems/{system}/switches/{switch}            | 200 | 200 404/20008 404/20008 | 404/20008 | 400/40006
PATCH /systems/{system}/switches/{switch}          | 200 403 403 | = | 404/20008 403 403 | 400/40006 403 403
PATCH /systems/{system}/switches/{switch}/members  | 200 403 403 | = | 404/20007 403 403 | 400/40006 403 403
DELETE /systems/{system}/switches/{switch}         | 204 403 403 | = | 404/20008 403 403 | 400/40006 403 403
GET /systems/{system}/guilds/{guild}               | 200 403 403 | = | 404/20009 403 403 | 400 403 403
PATCH /systems/{system}/guilds/{guild}             | 200 403 403 | = | = | 400 403 403
GET /systems/{system}/autoproxy?guild_id={guild}   | 200 403 403 | = | = | 400 403 403
PATCH /systems/{system}/autoproxy?guild_id={guild} | 200 403 403 | = | = | 400 403 403
POST /members                                      | 200 200 401 | | |
GET /members/{member}                              | 200 | = | 404/20002 | =
GET /members/{member}/oembed.json                  | 200 | = | 404/20002 | =
PATCH /members/{member}                            | 200 403/30006 401 | = | 404/20002 404/20002 401 | =
DELETE /members/{member}                           | 204 403/30006 401 | = | 404/20002 | =
GET /members/{member}/groups                       | 200 | 200 403/30002 403/30002 | 404/20003 | =
POST /members/{member}/groups/{how}                | 204 403/30006 401 | = | 404/20002 404/20002 401 | =
GET /members/{member}/guilds/{guild}               | 200 403/30006 401 | = | 404/20010 403/30006 401 | 400 403/30006 401
PATCH /members/{member}/guilds/{guild}             | 200 403/30006 401 | = | = | 400 403/30006 401
POST /groups                                       | 200 200 401 | | |
GET /groups/{group}                                | 200 | = | 404/20004 | =
GET /groups/{group}/oembed.json                    | 200 | = | 404/20004 | =
PATCH /groups/{group}                              | 200 403/30007 401 | = | 404/20004 404/20004 401 | =
DELETE /groups/{group}                             | 204 403/30007 401 | = | 404/20004 404/20004 401 | =
GET /groups/{group}/members                        | 200 | 200 403/30003 403/30003 | 404/20004 | =
POST /groups/{group}/members/{how}                 | 204 403/30007 401 | = | 404/20004 404/20004 401 | =
GET /messages/{message}                            | 200 | = | 404/20006 | 400
GET /systems/@me/export                            | 200 200 401 | | |
"""


def read_row(line):
    row, *cells = (cell.strip() for cell in line.split("|"))
    for number, cell in enumerate(cells):
        cells[number] = cells[number - 1] if cell == "=" else cell
    return row, [cell.split() for cell in cells]


ROWS = dict(map(read_row, TABLE.strip().splitlines()))
BODIES = {
    "PATCH /systems/{system}": lambda ids: {"name": "Foxes"},
    "PATCH /systems/{system}/settings": lambda ids: {"pings_enabled": False},
    "POST /systems/{system}/switches": lambda ids: {"members": [ids["member"]]},
    "PATCH /systems/{system}/switches/{switch}": lambda ids: {"timestamp": f"2026-01-0{ids['number']}T12:00:00Z"},
    "PATCH /systems/{system}/switches/{switch}/members": lambda ids: [ids["member"]],
    "PATCH /systems/{system}/guilds/{guild}": lambda ids: {"tag": "| F"},
    "PATCH /systems/{system}/autoproxy?guild_id={guild}": lambda ids: {"autoproxy_mode": "front"},
    "POST /members": lambda ids: {"name": "New"},
    "PATCH /members/{member}": lambda ids: {"pronouns": "she/her"},
    "POST /members/{member}/groups/{how}": lambda ids: [ids["group"]],
    "PATCH /members/{member}/guilds/{guild}": lambda ids: {"display_name": "Annie"},
    "POST /groups": lambda ids: {"name": "New"},
    "PATCH /groups/{group}": lambda ids: {"color": "ff8800"},
    "POST /groups/{group}/members/{how}": lambda ids: [ids["member"]],
}

READS = [row for row in ROWS if row.startswith("GET ")]
WITH_QUERIES = [
    f"GET /systems/{ALICE}",
    "GET /systems/{system}/groups?with_members=true",
    "GET /systems/{system}/switches?before=2100-01-01T00:00:00Z&limit=1",
]


@pytest.fixture
def foxes(write):
    """Alice's system with two of each: what its paths name by state; the second of each is private in every way."""
    hid = write(systems.create_system, ALICE, {"name": "Foxes"}).hid
    write(guild_settings.edit_system, ALICE, GUILD, {"tag": "| F"})
    write(autoproxy.set_mode, ALICE, GUILD, "front")
    made = {}
    for number, (state, message) in enumerate((("exists", OPEN_MESSAGE), ("private", HIDDEN_MESSAGE)), 1):
        hidden = state == "private"
        fields = {"name": f"Fox {number}"}
        settings = dict.fromkeys((*MEMBER_PRIVACY, *LATER_MEMBER_PRIVACY) if hidden else (), "private")
        member = write(members.create_member, ALICE, fields | settings)
        group = write(groups.create_group, ALICE, fields | dict.fromkeys(GROUP_PRIVACY if hidden else (), "private"))
        write(membership.change_members, ALICE, group.hid, [member.hid], "add")
        write(guild_settings.edit_member, ALICE, member.hid, GUILD, {"display_name": "Annie"})
        write(message_records.record_message, ALICE, member.id, message, message - 100, 5, GUILD)
        ids = {"system": hid, "member": member.hid, "group": group.hid, "message": str(message), "guild": str(GUILD)}
        made[state] = {**ids, "how": "add", "number": number}
    for state, fronting in (("exists", [made["private"]["member"]]), ("private", [])):
        switch = write(past_switches.log_switch, ALICE, fronting, made[state]["number"] * HOUR_US)
        made[state]["switch"] = format_uuid(switch.uuid)
    return made


@pytest.fixture
def tokens_of(write, foxes, token_of):
    """The tokens of Alice, of Bob, who has another system, and of nobody."""
    write(systems.create_system, BOB, {"name": "Owls"})
    return token_of(ALICE), token_of(BOB), None


@pytest.fixture
def ask(client):
    """Ask for a row of the table: the status, with its code where that is not 0."""

    def run(row, ids, token, method=None):
        how, _, path = row.partition(" ")
        headers = {"Authorization": token} if token else {}
        body = BODIES[row](ids) if row in BODIES else None
        answer = client.open(f"/v2{path.format(**ids)}", method=method or how, json=body, headers=headers)
        if answer.status_code < 400:
            assert (answer.status_code == 204) is (not answer.data)
            return str(answer.status_code)
        assert set(answer.json) == {"message", "code"}
        assert answer.json["message"]
        code = answer.json["code"]
        return f"{answer.status_code}/{code}" if code else str(answer.status_code)

    return run


def names_of(foxes, row, state):
    """What stands in the path in this state; only what it names last is not there."""
    if state in foxes:
        return foxes[state]
    last = [name for name in re.findall(r"{(\w+)}", row) if name != "how"][-1]
    return foxes["exists"] | {last: (MISSING if state == "missing" else WRONG)[last]}


@pytest.mark.parametrize("row", ROWS)
def test_who_gets_what(write, foxes, tokens_of, ask, row):
    told, expected = {}, {}
    for state, words in zip(STATES, ROWS[row], strict=True):
        if not words:
            continue
        if state == "private":
            write(systems.edit_system, ALICE, dict.fromkeys((*SYSTEM_PRIVACY, *LATER_SYSTEM_PRIVACY), "private"))
        ids = names_of(foxes, row, state)
        # The owner comes last: what is deleted is there for nobody.
        told[state] = [ask(row, ids, token) for token in reversed(tokens_of)][::-1]
        expected[state] = words * 3 if len(words) == 1 else words
    assert told == expected


def test_what_stands_before_another_name_is_looked_for_first(foxes, tokens_of, ask):
    for row in (row for row in ROWS if re.search(r"{system}/.*{|{member}/guilds", row)):
        first = re.search(r"{(\w+)}", row)[1]
        expected = ["404/20001"] * 3 if first == "system" else ["404/20002", "404/20002", "401"]
        for name in (MISSING[first], WRONG[first]):
            assert [ask(row, foxes["exists"] | {first: name}, token) for token in tokens_of] == expected, row


def test_me_is_who_the_token_says(foxes, tokens_of, ask):
    me = foxes["exists"] | {"system": "@me"}
    owner, _, nobody = tokens_of
    for row in (row for row in ROWS if "{system}" in row):
        assert ask(row, me, nobody) == "401", row
        assert ask(row, me, owner) == ROWS[row][0][0], row


def test_every_route_is_in_the_table(client):
    written = {re.sub(r"\?.*|{|}", "", row.replace("{", "<").replace("}", ">")) for row in ROWS}
    served = set()
    for rule in client.application.url_map.iter_rules():
        # Cards and badges are pictures of their own, not answers of this dialect.
        is_other = rule.endpoint == "v2_paths.refuse" or rule.endpoint.startswith("cards.")
        if rule.rule.startswith("/v2/") and not is_other:
            path = re.sub(r"<any\([^)]*\):how>", "<how>", rule.rule.removeprefix("/v2"))
            served |= {f"{method} {path}" for method in rule.methods - {"HEAD", "OPTIONS"}}
    assert served == written


def test_a_read_is_told_only_once_to_whoever_keeps_it(foxes, tokens_of, client):
    for row, token in itertools.product(READS + WITH_QUERIES, tokens_of):
        path = f"/v2{row.split()[1].format(**foxes['exists'])}"
        headers = {"Authorization": token} if token else {}
        whole = client.get(path, headers=headers)
        assert whole.status_code == 200 or token != tokens_of[0], row
        if whole.status_code != 200:
            continue
        assert whole.headers["Cache-Control"] == ("private, no-store" if token else "no-cache")
        assert whole.headers["Vary"] == "Authorization"
        head = client.head(path, headers=headers)
        assert (head.status_code, head.data, dict(head.headers)) == (200, b"", dict(whole.headers))
        for etag, method in itertools.product((whole.headers["ETag"], f"W/{whole.headers['ETag']}"), ("GET", "HEAD")):
            known = client.open(path, method=method, headers=headers | {"If-None-Match": etag})
            assert (known.status_code, known.data, known.headers["ETag"]) == (304, b"", whole.headers["ETag"])
        assert client.get(path, headers=headers | {"If-None-Match": '"other"'}).data == whole.data


def test_what_changed_is_told_again(write, foxes, client):
    paths = [f"/v2{row.split()[1].format(**foxes['exists'])}" for row in READS if "oembed" in row]
    before = [client.get(path).headers["ETag"] for path in paths]
    write(systems.edit_system, ALICE, {"name": "Wolves"})
    write(members.edit_member, ALICE, foxes["exists"]["member"], {"name": "Wolf"})
    write(groups.edit_group, ALICE, foxes["exists"]["group"], {"name": "Wolf"})
    after = [client.get(path, headers={"If-None-Match": ", ".join(before)}) for path in paths]
    assert [answer.status_code for answer in after] == [200] * 3


def test_a_page_may_ask_from_anywhere(foxes, client):
    asked = {"Access-Control-Request-Headers": "authorization, content-type, user-agent, sentry-trace"}
    for row in ROWS:
        path = f"/v2{row.split()[1].format(**foxes['exists'])}"
        leave = client.options(path, headers={"Origin": "https://example.com"} | asked)
        assert (leave.status_code, leave.headers["Access-Control-Allow-Origin"]) == (200, "*")
        assert row.split()[0] in leave.headers["Access-Control-Allow-Methods"]
        allowed = leave.headers["Access-Control-Allow-Headers"].lower()
        assert all(name in allowed for name in asked["Access-Control-Request-Headers"].split(", "))
        answer = client.get(path)
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        for name in ("Scope", "Limit", "Remaining", "Reset"):
            assert f"X-RateLimit-{name}" in answer.headers["Access-Control-Expose-Headers"]
