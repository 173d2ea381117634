"""Editing what was proxied, and having it said by somebody else."""

import pytest

from rules.systems import systems
from tests.end_to_end.rollcall import until


@pytest.fixture
def edit(discord):
    """Types a command that changes the newest copy; what stands there afterwards."""

    def run(who, typed, copy, **options):
        after = discord.last_seq()
        command = who.write(typed, **options)
        if options.get("dm"):
            who.await_log(lambda entry: entry["kind"] == "reaction" and entry["message_id"] == command["id"], after)
        else:
            who.await_log(lambda entry: entry["kind"] == "delete" and entry["message_id"] == command["id"], after)
        (found,) = [message for message in discord.messages(copy["channel_id"]) if message["id"] == copy["id"]]
        return found["content"]

    return run


def link_of(who, copy):
    return f"https://discord.com/channels/{who.guild}/{copy['channel_id']}/{copy['id']}"


def test_ways_to_edit(discord, proxying_user, edit):
    ann = proxying_user("Ann")
    first = ann.speak("a:first")["message"]
    copy = ann.speak("a:hello")["message"]
    for typed, wanted in {
        "pk;edit good morning": "good morning",
        "pk;e -append to all": "good morning to all",
        "pk;edit -prepend A very": "A very good morning to all",
        "pk;edit -a -nospace !": "A very good morning to all!",
        "pk;edit -p -a ~": "~ A very good morning to all! ~",
        "pk;edit\ntwo\n\nlines": "two\n\nlines",
        "pk;edit a:with tags": "a:with tags",
        'pk;edit "quoted" words': '"quoted" words',
        "pk;edit -regex s/words/& $&/": '"quoted" & words',
        "pk;x s|o(.)|<$1>|gi": '"qu<t>ed" & w<r>ds',
        "pk;edit -x s/[<>]//g": '"quted" & wrds',
    }.items():
        assert edit(ann, typed, copy) == wanted
    assert edit(ann, "pk;edit by reply", first, reply_to=first["id"]) == "by reply"
    assert edit(ann, f"pk;edit {link_of(ann, first)} by link", first) == "by link"
    assert edit(ann, f"pk;edit <{link_of(ann, first)}> in a DM", first, channel=None, dm=True) == "in a DM"
    elsewhere = discord.add_channel("elsewhere")
    assert edit(ann, f"pk;edit {link_of(ann, first)} from elsewhere", first, channel=elsewhere) == "from elsewhere"
    thread = discord.add_thread(ann.id, "talk", ann.channel)["id"]
    inside = ann.speak("a:inside", channel=thread)["message"]
    assert edit(ann, "pk;edit outside", inside, channel=thread) == "outside"
    assert ann.record(copy["id"])


def test_embeds_and_files_can_be_cleared(discord, proxying_user, edit):
    ann = proxying_user("Ann")
    question = ann.speak("a:question")["message"]
    copy = ann.speak("a:answer", reply_to=question["id"], attachments=[("a.png", b"x")])["message"]
    edit(ann, "pk;edit -ce", copy)
    assert edit(ann, "pk;edit -ca changed", copy) == "changed"
    (now,) = [message for message in discord.messages(ann.channel) if message["id"] == copy["id"]]
    assert (now["embeds"], now["attachments"]) == ([], [])
    only_file = ann.speak("a:", attachments=[("a.png", b"x")])["message"]
    assert "would be empty" in ann.refusal("pk;edit -ca", reply_to=only_file["id"])


def test_links_of_those_who_may_not_embed_them(discord, proxying_user, edit):
    ann = proxying_user("Ann")
    copy = ann.speak("a:hello")["message"]
    assert edit(ann, "pk;edit see https://example.com", copy) == "see https://example.com"
    discord.set_permissions(ann.channel, deny=["EMBED_LINKS"], who=ann.id)
    assert edit(ann, "pk;edit see https://example.com", copy) == "see <https://example.com>"
    assert edit(ann, "pk;edit -a http://example.org", copy) == "see <https://example.com> <http://example.org>"


