"""schemathesis asks a running Rollcall for all that the document allows, and for much that it does not."""

import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests
import schemathesis
from sqlalchemy import select

import config as settings
from database import connections
from database.upgrade import upgrade
from models import Switch
from rules import opt_out
from rules.account import github, kv, tokens
from rules.fronting import switches
from rules.groups import groups, membership
from rules.parsing.uuids import format_uuid
from rules.presence import health, updates
from rules.proxying import message_records
from rules.systems import guild_settings, members, systems
from tests.end_to_end.rollcall import Process, free_port, until
from tests.rules.pictures.picture_bytes import png
from tests.web.remote_pictures.cdn import Cdn, whole
from web.docs.document import read_document

ALICE, BOB, HIDDEN = 80351110224678912, 80351110224678913, 80351110224678914
MESSAGE = 1163892047215738901
MEMBERS = 24
ONLINE = {
    "status": "dnd",
    "client_status": {"desktop": "dnd", "mobile": "online"},
    "activities": [
        {"id": "spotify:1", "type": 2, "name": "Spotify", "details": "BMW", "party": {"id": "spotify:1"}, "flags": 48},
        {"id": "custom", "type": 4, "name": "Custom Status", "state": "hi", "emoji": {"name": "fox", "id": 1}},
        {"type": 0, "name": "Rocket League", "application_id": 379286085710381999, "timestamps": {"start": 1}},
    ],
}
OCTOCAT = {"id": 583231, "login": "octocat", "html_url": "https://github.com/octocat", "public_repos": 8}

CONFIG = """
[checks]
enabled = true

[generation]
# A NUL is refused wherever it stands, in keys that are otherwise ignored too; a schema cannot say that.
allow-x00 = false
# With these a header is no HTTP: the front answers 400, whatever the schema of the header says.
exclude-header-characters = "{controls}"

[warnings]
enabled = false

[dictionaries.systems]
values = {systems}
[dictionaries.members]
values = {members}
[dictionaries.users]
values = ["@me", "{alice}", "{bob}", "{hidden}", "1"]
[dictionaries.ids]
values = ["{alice}", "{bob}", "{hidden}", "1"]
[dictionaries.messages]
values = ["{message}", "{original}", "1"]
[dictionaries.system_references]
values = {system_references}
[dictionaries.own_references]
values = ["@me", "{alice}"]
[dictionaries.member_references]
values = {member_references}
[dictionaries.group_references]
values = {group_references}
[dictionaries.switches]
values = {switches}
[dictionaries.guilds]
values = ["6", "7"]
[dictionaries.zones]
values = ["Europe/Zurich", "utc", "America/New_York", "Nowhere/At_all"]

[parameters]
"path.user_id" = {{ dictionary = "users", probability = 0.8 }}
"path.key" = {{ dictionary = "keys", probability = 0.5 }}
"query.ids[*]" = {{ dictionary = "ids", probability = 0.8 }}
"body.members[*]" = {{ dictionary = "members", probability = 0.8 }}
"body.tz" = {{ dictionary = "zones", probability = 0.8 }}
"body.timezone" = {{ dictionary = "zones", probability = 0.8 }}
"body.autoproxy_member" = {{ dictionary = "member_references", probability = 0.5 }}
"path.system" = {{ dictionary = "system_references", probability = 0.9 }}
"path.member" = {{ dictionary = "member_references", probability = 0.9 }}
"path.group" = {{ dictionary = "group_references", probability = 0.9 }}
"path.switch" = {{ dictionary = "switches", probability = 0.8 }}
"path.message" = {{ dictionary = "messages", probability = 0.8 }}
"path.guild" = {{ dictionary = "guilds", probability = 0.8 }}
"query.guild_id" = {{ dictionary = "guilds", probability = 0.8 }}

[dictionaries.keys]
values = ["city", "a/b", "ü", "..."]

[[operations]]
include-path-regex = "^/v1/s/.id."
parameters = {{ "path.id" = {{ dictionary = "systems", probability = 0.8 }} }}
[[operations]]
include-path = "/v1/m/{{id}}"
parameters = {{ "path.id" = {{ dictionary = "members", probability = 0.8 }} }}
[[operations]]
include-path = "/v1/a/{{id}}"
parameters = {{ "path.id" = {{ dictionary = "users", probability = 0.8 }} }}
[[operations]]
include-path = "/v1/msg/{{id}}"
parameters = {{ "path.id" = {{ dictionary = "messages", probability = 0.8 }} }}

[[operations]]
include-operation-id = ["changeGroupMembers", "changeSwitchMembers"]
parameters = {{ "body.[*]" = {{ dictionary = "member_references", probability = 0.9 }} }}
[[operations]]
include-operation-id = "changeMemberGroups"
parameters = {{ "body.[*]" = {{ dictionary = "group_references", probability = 0.9 }} }}

# PluralKit answers 501 where autoproxy is asked for without a server.
[[operations]]
include-operation-id = ["getAutoproxy", "editAutoproxy"]
checks.not_a_server_error.expected-statuses = ["2xx", "4xx", 501]

# Without a token somebody's system is not yours: PluralKit says 403, and 401 only of `@me`.
[[operations]]
include-path-regex = "^/v2/systems/"
checks.missing_required_header.enabled = false

# Nor does it ask for a token where there is nothing to delete.
[[operations]]
include-operation-id = "removeMemberV2"
checks.ignored_auth.enabled = false
checks.missing_required_header.enabled = false

# It wants an upgrade, of which a schema cannot tell.
[[operations]]
include-operation-id = "openSocket"
checks.positive_data_acceptance.enabled = false

# 503 is what it says while there is no bot.
[[operations]]
include-operation-id = "getHealth"
checks.not_a_server_error.expected-statuses = ["2xx", "4xx", 503]

# No schema can know which members are whose and who fronts now, nor all time zones and all good addresses, nor how many
# of a list are different, nor which keys are known, nor that one of two parameters must be there.
[[operations]]
include-operation-id = {beyond_schemas}
checks.positive_data_acceptance.enabled = false

# The path of a card, `/v2/systems/<system>.svg`, is one of `/v2/systems/<system>` too: OPTIONS names what that takes.
[[operations]]
include-path = "/v2/systems/{{system}}.svg"
checks.allow_header_conformance.enabled = false
checks.unsupported_method.enabled = false

# Whose pairs are all removed has none, and that is what is told.
[[operations]]
include-operation-id = "getPairs"
checks.use_after_free.enabled = false

# GET /v1/s/switches asks for a system called "switches", by the path /v1/s/{{id}}: a 404, and OPTIONS names GET.
[[operations]]
include-operation-id = "addSwitch"
checks.allow_header_conformance.enabled = false
checks.unsupported_method.enabled = false
checks.positive_data_acceptance.enabled = false
"""
# ignored_auth stays on: it looks only at operations whose `security` does not allow nobody. Where a token is optional,
# a wrong one is an anonymous read by design, and the document says so with an empty requirement.

