"""A whole story over API v2, as a program tells it."""

import pytest
from sqlalchemy import update

from models import Member
from rules.systems import systems

ALICE, BOB = 80351110224678912, 80351110224678913


@pytest.fixture
def api(client, write, token_of):
    """Asks as alice, who has a system; without a token where that is said."""
    write(systems.create_system, ALICE, {"name": "Foxes"})
    token = token_of(ALICE)

    def ask(method, path, body=None, status=200, token=token):
        headers = {"Authorization": token} if token else {}
        answer = client.open(f"/v2{path}", method=method, json=body, headers=headers)
        assert answer.status_code == status, answer.text
        assert status == 204 or answer.mimetype == "application/json"
        return answer.json if answer.data else None

    return ask


def test_members_and_groups_come_and_go(api):
    mine = api("GET", "/systems/@me")
    assert list(mine)[:3] == ["id", "uuid", "name"]
    ann = api("POST", "/members", {"name": "Ann", "id": "", "created": "", "privacy": {}})
    bea = api("POST", "/members", {"name": "Bea", "privacy": {"visibility": "private", "name_privacy": None}})
    assert (bea["privacy"]["visibility"], bea["privacy"]["name_privacy"]) == ("private", "public")
    assert [m["name"] for m in api("GET", f"/systems/{mine['id']}/members", token=None)] == ["Ann"]
    assert api("GET", f"/members/{ann['uuid']}")["system"] == mine["id"]
    tall = api("POST", "/groups", {"name": "Tall"})
    api("POST", f"/groups/{tall['id']}/members/add", [ann["id"].upper(), bea["uuid"]], 204)
    assert [m["name"] for m in api("GET", f"/groups/{tall['uuid']}/members")] == ["Ann", "Bea"]
    assert [m["name"] for m in api("GET", f"/groups/{tall['uuid']}/members", token=None)] == ["Ann"]
    assert api("GET", "/systems/@me/groups?with_members=true")[0]["members"] == [ann["uuid"], bea["uuid"]]
    api("POST", f"/members/{ann['id']}/groups/overwrite", [], 204)
    assert api("GET", f"/members/{ann['id']}/groups") == []
    api("DELETE", f"/groups/{tall['id']}", status=204)
    api("DELETE", f"/members/{ann['id']}", status=204)
    assert api("GET", f"/members/{ann['id']}", status=404)["code"] == 20002


def test_a_switch_is_logged_moved_edited_and_deleted(api):
    assert api("GET", "/systems/@me/fronters", status=204) is None
    ann, bea = (api("POST", "/members", {"name": name})["id"] for name in ("Ann", "Bea"))
    first = api("POST", "/systems/@me/switches", {"members": [ann], "timestamp": "2026-01-01T10:00:00Z"})
    assert first["timestamp"] == "2026-01-01T10:00:00.000000Z"
    second = api("POST", "/systems/@me/switches", {"members": [ann, bea]})
    assert [m["id"] for m in api("GET", "/systems/@me/fronters")["members"]] == [ann, bea]
    same = {"members": [bea], "timestamp": "2026-01-01T10:00:00Z"}
    assert api("POST", "/systems/@me/switches", same, 400)["code"] == 40005
    assert api("POST", "/systems/@me/switches", {"members": [ann, bea]}, 400)["code"] == 40004
    assert api("POST", "/systems/@me/switches", {"members": [ann, ann]}, 400)["code"] == 40003
    path = f"/systems/@me/switches/{first['id']}"
    assert api("PATCH", path, {"timestamp": "2025-12-31T10:00:00Z"})["timestamp"].startswith("2025-12-31T10")
    assert [m["id"] for m in api("PATCH", f"{path}/members", [bea, ann])["members"]] == [bea, ann]
    assert [s["id"] for s in api("GET", "/systems/@me/switches?limit=1")] == [second["id"]]
    api("DELETE", path, status=204)
    assert api("GET", path, status=404)["code"] == 20008
    assert api("GET", "/systems/@me/switches/nothing", status=400)["code"] == 40006


