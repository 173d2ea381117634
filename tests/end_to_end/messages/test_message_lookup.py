"""`message` tells who said something, and `debug` why something was not proxied."""

import pytest

from rules.proxying import guild_config
from tests.end_to_end.bot_replies import text_of
from tests.end_to_end.rollcall import until


def link_of(who, copy):
    return f"https://discord.com/channels/{who.guild}/{copy['channel_id']}/{copy['id']}"


def test_the_card_of_a_message(discord, proxying_user, discord_user):
    ann, reader = proxying_user("Ann", name="Suns"), discord_user("reader")
    said = ann.speak("a:hello `there` ```code```")
    copy = said["message"]
    reader.where = {"channel": ann.channel}
    for typed, options in (
        (f"pk;message {copy['id']}", {}),
        (f"pk;msg {said['original_id']}", {}),
        (f"pk;messageinfo {link_of(ann, copy)}", {}),
        (f"pk;msg <{link_of(ann, copy)}>", {}),
        ("pk;msg", {"reply_to": copy["id"]}),
    ):
        card = reader.ask(typed, "hello `there`", "channel", **options)
        shown = text_of(card)
        for known in ("Ann", "Suns", ann.system_id, ann.hids["Ann"], ann.id, copy["id"]):
            assert known in shown, typed
        assert said["original_id"] in card["embeds"][0]["footer"]["text"]
    for flag in ("-raw", "-r", "-pt", "-plaintext"):
        assert "hello `there`" in text_of(reader.ask(f"pk;msg {copy['id']} {flag}", "hello", "channel"))
    for flag in ("author", "-author"):
        assert text_of(reader.ask(f"pk;msg {copy['id']} {flag}", ann.id, "channel")) == f"<@{ann.id}> ({ann.id})"
    # What was said in one channel is not shown in another.
    elsewhere = discord.add_channel("elsewhere")
    for flag in ("", "-raw"):
        reader.ask(f"pk;msg {copy['id']} {flag}", "hello `there`", "dm", channel=elsewhere)


def test_who_cannot_read_a_channel_sees_no_text(discord, proxying_user, discord_user):
    ann, reader = proxying_user("Ann"), discord_user("reader")
    copy = ann.speak("a:between us")["message"]
    elsewhere = discord.add_channel("elsewhere")
    discord.set_permissions(ann.channel, deny=["VIEW_CHANNEL"], who=reader.id)
    reader.where = {"channel": elsewhere}
    shown = text_of(reader.ask(f"pk;msg {copy['id']}", "not visible to you", "dm"))
    assert "between us" not in shown
    for flag, wanted in {"-raw": "may not read", "delete": "was not sent by your system"}.items():
        reader.ask(f"pk;msg {copy['id']} {flag}", wanted)
    reader.ask(f"pk;msg {copy['id']} -delete", "was not sent by your system")
    private = discord.add_thread(ann.id, "private", ann.channel, "private")["id"]
    discord.set_permissions(ann.channel, allow=["VIEW_CHANNEL"], who=reader.id)
    inside = ann.speak("a:behind a door", channel=private)["message"]
    shown = text_of(reader.ask(f"pk;msg {inside['id']}", "Ann", "dm"))
    assert "behind a door" not in shown


def test_messages_that_cannot_be_looked_up(proxying_user):
    ann = proxying_user("Ann")
    for typed, wanted in {
        "pk;msg": "Reply to the message, or give its link or ID.",
        "pk;msg hello": "I cannot read “hello” as a message",
        "pk;msg 1163892047215738900": "Message not found.",
        "pk;msg 99999999999999999999": "",
        "pk;msg https://example.com/1": "I cannot read",
    }.items():
        refusal = ann.refusal(typed)
        assert wanted in refusal, typed
        assert "went wrong" not in refusal, typed


def test_a_message_is_deleted_by_command(discord, proxying_user):
    ann = proxying_user("Ann")
    for typed in ("-delete", "delete"):
        copy = ann.speak("a:hello")["message"]["id"]
        ann.write(f"pk;msg {copy} {typed}")
        until(lambda: ann.standing() == [])
        until(lambda copy=copy: ann.forget_at(copy))
    copy = ann.speak("a:stays")["message"]["id"]
    discord.set_permissions(ann.channel, deny=["MANAGE_MESSAGES"])
    ann.ask(f"pk;msg {copy} -delete", "I need Manage Messages")