BEYOND_SCHEMAS = [
    *("addSwitch", "editOwnSystem", "editMember", "getUsers", "editSystemV2", "editSettings", "editSystemGuild"),
    *("editMemberGuild", "editAutoproxy", "addSwitchV2", "moveSwitch", "changeSwitchMembers", "addMemberV2"),
    *("editMemberV2", "addGroup", "editGroup", "changeGroupMembers", "changeMemberGroups"),
    *("streamEvents", "importFile"),
]
# Of each dialect what reads, what writes and what takes a list; all the rest takes minutes.
SOME = "^/(user/{user_id}(/kv/{key})?|v1/m(/{id})?|v1/users/{user_id}(/kv)?|users|v2/systems/{system}(/switches)?)$"


@dataclass
class Filled:
    """A running Rollcall with something to find, and who may ask."""

    url: str
    tokens: dict[str, str | None]
    folder: Path
    web: Process

    @property
    def config(self) -> Path:
        return self.folder / "schemathesis.toml"

    @property
    def document(self) -> Path:
        return self.folder / "openapi.json"


def fill_system(session, user_id, message_id, **private):
    """A system with members of all kinds, switches and a message; the IDs of both."""
    system = systems.create_system(
        session, user_id, {"name": "Boxes", "tag": "| box", "description": "Many.", **private}
    )
    made = [
        members.create_member(
            session,
            user_id,
            {
                "name": f"Member {number}",
                "birthday": "0004-02-29",
                "pronouns": "they/them",
                "avatar_url": "https://example.org/a.png",
                "proxy_tags": [{"prefix": f"{number}:"}, {"suffix": "-x"}],
                "privacy": "private" if number % 3 else "public",
            },
        )
        for number in range(MEMBERS)
    ]
    for number in range(5):
        switches.log_switch(session, user_id, [member.hid for member in made[number : 2 * number]])
    message_records.record_message(session, user_id, made[0].id, message_id, message_id - 1, 5, None if private else 6)
    fill_servers(session, user_id, made)
    return system, made, fill_groups(session, user_id, made)


