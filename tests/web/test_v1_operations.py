"""Every operation of PluralKit's v1 document, for everybody who may ask: status, type and shape; and its headers."""

import json
import re
from types import SimpleNamespace

import pytest

from rules.account import tokens
from rules.fronting import switches
from rules.proxying import message_records
from rules.systems import members, systems

ALICE, ALEX, BOB, CARLA, NOBODY = (80351110224678912 + number for number in range(5))
MESSAGE, ORIGINAL = 175928847299117063, 175928847299117000
NEITHER = 175928847299110000

SYSTEM_KEYS = (
    *("id", "name", "description", "tag", "avatar_url", "tz", "created"),
    *("description_privacy", "member_list_privacy", "front_privacy", "front_history_privacy", "banner", "color"),
)
MEMBER_KEYS = (
    *("id", "name", "display_name", "description", "color", "birthday", "pronouns", "avatar_url"),
    *("privacy", "proxy_tags", "prefix", "suffix", "keep_proxy", "created", "banner", "visibility", "name_privacy"),
    *("description_privacy", "birthday_privacy", "pronoun_privacy", "avatar_privacy", "metadata_privacy"),
)
MESSAGE_KEYS = ("timestamp", "id", "original", "sender", "channel", "system", "member", "guild")
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")

CALLERS = ("nobody", "a wrong token", "Bob", "Carla without a system", "Alice", "Alex of the same system")


@pytest.fixture
def ids(write):
    """Alice's and Alex's foxes with Ann and the private Ben, who front; Bob's wolves with Zoe."""
    foxes = write(systems.create_system, ALICE, {"name": "Foxes", "description": "Many."})
    write(systems.link_account, ALICE, ALEX)
    ann = write(members.create_member, ALICE, {"name": "Ann", "prefix": "["})
    ben = write(members.create_member, ALICE, {"name": "Ben", "description": "Shy.", "privacy": "private"})
    write(switches.log_switch, ALICE, [ben.hid, ann.hid])
    write(message_records.record_message, ALICE, ben.id, MESSAGE, ORIGINAL, 5, 6)
    wolves = write(systems.create_system, BOB)
    zoe = write(members.create_member, BOB, {"name": "Zoe"})
    return {"foxes": foxes.hid, "ann": ann.hid, "ben": ben.hid, "wolves": wolves.hid, "zoe": zoe.hid}


@pytest.fixture
def headers(token_of):
    """Who asks, and the headers that come along."""
    shown = (None, tokens.make_token(ALICE), *map(token_of, (BOB, CARLA, ALICE, ALEX)))
    return {name: {"Authorization": token} if token else {} for name, token in zip(CALLERS, shown, strict=True)}


def own(ids, caller):
    """A member of the caller's own, and Ann for those who have none; Alice and Alex have one each."""
    return ids[{"Bob": "zoe", "Alex of the same system": "ben"}.get(caller, "ann")]


def foxes_member(ids, caller):
    return ids["ben" if caller == "Alex of the same system" else "ann"]


def check_system(shown, owner):
    assert tuple(shown) == SYSTEM_KEYS
    assert {type(shown[key]) for key in SYSTEM_KEYS if key.endswith("privacy")} == {str if owner else type(None)}
    assert INSTANT.fullmatch(shown["created"])


def check_member(shown, owner):
    assert tuple(shown) == MEMBER_KEYS
    settings = [shown[key] for key in MEMBER_KEYS if key.endswith(("privacy", "visibility"))]
    assert {type(setting) for setting in settings} == {str if owner else type(None)}
    assert INSTANT.fullmatch(shown["created"])


def check_members(shown, owner):
    assert [member["name"] for member in shown] == (["Ann", "Ben"] if owner else ["Ann"])
    for member in shown:
        check_member(member, owner)


def check_fronters(shown, owner):
    assert tuple(shown) == ("timestamp", "members")
    assert INSTANT.fullmatch(shown["timestamp"])
    assert [member["name"] for member in shown["members"]] == ["Ben", "Ann"]
    for member in shown["members"]:
        check_member(member, owner)


