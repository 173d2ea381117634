"""Slash commands, buttons, modals and autocompletion, answered by a real bot."""

import pytest
import requests

from simulator.client import SimulatorError


def test_an_ephemeral_answer(sim, place):
    options = {"key": "colour"[:5], "times": 2, "who": place.user}
    (answer,) = sim.slash_and_wait(place.name, "kv add", options)
    assert answer["kind"] == "answer"
    assert (answer["ephemeral"], answer["to"]) == (True, place.name)
    assert answer["message"]["content"] == f"colou:2:{place.name}"
    assert answer["message"]["interaction_metadata"]["name"] == "kv add"


def test_an_ephemeral_answer_is_no_message_of_the_channel(sim, bot, discord_api, place):
    (answer,) = sim.slash_and_wait(place.name, "kv add", {"key": "x"})
    path = f"/channels/{place.channel}/messages/{answer['message']['id']}"
    assert discord_api("GET", path)[1]["code"] == 10008
    assert not bot.events("MESSAGE_CREATE", id=answer["message"]["id"])


def test_in_a_dm(sim, place):
    (answer,) = sim.slash_and_wait(place.name, "kv add", {"key": "x"}, dm=True)
    assert (answer["message"]["content"], answer["dm_to"]) == ("x:1:", place.name)


def test_a_deferred_answer_and_a_followup(sim, place):
    after = sim.last_seq()
    sim.slash(place.name, "slow")
    entries = sim.wait_for(lambda e: e["kind"] == "followup", after=after)
    assert [(e["kind"], e["ephemeral"]) for e in entries] == [
        ("deferred", True),
        ("answer", True),
        ("followup", False),
    ]
    assert entries[1]["message"]["content"] == "done"
    assert entries[1]["message"]["flags"] == 64
    assert entries[2]["message"]["attachments"][0]["filename"] == "data.txt"


def test_autocompletion(sim, place):
    assert sim.autocomplete(place.name, "pick", "colour", {"colour": "g"}) == [{"name": "green", "value": "green"}]


def test_the_menu_on_a_message(sim, place):
    message = sim.say(place.user, "hello")
    (answer,) = sim.wait_for(lambda e: e["kind"] == "answer", after=_pick(sim, place, "Shout it", message))
    assert (answer["ephemeral"], answer["message"]["content"]) == (True, f"HELLO ({place.name})")
    assert answer["message"]["interaction_metadata"]["name"] == "Shout it"


def test_a_modal_from_the_menu_on_a_message(sim, place):
    message = sim.say(place.user, "New name")
    (shown,) = sim.wait_for(lambda e: e["kind"] == "modal", after=_pick(sim, place, "Rename it", message))
    assert shown["modal"]["title"] == "New name"
    after = sim.last_seq()
    sim.submit_modal(place.name, {"name": "Ann"})
    (answer,) = sim.wait_for(lambda e: e["kind"] == "answer", after=after)
    assert answer["message"]["content"] == "hello Ann"


def test_the_menu_on_a_user(sim, place):
    after = sim.last_seq()
    sim.user_menu(place.user, "Greet them", place.user, channel=place.channel)
    (answer,) = sim.wait_for(lambda e: e["kind"] == "answer", after=after)
    assert (answer["ephemeral"], answer["message"]["content"]) == (True, f"hello {place.name} Member")
    after = sim.last_seq()
    sim.user_menu(place.user, "Greet them", place.user, dm=True)
    (answer,) = sim.wait_for(lambda e: e["kind"] == "answer", after=after)
    assert answer["message"]["content"] == f"hello {place.name} User"


def _pick(sim, place, command, message):
    after = sim.last_seq()
    sim.message_menu(place.user, command, message["id"])
    return after


def test_what_no_menu_offers(sim, place):
    message = sim.say(place.user, "hello")
    private = sim.say(place.user, "psst", dm=True)
    stranger = sim.add_user(f"stranger-{place.name}")
    for act in (
        lambda: sim.message_menu(place.user, "Greet them", message["id"]),
        lambda: sim.message_menu(place.user, "slow", message["id"]),
        lambda: sim.message_menu(place.user, "Shout it", "41771983423143937"),
        lambda: sim.message_menu(stranger, "Shout it", message["id"]),
        lambda: sim.message_menu(stranger, "Shout it", private["id"]),
        lambda: sim.message_menu(place.user, "Rename it", private["id"]),
        lambda: sim.user_menu(place.user, "Shout it", place.user, channel=place.channel),
    ):
        with pytest.raises(SimulatorError):
            act()


def test_what_discords_client_would_not_send(sim, place):
    for command, options in (
        ("nonsense", {}),
        ("kv", {}),
        ("kv drop", {}),
        ("kv add", {}),
        ("kv add", {"key": "too long"}),
        ("kv add", {"key": 5}),
        ("kv add", {"key": "x", "times": "two"}),
        ("kv add", {"key": "x", "other": 1}),
        ("kv add", {"key": "x", "who": "nobody at all"}),
    ):
        with pytest.raises(SimulatorError):
            sim.slash(place.name, command, options)


