"""What fails is told once, and the original stays where it is; nothing comes twice."""

import sqlite3
from contextlib import contextmanager

import pytest
from sqlalchemy.engine import make_url

from rules.systems import members
from simulator.client import EXECUTE_WEBHOOK
from tests.end_to_end.bot_replies import said
from tests.end_to_end.rollcall import until

FAULTS = {
    "429": ({"status": 429, "retry_after": 0.05}, True),
    "a second 429": ({"status": 429, "retry_after": 0.05, "times": 3}, True),
    "500 after acting": ({"status": 500, "after": True}, True),
    "502 after acting": ({"status": 502, "after": True}, True),
    "a dropped connection after acting": ({"drop": True, "after": True}, True),
    "500 before acting": ({"status": 500}, False),
    "a dropped connection before acting": ({"drop": True}, False),
}


@pytest.fixture
def calm(discord):
    """Ends all faults after the test."""
    yield
    discord.clear_faults()


def test_a_fault_of_discords_posts_nothing_twice_and_loses_nothing(discord, rollcall, proxying_user, calm):
    people = {}
    for name, (fault, _) in FAULTS.items():
        people[name] = ann = proxying_user("Ann")
        # Broken up and cut, it would end with a blank.
        ann.change("Ann", display_name=f"discord{'x' * 71} y")
        ann.channel = ann.where["channel"] = discord.add_channel("faults")
        hook = ann.speak("a:before")["webhook_id"]
        discord.fail_rest("POST", f"^/webhooks/{hook}/", **fault)
    after = discord.last_seq()
    for ann in people.values():
        ann.write("a: hello")
    # Until the end of the wait for those that may have been posted.
    until(lambda: len([text for _, text in said(discord.log(after)) if "I do not post it again" in text]) == 2)
    wanted = {name: ["before", "hello" if posted else "a: hello"] for name, (_, posted) in FAULTS.items()}
    assert {name: [text for _, text in ann.standing()] for name, ann in people.items()} == wanted
    # What a broken connection took along was only slow, and comes after all.
    ann = people["a dropped connection before acting"]
    (original,) = [message["id"] for message in discord.messages(ann.channel) if message["content"] == "a: hello"]
    (webhook,) = discord.webhooks(ann.channel)
    url = f"{discord.api_base}/webhooks/{webhook['id']}/{webhook['token']}?wait=true"
    late = rollcall.http.post(url, json={"username": ann.standing()[0][0], "content": "hello"}, timeout=10).json()["id"]
    until(lambda: [text for _, text in ann.standing()] == ["before", "hello"])
    assert ann.record(original)["id"] == late
    for ann in people.values():
        ann.speak("a:after")
        assert all(ann.record(message["id"]) for message in discord.messages(ann.channel) if message.get("webhook_id"))


@pytest.mark.parametrize("permission", ["MANAGE_WEBHOOKS", "MANAGE_MESSAGES"])
def test_a_missing_permission_is_told_once(discord, proxying_user, permission):
    ann = proxying_user("Ann")
    # This is told though no errors are wanted.
    ann.prefer(proxy_error_message_enabled=False)
    discord.set_permissions(ann.channel, deny=[permission])
    after = discord.last_seq()
    shown = permission.replace("_", " ").title()
    told = ann.await_answer(lambda: ann.write("a:one"), f"I need {shown} in this channel.", "channel")
    assert told["channel_id"] == ann.channel
    ann.write("a:two")
    ann.autoproxy("member", "Ann")
    ann.write("three")
    ann.pause()
    discord.set_permissions(ann.channel, allow=[permission])
    ann.speak("a:four")
    assert [text for _, text in ann.standing()] == ["a:one", "a:two", "three", "four"]
    assert [where for where, _ in said(discord.log(after))] == ["channel", "dm"]
    # It was over, so it is news again.
    discord.set_permissions(ann.channel, deny=[permission])
    ann.await_answer(lambda: ann.write("a:five"), f"I need {shown} in this channel.")
    discord.set_permissions(ann.channel, allow=[permission])


@pytest.mark.parametrize("in_thread", [False, True])
def test_where_the_bot_may_not_speak_it_says_nothing(discord, proxying_user, in_thread):
    ann = proxying_user("Ann")
    channel = discord.add_thread(ann.id, "talk", ann.channel)["id"] if in_thread else ann.channel
    right = "SEND_MESSAGES_IN_THREADS" if in_thread else "SEND_MESSAGES"
    discord.set_permissions(ann.channel, deny=[right])
    after = discord.last_seq()
    ann.write("a:one", channel=channel)
    ann.pause()
    discord.set_permissions(ann.channel, allow=[right])
    ann.speak("a:two", channel=channel)
    assert [text for _, text in ann.standing(channel) if text][-2:] == ["a:one", "two"]
    assert [where for where, _ in said(discord.log(after))] == ["dm"]