def check_switches(shown, _owner):
    assert [tuple(switch) for switch in shown] == [("timestamp", "members")]
    assert INSTANT.fullmatch(shown[0]["timestamp"])
    assert len(shown[0]["members"]) == 2


def check_no_switches(shown, _owner):
    assert shown == []


def check_message(shown, owner):
    assert tuple(shown) == MESSAGE_KEYS
    assert (shown["id"], shown["original"]) == (str(MESSAGE), str(ORIGINAL))
    check_system(shown["system"], owner)
    check_member(shown["member"], owner)


# For nobody, a wrong token, Bob, Carla without a system, Alice, and Alex of the same system.
EVERYBODY = (200, 200, 200, 200, 200, 200)
WITH_A_SYSTEM = (401, 401, 200, 401, 200, 200)
OWNERS = (401, 401, 401, 401, 200, 200)
NOT_FOUND = (404, 404, 404, 404, 404, 404)
BAD = (400, 400, 400, 400, 400, 400)

TABLE = [
    ("GET", "/v1/s", None, WITH_A_SYSTEM, check_system),
    ("PATCH", "/v1/s", {"name": "New"}, WITH_A_SYSTEM, check_system),
    ("PATCH", "/v1/s", {}, WITH_A_SYSTEM, check_system),
    ("PATCH", "/v1/s", {"tag": 5}, (401, 401, 400, 401, 400, 400), None),
    ("GET", "/v1/s/{foxes}", None, EVERYBODY, check_system),
    ("GET", "/v1/s/{FOXES}", None, EVERYBODY, check_system),
    ("GET", "/v1/s/zzzzzz", None, NOT_FOUND, None),
    ("GET", "/v1/s/switches", None, NOT_FOUND, None),
    ("GET", "/v1/s/{foxes}/members", None, EVERYBODY, check_members),
    ("GET", "/v1/s/{FOXES}/members", None, EVERYBODY, check_members),
    ("GET", "/v1/s/zzzzzz/members", None, NOT_FOUND, None),
    ("GET", "/v1/s/{foxes}/fronters", None, EVERYBODY, check_fronters),
    ("GET", "/v1/s/{FOXES}/fronters", None, EVERYBODY, check_fronters),
    ("GET", "/v1/s/{wolves}/fronters", None, NOT_FOUND, None),
    ("GET", "/v1/s/zzzzzz/fronters", None, NOT_FOUND, None),
    ("GET", "/v1/s/{foxes}/switches", None, EVERYBODY, check_switches),
    ("GET", "/v1/s/{FOXES}/switches?before=2100-01-01T00:00:00Z", None, EVERYBODY, check_switches),
    ("GET", "/v1/s/{foxes}/switches?before=2000-01-01T00:00:00Z", None, EVERYBODY, check_no_switches),
    ("GET", "/v1/s/{foxes}/switches?before=yesterday", None, BAD, None),
    ("GET", "/v1/s/zzzzzz/switches?before=yesterday", None, BAD, None),
    ("GET", "/v1/s/{wolves}/switches", None, EVERYBODY, check_no_switches),
    ("GET", "/v1/s/zzzzzz/switches", None, NOT_FOUND, None),
    ("POST", "/v1/s/switches", {"members": ["{own}"]}, (401, 401, 204, 401, 204, 204), None),
    ("POST", "/v1/s/switches", {"members": ["zzzzzz"]}, (401, 401, 400, 401, 400, 400), None),
    ("POST", "/v1/m", {"name": "New"}, WITH_A_SYSTEM, check_member),
    ("POST", "/v1/m", {}, (401, 401, 400, 401, 400, 400), None),
    ("GET", "/v1/m/{ann}", None, EVERYBODY, check_member),
    ("GET", "/v1/m/{ANN}", None, EVERYBODY, check_member),
    ("GET", "/v1/m/{ben}", None, EVERYBODY, check_member),
    ("GET", "/v1/m/zzzzzz", None, NOT_FOUND, None),
    ("PATCH", "/v1/m/{ann}", {"name": "New"}, OWNERS, check_member),
    ("PATCH", "/v1/m/{ANN}", {"name": "New"}, OWNERS, check_member),
    ("PATCH", "/v1/m/{ann}", {"name": None}, (401, 401, 401, 401, 400, 400), None),
    ("PATCH", "/v1/m/zzzzzz", {"name": "New"}, (401, 401, 404, 401, 404, 404), None),
    ("DELETE", "/v1/m/{of_the_foxes}", None, OWNERS, None),
    ("DELETE", "/v1/m/zzzzzz", None, (401, 401, 404, 401, 404, 404), None),
    ("GET", f"/v1/a/{ALICE}", None, EVERYBODY, check_system),
    ("GET", f"/v1/a/{ALEX}", None, EVERYBODY, check_system),
    ("GET", f"/v1/a/{CARLA}", None, NOT_FOUND, None),
    ("GET", f"/v1/a/{NOBODY}", None, NOT_FOUND, None),
    ("GET", f"/v1/a/{2**63}", None, NOT_FOUND, None),
    ("GET", "/v1/a/alice", None, BAD, None),
    ("GET", f"/v1/msg/{MESSAGE}", None, EVERYBODY, check_message),
    ("GET", f"/v1/msg/{ORIGINAL}", None, EVERYBODY, check_message),
    ("GET", f"/v1/msg/{NEITHER}", None, NOT_FOUND, None),
    ("GET", f"/v1/msg/{2**64}", None, NOT_FOUND, None),
    ("GET", "/v1/msg/first", None, BAD, None),
]


