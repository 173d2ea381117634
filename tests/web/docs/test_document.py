"""The document of the API is valid, whole and true; what only a running server can show is in test_schemathesis."""

import re

import jsonschema_rs
import pytest
import schemathesis
from schemathesis.specs.openapi.definitions import OPENAPI_31

import config as settings
from rules.fronting import switches
from rules.groups import groups, membership
from rules.lanyard import shape
from rules.presence import fronting, profiles
from rules.proxying.message_records import record_message
from rules.systems import guild_settings, members, systems
from web.dialects import is_pluralkit
from web.docs.document import read_document, resolve

ALICE, BOB = 80351110224678912, 80351110224678913
MESSAGE, GUILD = 1163892047215738901, 6
PATHS = read_document()["paths"]
SCHEMAS = read_document()["components"]["schemas"]
METHODS = ("get", "post", "put", "patch", "delete")
OPERATIONS = [(path, method) for path, entry in PATHS.items() for method in METHODS if method in entry]
JSON = {"Content-Type": "application/json"}


@pytest.fixture
def alice(join, write, token_of):
    """Alice is published and has a system with one member, who fronts for all to see and wrote a message; her token."""
    join(ALICE)

    def fill(session):
        systems.create_system(session, ALICE, {"name": "Boxes"})
        member = members.create_member(session, ALICE, {"name": "Ada", "proxy_tags": [{"prefix": "a:"}]})
        switches.log_switch(session, ALICE, [member.hid])
        fronting.set_shown(session, ALICE, True)
        record_message(session, ALICE, member.id, MESSAGE, MESSAGE - 1, 5, None)
        group = groups.create_group(session, ALICE, {"name": "Tall"})
        membership.change_members(session, ALICE, group.hid, [member.hid], "add")
        guild_settings.edit_system(session, ALICE, GUILD, {"tag": "|"})
        guild_settings.edit_member(session, ALICE, member.hid, GUILD, {"display_name": "A"})
        # As the paths of the tests name them.
        member.hid, group.hid = "adaaa", "talll"

    write(fill)
    return token_of(ALICE)


@pytest.fixture
def ask(client, alice):
    """Ask as Alice."""

    def run(method, path, headers=(), **options):
        return client.open(path, method=method, headers={"Authorization": alice, **dict(headers)}, **options)

    return run


def check_documented(method, path, answer):
    """The answer is one that the document allows: its status, media type, headers and shape."""
    schema = schemathesis.openapi.from_dict(read_document())
    schema[path][method].validate_response(answer)


def within(schema):
    """A schema as one document, with the others at hand."""
    return {**schema, "components": {"schemas": SCHEMAS}}


def check_example(schema, example):
    jsonschema_rs.Draft202012Validator(within(schema), validate_formats=True).validate(example)


def test_it_is_openapi_3_1(client):
    validator = jsonschema_rs.Draft202012Validator(OPENAPI_31)
    assert [error.message for error in validator.iter_errors(client.get("/openapi.json").json)] == []


def test_every_reference_leads_somewhere_and_every_component_is_used():
    references = set(re.findall(r"'#/components/(\w+/\w+)'", str(read_document())))
    components = {f"{kind}/{name}" for kind, entries in read_document()["components"].items() for name in entries}
    assert references == {name for name in components if not name.startswith("securitySchemes")}


def test_every_route_is_in_it_and_everything_in_it_is_a_route(make_app):
    routes = {
        (re.sub(r"<(?:[^<>:]+:)?\w+>", "{}", rule.rule), method.lower())
        for rule in make_app().url_map.iter_rules()
        for method in rule.methods - {"HEAD", "OPTIONS"}
        # Pages are for people; and all that the others say is that a path of v1 is none in v2.
        if not rule.endpoint.startswith("pages.") and rule.endpoint != "v2_paths.refuse"
    }
    assert routes == {(re.sub(r"\{\w+\}", "{}", path), method) for path, method in OPERATIONS}