def test_links_that_would_not_fit_with_brackets_show_nothing_either(discord, proxying_user, edit):
    ann = proxying_user("Ann")
    copy = ann.speak("a:hello")["message"]
    discord.set_permissions(ann.channel, deny=["EMBED_LINKS"], who=ann.id)
    long = f"http://example.com/{'x' * 1981}"
    assert edit(ann, f"pk;edit {long}", copy, nitro=True) == long
    assert discord.messages(ann.channel)[-1]["flags"] & 4


def test_a_pattern_that_fits_nothing_or_never_ends_changes_nothing(proxying_user):
    ann = proxying_user("Ann")
    ann.speak(f"a:{'a' * 90}b")
    for typed, wanted in (
        ("pk;x s/q/c/", "The pattern fits nothing in this message."),
        ("pk;x s/(?:a|aa)+$/b/", "This pattern takes longer than half a second; write a simpler one."),
        ("pk;x hello", "Write it like `s/old/new/`; in place of / may be any sign that stands in neither."),
        ("pk;x s/.*//", "The message would be empty."),
        ("pk;edit -a -regex s/a/b/", "leave `-append` and `-prepend` out"),
        (f"pk;x s/a/{'b' * 30}/g", "The message would have 2,701 characters"),
    ):
        assert wanted in ann.refusal(typed), typed
    assert ann.standing()[0] == ("Ann", f"{'a' * 90}b")


def test_deleting_by_a_command(proxying_user):
    ann, other = proxying_user("Ann"), proxying_user("Zoe")
    first, second = (ann.speak(f"a:{text}")["message"] for text in ("first", "second"))
    assert "was not sent by your system" in other.refusal(f"pk;delete {link_of(ann, first)}")
    assert "Reply to the message, or give its link" in ann.refusal("pk;delete")
    assert "I did not expect “now”" in ann.refusal(f"pk;delete {link_of(ann, first)} now")
    plain = ann.write("mine")
    assert "Message not found." in ann.refusal("pk;d", reply_to=plain["id"])
    ann.write(f"pk;delete {link_of(ann, first)}")
    until(lambda: ann.forget_at(first["id"]))
    ann.write("pk;d", reply_to=second["id"])
    until(lambda: ann.forget_at(second["id"]))
    assert not {"first", "second"} & {text for _, text in ann.standing()}


def test_edits_that_are_refused(discord, proxying_user):
    ann, other = proxying_user("Ann"), proxying_user("Zoe")
    plain = ann.write("not proxied")
    assert "You have no proxied message of the last ten minutes here" in ann.refusal("pk;edit hello")
    copy = ann.speak("a:hello")["message"]
    for typed, wanted, options in (
        ("pk;edit", "Write the new text behind the command.", {}),
        ("pk;edit -append " + "x" * 1990 + "y" * 6, "The message would have 2,002 characters", {}),
        ("pk;edit hello", "Message not found.", {"reply_to": plain["id"]}),
        ("pk;edit hello", "give the link", {"dm": True, "channel": None}),
    ):
        assert wanted.lower() in ann.refusal(typed, **options, nitro=True).lower()
    for typed in ("edit mine", "reproxy zoe", "message -delete"):
        command, _, rest = typed.partition(" ")
        text = f"pk;{command} {link_of(ann, copy)} {rest}"
        assert "was not sent by your system" in other.refusal(text), typed
    ann.autoproxy("member", "Ann")
    sound = ann.speak(voice=b"OggS")["message"]
    assert "Voice messages cannot be edited." in ann.refusal("pk;edit hello", reply_to=sound["id"])
    gone = ann.speak("gone")["message"]
    discord.set_permissions(ann.channel, deny=["VIEW_CHANNEL"])
    elsewhere = discord.add_channel("elsewhere")
    refused = ann.refusal(f"pk;edit {link_of(ann, gone)} hello", channel=elsewhere)
    assert "I cannot see it any more" in refused or "I cannot see the channel" in refused
    discord.set_permissions(ann.channel, allow=["VIEW_CHANNEL"])


@pytest.fixture
def twin_of(discord, rollcall):
    """Links a new account to somebody's system."""

    def link(who):
        user = discord.add_user("other")
        discord.join(user)
        rollcall.write(systems.link_account, int(who.id), int(user))
        return type(who)(discord, rollcall, user, who.channel)

    return link


