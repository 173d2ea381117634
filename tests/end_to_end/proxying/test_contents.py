"""What of a message goes along: replies, files, polls, flags; and the messages that are left alone."""

from functools import partial

import pytest

from rules.proxying import guild_config
from tests.end_to_end.bot_replies import said, text_of
from tests.end_to_end.rollcall import until

ARROW = "\u2004\u21a9\ufe0f"
SILENT, VOICE, NO_EMBEDS = 1 << 12, 1 << 13, 1 << 2
MEGABYTE = 1024 * 1024


@pytest.fixture
def calm(discord):
    """Ends all faults after the test."""
    yield
    discord.clear_faults()


@pytest.fixture
def stays(discord, proxying_user):
    """Says what must not be proxied, then a sentence that is: what came before it in the channel stayed."""
    other = proxying_user("Zoe")

    def check(act, channel=None):
        after = discord.last_seq()
        message = act()
        other.speak("z:so", channel=channel or other.channel)
        executed = [entry for entry in discord.log(after) if entry["kind"] == "webhook"]
        assert len(executed) == 1, executed
        assert message["id"] in [standing["id"] for standing in discord.messages(channel or other.channel)]

    return check


def test_a_reply_becomes_an_embed(discord, proxying_user):
    ann = proxying_user("Ann")
    person = discord.add_user("bob", global_name="Bob", avatar="abc123")
    discord.join(person)

    def answer(text="", **options):
        target = discord.say(person, text, channel=ann.channel, **options)
        link = f"https://discord.com/channels/{ann.guild}/{ann.channel}/{target['id']}"
        (embed,) = ann.speak("a:yes", reply_to=target["id"])["message"]["embeds"]
        return embed, link

    embed, link = answer("Shall we?")
    assert embed["author"]["name"] == f"Bob{ARROW}"
    assert f"/avatars/{person}/abc123" in embed["author"]["icon_url"]
    assert embed["description"] == f"**[Reply to:]({link})** Shall we?"
    assert "color" not in embed
    ann.change("Ann", color="ff8800")
    embed, link = answer(attachments=[("a.png", b"x")])
    assert embed["description"] == f"**[Reply to:]({link})** *[(see attachment)]({link})*"
    assert embed["color"] == 0xFF8800
    assert answer("look", attachments=[("a.png", b"x")])[0]["description"].endswith("look 📎")
    discord.edit_member(person, nick="Bobby")
    for text, wanted in {
        "x" * 101: "x" * 100 + "…",
        "x" * 90 + "<@41771983423143937> more": "x" * 90 + "<@41771983423143937>…",
        "x" * 95 + "https://example.com/page more": "x" * 95 + "https://example.com/page…",
        "||" + "x" * 120 + "||": "||" + "x" * 98 + "||…",
        "one\n\n\n\ntwo": "one\ntwo",
    }.items():
        embed, link = answer(text)
        assert embed["description"] == f"**[Reply to:]({link})** {wanted}"
    assert embed["author"]["name"] == f"Bobby{ARROW}"


def test_a_reply_to_a_copy_and_one_that_pings_nobody(discord, proxying_user):
    ann = proxying_user("Ann", "Ben")
    copy = ann.speak("a:question")["message"]
    answered = ann.speak("b:answer", reply_to=copy["id"], ping=False)["message"]
    assert answered["embeds"][0]["author"]["name"] == f"Ann{ARROW}"
    assert answered["mentions"] == []
    # What is answered may be gone before the answer is.
    target = ann.write("gone soon")
    discord.fail_rest("GET", f"/channels/{ann.channel}/webhooks", status=None, delay=0.2)
    discord.delete_webhook(discord.webhooks(ann.channel)[0]["id"])
    after = discord.last_seq()
    original = ann.write("b:late answer", reply_to=target["id"])
    discord.delete_message(ann.id, target["id"])
    assert ann.await_copy(original["id"], after)["message"]["embeds"]


def test_files_go_along(discord, proxying_user):
    ann = proxying_user("Ann")
    files = [("one.png", b"1", "a description"), ("SPOILER_two.txt", b"22"), ("three.bin", b"")]
    copy = ann.speak("a:look", attachments=files)["message"]
    shown = [(each["filename"], each.get("description"), discord.file(each["id"])) for each in copy["attachments"]]
    assert shown == [
        ("one.png", "a description", b"1"),
        ("SPOILER_two.txt", None, b"22"),
        ("three.bin", None, b""),
    ]
    assert copy["content"] == "look"
    assert ann.speak("a:", attachments=files[:1])["message"]["content"] == ""
    ann.autoproxy("member", "Ann")
    assert len(ann.speak(attachments=files[:2])["message"]["attachments"]) == 2


