"""`.help` and `pk;help`, and what is said to words that are no command."""

import re

import pytest

from tests.end_to_end.bot_replies import only


def test_help_and_unknown_words(discord, rollcall, person):
    alice = person()
    where, text = only(discord.say_and_wait(alice, ".HELP"))
    assert where == "channel"
    assert f"/user/{alice}" in text
    assert only(discord.slash_and_wait(alice, "help"))[0] == "ephemeral"
    bot_id = next(user["id"] for user in discord.users() if user["name"] == "Rollcall")
    for prefix, shown in (("pk;", "pk;"), ("PK!", "pk!"), (f"<@{bot_id}> ", f"<@{bot_id}> "), ("pk; ", "pk;")):
        assert f"did you mean `{shown}help`" in only(discord.say_and_wait(alice, f"{prefix}hlep"))[1]
    for plain in (".hlep", "...", ". help", "help", ".", "pk"):
        assert discord.say_and_wait(alice, plain, timeout=0.3) == [], plain


@pytest.mark.parametrize(
    ("topics", "wanted"),
    [
        (
            ("", " "),
            (
                "pk;system new [name]",
                "pk;token",
                "`pk;privacy` — ",
                "`pk;import`",
                "pk;help <topic>",
                "`.me`",
                "/user/",
            ),
        ),
        (
            ("system", "S", "acc"),
            ("`pk;system rename [name]`", "`pk;system privacy", "`pk;system delete`", "`pk;system id`"),
        ),
        (("member", "m"), ("`pk;member new <name>`", "`pk;member <member> rename <name>`", "birthday")),
        (("group", "g"), ("`pk;group new <name>` — make a group; `pk;group list` shows yours", "random`")),
        (("switch", "sw"), ("`pk;switch move <time>`", "`pk;switch <members>`", "`pk;switch delete [all]`")),
        (("front", "fh"), ("`pk;front history`", "`pk;front percent [since]`")),
        (("config", "cfg"), ("`pk;config timezone [zone]`", "`pk;config show private [on or off]`")),
        (("privacy",), ("`pk;system privacy`", "-public")),
        (("proxy", "autoproxy"), ("proxy [text]", "`pk;member <name> proxy add [text]`")),
        (("import", "export"), ("PluralKit", "Tupperbox")),
        (
            ("presence", "kv", "del"),
            (
                "`.token`",
                "/user/",
                "`.set <key> <value>`",
                "`.apikey` for `.token`",
                "`.del <key>` for `.remove <key>`",
            ),
        ),
        (
            ("message", "edit"),
            (
                *("`pk;edit [link] <text>`", "`pk;x [link] s/<old>/<new>/`", "`pk;debug proxying <link>`"),
                "raw, author or delete behind it",
            ),
        ),
        (("about", "stats"), ("`pk;explain`", "`pk;stats`", "`pk;dashboard`")),
        (("serverconfig",), ("`pk;serverconfig require tag [on or off]`", "`pk;serverconfig log blacklist")),
        (("sytem",), ("Did you mean `pk;help system`?", "privacy")),
        (("qqqqq",), ("I have nothing about “qqqqq”. There is system",)),
    ],
)
def test_help(discord_user, topics, wanted):
    alice = discord_user()
    for number, topic in enumerate(topics):
        commands = ("help", "h", *(("commands", "cmd", "c") if topic.strip() else ()))
        for command in commands if number == 0 else ("help",):
            text = alice.refusal(f"pk;{command} {topic}")
            assert all(words in text for words in wanted), text


def test_all_commands_by_topic(discord_user):
    alice = discord_user()
    shown = alice.refusal("pk;commands")
    assert "`pk;commands message` — edit, x, reproxy, delete, message, debug" in shown
    topics = re.findall(r"`pk;commands (\w+)` — \S", shown)
    assert {"system", "member", "switch", "serverconfig", "about"} <= {*topics}
    for topic in topics:
        assert "I have nothing about" not in alice.refusal(f"pk;commands {topic}"), topic


@pytest.mark.parametrize("topic", ["message", "about"])
def test_what_help_lists_is_there(discord_user, topic):
    alice = discord_user()
    for command in re.findall(r"^`(pk;\w+)", alice.refusal(f"pk;help {topic}"), re.MULTILINE):
        assert "I know no" not in alice.refusal(command), command


def test_what_the_bot_is(discord_user, rollcall):
    alice = discord_user("alice", "Foxes")
    assert "A person sent it, no bot." in alice.refusal("pk;explain")
    assert "`pk;system new`" in alice.refusal("pk;explain")
    told = alice.refusal("pk;stats")
    for field in (
        "Systems: ",
        "Members: ",
        "Switches: ",
        "Proxied messages: ",
        "Servers: ",
        "Latency: ",
        "Version: 0.",
    ):
        assert field in told
    assert "Running for: " in told
    assert "oauth2/authorize?client_id=" in alice.refusal("pk;invite")
    assert all(path in alice.refusal("pk;dashboard") for path in ("/me you edit", "/docs"))
    assert "I did not expect “now”" in alice.refusal("pk;stats now")


def test_help_behind_a_command(discord_user):
    alice = discord_user()
    for typed in ("s help", "system HELP", "m help", "switch help", "sw help", "f help", "config help"):
        assert alice.refusal(f"pk;{typed}").startswith("Help: "), typed
    assert "no system" in alice.refusal("pk;list help")


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("pk;sytem", "I know no command “sytem”; did you mean `pk;system`?"),
        ("pk!zzzzzzzz", "I know no command “zzzzzzzz”; `pk!help` lists what I know."),
        ("pk;s renam Foxes", "did you mean `pk;system rename Foxes`?"),
        ("pk;s zzzzzzzz", "no `system … zzzzzzzz`; `pk;help system` lists what there is."),
        (f"pk;help {'z' * 1900}", "I have nothing about “zzzz"),
        (
            "pk;s id please",
            "I did not expect “please” here; a name with blanks needs quotes. Write it like this: `pk;system id`",
        ),
        ("pk;s id -zap", "I know no `-zap` here; put a text that starts with - into quotes."),
        ("pk;link", "Mention the account to link, or give its ID."),
        ("pk;unlink somebody", "Mention the account to unlink, or give its ID."),
    ],
)
def test_unknown_words_get_one_line(discord_user, typed, sentence):
    alice = discord_user("alice", "Foxes")
    before = alice.system
    text = alice.refusal(typed)
    assert sentence in text
    assert "\n" not in text.removeprefix(f"Help: {'z' * 40}\n")
    assert alice.system == before


def test_a_channel_where_the_bot_may_not_write(discord, rollcall, person):
    alice = person()
    mute = discord.add_channel("mute", "Home")
    discord.set_permissions(mute, deny=["SEND_MESSAGES"])
    where, text = only(discord.say_and_wait(alice, ".help", channel=mute))
    assert where == "dm"
    assert "Rollcall" in text or "Send Messages" in text
    assert rollcall.bot.is_running