def with_slash(path):
    below, mark, query = path.partition("?")
    return f"{below}/{mark}{query}"


def check_refusal(answer):
    assert answer.content_type == "text/plain; charset=utf-8"
    assert re.fullmatch(r"[A-Z“].{5,200}\.", answer.text)
    assert ("WWW-Authenticate" in answer.headers) is (answer.status_code == 401)


@pytest.mark.parametrize(
    ("method", "path", "body", "codes", "check"),
    TABLE,
    ids=lambda value: getattr(value, "__name__", ascii(value)[:60]),
)
def test_everybody_gets_what_the_document_says(client, ids, headers, method, path, body, codes, check):
    """Every second one with a slash at the end of the path."""
    for number, (caller, code) in enumerate(zip(CALLERS, codes, strict=True)):
        names = {
            **ids,
            "FOXES": ids["foxes"].upper(),
            "ANN": ids["ann"].upper(),
            "of_the_foxes": foxes_member(ids, caller),
        }
        asked = path.format(**names)
        sent = None if body is None else json.loads(json.dumps(body).replace("{own}", own(ids, caller)))
        answer = client.open(
            with_slash(asked) if number % 2 else asked, method=method, json=sent, headers=headers[caller]
        )
        assert (caller, answer.status_code) == (caller, code)
        if code >= 400:
            check_refusal(answer)
        elif check:
            assert answer.content_type == "application/json"
            check(answer.json, caller in CALLERS[4:] or codes is WITH_A_SYSTEM)
        else:
            assert answer.data == b""


def test_every_route_is_in_the_table(make_app):
    routes = {
        (method, re.sub(r"<\w+>", "<>", rule.rule))
        for rule in make_app().url_map.iter_rules()
        if rule.rule.startswith("/v1/") and not rule.rule.startswith("/v1/users/")
        # Cards and badges are pictures of their own, not answers of this dialect.
        if not rule.endpoint.startswith("cards.")
        for method in rule.methods - {"HEAD", "OPTIONS"}
    }
    tried = {(method, re.sub(r"\{\w+\}|zzzzzz|\d{17}\d*", "<>", path.partition("?")[0])) for method, path, *_ in TABLE}
    assert routes - tried == set()