def test_a_user_without_the_permission_has_no_commands(sim, place):
    sim.set_permissions(place.channel, deny=["USE_APPLICATION_COMMANDS"], who="everyone")
    with pytest.raises(SimulatorError, match="may not"):
        sim.slash(place.name, "slow")


def test_a_button_edits_its_message(sim, place):
    (asked,) = sim.say_and_wait(place.name, ".buttons")
    found = sim.find_component(place.name, "Press")
    assert found == {"message_id": asked["message"]["id"], "custom_id": "press"}
    (edited,) = sim.click_and_wait(place.name, **found)
    assert (edited["kind"], edited["message"]["content"]) == ("edit", "pressed")


def test_what_cannot_be_clicked(sim, place):
    (asked,) = sim.say_and_wait(place.name, ".buttons")
    stranger = sim.add_user(f"passer-by of {place.guild}")
    for user, custom_id in ((place.name, "nonsense"), (place.name, "off"), (stranger, "press")):
        with pytest.raises(SimulatorError):
            sim.click(user, asked["message"]["id"], custom_id)


def test_a_modal(sim, place):
    (asked,) = sim.say_and_wait(place.name, ".buttons")
    (shown,) = sim.click_and_wait(place.name, asked["message"]["id"], "ask")
    assert (shown["kind"], shown["modal"]["title"]) == ("modal", "Who?")
    for wrong in ({}, {"name": "x" * 11}, {"other": "x"}):
        with pytest.raises(SimulatorError):
            sim.submit_modal(place.name, wrong)
    after = sim.last_seq()
    sim.submit_modal(place.name, {"name": "Ann"})
    (greeting,) = sim.wait(after, 1)
    assert (greeting["message"]["content"], greeting["ephemeral"]) == ("hello Ann", True)


def test_a_select_takes_what_it_offers(sim, bot, discord_api, place):
    select = {"type": 3, "custom_id": "s", "options": [{"label": "One", "value": "1"}]}
    body = {"components": [{"type": 1, "components": [select]}]}
    _, message = discord_api("POST", f"/channels/{place.channel}/messages", body)
    for values in ([], ["2"], ["1", "1"]):
        with pytest.raises(SimulatorError):
            sim.click(place.name, message["id"], "s", values)
    picked = sim.click(place.name, message["id"], "s", ["1"])
    event = bot.event("INTERACTION_CREATE", id=picked)
    assert event["data"]["values"] == ["1"]
    assert event["message"]["id"] == message["id"]
    assert event["member"]["user"]["id"] == place.user


def test_a_command_for_servers_only(sim, discord_api, bot, place):
    path = f"/applications/{bot.bot.user.id}/commands"
    _, made = discord_api("POST", path, _command(name="serveronly", contexts=[0]))
    with pytest.raises(SimulatorError, match="cannot be used here"):
        sim.slash(place.name, "serveronly", dm=True)
    assert discord_api("DELETE", f"{path}/{made['id']}")[0] == 204


@pytest.fixture
def unanswered(sim, bot, place):
    """An interaction that the bot leaves alone; (id, token)."""
    interaction_id = sim.slash(place.name, "silent")
    event = bot.event("INTERACTION_CREATE", id=interaction_id)
    return interaction_id, event["token"]


def _answer(sim, interaction, body, query=""):
    url = f"{sim.api_base}/interactions/{interaction[0]}/{interaction[1]}/callback{query}"
    response = requests.post(url, json=body, timeout=5)
    return response.status_code, response.json() if response.content else None


HELLO = {"type": 4, "data": {"content": "hello"}}


def test_an_interaction_is_answered_once(sim, unanswered):
    assert _answer(sim, unanswered, HELLO) == (204, None)
    status, body = _answer(sim, unanswered, HELLO)
    assert (status, body["code"]) == (400, 40060)


def test_a_wrong_token_or_id_is_unknown(sim, unanswered):
    for other in ((unanswered[0], "wrong"), ("1", unanswered[1])):
        status, body = _answer(sim, other, HELLO)
        assert (status, body["code"]) == (404, 10062)


def test_three_seconds_are_the_limit(sim, unanswered):
    sim.set(interaction_deadline=0.0)
    status, body = _answer(sim, unanswered, HELLO)
    sim.set(interaction_deadline=3.0)
    assert (status, body["code"]) == (404, 10062)


def test_fifteen_minutes_are_the_tokens_life(sim, bot, unanswered):
    url = f"{sim.api_base}/webhooks/{bot.bot.user.id}/{unanswered[1]}"
    assert requests.post(url, json={"content": "x"}, timeout=5).json()["code"] == 10015
    _answer(sim, unanswered, HELLO)
    assert requests.post(url, json={"content": "x"}, timeout=5).status_code == 200
    sim.set(interaction_lifetime=0.0)
    response = requests.post(url, json={"content": "x"}, timeout=5)
    sim.set(interaction_lifetime=900.0)
    assert (response.status_code, response.json()["code"]) == (401, 50027)