@pytest.mark.parametrize(("path", "method"), OPERATIONS)
def test_every_operation_says_what_it_is_and_what_it_takes(path, method):
    operation = PATHS[path][method]
    assert operation["summary"].endswith(".")
    assert operation["operationId"]
    assert operation["tags"][0] in [tag["name"] for tag in read_document()["tags"]]
    declared = [resolve(item) for item in [*PATHS[path].get("parameters", []), *operation.get("parameters", [])]]
    assert [item["name"] for item in declared if item["in"] == "path"] == re.findall(r"\{(\w+)\}", path)
    # Where a token is needed, there is a 401.
    assert operation.get("security") != [{"Token": []}] or "401" in operation["responses"]
    assert ("304" in operation["responses"]) == any(item["name"] == "If-None-Match" for item in declared)


@pytest.mark.parametrize(("path", "method"), OPERATIONS)
def test_errors_have_the_media_type_of_their_dialect(path, method):
    expected = {"text/plain"} if is_pluralkit(path) else {"application/json"}
    for status, answer in PATHS[path][method]["responses"].items():
        # What gunicorn refuses is JSON, since it comes before anybody knows the path.
        if int(status) >= 400 and status not in ("400", "414", "431"):
            assert set(resolve(answer)["content"]) == expected
        if status == "400":
            assert set(resolve(answer)["content"]) <= expected | {"application/json"}


@pytest.mark.parametrize(("path", "method"), OPERATIONS)
def test_examples_of_parameters_and_bodies_are_valid(path, method):
    operation = PATHS[path][method]
    for item in [*PATHS[path].get("parameters", []), *operation.get("parameters", [])]:
        check_example(resolve(item)["schema"], resolve(item)["example"])
    for body in operation.get("requestBody", {}).get("content", {}).values():
        check_example(body["schema"], body["example"])


def schemas_within(schema):
    """A schema and all those inside it."""
    if isinstance(schema, list):
        for item in schema:
            yield from schemas_within(item)
    elif isinstance(schema, dict):
        yield schema
        for item in schema.values():
            yield from schemas_within(item)


@pytest.mark.parametrize("name", SCHEMAS)
def test_examples_of_schemas_are_valid(name):
    for schema in schemas_within(SCHEMAS[name]):
        for example in schema.get("examples", []):
            check_example({key: value for key, value in schema.items() if key != "examples"}, example)


@pytest.mark.parametrize("name", SCHEMAS)
def test_schemas_require_what_they_name_and_in_that_order(name):
    schema = SCHEMAS[name]
    if schema.get("additionalProperties") is False:
        assert schema["required"] == list(schema["properties"])


@pytest.mark.parametrize(
    ("path", "name", "pick"),
    [
        (f"/user/{ALICE}", "Profile", lambda body: body),
        (f"/user/{ALICE}", "Presence", lambda body: body["presence"]),
        (f"/users?ids={ALICE}", "Profiles", lambda body: body),
        (f"/users?ids={ALICE}", "UserProfile", lambda body: body["users"][0]),
        (f"/v1/users/{ALICE}", "LanyardUser", lambda body: body),
        (f"/v1/users/{ALICE}", "LanyardPresence", lambda body: body["data"]),
        ("/v1/users/1", "LanyardError", lambda body: body),
        (f"/user/{ALICE}", "Fronting", lambda body: body["fronting"]),
        (f"/user/{ALICE}", "FrontingSystem", lambda body: body["fronting"]["system"]),
        (f"/user/{ALICE}", "FrontingMember", lambda body: body["fronting"]["members"][0]),
        ("/v1/s", "System", lambda body: body),
        (f"/v1/a/{ALICE}", "System", lambda body: body),
        (f"/v1/msg/{MESSAGE}", "Message", lambda body: body),
        (f"/v1/msg/{MESSAGE}", "Member", lambda body: body["member"]),
        (f"/v1/msg/{MESSAGE}", "ProxyTag", lambda body: body["member"]["proxy_tags"][0]),
        ("/v2/systems/@me", "OwnSystemV2", lambda body: body),
        ("/v2/systems/@me", "SystemPrivacy", lambda body: body["privacy"]),
        (f"/v2/systems/{BOB}", "CodedError", lambda body: {**body, "errors": {}, "retry_after": 1, "scope": ""}),
        ("/v2/systems/@me/settings", "Settings", lambda body: body),
        (f"/v2/systems/@me/guilds/{GUILD}", "SystemGuild", lambda body: body),
        (f"/v2/members/adaaa/guilds/{GUILD}", "MemberGuild", lambda body: body),
        (f"/v2/systems/@me/autoproxy?guild_id={GUILD}", "Autoproxy", lambda body: body),
        ("/v2/members/adaaa", "MemberV2", lambda body: body),
        ("/v2/members/adaaa", "MemberPrivacy", lambda body: body["privacy"]),
        ("/v2/groups/talll", "Group", lambda body: body),
        ("/v2/groups/talll", "GroupPrivacy", lambda body: body["privacy"]),
        ("/v2/systems/@me/groups?with_members=true", "GroupWithMembers", lambda body: body[0]),
        ("/v2/systems/@me/switches", "SwitchV2", lambda body: body[0]),
        ("/v2/systems/@me/fronters", "FullSwitchV2", lambda body: body),
        (f"/v2/messages/{MESSAGE}", "MessageV2", lambda body: body),
        ("/v2/groups/talll/oembed.json", "Embed", lambda body: body),
        ("/health", "Health", lambda body: body),
        ("/nothing", "Error", lambda body: body),
    ],
)
def test_keys_are_served_in_the_order_of_the_document(ask, path, name, pick):
    assert list(pick(ask("GET", path).json)) == list(SCHEMAS[name]["properties"])


