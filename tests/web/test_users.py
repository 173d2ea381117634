"""`GET /users`: many people in one request."""

import pytest

from rules import opt_out
from rules.account import erasure, kv
from rules.fronting import switches
from rules.presence import fronting
from rules.systems import members, systems

ALICE, BOB, CHARLIE, DORA, ERIC, ZOE = (80351110224678912 + number for number in range(6))
BOTH = f"/users?ids={BOB},{ALICE}"


@pytest.fixture
def people(join, write, leave):
    """Alice and Bob with pairs; Charlie hidden, Dora forgotten, Eric left."""
    for user_id in (ALICE, BOB, CHARLIE, DORA, ERIC):
        join(user_id, nick="Müller")
        write(kv.set_value, user_id, "city", "Bern")
    write(opt_out.hide, CHARLIE)
    write(erasure.forget, DORA)
    leave(ERIC)


def shown(answer):
    return [user["id"] for user in answer.json["users"]]


def test_each_is_the_answer_that_one_alone_gives(client, people):
    answer = client.get(BOTH)
    assert (answer.status_code, answer.content_type) == (200, "application/json")
    assert shown(answer) == [str(BOB), str(ALICE)]
    for user in answer.json["users"]:
        assert user == {"id": user["id"], **client.get(f"/user/{user['id']}").json}
    assert "Müller".encode() in answer.data


@pytest.mark.parametrize(
    "query",
    [
        f"ids={BOB}%2C{ALICE}",
        f"ids={BOB}&ids={ALICE}",
        f"ids={BOB},{ALICE},{BOB}",
        f"x&ids={BOB},{ALICE}&ids={BOB}",
    ],
)
def test_a_list_may_be_written_in_other_ways(client, people, query):
    assert client.get(f"/users?{query}").data == client.get(BOTH).data
    assert client.get(f"/users/?{query}").data == client.get(BOTH).data


def test_nothing_tells_apart_those_who_are_missing(client, people):
    absent = [str(user_id) for user_id in (ERIC, CHARLIE, 1, DORA, 2**63, 10**40)]
    answer = client.get(f"/users?ids={','.join([*absent, str(ALICE)])}")
    assert (shown(answer), answer.json["missing"]) == ([str(ALICE)], absent)
    alone = [client.get(f"/users?ids={user_id}") for user_id in absent]
    assert {one.status_code for one in alone} == {200}
    assert [one.json for one in alone] == [{"users": [], "missing": [user_id]} for user_id in absent]


def test_a_token_opens_its_owners_pairs_and_no_others(client, people, token_of):
    own = client.get(BOTH, headers={"Authorization": token_of(ALICE)})
    assert [user["KV"] for user in own.json["users"]] == [None, {"city": "Bern"}]
    assert own.headers["Cache-Control"] == "private, no-store"
    for header in (token_of(CHARLIE), "wrong", f"rc_{ALICE}_{'x' * 43}"):
        answer = client.get(BOTH, headers={"Authorization": header})
        assert answer.data == client.get(BOTH).data
        assert answer.headers["Cache-Control"] == "private, no-store"
    assert client.get(BOTH).headers["Cache-Control"] == "no-cache"


def test_the_hidden_see_themselves_with_their_own_token(client, people, token_of):
    path = f"/users?ids={CHARLIE}"
    assert shown(client.get(path, headers={"Authorization": token_of(CHARLIE)})) == [str(CHARLIE)]
    assert shown(client.get(path, headers={"Authorization": token_of(ALICE)})) == []


def test_an_etag_spares_the_body_until_somebody_changes(client, people, join, token_of):
    etag = client.get(BOTH).headers["ETag"]
    for known in (etag, f"W/{etag}", "*"):
        again = client.get(BOTH, headers={"If-None-Match": known})
        assert (again.status_code, again.data, again.headers["ETag"]) == (304, b"", etag)
    own = client.get(BOTH, headers={"If-None-Match": etag, "Authorization": token_of(ALICE)})
    assert own.status_code == 200
    join(BOB, at=2000, nick="Bobby")
    assert client.get(BOTH, headers={"If-None-Match": etag}).status_code == 200