READS = sorted({path for method, path, *_ in TABLE if method == "GET"})


@pytest.mark.parametrize("caller", ["nobody", "Alice"])
def test_head_is_get_without_the_body(client, ids, headers, caller):
    for path in READS:
        asked = path.format(**ids, FOXES=ids["foxes"].upper(), ANN=ids["ann"].upper())
        got, head = (client.open(asked, method=method, headers=headers[caller]) for method in ("GET", "HEAD"))
        assert (head.status_code, head.data) == (got.status_code, b"")
        assert head.headers == got.headers


def test_a_browser_may_ask_for_everything(client, ids):
    for path in {path for _, path, *_ in TABLE}:
        asked = path.format(**ids, FOXES="FOXES", ANN="ANNAN", of_the_foxes=ids["ann"])
        for method in ("GET", "POST", "PATCH", "DELETE"):
            preflight = {
                "Origin": "https://alice.example",
                "Access-Control-Request-Method": method,
                "Access-Control-Request-Headers": "authorization, content-type",
            }
            answer = client.options(asked, headers=preflight)
            assert (answer.status_code, answer.data) == (200, b"")
            assert answer.headers["Access-Control-Allow-Origin"] == "*"
            assert {"authorization", "content-type"} <= set(
                answer.headers["Access-Control-Allow-Headers"].lower().split(", ")
            )
            # A POST needs no leave.
            assert method in {"POST", *answer.headers["Access-Control-Allow-Methods"].split(", ")}


ALLOWED = [
    ("/v1/s", {"GET", "PATCH"}),
    ("/v1/s/{foxes}", {"GET"}),
    ("/v1/s/{foxes}/members", {"GET"}),
    ("/v1/s/{foxes}/fronters", {"GET"}),
    ("/v1/s/{foxes}/switches", {"GET"}),
    ("/v1/s/switches", {"GET", "POST"}),
    ("/v1/m", {"POST"}),
    ("/v1/m/{ann}", {"GET", "PATCH", "DELETE"}),
    (f"/v1/a/{ALICE}", {"GET"}),
    (f"/v1/msg/{MESSAGE}", {"GET"}),
]


def test_other_methods_are_told_which_there_are(client, ids, headers):
    for path, allowed in ALLOWED:
        for method in {"GET", "POST", "PUT", "PATCH", "DELETE", "TRACE", "BREW"} - allowed:
            for slash in ("", "/"):
                asked = path.format(**ids) + slash
                answer = client.open(asked, method=method, headers=headers["Alice"], json={"name": "New"})
                assert (method, path, answer.status_code) == (method, path, 405)
                assert answer.content_type == "text/plain; charset=utf-8"
                assert answer.text == "This path does not take this method."
                assert set(answer.headers["Allow"].split(", ")) - {"HEAD", "OPTIONS"} == allowed


NOWHERE = [
    *("/v1/", "/v1", "/v1/x", "/v1/meta", "/v1/s/{foxes}/groups", "/v1/s/{foxes}/members/{ann}", "/v1/m/{ann}/name"),
    *(
        "/v1/a",
        "/v1/a/",
        "/v1/msg",
        "/v1/msg/",
        "/v1//s",
        "/v1/s//{foxes}",
        "/v1/s/{foxes}//members",
        "/v1/S/{foxes}",
    ),
    *(
        "/v1/s/{foxes}/members/x",
        "/v1/m/{ann}//",
        "/v1/m/%00",
        "/v1/m/%FF",
        "/v1/m/%ED%A0%80",
    ),
    *("/v1/m/{ann}%20", "/v1/m/{ann}%0A", "/v1/m/..", "/v1/m/%F0%9F%98%80", "/v1/s/" + "x" * 3000),
]