def test_more_than_one_upload_takes_goes_in_groups(discord, proxying_user):
    ann = proxying_user("Ann")
    big = b"\0" * (4 * MEGABYTE)
    after = discord.last_seq()
    ann.speak("a:all", attachments=[(f"{number}.bin", big) for number in range(3)])
    log = ann.await_log(lambda e: e["kind"] == "webhook" and not e["message"]["content"], after)
    posted = [entry["message"] for entry in log if entry["kind"] == "webhook"]
    names = [[each["filename"] for each in message["attachments"]] for message in posted]
    assert names == [["0.bin", "1.bin"], ["2.bin"]]
    assert [name for name, _ in ann.standing()] == ["Ann", "Ann"]
    first, second = (message["id"] for message in posted)
    until(lambda: ann.record(second))
    found = ann.record(second)
    assert (found["id"], found["original"]) == (second, ann.record(first)["original"])
    assert ann.record(found["original"])["id"] == first
    for copy in (first, second):
        discord.react(ann.id, copy, "❌")
    until(lambda: ann.standing() == [])


@pytest.mark.parametrize("how", ["a refusal", "a deletion"])
def test_of_many_files_all_are_posted_or_none(discord, proxying_user, calm, how):
    ann = proxying_user("Ann")
    hook = ann.speak("a:before")["webhook_id"]
    discord.fail_rest("POST", f"^/webhooks/{hook}/", status=None, times=2)
    failure = {"status": 400} if how == "a refusal" else {"status": None, "delay": 0.3}
    discord.fail_rest("POST", f"^/webhooks/{hook}/", **failure)
    after = discord.last_seq()
    original = ann.write("a:all", attachments=[(f"{number}.bin", b"\0" * (8 * MEGABYTE)) for number in range(3)])
    if how == "a deletion":
        ann.await_log(lambda entry: entry["kind"] == "webhook", after)
        discord.delete_message(ann.id, original["id"])
    ann.await_log(lambda entry: entry["kind"] == "delete", after)
    left = ["before", "a:all"] if how == "a refusal" else ["before"]
    until(lambda: [text for _, text in ann.standing()] == left)


def test_a_file_that_cannot_be_read_is_told(discord, proxying_user, calm):
    ann = proxying_user("Ann")
    discord.fail_rest("GET", "^/cdn/", status=404)
    ann.await_answer(lambda: ann.write("a:look", attachments=[("a.png", b"x")]), "I could not read “a.png”")
    assert [text for _, text in ann.standing()] == ["a:look"]


def test_a_file_that_is_too_large_keeps_the_original_where_it_is(discord, proxying_user):
    ann = proxying_user("Ann")
    huge = [("huge.bin", b"\0" * (10 * MEGABYTE + 1))]
    original = ann.await_answer(lambda: ann.write("a:look", attachments=huge), "“huge.bin” is larger than the 10 MB")
    assert original["message_reference"]["message_id"]
    assert [text for _, text in ann.standing()] == ["a:look"]
    # And where Discord itself finds that.
    discord.set(upload_limit=1000)
    try:
        ann.await_answer(lambda: ann.write("a:too", attachments=[("m.bin", b"\0" * 2000)]), "the files too large")
    finally:
        discord.set(upload_limit=10 * MEGABYTE)
    assert [text for _, text in ann.standing()] == ["a:look", "a:too"]


def test_a_boosted_server_takes_larger_files(discord, proxying_user):
    ann = proxying_user("Ann")
    discord.boost(2)
    try:
        copy = ann.speak("a:look", attachments=[("huge.bin", b"\0" * (10 * MEGABYTE + 1))])
    finally:
        discord.boost(0)
    assert copy["message"]["attachments"][0]["size"] > 10 * MEGABYTE


