"""`GET /user/<id>`: the document's answer, who gets which, and what the headers promise."""

import json
import re

import pytest

from rules import opt_out
from rules.account import erasure, github, kv
from rules.presence import health, updates

ALICE, BOB, CHARLIE, STRANGER = 80351110224678912, 80351110224678913, 80351110224678914, 80351110224678915
VAQ = 470320681905684500

DOCUMENTS_ANSWER = """\
{
    "presence": {
        "userId": "470320681905684500",
        "status": "dnd",
        "global_name": "Vaq",
        "server_name": null,
        "avatar": "5c11d7292c91e510c2b4f07946ea6d72",
        "spotifyActivity": {
            "name": "Spotify",
            "type": 2,
            "song": "BMW",
            "artist": "Pashanim",
            "applicationId": null,
            "timestamps": {
                "start": 1720814201608,
                "end": 1720814322741
            },
            "party": {
                "id": "spotify:470320681905684500"
            },
            "syncId": "56MDdzieU2dTT3YLpCdpcA",
            "assets": {
                "largeText": "Himmel über Berlin",
                "largeImage": "ab67616d0000b273fa2f0c9e719ca71f2686ddf3"
            },
            "flags": 48,
            "createdTimestamp": 1720814203334
        }
    },
    "KV": {
        "First1": "Key/ValuePair0"
    },
    "github": {
        "id": 111227553,
        "username": "vaqqq",
        "avatar_url": "https://avatars.githubusercontent.com/u/111227553?v=4",
        "url": "https://github.com/vaqqq",
        "company": null,
        "blog": "https://harmy.gg",
        "bio": "casual coder",
        "public_repos": 1
    }
}"""

VAQ_AS_MEMBER = {
    "user": {
        "username": "vaqqq",
        "public_flags": 64,
        "primary_guild": None,
        "id": "470320681905684500",
        "global_name": "Vaq",
        "discriminator": "0",
        "avatar_decoration_data": None,
        "avatar": "5c11d7292c91e510c2b4f07946ea6d72",
    },
    "roles": [],
    "nick": None,
    "joined_at": "2023-01-01T00:00:00.000000+00:00",
    "deaf": False,
}
VAQS_PRESENCE = {
    "user": {"id": "470320681905684500"},
    "status": "dnd",
    "guild_id": "1",
    "client_status": {"desktop": "dnd"},
    "activities": [
        {
            "type": 2,
            "timestamps": {"start": 1720814201608, "end": 1720814322741},
            "sync_id": "56MDdzieU2dTT3YLpCdpcA",
            "state": "Pashanim",
            "session_id": "140ecdfb976bdbf29d4452d492e551c7",
            "party": {"id": "spotify:470320681905684500"},
            "name": "Spotify",
            "id": "spotify:1",
            "flags": 48,
            "details": "BMW",
            "created_at": 1720814203334,
            "assets": {
                "large_text": "Himmel über Berlin",
                "large_image": "spotify:ab67616d0000b273fa2f0c9e719ca71f2686ddf3",
            },
        }
    ],
}
VAQ_ON_GITHUB = {
    "login": "vaqqq",
    "id": 111227553,
    "node_id": "U_kgDOBqE2oQ",
    "avatar_url": "https://avatars.githubusercontent.com/u/111227553?v=4",
    "url": "https://api.github.com/users/vaqqq",
    "html_url": "https://github.com/vaqqq",
    "company": None,
    "blog": "https://harmy.gg",
    "bio": "casual coder",
    "public_repos": 1,
    "followers": 3,
}
OURS = set(updates.KEYS[6:])


@pytest.fixture
def vaq(write, token_of):
    """The document's example person; their token."""
    seeded = updates.change_of_member(VAQ_AS_MEMBER, 1720814203000, 1720814203000)
    seeded = seeded.then(updates.change_of_presence(VAQS_PRESENCE, 1720814203400))
    write(updates.record_presences, {VAQ: seeded})
    write(kv.set_value, VAQ, "First1", "Key/ValuePair0")
    write(github.connect, VAQ, VAQ_ON_GITHUB, None)
    return token_of(VAQ)


@pytest.fixture
def connected(write):
    """The bot is connected to Discord."""
    write(health.record_beat, health.now_ms(), health.uptime_ms(), None)


def told(client, user_id, **options):
    answer = client.get(f"/user/{user_id}", **options)
    return answer.status_code, answer.json