@pytest.mark.parametrize("caller", ["nobody", "Alice"])
def test_there_is_nothing_at_any_other_path(client, ids, headers, caller):
    for path in NOWHERE:
        answer = client.get(path.format(**ids), headers=headers[caller])
        assert (path, answer.status_code) == (path, 404)
        check_refusal(answer)


@pytest.mark.parametrize(
    ("setting", "below", "sentence"),
    [
        ("member_list_privacy", "members", "Unauthorized to view member list."),
        ("front_privacy", "fronters", "Unauthorized to view fronter."),
        ("front_history_privacy", "switches", "Unauthorized to view front history."),
        ("front_history_privacy", "switches?before=2000-01-01T00:00:00Z", "Unauthorized to view front history."),
    ],
)
def test_what_a_system_keeps_private_is_open_to_its_accounts_alone(client, ids, headers, setting, below, sentence):
    path = f"/v1/s/{ids['foxes']}/{below}"
    before = client.get(path).data
    assert (
        client.patch("/v1/s", headers=headers["Alex of the same system"], json={setting: "private"}).status_code == 200
    )
    for caller in CALLERS[:4]:
        answer = client.get(path, headers=headers[caller])
        assert (answer.status_code, answer.text) == (403, sentence)
        check_refusal(answer)
        assert client.head(path, headers=headers[caller]).status_code == 403
    for caller in CALLERS[4:]:
        assert client.get(path, headers=headers[caller]).status_code == 200
    assert client.patch("/v1/s", headers=headers["Alice"], json={setting: None}).json[setting] == "public"
    assert client.get(path).data == before


@pytest.mark.parametrize("caller", ["nobody", "Alice"])
def test_a_read_that_has_not_changed_is_not_sent_again(client, ids, headers, caller):
    for path in [path for method, path, _, codes, _ in TABLE if method == "GET" and codes is EVERYBODY]:
        asked = path.format(**ids, FOXES=ids["foxes"].upper(), ANN=ids["ann"].upper())
        etag = client.get(asked, headers=headers[caller]).headers["ETag"]
        for known in (etag, f"W/{etag}", f'"other", {etag}', "*"):
            answer = client.get(asked, headers={**headers[caller], "If-None-Match": known})
            assert (answer.status_code, answer.data, answer.headers["ETag"]) == (304, b"", etag)
        for known in ('"other"', etag.strip('"')[:-1], ""):
            assert client.get(asked, headers={**headers[caller], "If-None-Match": known}).status_code == 200


def test_owner_and_stranger_never_share_an_etag(client, ids, headers):
    for path in (f"/v1/s/{ids['foxes']}", f"/v1/m/{ids['ann']}", f"/v1/s/{ids['foxes']}/members", f"/v1/msg/{MESSAGE}"):
        etags = {caller: client.get(path, headers=headers[caller]).headers["ETag"] for caller in CALLERS}
        assert len(set(etags.values())) == 2
        assert etags["Alice"] == etags["Alex of the same system"] != etags["nobody"]


def test_an_etag_ends_with_the_first_change(client, ids, headers):
    path = f"/v1/m/{ids['ann']}"
    etag = client.get(path).headers["ETag"]
    client.patch(path, headers=headers["Alice"], json={"pronouns": "she/her"})
    changed = client.get(path, headers={"If-None-Match": etag})
    assert (changed.status_code, changed.json["pronouns"]) == (200, "she/her")
    client.patch(path, headers=headers["Alice"], json={"pronouns": None})
    assert client.get(path, headers={"If-None-Match": etag}).status_code == 304


def test_no_cache_keeps_what_was_asked_with_a_token(client, ids, headers):
    for method, path, body, *_ in TABLE:
        asked = path.format(**ids, FOXES=ids["foxes"].upper(), ANN=ids["ann"].upper(), of_the_foxes=ids["ben"])
        for caller in ("nobody", "a wrong token", "Alice"):
            answer = client.open(asked, method=method, json=body, headers=headers[caller])
            assert answer.headers["Cache-Control"] == ("private, no-store" if headers[caller] else "no-cache")
            assert answer.headers["Vary"] == "Authorization"
            assert answer.headers["Access-Control-Allow-Origin"] == "*"
            assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_the_token_may_stand_bare(client, ids, headers):
    token = headers["Alice"]["Authorization"]
    for frame in ("{}", "Bearer {}", "bearer   {}", "  {} "):
        assert client.get("/v1/s", headers={"Authorization": frame.format(token)}).json["id"] == ids["foxes"]