@pytest.mark.parametrize("kind", [1, 6, 7, 8, 99])
def test_answers_of_the_wrong_type(sim, unanswered, kind):
    status, body = _answer(sim, unanswered, {"type": kind, "data": {"content": "x"}})
    assert (status, body["code"]) == (400, 50035)
    assert _answer(sim, unanswered, HELLO)[0] == 204


def test_limits_hold_inside_a_callback(sim, unanswered):
    _, body = _answer(sim, unanswered, {"type": 4, "data": {"content": "x" * 2001}})
    assert body["errors"]["data"]["content"]["_errors"][0]["code"] == "BASE_TYPE_MAX_LENGTH"


def test_with_response(sim, unanswered):
    _, body = _answer(sim, unanswered, HELLO, "?with_response=true")
    assert body["interaction"]["response_message_id"] == body["resource"]["message"]["id"]
    assert body["resource"]["message"]["content"] == "hello"


def test_the_original_answer_is_read_edited_and_deleted(sim, bot, unanswered):
    _answer(sim, unanswered, HELLO)
    url = f"{sim.api_base}/webhooks/{bot.bot.user.id}/{unanswered[1]}/messages/@original"
    assert requests.get(url, timeout=5).json()["content"] == "hello"
    assert requests.patch(url, json={"content": "bye"}, timeout=5).json()["content"] == "bye"
    assert requests.delete(url, timeout=5).status_code == 204
    assert requests.get(url, timeout=5).json()["code"] == 10008


def _command(**changes):
    return {"name": "ok", "description": "fine"} | changes


@pytest.mark.parametrize(
    ("command", "field", "code"),
    [
        (_command(name="Upper"), "name", "APPLICATION_COMMAND_INVALID_NAME"),
        (_command(name="two words"), "name", "APPLICATION_COMMAND_INVALID_NAME"),
        (_command(name="x" * 33), "name", "APPLICATION_COMMAND_INVALID_NAME"),
        (_command(description=""), "description", "BASE_TYPE_REQUIRED"),
        (_command(description="x" * 101), "description", "BASE_TYPE_BAD_LENGTH"),
        (_command(options=[_command(type=3, name=f"o{n}") for n in range(26)]), "options", "BASE_TYPE_MAX_LENGTH"),
    ],
)
def test_commands_that_discord_does_not_take(discord_api, bot, command, field, code):
    path = f"/applications/{bot.bot.user.id}/commands"
    status, body = discord_api("POST", path, command)
    assert (status, body["code"]) == (400, 50035)
    assert body["errors"][field]["_errors"][0]["code"] == code


@pytest.mark.parametrize(
    ("changes", "refused"),
    [
        ({"name": "Two Words"}, False),
        ({"name": "x" * 33}, True),
        ({"name": ""}, True),
        ({"description": "words"}, True),
        ({"options": [_command(type=3, name="a")]}, True),
        ({"type": 9}, True),
    ],
)
def test_commands_in_menus_that_discord_does_not_take(discord_api, bot, place, changes, refused):
    path = f"/applications/{bot.bot.user.id}/guilds/{place.guild}/commands"
    for kind in (2, 3):
        status, body = discord_api("POST", path, {"type": kind, "name": "ok", "description": ""} | changes)
        assert (status, body.get("code")) == ((400, 50035) if refused else (200, None))


def test_a_menu_has_an_end(discord_api, bot, place):
    path = f"/applications/{bot.bot.user.id}/guilds/{place.guild}/commands"
    commands = [{"type": 3, "name": f"c{number}"} for number in range(16)]
    assert discord_api("PUT", path, commands)[1]["code"] == 50035
    assert discord_api("PUT", path, [*commands[:15], {"type": 2, "name": "c"}])[0] == 200
    assert discord_api("PUT", path, [])[0] == 200


def test_required_options_come_first(discord_api, bot):
    options = [_command(type=3, name="a"), _command(type=3, name="b", required=True)]
    _, body = discord_api("POST", f"/applications/{bot.bot.user.id}/commands", _command(options=options))
    code = body["errors"]["options"]["1"]["_errors"][0]["code"]
    assert code == "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID"


def test_commands_of_one_guild(sim, discord_api, bot, place):
    path = f"/applications/{bot.bot.user.id}/guilds/{place.guild}/commands"
    _, (made,) = discord_api("PUT", path, [_command(name="local")])
    _, (again,) = discord_api("PUT", path, [_command(name="local", description="changed")])
    assert made["id"] == again["id"]
    assert discord_api("GET", path)[1][0]["description"] == "changed"
    assert discord_api("PATCH", f"{path}/{made['id']}", {"description": "more"})[1]["description"] == "more"
    assert discord_api("DELETE", f"{path}/{made['id']}")[0] == 204
    assert discord_api("GET", f"{path}/{made['id']}")[1]["code"] == 10063
    assert discord_api("PUT", path, [_command(), _command()])[1]["code"] == 50035
    assert discord_api("GET", "/applications/1/commands")[1]["code"] == 20012
