"""What is to be done with a message in a server: nothing, an escape, or a speech of a member; and how that looks."""

import pytest
from sqlalchemy import insert, update

from models import Autoproxy, BlacklistedChannel, Guild, MemberGuild, SystemGuild
from rules.fronting import switches
from rules.proxying import autoproxy, guild_config
from rules.proxying.decision import IncomingMessage, NotProxied, ProxyPost, decide
from rules.systems import config, guild_settings, members, systems

ALICE, ALEX, BOB = 80351110224678912, 80351110224678913, 80351110224678914
GUILD, OTHER_GUILD = 2909267986263572999, 2909267986263573000
CHANNEL, PARENT = 41771983423143937, 41771983423143900
NOW = 1_795_262_400_000_000
LEFT_ALONE = "A backslash in front leaves a message as it is."
SECOND, HOUR = 1_000_000, 3_600_000_000
URL = "https://example.com/{}.png".format


@pytest.fixture
def foxes(write):
    """Alice's and Alex's system."""
    system = write(systems.create_system, ALICE, {"tag": "| Foxes"})
    write(systems.link_account, ALICE, ALEX)
    return system


@pytest.fixture
def add(write, foxes):
    """Add a member with these tags, written around the word text."""

    def run(name, *examples, **fields):
        tags = [dict(zip(("prefix", "suffix"), example.split("text"), strict=True)) for example in examples]
        return write(members.create_member, ALICE, {"name": name, "proxy_tags": tags, **fields})

    return run


@pytest.fixture
def ann(add):
    return add("Ann", "[text]")


@pytest.fixture
def hear(read):
    """What is to be done with a message."""

    def run(text, user_id=ALICE, guild_id=GUILD, at=NOW, channel_id=CHANNEL, **options):
        incoming = IncomingMessage(user_id, guild_id, channel_id, options.pop("parent_id", PARENT), text, **options)
        return read(decide, incoming, at)

    return run


@pytest.fixture
def store(write):
    """Put a row into a table."""
    return lambda table, **values: write(lambda session: session.execute(insert(table).values(**values)))


@pytest.fixture
def latch(write, foxes):
    """Autoproxy by latch, of a member who spoke at a time, or of nobody so far."""

    def run(member=None, at=NOW):
        write(autoproxy.set_mode, ALICE, GUILD, "latch")
        if member:
            write(autoproxy.renew_latch, foxes.id, GUILD, member.id, at)

    return run


def who(found):
    """Whose words it is, and which; None where nothing is said."""
    return (found.member_id, found.text) if isinstance(found, ProxyPost) else None


def reason(found):
    assert isinstance(found, NotProxied), found
    return found.reason


def test_a_message_with_tags_is_the_members(hear, ann):
    assert hear("[hello]") == ProxyPost(
        system_id=ann.system_id,
        member_id=ann.id,
        text="hello",
        name="Ann | Foxes",
        avatar_url=None,
        color=None,
        tts=False,
        tells_errors=True,
        renews_latch=False,
        proxy_switch="off",
    )
    assert who(hear("[hello]", ALEX)) == (ann.id, "hello")
    assert reason(hear("hello")) == "No tag fits, and autoproxy is off in this server."


def test_who_has_no_system_says_nothing(write, hear, ann):
    assert reason(hear("[hello]", BOB)) == "You have no system."
    write(systems.unlink_account, ALICE, ALEX)
    assert reason(hear("[hello]", ALEX)) == "You have no system."
    write(systems.create_system, BOB)
    assert "No tag fits" in reason(hear("[hello]", BOB))
    write(systems.delete_system, ALICE)
    assert reason(hear("[hello]")) == "You have no system."