def fill_groups(session, user_id, made):
    """Groups of all kinds, with members."""
    kinds = [{}, {"visibility": "private"}, {"list_privacy": "private"}, {"name_privacy": "private", "color": "ff7700"}]
    filled = [
        groups.create_group(session, user_id, {"name": "Tall", "display_name": "T", **kind}) for kind in 2 * kinds
    ]
    for group in filled:
        membership.change_members(session, user_id, group.hid, [member.hid for member in made[:5]], "add")
    return filled


def fill_servers(session, user_id, made):
    """What a system and two of its members want in a server."""
    guild_settings.edit_system(session, user_id, 6, {"tag": "| here"})
    for member in made[:2]:
        guild_settings.edit_member(session, user_id, member.hid, 6, {"display_name": "Here"})


def fill(session):
    for user_id in (ALICE, BOB, HIDDEN):
        member = {"user": {"id": str(user_id), "username": f"user{user_id}"}, "nick": "Nick"}
        change = updates.change_of_member(member, 1000, 1000, ONLINE if user_id == ALICE else {"status": "offline"})
        updates.record_presences(session, {user_id: change})
        kv.set_value(session, user_id, "city", "Bern")
        kv.set_value(session, user_id, "a/b", "")
    opt_out.hide(session, HIDDEN)
    github.connect(session, ALICE, OCTOCAT, None)
    secret = {f"{name}_privacy": "private" for name in ("description", "member_list", "front", "front_history")}
    filled = [fill_system(session, ALICE, MESSAGE), fill_system(session, BOB, MESSAGE + 2, **secret)]
    health.record_beat(session, 1000, 1000, None)
    given = {
        name: tokens.make_token(user_id) for name, user_id in (("alice", ALICE), ("bob", BOB), ("nobody's", HIDDEN))
    }
    for token, user_id in zip(given.values(), (ALICE, BOB, HIDDEN), strict=True):
        tokens.store_token(session, user_id, tokens.hash_token(token))
    session.flush()
    made_systems = [system for system, _, _ in filled]
    made_members = [member for _, made, _ in filled for member in made]
    made_groups = [group for *_, made in filled for group in made]
    config = CONFIG.format(
        controls="".join(f"\\u{code:04x}" for code in (*range(32), 127)),
        beyond_schemas=BEYOND_SCHEMAS,
        systems=[system.hid for system in made_systems],
        members=[member.hid for member in made_members],
        system_references=["@me", str(ALICE), *refer(made_systems)],
        member_references=refer(made_members),
        group_references=refer(made_groups),
        switches=[format_uuid(uuid) for uuid in session.scalars(select(Switch.uuid))],
        alice=ALICE,
        bob=BOB,
        hidden=HIDDEN,
        message=MESSAGE,
        original=MESSAGE - 1,
    )
    return config, given


def refer(made):
    """Names of rows, by turns their IDs and their UUIDs."""
    return [format_uuid(row.uuid) if number % 2 else row.hid for number, row in enumerate(made)]


@pytest.fixture(scope="module")
def filled(tmp_path_factory):
    folder = tmp_path_factory.mktemp("schemathesis")
    database_url = f"sqlite:///{folder / 'rollcall.db'}"
    upgrade(database_url)
    database = connections.open_database(database_url)
    with database.write() as session:
        config, given = fill(session)
    database.close()
    port = free_port()
    cdn = Cdn(otherwise=whole(png()))
    environ = {**os.environ, "DATABASE_URL": database_url, "PORT": str(port), "RATE_LIMIT": "", "BODY_TIMEOUT": "1"}
    environ["DISCORD_CDN_BASE"] = cdn.base
    web = Process("-m", "gunicorn", "app:app", environ=environ)
    until(lambda: is_serving(port))
    served = Filled(f"http://127.0.0.1:{port}", {**given, "no": None}, folder, web)
    # Loaded from its address, schemathesis would leave that address out.
    served.document.write_bytes(requests.get(f"{served.url}/openapi.json", timeout=10).content)
    served.config.write_text(config)
    yield served
    web.stop()
    cdn.close()


def is_serving(port):
    try:
        return requests.get(f"http://127.0.0.1:{port}/health", timeout=10).ok
    except requests.ConnectionError:
        return False