def test_what_no_webhook_takes_is_told(discord, proxying_user):
    ann = proxying_user("Ann", tag="x" * 70)
    ann.change("Ann", keep_proxy=True)
    ann.change("Ann", display_name="Ann of Oak")
    ann.await_answer(lambda: ann.write("a:hello"), "has 81.")
    ann.change_system(tag=None)
    ann.await_answer(lambda: ann.write("a:" + "x" * 1999, nitro=True), "can have 2,000 characters; this one has 2,001.")
    ann.change("Ann", keep_proxy=False)
    assert len(ann.speak("a:" + "x" * 2000, nitro=True)["message"]["content"]) == 2000


def test_errors_that_one_can_do_nothing_about_may_be_switched_off(discord, proxying_user, calm):
    ann = proxying_user("Ann")
    ann.prefer(proxy_error_message_enabled=False)
    ann.speak("a:before")
    discord.fail_rest("POST", EXECUTE_WEBHOOK, status=400, body={"code": 50035, "message": "Invalid Form Body"})
    after = discord.last_seq()
    ann.write("a:refused")
    ann.write("a:with a file", attachments=[("huge.bin", b"\0" * (10 * 1024 * 1024 + 1))])
    ann.change("Ann", keep_proxy=True)
    ann.write("a:" + "x" * 1999, nitro=True)
    ann.speak("a:end")
    ann.change("Ann", keep_proxy=False)
    assert said(discord.log(after)) == []
    ann.prefer(proxy_error_message_enabled=True)
    discord.fail_rest("POST", EXECUTE_WEBHOOK, status=400, body={"code": 50035, "message": "Invalid Form Body"})
    ann.await_answer(
        lambda: ann.write("a:refused"), "Discord refused the message (Invalid Form Body). Your message stays"
    )


@pytest.mark.parametrize("how", ["503", "cut"])
def test_what_is_said_while_discord_is_away_is_proxied_when_it_is_back(discord, proxying_user, calm, how):
    ann = proxying_user("Ann")
    discord.refuse_connections(how=how)
    after = discord.last_seq()
    original = ann.write("a:hello")
    discord.clear_faults()
    ann.await_copy(original["id"], after)
    assert [text for _, text in ann.standing()] == ["hello"]


@pytest.mark.long
def test_discord_takes_nothing_for_a_while(discord, rollcall, proxying_user, calm):
    ann = proxying_user("Ann")
    # The second time, the webhook is known.
    hook = [ann.speak("a:before")["webhook_id"] for _ in range(2)][1]
    logged = len(rollcall.bot.lines)
    discord.fail_rest("*", "", times=None, drop=True)
    ann.write("a:one")
    until(lambda: "nobody could be told" in "\n".join(rollcall.bot.lines[logged:]))
    discord.clear_faults()
    # So the next one is told.
    discord.fail_rest("POST", f"^/webhooks/{hook}/", drop=True)
    ann.await_answer(lambda: ann.write("a:two"), "I do not post it again")
    ann.speak("a:three")
    assert [text for _, text in ann.standing()] == ["before", "before", "a:one", "a:two", "three"]


def test_an_original_that_cannot_be_deleted_at_once(discord, proxying_user, calm):
    ann = proxying_user("Ann")
    faults = (
        *({"status": 500}, {"status": 429, "retry_after": 0.05}, {"drop": True}),
        *({"status": 500, "after": True}, {"drop": True, "after": True}),
    )
    for fault in faults:
        discord.fail_rest("DELETE", f"/channels/{ann.channel}/messages/", **fault)
        ann.write("a:hello")
        ann.write("a:next")
    until(lambda: [text for _, text in ann.standing()] == ["hello", "next"] * len(faults))


def test_an_original_that_cannot_be_deleted_for_a_while(discord, rollcall, proxying_user, calm):
    ann = proxying_user("Ann")
    copy = ann.speak("a:before")["message"]["id"]
    logged = len(rollcall.bot.lines)
    discord.fail_rest("DELETE", f"/channels/{ann.channel}/messages/", times=None)
    ann.write("a:hello")
    discord.react(ann.id, copy, "❌")
    wanted = "a message could not be deleted", "a reaction came to nothing: Discord did not delete it"
    until(lambda: all(words in "\n".join(rollcall.bot.lines[logged:]) for words in wanted))
    # What stands is still whose it was.
    assert ann.record(copy)
    discord.clear_faults()
    until(lambda: [text for _, text in ann.standing()] == ["before", "hello"])


def test_what_cannot_be_deleted_is_not_said_again(discord, proxying_user):
    ann = proxying_user("Ann", "Ben")
    copy = ann.speak("a:hello")["message"]["id"]
    discord.set_permissions(ann.channel, deny=["MANAGE_MESSAGES"])
    ann.await_answer(lambda: ann.write("pk;rp ben", reply_to=copy), "I need Manage Messages in this channel.")
    discord.set_permissions(ann.channel, allow=["MANAGE_MESSAGES"])
    assert ann.standing()[0] == ("Ann", "hello")
    assert ann.record(copy)