def test_head_and_other_pages(client, people):
    got, head = client.get(BOTH), client.head(BOTH)
    assert (head.status_code, head.data) == (200, b"")
    assert list(head.headers) == list(got.headers)
    assert got.headers["Access-Control-Allow-Origin"] == "*"
    assert got.headers["Vary"] == "Authorization"
    preflight = client.options(BOTH, headers={"Access-Control-Request-Method": "GET"})
    assert preflight.status_code == 200
    assert client.post(BOTH).status_code == 405


@pytest.mark.parametrize("query", ["", "?ids=", "?ids=,", "?ids=abc", "?ids=1,@me", "?ids=%D9%A3", "?id=1", "?ids=1+2"])
def test_what_is_no_list_of_ids_is_400(client, query):
    answer = client.get(f"/users{query}")
    assert (answer.status_code, answer.json["code"]) == (400, 400)
    assert answer.json["message"].startswith("Name 1 to 100 user IDs")


def test_a_hundred_at_most(client, people):
    hundred = [*range(1, 99), ALICE, BOB]
    answer = client.get(f"/users?ids={','.join(map(str, hundred))}")
    assert (len(answer.json["missing"]), shown(answer)) == (98, [str(ALICE), str(BOB)])
    assert client.get(f"/users?ids={','.join(map(str, [*hundred, 99]))}").status_code == 400


def test_many_people_count_as_one_request(make_app, people):
    client = make_app(RATE_LIMIT="3/minute").test_client()
    assert client.get(BOTH).headers["X-RateLimit-Remaining"] == "2"


def test_who_fronts_is_told_of_each_who_shows_it_and_changes_the_etag(client, people, write, token_of):
    write(systems.create_system, ALICE, {"name": "Füchse"})
    write(systems.link_account, ALICE, BOB)
    ann = write(members.create_member, ALICE, {"name": "Änne"}).hid
    write(switches.log_switch, ALICE, [ann])
    tags = [client.get(BOTH).headers["ETag"]]
    for user_id in (ALICE, BOB):
        write(fronting.set_shown, user_id, True)
        tags.append(client.get(BOTH).headers["ETag"])
    bob, alice = client.get(BOTH).json["users"]
    assert bob["fronting"] == alice["fronting"] == client.get(f"/user/{ALICE}").json["fronting"]
    assert alice["fronting"]["members"][0]["name"] == "Änne"
    write(members.edit_member, ALICE, ann, {"visibility": "private"})
    tags.append(client.get(BOTH).headers["ETag"])
    # As if nobody had ever fronted, and so as it was where nobody shows it.
    assert len(set(tags)) == 3
    assert tags[-1] == tags[0]
    for headers in ({}, {"Authorization": token_of(ALICE)}):
        assert [user["fronting"] for user in client.get(BOTH, headers=headers).json["users"]] == [None, None]
    assert client.get(BOTH, headers={"If-None-Match": tags[-1]}).status_code == 304


@pytest.mark.parametrize("name", ["zoe", "ZOE", "@zoe"])
def test_a_name_finds_whom_the_id_finds(client, people, join, name):
    join(ZOE, "zoe")
    found = client.get("/users/search", query_string={"name": name}).json
    assert found == client.get(f"/users?ids={ZOE}").json


def test_of_who_hid_and_who_never_was_a_search_tells_the_same(client, people, join, write):
    join(ZOE, "zoe")
    write(opt_out.hide, ZOE)
    told = [client.get(f"/users/search?name={name}") for name in ("zoe", "nobody")]
    assert [answer.status_code for answer in told] == [200, 200]
    assert told[0].data == told[1].data == b'{"users":[],"missing":[]}'
    assert dict(told[0].headers) == dict(told[1].headers)


@pytest.mark.parametrize("query", ["", "?name=", "?name=%20", "?name=@", f"?name={'x' * 41}"])
def test_a_search_for_what_is_no_name(client, query):
    answer = client.get(f"/users/search{query}")
    assert answer.status_code == 400
    assert "the whole of it" in answer.json["message"]
