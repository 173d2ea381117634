"""How a member's words are posted again: through one webhook a channel, under which name, with which picture."""

import pytest

from tests.end_to_end.bot_replies import said
from tests.end_to_end.rollcall import until

URL = "https://example.com/{}.png".format
THIN, UNSEEN = "\u200a", "\u17b5"


def test_a_message_is_posted_again_and_the_original_is_gone(proxying_user):
    ann = proxying_user("Ann")
    copy = ann.speak("a:hello there")
    assert (copy["username"], copy["message"]["content"]) == ("Ann", "hello there")
    assert ann.standing() == [("Ann", "hello there")]


def test_many_first_messages_at_once_make_one_webhook(discord, proxying_user):
    people = [proxying_user("Ann") for _ in range(8)]
    for number, one in enumerate(people):
        one.write(f"a:{number}")
    wanted = [("Ann", str(number)) for number in range(8)]
    # Names of different members are told apart.
    until(lambda: [(name.rstrip(THIN + UNSEEN), text) for name, text in people[0].standing()] == wanted)
    assert len(discord.webhooks(people[0].channel)) == 1


@pytest.mark.parametrize("told", [True, False], ids=["told", "behind its back"])
def test_a_webhook_that_was_deleted_or_moved_is_replaced(discord, proxying_user, told):
    ann = proxying_user("Ann")
    other = discord.add_channel("other")

    def behind(act):
        hidden = [] if told else [ann.channel, other]
        for channel in hidden:
            discord.set_permissions(channel, deny=["VIEW_CHANNEL"])
        act()
        for channel in hidden:
            discord.set_permissions(channel, allow=["VIEW_CHANNEL"])

    first = ann.speak("a:first")["webhook_id"]
    assert ann.speak("a:same")["webhook_id"] == first
    behind(lambda: discord.delete_webhook(first))
    second = ann.speak("a:second")["webhook_id"]
    assert second != first
    behind(lambda: discord.move_webhook(second, other))
    ann.speak("a:third")
    assert [text for _, text in ann.standing()] == ["first", "same", "second", "third"]
    assert len(discord.webhooks(ann.channel)) == 1
    # It is one of the bot's in the channel where it is now.
    assert ann.speak("a:there", channel=other)["webhook_id"] == second
    assert ann.standing(other) == [("Ann", "there")]


def test_what_a_moved_webhook_posts_elsewhere_is_taken_back(discord, proxying_user):
    ann = proxying_user("Ann")
    other = discord.add_channel("public")
    hook = [ann.speak("a:before")["webhook_id"] for _ in range(2)][1]
    discord.fail_rest("DELETE", f"^/webhooks/{hook}/", times=2)
    # It is moved while the message is on its way.
    original = ann.begin("a:a secret", hook)
    discord.move_webhook(hook, other)
    until(lambda: original["id"] not in [message["id"] for message in discord.messages(ann.channel)])
    assert [text for _, text in ann.standing()] == ["before", "before", "a secret"]
    assert ann.standing(other) == []


def test_a_webhook_of_somebody_else_is_not_taken(discord, proxying_user):
    ann = proxying_user("Ann")
    theirs = discord.add_webhook(ann.channel, "Rollcall proxy", by=ann.id)
    assert ann.speak("a:hello")["webhook_id"] != theirs["id"]


def test_a_channel_that_has_no_room_for_a_webhook_is_told_once(discord, proxying_user):
    ann, ben = proxying_user("Ann"), proxying_user("Ben")
    made = [discord.add_webhook(ann.channel, f"hook {number}", by=ann.id) for number in range(15)]
    after = discord.last_seq()
    ann.await_answer(lambda: ann.write("a:one"), "as many webhooks as Discord allows; delete one.")
    ann.write("a:two")
    ben.await_answer(lambda: ben.write("b:three"), "as many webhooks")
    discord.delete_webhook(made[0]["id"])
    ann.speak("a:four")
    assert [text for _, text in ann.standing()] == ["a:one", "a:two", "b:three", "four"]
    assert len(said(discord.log(after))) == 2


def test_the_name_above_a_message(proxying_user):
    ann = proxying_user("Ann", tag="| Suns")
    shown = []
    for act, wanted in (
        (lambda: None, "Ann | Suns"),
        (lambda: ann.change("Ann", display_name="Annie"), "Annie | Suns"),
        (lambda: ann.change_here("Ann", display_name="Anna"), "Anna | Suns"),
        (lambda: ann.change_here(tag="☀"), "Anna ☀"),
        (lambda: ann.prefer(name_format="{tag}/{name}"), "☀/Anna"),
        (lambda: ann.change_here(name_format="<{name}>"), "<Anna>"),
        (lambda: ann.change_here(name_format="{tag} {name} "), "☀ Anna"),
        (lambda: ann.change_here(tag_enabled=False), "Anna"),
        (lambda: ann.change("Ann", name_privacy="private"), "Anna"),
    ):
        act()
        shown.append((ann.speak("a:hello")["username"], wanted))
    assert all(name == wanted for name, wanted in shown), shown


def test_names_that_discord_refuses_are_repaired(proxying_user):
    ann = proxying_user("Ann")
    for name, wanted in {
        "Clyde": f"C{THIN}lyde",
        "My DISCORD": f"My D{THIN}ISCORD",
        "here": f"h{THIN}ere",
        "Everyone": f"E{THIN}veryone",
        "everyone here": "everyone here",
        "X": f"X{UNSEEN}",
        "a```b": f"a`{THIN}``b",
        "x" * 80: "x" * 80,
    }.items():
        ann.change("Ann", display_name=name)
        assert ann.speak("a:hello")["username"] == wanted


def test_two_who_have_the_same_name_are_told_apart(discord, proxying_user):
    ann, other = proxying_user("Ann", "Ben"), proxying_user("Cy")
    for one, name in ((ann, "Ann"), (ann, "Ben"), (other, "Cy")):
        one.change(name, display_name="Twin")
    apart = f"Twin{THIN}{UNSEEN}"
    texts = (ann, "a:1"), (ann, "a:2"), (ann, "b:3"), (ann, "b:4"), (ann, "a:5"), (other, "c:6"), (ann, "a:7")
    names = [one.speak(text)["username"] for one, text in texts]
    assert names == ["Twin", "Twin", apart, apart, "Twin", apart, "Twin"]
    person = discord.add_user("twin", global_name="Twin")
    discord.join(person)
    discord.say(person, "I am another Twin", channel=ann.channel)
    assert [ann.speak(text)["username"] for text in ("a:8", "a:9", "b:10")] == [apart, apart, "Twin"]
    discord.edit_member(person, nick="Tweedle")
    discord.say(person, "and now I am not", channel=ann.channel)
    assert ann.speak("a:11")["username"] == "Twin"


def test_the_picture_beside_a_message(proxying_user):
    ann = proxying_user("Ann")
    shown = [ann.speak("a:none")["avatar_url"]]
    for number, act in enumerate(
        (
            lambda url: ann.change_system(avatar_url=url),
            lambda url: ann.change_here(avatar_url=url),
            lambda url: ann.change("Ann", avatar_url=url, avatar_privacy="private"),
            lambda url: ann.change("Ann", webhook_avatar_url=url),
            lambda url: ann.change_here("Ann", avatar_url=url),
        )
    ):
        act(URL(number))
        shown.append(ann.speak("a:hello")["avatar_url"])
    assert shown == [None, *map(URL, range(5))]