VISIBILITY = "/user/{user_id}/kv-visibility"
READS = [
    ("/user/{user_id}", f"/user/{ALICE}"),
    ("/users", f"/users?ids={BOB},{ALICE},{'9' * 20}"),
    ("/user/{user_id}/kv", "/user/@me/kv"),
    ("/user/{user_id}/kv/{key}", "/user/@me/kv/city"),
    (VISIBILITY, "/user/@me/kv-visibility"),
    ("/user/{user_id}/backup", "/user/@me/backup"),
    ("/v1/users/{user_id}", f"/v1/users/{ALICE}"),
    ("/v1/users/{user_id}", "/v1/users/@me"),
    ("/v1/s", "/v1/s"),
    ("/v1/a/{id}", f"/v1/a/{ALICE}"),
    ("/v1/msg/{id}", f"/v1/msg/{MESSAGE}"),
    ("/v2/systems/{system}", "/v2/systems/@me"),
    ("/v2/systems/{system}/settings", "/v2/systems/@me/settings"),
    ("/v2/systems/{system}/guilds/{guild}", f"/v2/systems/@me/guilds/{GUILD}"),
    ("/v2/members/{member}/guilds/{guild}", f"/v2/members/adaaa/guilds/{GUILD}"),
    ("/v2/systems/{system}/autoproxy", f"/v2/systems/@me/autoproxy?guild_id={GUILD}"),
    ("/v2/systems/{system}/members", "/v2/systems/@me/members"),
    ("/v2/systems/{system}/groups", "/v2/systems/@me/groups?with_members=true"),
    ("/v2/systems/{system}/switches", "/v2/systems/@me/switches"),
    ("/v2/systems/{system}/fronters", "/v2/systems/@me/fronters"),
    ("/v2/systems/{system}/oembed.json", "/v2/systems/@me/oembed.json"),
    ("/v2/members/{member}", "/v2/members/adaaa"),
    ("/v2/members/{member}/groups", "/v2/members/adaaa/groups"),
    ("/v2/groups/{group}", "/v2/groups/talll"),
    ("/v2/groups/{group}/members", "/v2/groups/talll/members"),
    ("/v2/messages/{message}", f"/v2/messages/{MESSAGE}"),
    ("/user/{user_id}.svg", f"/user/{ALICE}.svg?theme=dark"),
    ("/api/{user_id}", f"/api/{BOB}?width=1"),
    ("/v2/systems/{system}.svg", f"/v2/systems/{ALICE}.svg"),
    ("/user/{user_id}/badge.json", f"/user/{ALICE}/badge.json?labelColor=grey"),
    ("/v2/systems/{system}/badge.json", f"/v2/systems/{BOB}/badge.json"),
    ("/openapi.json", "/openapi.json"),
]


@pytest.mark.parametrize(("path", "asked"), READS)
def test_a_read_and_its_304_are_as_documented(ask, path, asked):
    ask("PUT", "/user/@me/kv/city", data="Bern")
    answer = ask("GET", asked)
    check_documented("GET", path, answer)
    assert answer.status_code == 200
    again = ask("GET", asked, headers={"If-None-Match": answer.headers["ETag"]})
    check_documented("GET", path, again)
    assert again.status_code == 304