def test_all_fields_that_cannot_be_taken_are_named_at_once(api):
    refused = api("PATCH", "/systems/@me", {"name": "n" * 101, "color": "red", "tag": "t" * 79}, 400)
    assert refused["code"] == 40001
    assert set(refused["errors"]) == {"name", "color"}
    assert refused["errors"]["name"][0]["actual_length"] == 101
    assert refused["errors"]["name"][0]["max_length"] == 100
    assert api("GET", "/systems/@me")["tag"] is None


def test_settings_of_the_system_and_in_a_server(api):
    assert api("GET", "/systems/@me/settings")["timezone"] == "UTC"
    changed = api("PATCH", "/systems/@me/settings", {"timezone": "europe/berlin", "proxy_switch": "new"})
    assert (changed["timezone"], changed["proxy_switch"]) == ("Europe/Berlin", "new")
    mine = api("GET", "/systems/@me")["id"]
    assert "timezone" not in api("GET", f"/systems/{mine}/settings", token=None)
    assert api("GET", "/systems/@me/guilds/123", status=404)["code"] == 20009
    assert api("PATCH", "/systems/@me/guilds/123", {"tag": "| F", "proxying_enabled": False})["tag"] == "| F"
    assert api("GET", "/systems/@me/guilds/123")["proxying_enabled"] is False
    ann = api("POST", "/members", {"name": "Ann"})["id"]
    assert api("PATCH", f"/members/{ann}/guilds/123", {"display_name": "Annie"})["display_name"] == "Annie"
    assert api("GET", "/systems/@me/autoproxy", status=501)["code"] == 50001
    set_to = api("PATCH", "/systems/@me/autoproxy?guild_id=123", {"autoproxy_mode": "member", "autoproxy_member": ann})
    assert set_to == {"autoproxy_mode": "member", "autoproxy_member": ann, "last_latch_timestamp": None}


def test_somebody_elses_is_403_and_no_token_401(api, write, token_of):
    write(systems.create_system, BOB, {"name": "Owls"})
    bob = token_of(BOB)
    mine = api("GET", "/systems/@me")["id"]
    ann = api("POST", "/members", {"name": "Ann"})["id"]
    assert api("PATCH", f"/systems/{mine}", {"name": "X"}, 403, bob)["code"] == 0
    assert api("PATCH", f"/systems/{mine}", {"name": "X"}, 403, None)["code"] == 0
    assert api("PATCH", f"/members/{ann}", {"name": "X"}, 403, bob)["code"] == 30006
    assert api("PATCH", f"/members/{ann}", {"name": "X"}, 401, None)["code"] == 0
    assert api("GET", "/systems/@me", status=401, token=None)["code"] == 0
    owl = api("POST", "/members", {"name": "Owl"}, token=bob)["id"]
    assert api("POST", "/systems/@me/switches", {"members": [owl]}, 403)["code"] == 30008


def test_the_owner_alone_lists_custom_fronts_and_archived_members(api, write, token_of):
    named = {name: api("POST", "/members", {"name": name}) for name in ("Ann", "Asleep", "Old")}
    for name, state in (("Asleep", "is_custom_front"), ("Old", "is_archived")):
        write(
            lambda session, name=name, state=state: session.execute(
                update(Member).where(Member.name == name).values({state: True})
            )
        )
    states = [
        (one["name"], one["custom_front"], one["archived"]) for one in api("GET", "/systems/@me/members?unlisted=true")
    ]
    assert states == [("Ann", False, False), ("Asleep", True, False), ("Old", False, True)]
    assert api("GET", "/systems/@me/members") == [named["Ann"]]
    path = f"/systems/{named['Ann']['system']}/members"
    for token in (None, token_of(BOB)):
        assert api("GET", f"{path}?unlisted=true", token=token) == api("GET", path, token=token)