def test_the_documents_example_comes_back_from_the_examples_own_presence(client, vaq):
    answer = client.get(f"/user/{VAQ}", headers={"Authorization": vaq})
    shown = json.loads(answer.text)
    shown["presence"] = {key: value for key, value in shown["presence"].items() if key not in OURS}
    assert shown.popitem() == ("fronting", None)
    assert json.dumps(shown, indent=4, ensure_ascii=False) == DOCUMENTS_ANSWER


def test_our_own_keys_come_after_the_documents(client, vaq):
    shown = client.get(f"/user/{VAQ}").json["presence"]
    assert tuple(shown)[6:] == (
        *("username", "activities", "customStatus", "platforms"),
        *("avatarDecoration", "primaryGuild", "lastSeen", "updatedAt"),
        *("avatarUrl", "spotifyCoverUrl", "customStatusEmojiUrl"),
        *("serverAvatar", "serverAvatarUrl", "serverBanner", "serverBannerUrl"),
        *("avatarDecorationUrl", "primaryGuildBadgeUrl", "nameplate", "nameplateUrl"),
        *("displayNameStyles", "publicFlags", "badges"),
    )
    assert shown["activities"][0]["syncId"] == "56MDdzieU2dTT3YLpCdpcA"
    assert shown["activities"][0]["assets"]["largeImage"].startswith("spotify:")
    assert shown["avatarUrl"].startswith(f"https://cdn.discordapp.com/avatars/{VAQ}/")
    assert shown["spotifyCoverUrl"] == f"https://i.scdn.co/image/{shown['spotifyActivity']['assets']['largeImage']}"
    assert (shown["username"], shown["platforms"]) == ("vaqqq", {"desktop": "dnd"})
    assert (shown["lastSeen"], shown["updatedAt"]) == (None, 1720814203400)


def test_fields_that_nobody_has_heard_of_are_shown(client, join):
    join(ALICE, status={"status": "online", "activities": [{"type": 6, "name": "Hang", "new_thing": {"x_y": [1]}}]})
    assert client.get(f"/user/{ALICE}").json["presence"]["activities"] == [
        {"type": 6, "name": "Hang", "newThing": {"xY": [1]}}
    ]


def test_the_answer_is_json_in_utf8(client, vaq):
    answer = client.get(f"/user/{VAQ}")
    assert answer.content_type == "application/json"
    assert "Himmel über Berlin".encode() in answer.data


FRAMES = [
    *("{}", "Bearer {}", "bearer  {}", "BEARER {}", "  {}  ", "\t{}\t", "Bearer\t{}", "Bearer \t {}\t", "\tBearer\t{}"),
    # As programs send UTF-8: a BOM, blanks that do not break, and one without width.
    *(text.encode().decode("latin-1") for text in ("\ufeff{}", "Bearer\u00a0{}", "Bearer \ufeff{}", "Bearer {}\u200b")),
]


@pytest.mark.parametrize("frame", FRAMES)
def test_the_pairs_are_for_the_owners_token_alone(client, vaq, token_of, frame):
    def pairs(token):
        return client.get(f"/user/{VAQ}", headers={"Authorization": frame.format(token)}).json["KV"]

    assert pairs(vaq) == {"First1": "Key/ValuePair0"}
    assert pairs(token_of(BOB)) is None
    assert pairs(vaq[:-1] + "!") is None
    assert client.get(f"/user/{VAQ}").json["KV"] is None


@pytest.mark.parametrize(
    "header",
    ["", "\t", "Bearer", "Bearer ", "Bearer\t", "Bearer a b", "Basic dXNlcjpwYXNz", "rc_1_x", "é", "x" * 5000],
)
def test_a_wrong_token_on_a_public_read_is_an_anonymous_read(client, vaq, header):
    answer = client.get(f"/user/{VAQ}", headers={"Authorization": header})
    assert answer.status_code == 200
    assert answer.data == client.get(f"/user/{VAQ}").data


def test_me_is_whose_token_it_is(client, vaq, join, token_of):
    join(ALICE)
    for path in ("/user/@me", "/user/@me/", "/user/%40me"):
        mine = client.get(path, headers={"Authorization": vaq})
        assert mine.data == client.get(f"/user/{VAQ}", headers={"Authorization": vaq}).data
    assert told(client, "@me", headers={"Authorization": token_of(ALICE)})[1]["presence"]["userId"] == str(ALICE)