@pytest.mark.parametrize(
    ("method", "path", "asked", "options", "status"),
    [
        ("PUT", "/user/{user_id}/kv/{key}", "/user/@me/kv/city", {"data": "x" * 50_000}, 413),
        ("PATCH", "/user/{user_id}/kv", "/user/@me/kv", {"data": "{}"}, 415),
        ("PATCH", "/user/{user_id}/kv", f"/user/{BOB}/kv", {"data": "{}", "headers": JSON}, 403),
        ("PATCH", VISIBILITY, "/user/@me/kv-visibility", {"data": '{"city": null}', "headers": JSON}, 400),
        ("PATCH", VISIBILITY, "/user/@me/kv-visibility", {"data": '{"none": "public"}', "headers": JSON}, 404),
        ("PUT", "/v1/users/{user_id}/kv/{key}", "/v1/users/@me/kv/city", {"data": "x" * 30_001}, 404),
        ("PATCH", "/v1/users/{user_id}/kv", f"/v1/users/{BOB}/kv", {"data": "{}", "headers": JSON}, 401),
        ("PATCH", "/v1/users/{user_id}/kv", "/v1/users/@me/kv", {"data": "[]", "headers": JSON}, 404),
        ("PATCH", "/v1/users/{user_id}/kv", "/v1/users/@me/kv", {"data": " " * 7_000_000, "headers": JSON}, 413),
        ("DELETE", "/v1/users/{user_id}/kv/{key}", "/v1/users/@me/kv/none", {}, 204),
        ("GET", "/{user_id}.{extension}", f"/{ALICE}.gif", {}, 302),
        ("GET", "/{user_id}.{extension}", f"/{BOB}.gif", {}, 404),
        ("GET", "/user/{user_id}.{extension}", f"/user/{ALICE}.gif", {}, 302),
        ("GET", "/user/{user_id}.{extension}", f"/user/{BOB}.gif", {}, 404),
        ("GET", "/user/{user_id}.{extension}", f"/user/{ALICE}.gif?size=5", {}, 400),
        ("PATCH", "/v1/s", "/v1/s", {"data": "{}"}, 415),
        ("PATCH", "/v1/s", "/v1/s", {"data": " " * 600_000, "headers": JSON}, 413),
        ("PATCH", "/v1/s", "/v1/s", {"data": "[" * 200_000, "headers": JSON}, 400),
        ("POST", "/v1/m", "/v1/m", {"data": "{}", "headers": JSON}, 400),
        ("GET", "/users", "/users", {}, 400),
        ("GET", "/users", "/users?ids=x", {}, 400),
        ("POST", "/v1/s/switches", "/v1/s/switches", {"data": '{"members": []}', "headers": JSON}, 204),
        ("PATCH", "/v2/systems/{system}", "/v2/systems/@me", {"data": "{}"}, 415),
        ("PATCH", "/v2/systems/{system}", "/v2/systems/@me", {"data": " " * 600_000, "headers": JSON}, 413),
        ("PATCH", "/v2/systems/{system}", "/v2/systems/@me", {"data": '{"color": 1, "name": 2}', "headers": JSON}, 400),
        ("GET", "/v2/systems/{system}", f"/v2/systems/{BOB}" + "0", {}, 404),
        ("PATCH", "/v2/members/{member}", "/v2/members/nobod", {"data": "{}", "headers": JSON}, 404),
        ("GET", "/v2/systems/{system}/autoproxy", "/v2/systems/@me/autoproxy", {}, 501),
        ("GET", "/v2/systems/{system}/switches", "/v2/systems/@me/switches?limit=0", {}, 400),
        ("GET", "/v2/systems/{system}/switches/{switch}", "/v2/systems/@me/switches/1", {}, 400),
        ("DELETE", "/v2/members/{member}", "/v2/members/adaaa", {}, 204),
    ],
)
def test_refusals_are_as_documented(ask, method, path, asked, options, status):
    answer = ask(method, asked, **options)
    assert answer.status_code == status
    check_documented(method, path, answer)