def test_moderators_want_no_proxying(hear, store, write, ann):
    store(BlacklistedChannel, channel_id=CHANNEL, guild_id=GUILD)
    assert "moderators" in reason(hear("[hello]"))
    assert "moderators" in reason(hear("[hello]", channel_id=1, parent_id=CHANNEL))
    assert who(hear("[hello]", channel_id=PARENT)) == (ann.id, "hello")
    store(Guild, id=OTHER_GUILD, proxy_off=True)
    assert "moderators" in reason(hear("[hello]", guild_id=OTHER_GUILD, channel_id=1))
    store(Guild, id=GUILD, log_channel_id=5)
    assert who(hear("[hello]", channel_id=1)) == (ann.id, "hello")


def test_a_system_switches_proxying_off_in_one_server(hear, store, ann):
    store(SystemGuild, system_id=ann.system_id, guild_id=GUILD, proxy_enabled=False)
    assert "is off in this server" in reason(hear("[hello]"))
    # Not even an escape counts there.
    assert hear("\\\\\\ hello").act is None
    assert who(hear("[hello]", guild_id=OTHER_GUILD)) == (ann.id, "hello")


@pytest.mark.parametrize("unseen", ["", "\u200b"])
def test_three_backslashes_switch_autoproxy_off(hear, latch, read, write, ann, unseen):
    latch(ann)
    for text in (f"\\{unseen}\\{unseen}\\ hello", f"\\{unseen}\\{unseen}\\[hello]", "\\" * 4):
        assert hear(text) == NotProxied("Three backslashes in front switch autoproxy off.", "off")
    write(autoproxy.apply_escape, ALICE, GUILD, "off")
    assert read(autoproxy.get_mode, ALICE, GUILD) == ("off", None)
    assert hear("\\\\\\ hello", guild_id=OTHER_GUILD).act == "off"
    write(autoproxy.apply_escape, ALICE, OTHER_GUILD, "off")
    assert read(autoproxy.get_mode, ALICE, OTHER_GUILD) == ("off", None)


@pytest.mark.parametrize("unseen", ["", "\u200b"])
def test_two_backslashes_end_a_latch_and_else_leave_a_message_as_it_is(hear, latch, read, write, add, unseen):
    ann = add("Ann", "text -a")
    text = f"\\{unseen}\\hello -a"
    latch(ann)
    assert hear(text) == NotProxied("Two backslashes in front end the latch.", "unlatch")
    write(autoproxy.apply_escape, ALICE, GUILD, "unlatch")
    assert read(autoproxy.get_mode, ALICE, GUILD) == ("latch", None)
    for mode, hid in (("member", ann.hid), ("front", None), ("off", None)):
        write(autoproxy.set_mode, ALICE, GUILD, mode, hid)
        assert hear(text) == NotProxied(LEFT_ALONE)
        write(autoproxy.apply_escape, ALICE, GUILD, "unlatch")
        assert read(autoproxy.get_mode, ALICE, GUILD)[0] == mode


def test_a_backslash_in_front_leaves_a_message_alone_whatever_its_tags(hear, latch, add, write):
    ann, ben = add("Ann", "text -a"), add("Ben", "\\ben text")
    for mode, hid in (("off", None), ("latch", None), ("member", ann.hid)):
        write(autoproxy.set_mode, ALICE, GUILD, mode, hid)
        if mode == "latch":
            latch(ann)
        for text in ("\\hello", "\\hello -a", "\\", "\\ben"):
            assert hear(text) == NotProxied(LEFT_ALONE)
            assert hear(text, edited=True) == NotProxied(LEFT_ALONE)
    # Elsewhere it is a sign like any other.
    assert who(hear("hello\\\\\\")) == (ann.id, "hello\\\\\\")
    assert who(hear("hello\\ -a")) == (ann.id, "hello\\")
    assert hear(" \\hello").text == " \\hello"
    # Whoever begins a tag with it means it.
    assert who(hear("\\ben hello -a")) == (ben.id, "hello -a")


def test_an_edited_message_needs_a_tag(hear, latch, ann):
    latch(ann)
    assert "edited" in reason(hear("hello", edited=True))
    assert who(hear("[hello]", edited=True)) == (ann.id, "hello")
    assert hear("\\\\\\hello", edited=True) == NotProxied(LEFT_ALONE)