POLL = {
    "question": {"text": "Tea?"},
    "answers": [{"poll_media": {"text": "yes"}}, {"poll_media": {"text": "no"}}],
    "duration": 24,
}


def test_what_discord_lets_nobody_change_is_refused_in_our_words(discord, proxying_user):
    ann = proxying_user("Ann", "Ben")
    ann.autoproxy("member", "Ann")
    poll = ann.speak(poll=POLL)["message"]
    thread = discord.add_thread(ann.id, "talk", ann.channel)["id"]
    inside = ann.speak("inside", channel=thread)["message"]
    discord.archive_thread(thread)
    for typed, message, wanted in (
        ("edit more", poll, "Polls cannot be edited."),
        ("reproxy ben", poll, "Polls cannot be said by somebody else: the votes would be lost."),
        ("edit more", inside, "The thread of this message is archived; write something in it, and try again."),
    ):
        command, _, rest = typed.partition(" ")
        assert ann.refusal(f"pk;{command} {link_of(ann, message)} {rest}") == wanted
    copy = ann.speak("hello")
    discord.delete_webhook(copy["webhook_id"])
    for _ in range(2):
        refused = ann.refusal("pk;edit more", reply_to=copy["message"]["id"])
        assert refused == "The webhook that posted this message is gone: it can be deleted, but not edited any more."
        ann.speak("with a new webhook")


def test_another_account_of_the_system_may_edit(proxying_user, edit, twin_of):
    ann = proxying_user("Ann")
    copy = ann.speak("a:hello")["message"]
    twin = twin_of(ann)
    assert "You have no proxied message" in twin.refusal("pk;edit hello")
    assert edit(twin, "pk;edit by the other", copy, reply_to=copy["id"]) == "by the other"


def test_an_account_that_left_the_system_speaks_for_it_no_more(rollcall, proxying_user, twin_of):
    ann = proxying_user("Ann")
    twin = twin_of(ann)
    copy = twin.speak("a:hello")["message"]
    rollcall.write(systems.unlink_account, int(ann.id), int(twin.id))
    twin.found(("Xen",))
    for typed in ("pk;edit words in her mouth", "pk;reproxy xen"):
        assert "was not sent by your system" in twin.refusal(typed, reply_to=copy["id"])
        assert "You have no proxied message" in twin.refusal(typed)
    assert ann.standing()[0] == ("Ann", "hello")


@pytest.fixture
def penned(discord, proxying_user):
    """A proxying user who is in two servers, and a message of its own in one of them; commands are typed in a DM."""
    ann = proxying_user("Ann", "Ben")
    guild = discord.add_guild("Other")
    discord.join(ann.id, guild)
    yield ann, ann.speak("a:hello")["message"]
    discord.remove_bot(guild)


@pytest.mark.parametrize(
    ("happens", "says"),
    [
        # Of somebody who is banned no young message is left.
        (lambda discord, ann: discord.kick(ann.id), "You are not in the server of this message."),
        (
            lambda discord, ann: discord.set_permissions(ann.channel, deny=["SEND_MESSAGES"], who=ann.id),
            "You may not write in the channel of this message.",
        ),
        (
            lambda discord, ann: discord.set_permissions(ann.channel, deny=["VIEW_CHANNEL"], who=ann.id),
            "You may not write in the channel of this message.",
        ),
    ],
    ids=["kicked", "muted", "blind"],
)
def test_who_may_not_write_in_a_channel_does_not_by_commands(discord, penned, happens, says):
    ann, copy = penned
    happens(discord, ann)
    for typed in (f"pk;edit {link_of(ann, copy)} more", f"pk;reproxy {link_of(ann, copy)} ben"):
        assert ann.refusal(typed, channel=None, dm=True) == says
    assert ann.standing() == [("Ann", "hello")]