@pytest.mark.parametrize(
    ("path", "asked"),
    [
        ("/user/{user_id}", f"/user/{ALICE}"),
        ("/v1/users/{user_id}", f"/v1/users/{ALICE}"),
        ("/v1/s", "/v1/s"),
        ("/v2/systems/{system}", "/v2/systems/@me"),
        ("/v2/systems/{system}.svg", "/v2/systems/abcde.svg"),
    ],
)
def test_too_many_requests_are_as_documented(make_app, alice, monkeypatch, path, asked):
    # No bucket fills up meanwhile.
    monkeypatch.setattr("time.monotonic", lambda: 1000.0)
    client = make_app(RATE_LIMIT="1/hour", V2_GET_LIMIT="1/hour").test_client()
    # Cards have a wider limit, that of the pages.
    asks = 121 if asked.endswith(".svg") else 2
    first, *_, last = [client.get(asked, headers={"Authorization": alice}) for _ in range(asks)]
    assert (first.status_code, last.status_code) == (200, 429)
    for answer in (first, last):
        assert "X-RateLimit-Reset" in answer.headers
        check_documented("GET", path, answer)


@pytest.mark.parametrize(
    ("path", "asked"),
    [
        ("/user/{user_id}/kv", "/user/@me/kv"),
        ("/v1/users/{user_id}/kv", "/v1/users/@me/kv"),
        ("/v1/s", "/v1/s"),
        ("/v2/systems/{system}", "/v2/systems/@me"),
    ],
)
def test_a_busy_database_is_as_documented(ask, database, monkeypatch, path, asked):
    monkeypatch.setattr("database.engines.LOCK_WAIT_MS", 20)
    with database.write():
        answer = ask("PATCH", asked, data='{"name": "x"}', headers=JSON)
    assert answer.status_code == 503
    check_documented("PATCH", path, answer)


@pytest.mark.parametrize(
    ("path", "asked", "module", "rule"),
    [
        ("/user/{user_id}", f"/user/{ALICE}", profiles, "get_profile"),
        ("/v1/users/{user_id}", f"/v1/users/{ALICE}", shape, "find"),
        ("/v1/s", "/v1/s", systems, "show_own_system"),
        ("/v2/systems/{system}", "/v2/systems/@me", systems, "get_referenced"),
    ],
)
def test_a_fault_is_as_documented(ask, monkeypatch, path, asked, module, rule):
    monkeypatch.delattr(module, rule)
    answer = ask("GET", asked)
    assert answer.status_code == 500
    check_documented("GET", path, answer)


def test_health_without_a_bot_and_without_a_file_is_as_documented(make_app, database_file):
    first, second = make_app().test_client(), make_app().test_client()
    answers = [first.get("/health")]
    database_file.rename(database_file.with_name("elsewhere.db"))
    database_file.mkdir()
    answers.append(second.get("/health"))
    for answer, schema in zip(answers, ("Health", "Unreadable"), strict=True):
        assert answer.status_code == 503
        check_example(SCHEMAS[schema], answer.json)
        check_documented("GET", "/health", answer)


def test_it_names_the_address_that_people_reach_it_by(make_app):
    client = make_app(PUBLIC_URL="https://roll.example/call/").test_client()
    assert client.get("/openapi.json").json["servers"] == [{"url": "https://roll.example/call"}]
    assert "https://roll.example/call/v1/s" in client.get("/docs/systems").text


@pytest.mark.parametrize(("path", "method"), OPERATIONS)
def test_every_answer_of_data_has_an_example_that_is_one(client, path, method):
    served = client.get("/openapi.json").json["paths"][path][method]
    for media_type, body in served["responses"].get("200", {}).get("content", {}).items():
        # The document is its own example, and to be deleted is answered by nothing.
        if media_type in ("application/json", "text/plain") and path != "/openapi.json" and method != "delete":
            check_example(body["schema"], body["example"])


def test_every_code_of_v2_is_in_it():
    files = [path for part in ("rules", "web") for path in (settings.ROOT / part).rglob("*.py")]
    used = {int(code) for path in files for code in re.findall(r"\b[2345]00[0-9]{2}\b", path.read_text())}
    assert used | {0} == set(SCHEMAS["CodedError"]["properties"]["code"]["enum"])
