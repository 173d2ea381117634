"""A member pings exactly those whom its sender could ping, and nobody a second time."""

import pytest

from tests.end_to_end.proxying_user import HOME


def pings(message):
    return {
        "everyone": message["mention_everyone"],
        "roles": sorted(message["mention_roles"]),
        "users": sorted(user["id"] for user in message["mentions"]),
    }


@pytest.fixture
def crowd(discord, proxying_user):
    """A proxying user, and texts that mention all kinds of people."""
    ann, ben = proxying_user("Ann"), discord.add_user("ben")
    discord.join(ben)
    asked = discord.add_role("asked", mentionable=True)
    closed = discord.add_role("closed", users=[ben])
    texts = [
        "@everyone",
        "@here you are",
        f"<@&{asked}> and <@&{closed}>",
        f"<@{ben}> <@!{ann.id}> <@{ben}>",
        f"@everyone @here <@&{closed}> <@&{asked}> <@{ben}> <@&{HOME}> <@41771983423143937>",
        "nobody, `@everyone` or not",
        "everyone and here",
    ]
    return ann, texts, asked, closed, ben


@pytest.mark.parametrize("rights", ["none", "channel", "role"])
def test_the_copy_mentions_whom_the_original_did(discord, crowd, rights):
    ann, texts, asked, closed, ben = crowd
    if rights == "channel":
        discord.set_permissions(ann.channel, allow=["MENTION_EVERYONE"], who=ann.id)
    if rights == "role":
        discord.add_role("loud", permissions=["MENTION_EVERYONE"], users=[ann.id])
    for text in texts:
        after = discord.last_seq()
        original = ann.write(f"a:{text}")
        copy = ann.await_copy(original["id"], after)["message"]
        assert copy["content"] == text
        assert pings(copy) == pings(original), text
    whole = ann.speak(f"a:{texts[4]}")["message"]
    may = rights != "none"
    roles = sorted([HOME, asked, closed]) if may else [asked]
    assert pings(whole) == {"everyone": may, "roles": roles, "users": [ben]}


def test_rights_count_when_they_are_used(discord, crowd):
    ann, *_ = crowd
    role = discord.add_role("loud", permissions=["MENTION_EVERYONE"])
    shouts = lambda: ann.speak("a:@everyone")["message"]["mention_everyone"]  # noqa: E731
    assert not shouts()
    discord.give_role(ann.id, role)
    assert shouts()
    discord.set_permissions(ann.channel, deny=["MENTION_EVERYONE"], who=role)
    assert not shouts()
    discord.set_permissions(ann.channel, allow=["MENTION_EVERYONE"], who=ann.id)
    assert shouts()


def test_tags_and_names_ping_nobody_that_the_sender_could_not(discord, proxying_user):
    ann = proxying_user("Ann")
    ann.change("Ann", prefix="@every", suffix=None, keep_proxy=True, display_name="@everyone")
    assert not ann.speak("@everyone come here")["message"]["mention_everyone"]
    assert ann.standing()[-1][1] == "@everyone come here"
    ann.change("Ann", prefix="one", keep_proxy=False)
    assert not ann.speak("one@everyone")["message"]["mention_everyone"]
    # Blank lines and code marks are no way around it.
    assert not ann.speak("one\n\n@here")["message"]["mention_everyone"]


def test_an_edit_and_another_voice_ping_nobody_else(discord, crowd):
    ann, texts, *_, ben = crowd
    discord.set_permissions(ann.channel, allow=["MENTION_EVERYONE"], who=ann.id)
    ann.add("Ben")
    ann.speak("a:quiet")
    after = discord.last_seq()
    ann.write(f"pk;edit {texts[4]}")
    changed = ann.await_log(lambda entry: entry["kind"] == "edit", after)
    edited = next(entry["message"] for entry in changed if entry["kind"] == "edit")
    assert pings(edited) == {"everyone": False, "roles": [], "users": [ben]}
    after = discord.last_seq()
    ann.write("pk;reproxy ben")
    again = next(e for e in ann.await_log(lambda e: e["kind"] == "webhook", after) if e["kind"] == "webhook")
    assert pings(again["message"]) == {"everyone": False, "roles": [], "users": []}


def test_links_show_no_embeds_where_the_sender_may_not(discord, proxying_user):
    ann = proxying_user("Ann")
    text = "see https://example.com/a?b=c and <https://example.org> and http://example.net"
    assert ann.speak(f"a:{text}")["message"]["content"] == text
    discord.set_permissions(ann.channel, deny=["EMBED_LINKS"], who=ann.id)
    wanted = "see <https://example.com/a?b=c> and <https://example.org> and <http://example.net>"
    assert ann.speak(f"a:{text}")["message"]["content"] == wanted
    # One bracket alone hides nothing.
    assert ann.speak("a:<https://example.com")["message"]["content"] == "<<https://example.com>"
    assert ann.speak("a:HTTPS://example.com>")["message"]["content"] == "<HTTPS://example.com>>"
    # Where the brackets find no room, all embeds are kept away.
    long = f"https://example.com/{'x' * 1980}"
    copy = ann.speak(f"a:{long}", nitro=True)["message"]
    assert (copy["content"], copy["flags"]) == (long, 1 << 2)


def test_nobody_is_read_aloud_who_may_not_be(discord, proxying_user):
    ann = proxying_user("Ann")
    aloud = lambda **options: ann.speak("a:hello", **options)["message"]["tts"]  # noqa: E731
    assert (aloud(), aloud(tts=True)) == (False, True)
    ann.change("Ann", tts=True)
    assert aloud()
    discord.set_permissions(ann.channel, deny=["SEND_TTS_MESSAGES"], who=ann.id)
    assert not aloud()


def test_in_a_thread_the_rights_in_threads_count(discord, proxying_user):
    ann = proxying_user("Ann")
    thread = discord.add_thread(ann.id, "talk", ann.channel)["id"]
    discord.set_permissions(ann.channel, deny=["SEND_MESSAGES"], allow=["MENTION_EVERYONE"], who=ann.id)
    after = discord.last_seq()
    original = ann.write("a:@everyone see https://example.com", channel=thread)
    copy = ann.await_copy(original["id"], after)["message"]
    assert copy["content"] == "@everyone see https://example.com"
    assert pings(copy) == pings(original)