@pytest.mark.parametrize("headers", [{}, {"Authorization": "wrong"}, {"Authorization": f"rc_{VAQ}_{'x' * 43}"}])
def test_me_is_nobody_without_a_token(client, vaq, headers):
    code, said = told(client, "@me", headers=headers)
    assert (code, said["code"]) == (401, 401)
    assert "`token`" in said["message"]


@pytest.fixture
def absent(join, leave, write):
    """One of each who is not published."""
    for user_id in (ALICE, BOB, CHARLIE):
        join(user_id, nick="Secret Name")
    leave(ALICE)
    write(opt_out.hide, BOB)
    write(erasure.forget, CHARLIE)
    return {"left": ALICE, "hidden": BOB, "forgotten": CHARLIE, "stranger": STRANGER, "nobody": 0}


def test_nothing_tells_apart_those_who_are_not_published(client, absent, connected):
    answers = {who: client.get(f"/user/{user_id}") for who, user_id in absent.items()}
    assert {answer.status_code for answer in answers.values()} == {404}
    assert len({answer.data for answer in answers.values()}) == 1
    plain = {"Date", "Content-Length"}
    assert len({str({k: v for k, v in a.headers.items() if k not in plain}) for a in answers.values()}) == 1


def test_a_404_names_the_invite_when_there_is_one(make_app, client, connected):
    assert told(client, STRANGER)[1]["message"].startswith("This user is not published here. Whoever is a member of")
    invited = make_app(INVITE_URL="https://discord.gg/abc").test_client()
    assert "joins the Discord server at https://discord.gg/abc" in told(invited, STRANGER)[1]["message"]


def test_a_404_says_so_when_the_bot_is_not_connected(client):
    code, said = told(client, STRANGER)
    assert (code, "the bot is not connected to Discord" in said["message"]) == (404, True)


def test_the_hidden_see_themselves_with_their_own_token(client, absent, token_of):
    assert told(client, BOB, headers={"Authorization": token_of(BOB)})[0] == 200
    assert told(client, "@me", headers={"Authorization": token_of(BOB)})[0] == 200
    assert told(client, BOB, headers={"Authorization": token_of(ALICE)})[0] == 404


def test_who_left_is_404_even_to_themselves(client, absent, token_of, connected):
    headers = {"Authorization": token_of(ALICE)}
    mine, anyones = told(client, "@me", headers=headers), told(client, STRANGER)
    assert mine == told(client, ALICE, headers=headers) == anyones
    assert mine[0] == 404


@pytest.mark.parametrize(
    "path",
    [
        *("abc", "-1", "+1", "1.5", "1e5", "0x10", "1_0", "00", "01", "null", "@you", "<1>", "x" * 3000),
        *("%D9%A3", "%EF%BC%91", "%201", "1%20", "1%0A", "1%00", "%FF", "%F0%9F%98%80", "..%2e"),
    ],
)
def test_what_is_no_id_is_400(client, path):
    code, said = told(client, path)
    assert (code, said["code"]) == (400, 400)
    assert said["message"].startswith("A user ID is a number, like 80351110224678912")


@pytest.mark.parametrize("number", ["0", "1", str(2**63 - 1), str(2**63), "1" * 20, "9" * 300])
def test_a_number_that_is_nobodys_is_404(client, number):
    assert told(client, number)[0] == 404


def test_an_etag_spares_the_body_until_something_changes(client, vaq, write):
    first = client.get(f"/user/{VAQ}")
    etag = first.headers["ETag"]
    assert re.fullmatch('"[0-9a-f]+"', etag)
    for known in (etag, f'"other", {etag}', f"W/{etag}", "*"):
        again = client.get(f"/user/{VAQ}", headers={"If-None-Match": known})
        assert (again.status_code, again.data, again.headers["ETag"]) == (304, b"", etag)
        assert again.headers["Vary"] == "Authorization"
        assert again.headers["Access-Control-Allow-Origin"] == "*"
        assert "Content-Type" not in again.headers or not again.data
    assert client.get(f"/user/{VAQ}", headers={"If-None-Match": '"other"'}).status_code == 200
    write(updates.record_presences, {VAQ: updates.change_of_presence({**VAQS_PRESENCE, "status": "idle"}, 2)})
    changed = client.get(f"/user/{VAQ}", headers={"If-None-Match": etag})
    assert (changed.status_code, changed.json["presence"]["status"]) == (200, "idle")


def test_the_owners_answer_has_an_etag_of_its_own(client, vaq):
    etag = client.get(f"/user/{VAQ}").headers["ETag"]
    own = client.get(f"/user/{VAQ}", headers={"Authorization": vaq, "If-None-Match": etag})
    assert own.status_code == 200