def test_who_may_not_write_in_a_thread_does_not_by_commands(discord, proxying_user, edit):
    ann, other = proxying_user("Ann"), proxying_user("Zoe")
    thread = discord.add_thread(other.id, "talk", ann.channel)["id"]
    inside = ann.speak("a:inside", channel=thread)["message"]
    # In a thread it is not Send Messages that counts.
    discord.set_permissions(ann.channel, deny=["SEND_MESSAGES"], who=ann.id)
    assert edit(ann, f"pk;edit {link_of(ann, inside)} still", inside, channel=None, dm=True) == "still"
    discord.lock_thread(thread)
    shut = "You may not write in the channel of this message."
    assert ann.refusal(f"pk;edit {link_of(ann, inside)} no", channel=None, dm=True) == shut
    private = discord.add_thread(other.id, "private", ann.channel, "private")["id"]
    discord.join_thread(ann.id, private, other.id)
    inside = ann.speak("a:behind a door", channel=private)["message"]
    assert edit(ann, f"pk;edit {link_of(ann, inside)} open", inside, channel=None, dm=True) == "open"
    discord.leave_thread(ann.id, private)
    assert ann.refusal(f"pk;edit {link_of(ann, inside)} no", channel=None, dm=True) == shut


def reproxied(who, typed, **options):
    """The new copy, once the old one and the command are gone."""
    after = who.discord.last_seq()
    command = who.write(typed, **options)
    return who.await_copy(command["id"], after) | {"command_id": command["id"]}


def test_saying_it_as_somebody_else(discord, proxying_user):
    ann = proxying_user("Ann", "Ben")
    ann.change("Ben", color="ff8800", avatar_url="https://example.com/ben.png")
    question = ann.speak("a:question")["message"]
    old = ann.speak("a:answer", reply_to=question["id"], attachments=[("a.png", b"x")])
    new = reproxied(ann, "pk;reproxy ben")
    assert ann.standing() == [("Ann", "question"), ("Ben", "answer")]
    assert new["avatar_url"] == "https://example.com/ben.png"
    assert new["message"]["embeds"][0]["color"] == 0xFF8800
    assert [each["filename"] for each in new["message"]["attachments"]] == ["a.png"]
    found = ann.record(new["message"]["id"])
    assert (found["member"]["id"], found["original"]) == (ann.hids["Ben"], new["command_id"])
    until(lambda: ann.forget_at(old["message"]["id"]))
    # One that is still in somebody's tags loses them.
    ann.change("Ann", keep_proxy=True)
    ann.speak("a:kept")
    assert reproxied(ann, "pk;rp ben")["message"]["content"] == "kept"
    ann.change("Ann", keep_proxy=False)
    # By link, from another channel and from a DM.
    elsewhere = discord.add_channel("elsewhere")
    copy = ann.speak("a:last")["message"]
    reproxied(ann, f"pk;crimes {link_of(ann, copy)} ben", channel=elsewhere)
    assert ann.standing()[-1] == ("Ben", "last")
    after = discord.last_seq()
    copy = ann.discord.messages(ann.channel)[-1]
    ann.write(f"pk;reproxy {link_of(ann, copy)} ann", channel=None, dm=True)
    ann.await_log(lambda entry: entry["kind"] == "reaction", after)
    assert ann.standing()[-1] == ("Ann", "last")


def test_saying_it_as_somebody_else_is_refused(discord, proxying_user):
    ann, other = proxying_user("Ann", "Ben"), proxying_user("Zoe")
    copy = ann.speak("a:hello")["message"]
    hid = other.hids["Zoe"]
    for typed, wanted in {
        "pk;reproxy": "Name the member who is to have said it.",
        "pk;reproxy nobody": "nobody",
        f"pk;reproxy {hid}": "not part of your system",
        "pk;reproxy ben please": "I did not expect “please”",
    }.items():
        assert wanted in ann.refusal(typed), typed
    ann.change_system(tag="x" * 78)
    assert "can have 80 characters" in ann.refusal(f"pk;reproxy {link_of(ann, copy)} ben")
    ann.change_here(proxy_enabled=False)
    assert "proxying is off in this server" in ann.refusal(f"pk;reproxy {link_of(ann, copy)} ben")
    assert ann.standing()[0] == ("Ann", "hello")