def test_autoproxy_by_member(hear, write, add):
    ann = add("Ann", autoproxy_enabled=False)
    ben = add("Ben", "b:text")
    write(autoproxy.set_mode, ALICE, GUILD, "member", ann.hid)
    # The member's own flag is for front and latch.
    assert who(hear("hello")) == (ann.id, "hello")
    assert who(hear("b:hello")) == (ben.id, "hello")
    assert "is off in this server" in reason(hear("hello", guild_id=OTHER_GUILD))
    write(members.delete_member, ALICE, ann.hid)
    assert reason(hear("hello")) == "No tag fits, and autoproxy has no member to speak as now."


def test_autoproxy_by_front(hear, write, add):
    ann, ben = add("Ann"), add("Ben")
    write(autoproxy.set_mode, ALICE, GUILD, "front")
    assert "no member to speak as" in reason(hear("hello"))
    write(switches.log_switch, ALICE, [ann.hid])
    write(switches.log_switch, ALICE, [ben.hid, ann.hid])
    assert who(hear("hello")) == (ben.id, "hello")
    write(members.edit_member, ALICE, ben.hid, {"autoproxy_enabled": False})
    assert reason(hear("hello")) == "No tag fits, and autoproxy is off for this member."
    write(members.delete_member, ALICE, ben.hid)
    assert who(hear("hello")) == (ann.id, "hello")
    write(switches.log_switch, ALICE, [])
    assert "no member to speak as" in reason(hear("hello"))


def test_autoproxy_by_latch(hear, latch, write, add):
    ann, ben = add("Ann"), add("Ben", "b:text")
    latch()
    assert "no member to speak as" in reason(hear("hello"))
    latch(ann)
    assert who(hear("hello")) == (ann.id, "hello")
    assert hear("hello").renews_latch
    assert hear("b:hello").renews_latch
    assert not hear("b:hello", guild_id=OTHER_GUILD).renews_latch
    write(members.edit_member, ALICE, ann.hid, {"autoproxy_enabled": False})
    assert reason(hear("hello")) == "No tag fits, and autoproxy is off for this member."
    assert who(hear("b:hello")) == (ben.id, "hello")
    write(members.delete_member, ALICE, ann.hid)
    assert "no member to speak as" in reason(hear("hello"))


@pytest.mark.parametrize(
    ("timeout", "passed", "over"),
    [
        (None, 6 * HOUR, False),
        (None, 6 * HOUR + 1, True),
        (60, 60 * SECOND, False),
        (60, 60 * SECOND + 1, True),
        (0, 10_000 * HOUR, False),
        (100_001 * 3600, 200_000 * HOUR, False),
        (100_000 * 3600, 100_000 * HOUR + 1, True),
        # The clock was set back meanwhile: by less than the time-out, and by more.
        (60, -5 * SECOND, False),
        (60, -24 * HOUR, True),
    ],
)
def test_a_latch_times_out(hear, latch, write, ann, timeout, passed, over):
    write(config.edit_config, ALICE, {"latch_timeout": timeout})
    latch(ann, NOW)
    found = hear("hello", at=NOW + passed)
    assert isinstance(found, NotProxied) == over
    assert not over or reason(found) == "No tag fits, and the latch has timed out."
    assert who(hear("[hello]", at=NOW + passed)) == (ann.id, "hello")


def test_a_latch_without_a_time_has_timed_out(hear, write, latch, ann):
    latch(ann)
    write(lambda session: session.execute(update(Autoproxy).values(latched_at=None)))
    assert "timed out" in reason(hear("hello"))


def test_autoproxy_is_off_for_one_account(hear, latch, write, ann):
    latch(ann)
    write(config.allow_autoproxy, ALEX, False)
    assert reason(hear("hello", ALEX)) == "No tag fits, and autoproxy is off for this account."
    assert who(hear("[hello]", ALEX)) == (ann.id, "hello")
    assert who(hear("hello", ALICE)) == (ann.id, "hello")


