"""What v2 cannot take is refused in its JSON, with every field that is wrong, and changes nothing."""

import pytest

from rules.systems import systems

ALICE = 80351110224678912
LONG = "x" * 101
# What pkapi.js sends with a member that was never filled in.
EMPTY = {"id": "", "uuid": "", "created": "", "privacy": {}}


@pytest.fixture
def ask(client, write, token_of):
    write(systems.create_system, ALICE, {"name": "Foxes"})
    token = token_of(ALICE)

    def run(method, path, **options):
        headers = {"Authorization": token, **options.pop("headers", {})}
        return client.open(f"/v2{path}", method=method, headers=headers, **options)

    return run


@pytest.fixture
def paths(ask):
    """Where each thing is that a PATCH changes."""
    member = ask("POST", "/members", json={"name": "Ann"}).json["id"]
    group = ask("POST", "/groups", json={"name": "Tall"}).json["id"]
    return {
        "system": "/systems/@me",
        "settings": "/systems/@me/settings",
        "member": f"/members/{member}",
        "group": f"/groups/{group}",
        "system guild": "/systems/@me/guilds/123",
        "member guild": f"/members/{member}/guilds/123",
        "autoproxy": "/systems/@me/autoproxy?guild_id=123",
    }


@pytest.mark.parametrize(
    ("kind", "body", "wrong"),
    [
        ("system", {"name": LONG, "tag": "t" * 80, "color": "red", "avatar_url": "a"}, None),
        ("system", {"privacy": {"front_privacy": "secret"}, "pronouns": LONG}, {"front_privacy", "pronouns"}),
        ("settings", {"timezone": "Nowhere", "proxy_switch": "maybe", "name_format": LONG}, None),
        ("settings", {"latch_timeout": -1, "pings_enabled": "often", "description_templates": ["a"] * 4}, None),
        ("member", {"name": "", "display_name": LONG, "birthday": "1", "proxy_tags": "a", "keep_proxy": "no"}, None),
        ("member", {"name": 5, "banner": "a", "webhook_avatar_url": "b", "tts": 3, "autoproxy_enabled": []}, None),
        ("group", {"name": None, "display_name": LONG, "icon": "a", "banner": [], "color": 5}, None),
        ("system guild", {"tag": LONG, "proxying_enabled": "x", "display_name": LONG, "avatar_url": "a"}, None),
        ("member guild", {"display_name": LONG, "avatar_url": "a", "keep_proxy": "x"}, None),
        ("autoproxy", {"autoproxy_mode": "sideways"}, None),
    ],
)
def test_every_field_that_is_wrong_is_named_and_nothing_changes(ask, paths, kind, body, wrong):
    before = ask("GET", paths[kind]).data
    answer = ask("PATCH", paths[kind], json=body)
    assert (answer.status_code, answer.json["code"]) == (400, 40001)
    assert set(answer.json["errors"]) == (wrong or set(body))
    assert all(one["message"].endswith(".") for many in answer.json["errors"].values() for one in many)
    assert ask("GET", paths[kind]).data == before


@pytest.mark.parametrize("kind", ["system", "settings", "member", "group", "system guild", "member guild"])
@pytest.mark.parametrize("body", [{}, {"shoes": 5}, {"id": "", "created": ""}])
def test_a_body_that_sets_nothing_is_refused(ask, paths, kind, body):
    answer = ask("PATCH", paths[kind], json=body)
    assert (answer.status_code, answer.json["code"]) == (400, 0)


def test_what_programs_send_empty_changes_nothing(ask, paths):
    before = ask("GET", paths["member"]).json
    sent = {**EMPTY, "keep_proxy": None, "tts": "", "shoes": 5, "pronouns": "she"}
    assert ask("PATCH", paths["member"], json=sent).json == {**before, "pronouns": "she"}
    assert ask("PATCH", paths["group"], json={**EMPTY, "description": ""}).status_code == 200


@pytest.mark.parametrize("path", ["/members", "/groups"])
def test_a_new_thing_needs_a_name(ask, path):
    for body in ({"pronouns": "she", "description": "a"}, {"name": None}, {"name": " "}):
        answer = ask("POST", path, json=body)
        assert (answer.status_code, answer.json["code"], set(answer.json["errors"])) == (400, 40001, {"name"})


@pytest.mark.parametrize(
    ("options", "status"),
    [
        ({"data": "{}"}, 415),
        ({"data": "{", "headers": {"Content-Type": "application/json"}}, 400),
        ({"data": "", "headers": {"Content-Type": "application/json"}}, 400),
        ({"json": []}, 400),
        ({"json": "name"}, 400),
        ({"json": {"name": "x", "privacy": 5}}, 400),
        ({"data": " " * 600_000, "headers": {"Content-Type": "application/json"}}, 413),
        ({"data": '{"name": "a", "name": "b"}', "headers": {"Content-Type": "application/json"}}, 400),
    ],
)
def test_a_body_that_is_none_is_refused_in_json(ask, paths, options, status):
    for method, path in (("PATCH", paths["member"]), ("POST", "/groups"), ("PATCH", paths["settings"])):
        if path == paths["settings"] and "privacy" in str(options):
            continue
        answer = ask(method, path, **{**options, "headers": dict(options.get("headers", {}))})
        assert (answer.status_code, answer.json["code"], answer.mimetype) == (status, 0, "application/json")


def test_a_thing_is_found_by_its_id_however_it_is_written(ask):
    mine = ask("GET", "/systems/@me").json
    hid, uuid = mine["id"], mine["uuid"]
    for reference in (hid, hid.upper(), f"{hid[:3]}-{hid[3:]}", uuid, uuid.upper(), ALICE):
        assert ask("GET", f"/systems/{reference}").json == mine
