"""One system's life over HTTP, from empty to full to gone; and what clients send that were written for PluralKit."""

import itertools
from urllib.parse import quote

import pytest

from rules.account import erasure
from rules.fronting import switches
from rules.proxying import message_records
from rules.systems import members, systems

ALICE, ALEX, BOB = 80351110224678912, 80351110224678913, 80351110224678914
MESSAGE, ORIGINAL = 175928847299117063, 175928847299117000


@pytest.fixture
def alice(write, token_of):
    """Alice's headers; she has an empty system."""
    write(systems.create_system, ALICE)
    return {"Authorization": token_of(ALICE)}


@pytest.fixture
def clock(monkeypatch):
    """A clock that moves a second with every look, and now and then not at all, or back."""
    steps = itertools.cycle([1_000_000, 0, 1, -5_000_000])
    times = itertools.accumulate(steps, initial=1_795_262_400_000_000)
    monkeypatch.setattr(switches, "now_us", lambda: next(times))


def pages_back(client, path, **options):
    """The pages of a history, each asked for with the last timestamp of the one before."""
    before = ""
    while page := client.get(f"{path}{before}", **options).json:
        yield page
        asked, before = before, f"?before={quote(page[-1]['timestamp'])}"
        assert before != asked


def test_a_system_from_empty_to_full_to_gone(client, write, alice, clock):
    def patch(path, **changes):
        answer = client.patch(path, headers=alice, json=changes)
        assert answer.status_code == 200
        return answer.json

    own = client.get("/v1/s", headers=alice).json
    path = f"/v1/s/{own['id']}"
    assert client.get(f"{path}/members").json == []
    assert client.get(f"{path}/switches").json == []
    assert client.get(f"{path}/fronters").status_code == 404
    assert patch("/v1/s", name="Foxes", description="Many.", tz="europe/berlin")["tz"] == "Europe/Berlin"
    assert client.get(f"/v1/a/{ALICE}").json["name"] == "Foxes"

    made = [client.post("/v1/m/", headers=alice, json={"name": name}).json for name in ("Ann", "Ben", "Cleo")]
    ann, ben, cleo = [member["id"] for member in made]
    patch(f"/v1/m/{ann}", description="Tall.", prefix="[", suffix="]")
    patch(f"/v1/m/{ann}", suffix=")", color="FF0000")
    listed = client.get(f"{path}/members").json
    assert [member["name"] for member in listed] == ["Ann", "Ben", "Cleo"]
    assert (listed[0]["proxy_tags"], listed[0]["color"]) == ([{"prefix": "[", "suffix": ")"}], "ff0000")

    for number in range(250):
        fronting = [[ann], [ben, ann], [], [cleo], [ann, ben]][number % 5]
        assert client.post("/v1/s/switches", headers=alice, json={"members": fronting}).status_code == 204
    refused = client.post("/v1/s/switches", headers=alice, json={"members": [ann, ben]})
    assert (refused.status_code, refused.text) == (400, "New members identical to existing fronters.")
    pages = list(pages_back(client, f"{path}/switches"))
    assert [len(page) for page in pages] == [100, 100, 50]
    history = [switch for page in pages for switch in page]
    stamps = [switch["timestamp"] for switch in history]
    assert stamps == sorted(set(stamps), reverse=True)
    assert [switch["members"] for switch in reversed(history)] == [[ann], [ben, ann], [], [cleo], [ann, ben]] * 50
    front = client.get(f"{path}/fronters").json
    assert front["timestamp"] == stamps[0]
    assert [member["id"] for member in front["members"]] == [ann, ben]

    seen = {below: client.get(f"{path}{below}").json for below in ("", "/members", "/fronters", "/switches")}
    settings = ("description_privacy", "member_list_privacy", "front_privacy", "front_history_privacy")
    patch("/v1/s", **dict.fromkeys(settings, "private"))
    patch(f"/v1/m/{ann}", privacy="private")
    assert client.get(path).json["description"] is None
    assert client.get(f"/v1/m/{ann}").json["description"] is None
    assert [client.get(f"{path}{below}").status_code for below in seen] == [200, 403, 403, 403]
    assert [client.get(f"{path}{below}", headers=alice).status_code for below in seen] == [200] * 4
    assert list(pages_back(client, f"{path}/switches", headers=alice)) == pages
    patch("/v1/s", **dict.fromkeys(settings, "public"))
    assert [member["id"] for member in client.get(f"{path}/members").json] == [ben, cleo]
    patch(f"/v1/m/{ann}", privacy=None)
    assert {below: client.get(f"{path}{below}").json for below in seen} == seen

    write(message_records.record_message, ALICE, write(members.get_member, ben).id, MESSAGE, ORIGINAL, 5, None)
    assert client.get(f"/v1/msg/{ORIGINAL}").json["member"]["id"] == ben
    deleted = client.delete(f"/v1/m/{ben}", headers=alice)
    assert (deleted.status_code, deleted.data) == (200, b"")
    assert client.delete(f"/v1/m/{ben}", headers=alice).status_code == 404
    assert client.get(f"/v1/msg/{MESSAGE}").status_code == 404
    history = [switch["members"] for page in pages_back(client, f"{path}/switches") for switch in page]
    assert list(reversed(history)) == [[ann], [ann], [], [cleo], [ann]] * 50
    refused = client.post("/v1/s/switches", headers=alice, json={"members": [ben]})
    assert (refused.status_code, refused.text) == (400, f"Member '{ben}' not found.")

    write(erasure.forget, ALICE)
    gone = (path, f"{path}/members", f"{path}/fronters", f"{path}/switches", f"/v1/m/{ann}", f"/v1/a/{ALICE}")
    assert [client.get(asked).status_code for asked in gone] == [404] * 6
    assert client.get("/v1/s", headers=alice).status_code == 401