def test_case_of_letters_is_the_systems(hear, write, add):
    ann = add("Ann", "A: text")
    assert isinstance(hear("a: hello"), NotProxied)
    write(config.edit_config, ALICE, {"case_sensitive_proxy_tags": False})
    assert who(hear("a: hello")) == (ann.id, "hello")


def test_tags_without_words_need_a_file_or_else_autoproxy_takes_them_with_the_tags(hear, latch, write, add):
    ann, ben = add("Ann", "[text]", "[[text]]"), add("Ben")
    assert who(hear("[]", has_files=True)) == (ann.id, "")
    assert "No tag fits" in reason(hear("[]"))
    assert "No tag fits" in reason(hear("[[ ]]"))
    latch(ben)
    assert who(hear("[]")) == (ben.id, "[]")
    assert who(hear("[[ ]]")) == (ben.id, "[[ ]]")
    assert who(hear("", has_files=True)) == (ben.id, "")


def test_among_members_the_longest_tag_comes_first_then_the_older_member(hear, add):
    ann, ben, cy = add("Ann", "[text]", "a:text"), add("Ben", "[[text]]"), add("Cy", "[text]", "a::text")
    add("Dee")
    assert who(hear("[[hello]]")) == (ben.id, "hello")
    assert who(hear("[hello]")) == (ann.id, "hello")
    assert who(hear("a::hello")) == (cy.id, "hello")
    assert who(hear("a:hello")) == (ann.id, "hello")


def test_tags_hold_whatever_people_write(hear, add):
    for example in ('"text"', "\\n{text}", "', [text", "🦊text", "‮text", "text\u2028"):
        member = add("Ann", example)
        assert who(hear(example.replace("text", "hello"))) == (member.id, "hello"), example


@pytest.mark.parametrize(
    ("own", "here", "kept"),
    [(False, None, False), (True, None, True), (False, True, True), (True, False, False), (True, True, True)],
)
def test_tags_are_kept_where_the_member_or_the_server_setting_says_so(hear, latch, store, add, own, here, kept):
    ann = add("Ann", "A: text!", "[text]", keep_proxy=own)
    store(MemberGuild, member_id=ann.id, guild_id=GUILD, keep_proxy=here)
    latch(ann)
    assert hear("[hello]").text == ("[hello]" if kept else "hello")
    assert hear("hello").text == ("A: hello!" if kept else "hello")
    assert hear("[]", has_files=True).text == ("[]" if kept else "")
    assert hear("[hello]", guild_id=OTHER_GUILD).text == ("[hello]" if own else "hello")


def test_keeping_tags_without_having_one_keeps_the_words(hear, latch, add):
    ann, ben = add("Ann", keep_proxy=True), add("Ben", "text-b", keep_proxy=True)
    latch(ann)
    assert hear("hello").text == "hello"
    assert hear("<@80351110224678912> hello-b").text == "<@80351110224678912> hello-b"
    latch(ben)
    assert hear("hello").text == "hello-b"


# The member's name on the server, the display name, the name; the server's tag, the tag; the formats.
NAMES = [
    ({}, {}, {}, "Ann | Foxes"),
    ({"display_name": "Annie"}, {}, {}, "Annie | Foxes"),
    ({"display_name": "Annie"}, {"display_name": "Anna"}, {}, "Anna | Foxes"),
    ({"name_privacy": "private"}, {}, {}, "Ann | Foxes"),
    ({}, {}, {"tag": "| Woods"}, "Ann | Woods"),
    ({}, {}, {"tag": "| Woods", "tag_enabled": False}, "Ann"),
    ({}, {}, {"tag_enabled": False}, "Ann"),
    ({}, {}, {"name_format": "{tag} {name}"}, "| Foxes Ann"),
    ({}, {}, {"name_format": "{tag} {name}", "tag_enabled": False}, "Ann"),
    ({}, {"display_name": "Anna"}, {"name_format": "{name}", "tag": "x"}, "Anna"),
]