def run_schemathesis(filled, caller, folder, *options):
    """Everything that schemathesis says, and whether it found nothing."""
    token = filled.tokens[caller]
    # A run of its own folder, since it leaves notes where it stands.
    done = subprocess.run(
        [
            *(sys.executable, "-m", "schemathesis.cli", "--config-file", str(filled.config)),
            *("run", str(filled.document), "--url", filled.url, "--no-color"),
            *("--generation-database", "none", *options, *(("-H", f"Authorization: {token}") if token else ())),
        ],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(settings.ROOT), "NO_PROXY": "*"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Traceback" not in filled.web.output, filled.web.output
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.parametrize(
    ("caller", "phases", "examples", "paths"),
    [
        ("alice", "coverage", 2, SOME),
        ("alice", "stateful", 2, "^/(user/|v1/[ms])"),
        pytest.param("alice", "coverage,stateful", 3, "^/(?!v2/)", marks=pytest.mark.long),
        pytest.param("nobody's", "fuzzing", 2, "^/(?!v2/)", marks=pytest.mark.long),
        pytest.param("alice", "coverage", 2, "^/v2/systems", marks=pytest.mark.long),
        pytest.param("alice", "coverage", 2, "^/v2/(?!systems)", marks=pytest.mark.long),
        pytest.param("nobody's", "fuzzing", 2, "^/v2/", marks=pytest.mark.long),
        pytest.param("bob", "fuzzing", 2, "^/v2/", marks=pytest.mark.long),
        pytest.param("alice", "stateful", 2, "^/v2/", marks=pytest.mark.long),
    ],
)
def test_what_is_served_is_what_the_document_says(filled, tmp_path, caller, phases, examples, paths):
    options = ("--seed", "3", "-n", str(examples), "--phases", phases, "--include-path-regex", paths)
    said = run_schemathesis(filled, caller, tmp_path, *options)
    operations = [
        re.search(paths, path) is not None
        for path, entry in read_document()["paths"].items()
        for item in entry.values()
        if "operationId" in item
    ]
    assert f"{sum(operations)} selected / {len(operations)} total" in said


@pytest.mark.long
@pytest.mark.parametrize("caller", ["alice", "bob", "nobody's", "no"])
def test_what_is_served_is_what_the_document_says_at_length(filled, tmp_path, caller):
    """The seed is another one each time; schemathesis says which when it finds something."""
    run_schemathesis(filled, caller, tmp_path, "-n", "150", "--continue-on-failure")


def check_documented(method, path, answer):
    schemathesis.openapi.from_dict(read_document())[path][method].validate_response(answer)


@pytest.mark.parametrize(
    "path", ["/user/{user_id}/kv/{key}", "/v1/users/{user_id}", "/v1/m/{id}", "/v2/members/{member}"]
)
def test_what_the_front_refuses_is_as_documented(filled, path):
    url = filled.url + path.replace("{user_id}", "@me").replace("{id}", "abcde").replace("{member}", "abcde")
    long = requests.get(url.replace("{key}", "k") + "?" + "x" * 9000, timeout=10)
    heavy = requests.get(url.replace("{key}", "k"), headers={"X-Long": "x" * 70_000}, timeout=10)
    odd = requests.get(url.replace("{key}", "k"), headers={"X-Odd": "a\x10b"}, timeout=10)
    assert (long.status_code, heavy.status_code, odd.status_code) == (414, 431, 400)
    for answer in (long, heavy, odd):
        check_documented("GET", path, answer)


@pytest.mark.parametrize(
    ("path", "url"),
    [
        ("/user/{user_id}/kv", "/user/@me/kv"),
        ("/v1/users/{user_id}/kv", "/v1/users/@me/kv"),
        ("/v1/s", "/v1/s"),
        ("/v2/systems/{system}", "/v2/systems/@me"),
    ],
    ids=["harmy", "lanyard", "v1", "v2"],
)
def test_a_body_that_does_not_come_is_as_documented(filled, path, url):
    headers = {"Authorization": filled.tokens["alice"], "Content-Type": "application/json"}
    half = requests.Request("PATCH", filled.url + url, headers, data="{").prepare()
    half.headers["Content-Length"] = "50"
    with requests.Session() as session:
        answer = session.send(half, timeout=10)
    assert answer.status_code == 408
    check_documented("PATCH", path, answer)