def test_two_accounts_write_in_one_system_and_the_other_stays_when_one_is_forgotten(client, write, alice, token_of):
    write(systems.link_account, ALICE, ALEX)
    alex = {"Authorization": token_of(ALEX)}
    ann = client.post("/v1/m", headers=alex, json={"name": "Ann"}).json["id"]
    assert client.patch(f"/v1/m/{ann}", headers=alice, json={"pronouns": "she/her"}).status_code == 200
    assert client.post("/v1/s/switches", headers=alex, json={"members": [ann]}).status_code == 204
    assert client.get("/v1/s", headers=alice).json == client.get("/v1/s", headers=alex).json
    write(erasure.forget, ALICE)
    assert client.get(f"/v1/a/{ALICE}").status_code == 404
    assert client.get("/v1/s", headers=alice).status_code == 401
    assert client.get(f"/v1/a/{ALEX}").json["id"] == client.get("/v1/s", headers=alex).json["id"]
    assert client.get(f"/v1/m/{ann}", headers=alex).json["pronouns"] == "she/her"


def test_a_program_that_sends_back_what_it_read_changes_nothing(client, alice):
    """As pkapi.js and pluralkit.py do, with `id` and `created` and all."""
    tags = [{"prefix": "[", "suffix": "]"}, {"prefix": "a:", "suffix": None}]
    ann = client.post("/v1/m", headers=alice, json={"name": "Ann", "proxy_tags": tags, "privacy": "private"}).json
    client.patch(f"/v1/m/{ann['id']}", headers=alice, json={"description_privacy": "public", "description": "Tall."})
    for path in ("/v1/s", f"/v1/m/{ann['id']}"):
        whole = client.get(path, headers=alice).json
        for sent in (whole, {}, {**whole, "created": ""}, {**whole, "id": None, "uuid": "x", "sp": [1]}):
            answer = client.patch(path, headers=alice, json=sent)
            assert (answer.status_code, answer.json) == (200, whole)
        assert client.get(path, headers=alice).json == whole


def test_a_program_that_read_as_nobody_and_writes_as_the_owner_makes_the_system_public(client, alice):
    settings = ("description_privacy", "member_list_privacy", "front_privacy", "front_history_privacy")
    own = client.patch("/v1/s", headers=alice, json={"name": "Foxes", **dict.fromkeys(settings, "private")}).json
    seen = client.get(f"/v1/s/{own['id']}").json
    assert {seen[name] for name in settings} == {None}
    answer = client.patch("/v1/s", headers=alice, json=seen)
    assert (answer.status_code, answer.json) == (200, {**own, **dict.fromkeys(settings, "public")})


def test_a_program_that_knows_only_one_prefix_keeps_the_other_tags(client, alice):
    tags = [{"prefix": "[", "suffix": "]"}, {"prefix": "a:", "suffix": None}]
    ann = client.post("/v1/m", headers=alice, json={"name": "Ann", "proxy_tags": tags}).json
    answer = client.patch(f"/v1/m/{ann['id']}", headers=alice, json={"prefix": "(", "suffix": ")"})
    assert answer.json == {**ann, "prefix": "(", "suffix": ")", "proxy_tags": [{"prefix": "(", "suffix": ")"}, tags[1]]}


def test_a_stranger_with_a_system_changes_nobody_elses_member(client, alice, token_of, write):
    write(systems.create_system, BOB)
    bob = {"Authorization": token_of(BOB)}
    ann = client.post("/v1/m", headers=alice, json={"name": "Ann"}).json["id"]
    for method, body in (("PATCH", {"name": "Bobs"}), ("DELETE", None), ("PATCH", {"name": 5})):
        answer = client.open(f"/v1/m/{ann}", method=method, headers=bob, json=body)
        assert (answer.status_code, answer.text) == (401, f"Member '{ann}' is not part of your system.")
    assert client.get(f"/v1/m/{ann}").json["name"] == "Ann"