@pytest.mark.parametrize(("own", "member_here", "system_here", "name"), NAMES)
def test_the_name_is_the_most_special_one(hear, store, add, own, member_here, system_here, name):
    ann = add("Ann", "[text]", **own)
    store(MemberGuild, member_id=ann.id, guild_id=GUILD, **member_here)
    store(SystemGuild, system_id=ann.system_id, guild_id=GUILD, **system_here)
    assert hear("[hello]").name == name
    assert hear("[hello]", guild_id=OTHER_GUILD).name == f"{own.get('display_name', 'Ann')} | Foxes"


def test_the_format_is_the_servers_or_else_the_systems(hear, store, write, ann):
    write(config.edit_config, ALICE, {"name_format": "{tag} {name}"})
    assert hear("[hello]").name == "| Foxes Ann"
    store(SystemGuild, system_id=ann.system_id, guild_id=GUILD, name_format="{name}{tag}")
    assert hear("[hello]").name == "Ann| Foxes"
    write(systems.edit_system, ALICE, {"tag": None})
    assert hear("[hello]").name == hear("[hello]", guild_id=OTHER_GUILD).name == "Ann"


def test_the_avatar_is_the_most_special_one_and_privacy_does_not_count(hear, write, add):
    ann = add("Ann", "[text]", avatar_privacy="private")
    sources = [
        lambda session, url: systems.edit_system(session, ALICE, {"avatar_url": url}),
        lambda session, url: session.merge(SystemGuild(system_id=ann.system_id, guild_id=GUILD, avatar_url=url)),
        lambda session, url: members.edit_member(session, ALICE, ann.hid, {"avatar_url": url}),
        lambda session, url: members.edit_member(session, ALICE, ann.hid, {"webhook_avatar_url": url}),
        lambda session, url: session.merge(MemberGuild(member_id=ann.id, guild_id=GUILD, avatar_url=url)),
    ]
    write(systems.edit_system, ALICE, {"avatar_privacy": "private"})
    assert hear("[hello]").avatar_url is None
    for number, source in enumerate(sources):
        write(source, URL(number))
        assert hear("[hello]").avatar_url == URL(number)
    assert hear("[hello]", guild_id=OTHER_GUILD).avatar_url == URL(3)


def test_the_rest_of_a_speech_comes_from_the_settings(hear, write, add):
    add("Ann", "[text]", color="ff0000", tts=True)
    write(config.edit_config, ALICE, {"proxy_error_message_enabled": False, "proxy_switch": "add"})
    found = hear("[hello]")
    assert (found.color, found.tts, found.tells_errors, found.proxy_switch) == ("ff0000", True, False, "add")


@pytest.mark.parametrize(
    ("system", "here", "lacks"),
    [
        ({}, {}, False),
        ({"tag": None}, {}, True),
        ({"tag": None}, {"tag": "here"}, False),
        ({}, {"tag_enabled": False}, True),
        ({}, {"name_format": "{name}"}, True),
        ({}, {"name_format": "{tag}"}, False),
    ],
)
def test_a_server_that_wants_the_systems_tag(write, hear, ann, system, here, lacks):
    assert not hear("[hello]").lacks_tag
    write(guild_config.set_toggle, GUILD, True, "require_tag", True)
    write(systems.edit_system, ALICE, system)
    write(guild_settings.edit_system, ALICE, GUILD, here)
    assert hear("[hello]").lacks_tag is lacks
    assert not hear("[hello]", guild_id=OTHER_GUILD).lacks_tag


def test_what_else_a_server_wants_of_copies(write, hear, ann):
    write(guild_config.set_log_channel, GUILD, True, 5)
    write(guild_config.leave_out_of_log, GUILD, True, [CHANNEL])
    write(guild_config.set_toggle, GUILD, True, "suppress_notifications", True)
    assert (hear("[hello]").silent, hear("[hello]").log_channel_id) == (True, None)
    assert hear("[hello]", channel_id=PARENT).log_channel_id == 5
    assert hear("[hello]", channel_id=7, parent_id=CHANNEL).log_channel_id is None
    assert not hear("[hello]", guild_id=OTHER_GUILD).silent