@pytest.mark.parametrize("path", [f"/user/{VAQ}", f"/user/{VAQ}/", f"/user/{VAQ}?a=1"])
def test_head_is_get_without_the_body(client, vaq, path):
    got, head = client.get(path), client.head(path)
    assert (head.status_code, head.data) == (200, b"")
    assert {k: v for k, v in head.headers if k != "Date"} == {k: v for k, v in got.headers if k != "Date"}
    assert int(head.headers["Content-Length"]) == len(got.data)


def test_a_slash_at_the_end_is_served_and_not_redirected(client, vaq):
    assert client.get(f"/user/{VAQ}/").data == client.get(f"/user/{VAQ}").data


@pytest.mark.parametrize("path", ["/", "/health", f"/user/{VAQ}", "/user/abc", "/nothing", "/user/@me/kv"])
def test_web_pages_anywhere_may_read(client, vaq, path):
    answer = client.get(path, headers={"Origin": "https://alice.example"})
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert {"ETag", "Retry-After", "X-RateLimit-Reset"} <= set(
        answer.headers["Access-Control-Expose-Headers"].split(", ")
    )
    assert "Access-Control-Allow-Credentials" not in answer.headers


@pytest.mark.parametrize("path", [f"/user/{VAQ}", "/user/@me/kv", "/user/@me/kv/a%2Fb", "/health", "/"])
def test_a_preflight_allows_every_method_and_the_headers_that_are_used(client, path):
    for method in ("GET", "PUT", "PATCH", "DELETE"):
        asks = {"Access-Control-Request-Method": method, "Access-Control-Request-Headers": "authorization"}
        answer = client.options(path, headers={"Origin": "https://alice.example", **asks})
        assert (answer.status_code, answer.data) == (200, b"")
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert method in answer.headers["Access-Control-Allow-Methods"].split(", ")
        allowed = set(answer.headers["Access-Control-Allow-Headers"].lower().split(", "))
        assert {"authorization", "content-type"} <= allowed


@pytest.mark.parametrize(
    ("asked", "allowed"),
    [
        ("baggage,sentry-trace", {"baggage", "sentry-trace"}),
        ("x-requested-with", {"x-requested-with"}),
        (" Traceparent ,, x-datadog-trace-id,\ttracestate ", {"traceparent", "x-datadog-trace-id", "tracestate"}),
        ("authorization, AUTHORIZATION", set()),
        ('x-a, x b, <script>, x:y, é, *, x_c, "q"', {"x-a", "*", "x_c"}),
        (",".join(f"x-{number}" for number in range(500)), {f"x-{number}" for number in range(500)}),
        ("", set()),
    ],
)
def test_a_page_whose_tools_add_headers_gets_through(client, asked, allowed):
    for path in (f"/user/{VAQ}", "/user/@me/kv/city", "/users"):
        asks = {"Access-Control-Request-Method": "GET", "Access-Control-Request-Headers": asked}
        answer = client.options(path, headers={"Origin": "https://alice.example", **asks})
        assert answer.status_code == 200
        names = answer.headers["Access-Control-Allow-Headers"].lower().split(", ")
        assert sorted(names) == sorted({"authorization", "content-type", "if-none-match"} | allowed)
        assert ("Access-Control-Request-Headers" in answer.headers["Vary"].split(", ")) is bool(asked)
        assert [name for name, _ in answer.headers].count("Vary") == 1


def test_an_answer_that_used_a_token_is_never_kept_by_a_cache(client, vaq, token_of):
    bobs = token_of(BOB)
    for path in (f"/user/{VAQ}", "/user/@me", f"/user/{VAQ}/kv", "/user/@me/kv/First1", f"/user/{BOB}", "/nothing"):
        for token in (vaq, bobs, "wrong"):
            answer = client.get(path, headers={"Authorization": token})
            assert answer.headers["Cache-Control"] == "private, no-store"
            assert answer.headers["Vary"] == "Authorization"


@pytest.mark.parametrize(
    "path", [f"/user/{VAQ}", "/user/@me", f"/user/{VAQ}/kv", f"/user/{BOB}", "/nothing", "/health"]
)
def test_an_anonymous_answer_is_asked_for_again_each_time(client, vaq, path):
    answer = client.get(path)
    assert answer.headers["Cache-Control"] == "no-cache"
    assert answer.headers["Vary"] == "Authorization"