@pytest.mark.long
def test_two_who_say_the_same_message_again_leave_one(discord, proxying_user, calm):
    ann = proxying_user("Ann", "Ben", "Cy")
    hook = ann.speak("a:before")["webhook_id"]
    copy = ann.speak("a:hello")["message"]["id"]
    discord.fail_rest("DELETE", f"/messages/{copy}", status=None, delay=0.5, times=None)
    ann.write("pk;rp ben", reply_to=copy)
    ann.await_answer(lambda: ann.write("pk;rp cy", reply_to=copy), "was deleted meanwhile, or somebody else says it")
    assert [text for _, text in ann.standing()].count("hello") == 1
    # One that comes late takes its place all the same.
    copy = next(message["id"] for message in discord.messages(ann.channel) if message["content"] == "hello")
    discord.clear_faults()
    discord.fail_rest("POST", f"^/webhooks/{hook}/")
    ann.await_answer(lambda: ann.write("pk;rp ann", reply_to=copy), "Discord did not say")
    (webhook,) = discord.webhooks(ann.channel)
    url = f"{discord.api_base}/webhooks/{webhook['id']}/{webhook['token']}?wait=true"
    late = ann.rollcall.http.post(url, json={"username": "Ann", "content": "hello"}, timeout=10).json()["id"]
    until(lambda: [text for _, text in ann.standing()].count("hello") == 1)
    assert ann.record(late)["member"]["id"] == ann.hids["Ann"]


@contextmanager
def full_disk(rollcall):
    """No record can be written."""
    connection = sqlite3.connect(make_url(rollcall.database_url).database, isolation_level=None)
    connection.execute(
        "CREATE TRIGGER no_room BEFORE INSERT ON messages BEGIN SELECT RAISE(ABORT, 'disk is full'); END"
    )
    try:
        yield
    finally:
        connection.execute("DROP TRIGGER no_room")
        connection.close()


def test_what_cannot_be_recorded_has_not_been_said(discord, rollcall, proxying_user):
    ann = proxying_user("Ann")
    after = discord.last_seq()
    with full_disk(rollcall):
        ann.await_answer(lambda: ann.write("a:one"), "I could not write down whose message it is.")
        ann.write("a:two")
        until(lambda: [entry["kind"] for entry in discord.log(after)].count("delete") == 2)
    ann.speak("a:three")
    assert [text for _, text in ann.standing()] == ["a:one", "a:two", "three"]
    assert len(said(discord.log(after))) == 1


def test_an_original_that_somebody_else_deletes_first_takes_the_copy_along(discord, proxying_user, calm):
    ann = proxying_user("Ann")
    hook = ann.speak("a:before")["webhook_id"]
    after = discord.last_seq()
    original = ann.begin("a:slip of the tongue", hook)
    discord.delete_message(ann.id, original["id"])
    log = ann.await_log(lambda entry: entry["kind"] == "delete", after)
    (copy,) = [entry["message"]["id"] for entry in log if entry["kind"] == "webhook"]
    assert [text for _, text in ann.standing()] == ["before"]
    until(lambda: ann.record(copy) is None)


def test_a_member_who_is_deleted_meanwhile_has_not_spoken(discord, proxying_user, calm):
    ann = proxying_user("Ann")
    hook = ann.speak("a:before")["webhook_id"]
    after = discord.last_seq()
    ann.begin("a:hello", hook)
    ann.rollcall.write(members.delete_member, int(ann.id), ann.hids["Ann"])
    ann.await_log(lambda entry: entry["kind"] == "delete", after)
    assert [text for _, text in ann.standing()] == ["before", "a:hello"]


@pytest.mark.long
def test_a_late_copy_does_not_let_an_original_go_whose_other_files_were_not_posted(
    discord, rollcall, proxying_user, calm
):
    ann = proxying_user("Ann")
    ann.channel = ann.where["channel"] = discord.add_channel("files")
    webhook_id = ann.speak("a:before")["webhook_id"]
    discord.fail_rest("POST", f"^/webhooks/{webhook_id}/", status=500)
    after = discord.last_seq()
    files = [(f"{number}.bin", b"\0" * (4 * 1024 * 1024)) for number in range(3)]
    original = ann.write("a:hello", attachments=files)["id"]
    until(lambda: any("I do not post it again" in text for _, text in said(discord.log(after))))
    (webhook,) = discord.webhooks(ann.channel)
    url = f"{discord.api_base}/webhooks/{webhook['id']}/{webhook['token']}?wait=true"
    rollcall.http.post(url, json={"username": "Ann", "content": "hello"}, timeout=10)
    ann.speak("a:after")
    assert original in [message["id"] for message in discord.messages(ann.channel)]
    assert ann.record(original) is None