def test_who_is_unlinked_is_a_stranger_at_once_and_may_be_linked_elsewhere(client, ids, headers, write):
    alex = headers["Alex of the same system"]
    write(systems.unlink_account, ALICE, ALEX)
    assert client.get("/v1/s", headers=alex).status_code == 401
    assert client.get(f"/v1/a/{ALEX}").status_code == 404
    assert client.patch(f"/v1/m/{ids['ann']}", headers=alex, json={"name": "New"}).status_code == 401
    assert client.get(f"/v1/s/{ids['foxes']}", headers=alex).json["front_privacy"] is None
    write(systems.link_account, BOB, ALEX)
    assert client.get("/v1/s", headers=alex).json["id"] == ids["wolves"] == client.get(f"/v1/a/{ALEX}").json["id"]


def test_a_member_of_somebody_else_is_named_as_it_was_asked_for(client, ids, headers):
    for method in ("PATCH", "DELETE"):
        answer = client.open(f"/v1/m/{ids['ann'].upper()}", method=method, headers=headers["Bob"], json={})
        assert answer.text == f"Member '{ids['ann'].upper()}' is not part of your system."


NUMBERS = [
    ("/v1/a/alice", 400, "A user ID is a number, like"),
    (f"/v1/a/{2**63}", 404, "There is no user with an ID this large."),
    (f"/v1/a/{NOBODY}", 404, "Account not found."),
    ("/v1/msg/first", 400, "A message ID is a number, like"),
    ("/v1/msg/-1", 400, "A message ID is a number, like"),
    ("/v1/msg/%F0%9F%98%80", 400, "A message ID is a number, like"),
    (f"/v1/msg/{2**63}", 404, "There is no message with an ID this large."),
    (f"/v1/msg/{2**63 - 1}", 404, "Message not found."),
    ("/v1/msg/" + "9" * 3000, 404, "There is no message with an ID this large."),
]


def test_a_number_that_is_none_or_is_nobodys(client, ids):
    for path, code, says in NUMBERS:
        answer = client.get(path)
        assert (path, answer.status_code) == (path, code)
        assert answer.text.startswith(says)
        check_refusal(answer)


@pytest.fixture
def noon(monkeypatch):
    """The limiter's clock stands, in seconds."""
    monkeypatch.setattr("web.rate_limit.time", SimpleNamespace(time=lambda: 1_800_000_000.0, monotonic=lambda: 5000.0))
    return 1_800_000_000


def test_the_rate_limit_of_this_dialect_counts_in_milliseconds_and_refuses_in_a_sentence(make_app, ids, noon):
    client = make_app(RATE_LIMIT="2/minute").test_client()
    for left, full_in_s in (("1", 30), ("0", 60)):
        answer = client.get(f"/v1/s/{ids['foxes']}")
        assert (answer.status_code, answer.headers["X-RateLimit-Remaining"]) == (200, left)
        assert int(answer.headers["X-RateLimit-Reset"]) == (noon + full_in_s) * 1000
    refused = client.get(f"/v1/s/{ids['foxes']}")
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "30")
    assert refused.text == "Too many requests: 2 per 1 minute is the limit. Wait 30 s."
    check_refusal(refused)
    assert int(refused.headers["X-RateLimit-Reset"]) == (noon + 60) * 1000
    assert int(client.get(f"/user/{ALICE}").headers["X-RateLimit-Reset"]) == noon + 60
    assert client.options("/v1/m").status_code == 200