def test_why_a_message_was_not_proxied(discord, rollcall, proxying_user, discord_user):
    ann, plain = proxying_user("Ann"), discord_user("plain")
    ann.autoproxy("member", "Ann")

    def reason(message):
        return text_of(ann.ask("pk;debug proxying", "Proxying", "dm", reply_to=message["id"]))

    sticker = ann.write("a:hello", stickers=["wave"])
    command = ann.write("pk;nonsense")
    backslash = ann.write("\\\\\\nothing")
    for message, wanted in ((sticker, "sticker"), (command, "commands are not proxied"), (backslash, "backslashes")):
        assert wanted in reason(message)
    for who, wanted in ((plain, "You have no system."), (ann, "No tag fits, and autoproxy is off in this server.")):
        who.where = {"channel": ann.channel}
        mine = discord.say(who.id, "hello", channel=ann.channel)
        told = who.ask(f"pk;debug proxy {link_of(ann, mine)}", "Proxying", "dm")
        assert wanted in text_of(told)
    copy = ann.speak("a:hello")["message"]
    assert "This message is proxied." in reason(copy)
    discord.set_permissions(ann.channel, deny=["MANAGE_WEBHOOKS"])
    stays = ann.write("a:stays")
    assert "I need Manage Webhooks in this channel." in reason(stays)
    discord.set_permissions(ann.channel, allow=["MANAGE_WEBHOOKS"])
    large = ann.write("a:look", attachments=[("large.bin", bytes(10 * 1024 * 1024 + 1))])
    assert "“large.bin” is larger than the 10 MB that I may upload in this server." in reason(large)
    assert "It would be proxied now." in reason(stays)
    ann.change_here(proxy_enabled=False)
    assert "proxying is off in this server" in reason(stays)
    ann.change_here(proxy_enabled=True)
    rollcall.write(guild_config.blacklist_channels, int(ann.guild), True, [int(ann.channel)])
    try:
        assert "want no proxying here" in reason(stays)
    finally:
        rollcall.write(guild_config.clear_blacklist, int(ann.guild), True)
    assert "messages of your own" in plain.refusal(f"pk;debug proxying {stays['id']}")
    assert "I cannot find this message" in ann.refusal("pk;debug proxying 1163892047215738900")
    assert "ask in the server" in ann.refusal(f"pk;debug proxying {stays['id']}", channel=None, dm=True)


@pytest.mark.parametrize("typed", ["pk;debug permissions", "pk;permcheck"])
def test_what_the_bot_may_not_do(discord, proxying_user, typed):
    ann = proxying_user("Ann")
    ann.ask(typed, "I have all that I need in this channel.", "channel")
    discord.set_permissions(ann.channel, deny=["MANAGE_WEBHOOKS", "ATTACH_FILES"])
    ann.ask(typed, "I lack Attach Files, Manage Webhooks in this channel.", "channel")


def test_what_the_bot_may_not_do_in_a_thread(discord, proxying_user):
    ann = proxying_user("Ann")
    thread = discord.add_thread(ann.id, "talk", ann.channel)["id"]
    # py-cord would deny the bot embeds and files there as well.
    discord.set_permissions(ann.channel, deny=["SEND_MESSAGES"])
    ann.ask("pk;permcheck", "I have all that I need in this channel.", "channel", channel=thread)
    ann.speak("a:it works", channel=thread)
    discord.set_permissions(ann.channel, deny=["SEND_MESSAGES", "MANAGE_WEBHOOKS"])
    ann.ask("pk;permcheck", "I lack Manage Webhooks in this channel.", "channel", channel=thread)


@pytest.mark.parametrize("typed", ["pk;debug permissions", "pk;debug proxying"])
@pytest.mark.parametrize("where", ["channel", "thread", "thread alone"])
def test_questions_in_a_channel_of_which_discord_told_nothing(discord, proxying_user, typed, where):
    ann = proxying_user("Ann")
    place = {"channel": ann.channel}
    if where != "channel":
        place = {"channel": discord.add_thread(ann.id, "talk", ann.channel)["id"]}
        gone = {"id": place["channel"], "guild_id": ann.guild, "parent_id": ann.channel, "type": 11}
        discord.dispatch("THREAD_DELETE", gone)
    if where != "thread alone":
        discord.dispatch("CHANNEL_DELETE", {"id": ann.channel, "guild_id": ann.guild, "type": 0})
    stays = ann.write("a:hello", **place)
    ann.ask("pk;help", "", "dm", channel=None, dm=True)
    assert ann.standing(place["channel"])[-1][1] == "a:hello"
    if typed == "pk;debug permissions":
        ann.ask(typed, "I have all that I need in this channel.", "channel", **place)
    else:
        ann.ask(typed, "It would be proxied now.", "dm", reply_to=stays["id"], **place)
    # And from now on it is known.
    ann.speak("a:hello", **place)