def test_voice_messages_polls_and_flags_go_along(discord, proxying_user):
    ann = proxying_user("Ann")
    assert ann.speak("a:psst", silent=True)["message"]["flags"] & SILENT
    assert ann.speak("a:https://example.com", suppress_embeds=True)["message"]["flags"] & NO_EMBEDS
    assert ann.speak("a:loud")["message"]["flags"] == 0
    ann.autoproxy("member", "Ann")
    copy = ann.speak(voice=b"OggS")["message"]
    assert copy["flags"] & VOICE
    (sound,) = copy["attachments"]
    assert (sound["duration_secs"], bool(sound["waveform"]), discord.file(sound["id"])) == (2.5, True, b"OggS")
    ann.change("Ann", keep_proxy=True)
    assert ann.speak(voice=b"OggS")["message"]["content"] == ""
    ann.change("Ann", keep_proxy=False)
    answers = [{"poll_media": {"text": "Tea", "emoji": {"name": "🍵"}}}, {"poll_media": {"text": "Coffee"}}]
    asked = {"question": {"text": "What?"}, "answers": answers, "duration": 48, "allow_multiselect": True}
    poll = ann.speak(poll=asked)["message"]["poll"]
    assert poll["question"]["text"] == "What?"
    assert [answer["poll_media"] for answer in poll["answers"]] == [answer["poll_media"] for answer in answers]
    assert poll["allow_multiselect"]


def test_what_can_be_nobodys_is_left_alone(discord, proxying_user, stays):
    ann = proxying_user("Ann")
    ann.autoproxy("member", "Ann")
    said = ann.speak("first")["message"]
    for options in (
        {"text": "a:hello", "stickers": ["wave"]},
        {"stickers": ["wave"]},
        {"text": "a:join me", "activity": {"party_id": "1"}},
        {"forward": said["id"]},
    ):
        stays(partial(ann.write, **options))
    robot = discord.add_user("robot", bot=True)
    discord.join(robot)
    stays(lambda: discord.say(robot, "a:beep", channel=ann.channel))
    theirs = discord.add_webhook(ann.channel, "Ann", by=ann.id)
    url = f"{discord.api_base}/webhooks/{theirs['id']}/{theirs['token']}?wait=true"
    said = ann.rollcall.http.post(url, json={"content": "a:ring"}, timeout=10).json()
    assert said["id"] in [message["id"] for message in discord.messages(ann.channel)]
    ann.autoproxy("off")
    stays(lambda: ann.write("a:"))
    stays(lambda: ann.write("not a: in front"))
    stays(lambda: ann.write("no tags"))


def test_direct_messages_are_left_alone(discord, proxying_user):
    ann = proxying_user("Ann")
    after = discord.last_seq()
    ann.write("a:hello", channel=None, dm=True)
    ann.ask("pk;autoproxy", "type this in a server", channel=None, dm=True)
    assert "webhook" not in [entry["kind"] for entry in discord.log(after)]


@pytest.fixture
def strict(discord, proxying_user):
    """A proxying user in a server of this test's own."""
    guild = discord.add_guild("Strict")
    ann = proxying_user("Ann", "Ben")
    discord.join(ann.id, guild)
    ann.guild, ann.channel = guild, discord.channels(guild)["general"]
    ann.where["channel"] = ann.channel
    yield ann
    discord.remove_bot(guild)


def test_a_server_that_wants_silence(rollcall, strict):
    rollcall.write(guild_config.set_toggle, int(strict.guild), True, "suppress_notifications", True)
    copy = strict.speak("a:psst")["message"]
    assert copy["flags"] & SILENT
    after = strict.discord.last_seq()
    again = strict.await_copy(strict.write("pk;reproxy ben")["id"], after)["message"]
    assert again["flags"] & SILENT


def test_a_server_that_wants_tags_has_no_name_without_one(rollcall, strict):
    rollcall.write(guild_config.set_toggle, int(strict.guild), True, "require_tag", True)
    sentence = "This server wants the system's tag in every name"
    assert sentence in strict.refusal("a:hello")
    stays = strict.discord.messages(strict.channel)[0]
    assert stays["content"] == "a:hello"
    assert sentence in text_of(strict.ask(f"pk;debug proxying {stays['id']}", sentence, "dm"))
    strict.change_system(tag="| Foxes")
    assert strict.speak("a:hello")["message"]["author"]["username"] == "Ann | Foxes"
    strict.change_here(tag_enabled=False)
    assert sentence in strict.refusal("pk;reproxy ben")
    strict.prefer(proxy_error_message_enabled=False)
    after = strict.discord.last_seq()
    strict.write("a:quiet")
    strict.pause()
    assert [text for where, text in said(strict.discord.log(after)) if where == "channel"] == []
