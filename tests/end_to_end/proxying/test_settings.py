"""What is set about proxying, for everywhere and for one server; nothing is proxied here."""

import pytest

from tests.end_to_end.bot_replies import said, text_of

URL = "https://example.com/{}.png".format
PICTURE = b"\x89PNG\r\n\x1a\n"


@pytest.fixture
def elsewhere(discord):
    """A server of this test's own, and its channel."""
    guild = discord.add_guild("Elsewhere")
    yield guild, discord.channels(guild)["general"]
    discord.remove_bot(guild)


def test_proxying_is_off_in_one_server(discord, system_owner, elsewhere):
    sol, (guild, channel) = system_owner(), elsewhere
    discord.join(sol.id, guild)
    on, off = "messages are proxied in this server.", "messages are not proxied in this server."
    for typed, wanted in {
        "pk;s proxy": on,
        "pk;s proxy off": off,
        "pk;system proxy": off,
        "pk;proxy": off,
        "pk;proxy ENABLE": on,
        "pk;proxy no": off,
    }.items():
        assert sol.say(typed, place="channel").endswith(wanted), typed
    assert sol.say("pk;proxy", channel=channel).endswith(on)
    sol.say("pk;proxy maybe", "Say `on` or `off`; “maybe” is neither.")
    for typed in ("pk;proxy", "pk;s st x", "pk;s sa", "pk;config server name format x"):
        sol.say(typed, "This is set for each server by itself; type it in a server.", dm=True)


def test_a_tag_of_one_server(system_owner, discord_user):
    sol, other = system_owner(), discord_user()
    sol.say("pk;s servertag", "The system has no tag.")
    sol.say("pk;s tag | Suns", "The system's tag is changed.")
    sol.say("pk;s servertag", "Names have the system's own tag, as everywhere: `| Suns`.", "channel")
    for verb in ("servertag", "st", "stag", "guildtag"):
        sol.say(f"pk;s {verb} ☀ {verb}", "The system's server tag is changed.")
        sol.say(f"pk;s {verb}", f"Names have the tag of this server alone: `☀ {verb}`.", "channel")
    sol.say("pk;s st -raw", "☀ guildtag")
    assert "`☀ guildtag`" in text_of(other.ask(f"pk;s {sol.mention} st", "Names have"))
    sol.say("pk;s tag | Suns", "In this server the tag is `☀ guildtag`; `pk;system servertag clear` ends that.")
    for disabling, enabling in (("disable", "enable"), ("-disable", "-enable"), ("off", "on")):
        sol.say(f"pk;s st {disabling}", "Names have no tag in this server: it is disabled")
        sol.say("pk;s st", "Names have no tag in this server: it is disabled", "channel")
        sol.say("pk;s st ☀", "is changed. Tags are disabled in this server; `pk;system servertag enable`")
        sol.say("pk;s tag | Suns", "In this server tags are disabled")
        sol.say(f"pk;s st {enabling}", "Names have the tag of this server alone: `☀`.")
    sol.say("pk;s st clear -y", "The system's server tag is cleared.")
    sol.say("pk;s st -c", "The system has no server tag; nothing is changed.")
    sol.say("pk;s st " + "x" * 79, "The tag must have at most 78 characters; this one has 79.")
    sol.say("pk;s st", "as everywhere: `| Suns`.")
    for typed in ("st x", "st disable", "st clear -y", "proxy", "proxy off"):
        assert "not your system" in other.refusal(f"pk;s {sol.mention} {typed}"), typed


def test_avatars_of_one_server(system_owner, elsewhere, discord):
    sol, (guild, channel) = system_owner("Ann"), elsewhere
    discord.join(sol.id, guild)
    for command, kind in (("s", "system"), ("m ann", "member")):
        for verb in ("serveravatar", "sa", "savatar", "servericon", "serverpfp"):
            sol.say(f"pk;{command} {verb} {URL(verb)}", f"The {kind}'s server avatar is changed.")
            assert sol.ask(f"pk;{command} {verb}", URL(verb))["embeds"][0]["image"]["url"] == URL(verb)
        sol.say(f"pk;{command} sa", f"The {kind} has no server avatar.", channel=channel)
        sol.say(f"pk;{command} sa hello", "must be an address that starts with http")
        sol.say(f"pk;{command} sa {sol.mention}", "server avatar is changed")
        told = sol.say(f"pk;{command} sa", "is changed", attachments=[("new.png", PICTURE)])
        assert "an address of your own lasts" in told
        sol.say(f"pk;{command} sa clear -yes", f"The {kind}'s server avatar is cleared.")
    sol.say("pk;s privacy avatar private", "The avatar is private now.")
    sol.say(f"pk;s sa {URL('secret')}", "is changed")
    sol.say("pk;s sa", URL("secret"), "dm")
    sol.say("pk;s sa -public", "The system has no server avatar.", "channel")


def test_a_members_name_in_one_server(discord, system_owner, discord_user, elsewhere):
    sol, other, (guild, channel) = system_owner("Ann"), discord_user("other", "Owls"), elsewhere
    discord.join(sol.id, guild)
    for verb in ("servername", "sn", "snick", "servernick", "guildname"):
        sol.say(f"pk;m ann {verb} Anna {verb}", "The member's server name is changed.")
        assert sol.say(f"pk;m ann {verb}", place="channel").endswith(f"Anna {verb}")
    sol.say("pk;m ann sn", "The member has no server name.", channel=channel)
    sol.say("pk;m ann dn Annie", "In this server the server name counts; `pk;member ann servername` shows it.")
    sol.say("pk;m ann rename Ann", "In this server the server name counts")
    hid = sol.member("Ann")["id"]
    assert "Anna guildname" in text_of(other.ask(f"pk;m {hid} sn", "Anna"))
    assert "is not part of your system" in other.refusal(f"pk;m {hid} sn Mine")
    sol.patch(f"/v1/m/{hid}", name_privacy="private")
    assert "has no server name" in other.refusal(f"pk;m {hid} sn")
    sol.say("pk;m ann sn", "Anna guildname", "dm")
    sol.say("pk;m ann sn " + "x" * 101, "at most 100 characters")
    sol.say("pk;m ann sn -clear -y", "The member's server name is cleared.")


def test_keeping_tags_in_one_server(system_owner, discord_user, elsewhere, discord):
    sol, other, (guild, channel) = system_owner("Ann"), discord_user("other", "Owls"), elsewhere
    discord.join(sol.id, guild)
    sol.say_all(
        {
            "pk;m ann serverkeepproxy": "In this server, as everywhere, proxied messages lose the tags.",
            "pk;m ann skp on": "In this server proxied messages keep the tags.",
            "pk;m ann serverkeeptags": "In this server proxied messages keep the tags.",
            "pk;m ann keepproxy on": "Proxied messages keep the tags.",
            "pk;m ann skp off": "In this server proxied messages lose the tags.",
            "pk;m ann skp clear": "In this server, as everywhere, proxied messages keep the tags.",
            "pk;m ann skp -c": "In this server, as everywhere, proxied messages keep the tags.",
            "pk;m ann skp perhaps": "Say `on`, `off` or `clear`; “perhaps” is none of them.",
            "pk;m ann skp no": "In this server proxied messages lose the tags.",
        }
    )
    sol.say("pk;m ann skp", "as everywhere, proxied messages keep", channel=channel)
    hid = sol.member("Ann")["id"]
    assert "lose the tags" in other.refusal(f"pk;m {hid} skp")
    assert "is not part of your system" in other.refusal(f"pk;m {hid} skp on")


def test_how_a_member_speaks_everywhere(system_owner, discord_user):
    sol, other = system_owner("Ann"), discord_user("other", "Owls")
    for verb in ("proxyavatar", "pa", "pavatar", "proxypfp"):
        sol.say(f"pk;m ann {verb} {URL(verb)}", "The member's proxy avatar is changed.")
        sol.say(f"pk;m ann {verb}", URL(verb), "channel")
    assert sol.member("Ann")["avatar_url"] is None
    sol.say("pk;m ann pa clear -y", "The member's proxy avatar is cleared.")
    sol.say_all(
        {
            "pk;m ann tts": "They are not read aloud.",
            "pk;m ann tts on": "Proxied messages are read aloud.",
            "pk;m ann autoproxy": "Autoproxy may choose this member by latch and by front.",
            "pk;m ann ap off": "Autoproxy never chooses this member by latch or by front.",
            "pk;m ann AUTOPROXY": "Autoproxy never chooses this member by latch or by front.",
            "pk;m ann autoproxy yes": "Autoproxy may choose this member",
            "pk;m ann autoproxy latch": "Say `on` or `off`; “latch” is neither.",
        },
        place="channel",
    )
    hid = sol.member("Ann")["id"]
    assert "read aloud" in other.refusal(f"pk;m {hid} tts")
    for typed in ("tts off", "autoproxy", "autoproxy off", "pa clear -y"):
        assert "is not part of your system" in other.refusal(f"pk;m {hid} {typed}"), typed


def test_settings_of_proxying(system_owner, discord_user):
    sol = system_owner()
    never, six = "A latch never ends by itself.", "A latch ends 6 h after the last proxied message."
    sol.say_all(
        {
            "pk;config autoproxy account": "Autoproxy works for this account.",
            "pk;cfg ap account off": "Autoproxy never works for this account.",
            "pk;config autoproxy timeout": six,
            "pk;config ap timeout 1d 12h": "A latch ends 1 d 12 h after",
            "pk;config autoproxy timeout never": never,
            "pk;config autoproxy timeout 90s": "A latch ends 1 min 30 s after",
            "pk;config autoproxy timeout 0": never,
            "pk;config autoproxy timeout 999999999w": never,
            "pk;config autoproxy timeout soon": "I cannot read “soon” as a length of time; write it like 6h or 1d12h.",
            "pk;config autoproxy timeout 6": "I cannot read “6” as a length of time",
            "pk;config autoproxy timeout reset": six,
            "pk;config autoproxy timeout 2h": "A latch ends 2 h after",
            "pk;config proxy case": "Tags must be typed in their own case",
            "pk;config proxy case off": "Tags may be typed in any case",
            "pk;config proxy error": "You are told why",
            "pk;config proxy error off": "only where you can do something about it",
            "pk;config proxy switch": "Proxied messages log no switches.",
            "pk;config proxy switch new": "switches to its member",
            "pk;config proxy switch ADD": "adds its member to those who front",
            "pk;config proxy switch always": "Say `off`, `new` or `add`; “always” is none of them.",
            "pk;config pings": "Others may ping you",
            "pk;config ping off": "Nobody can ping you",
            "pk;config name format": "The system has no name format.",
            "pk;config name format {tag} {name}": "The system's name format is changed.",
            "pk;config nf": "`{tag} {name}`",
            "pk;config name format -raw": "{tag} {name}",
            "pk;config name format {tag}": "It has no `{name}` in it, so all members will be called the same.",
            "pk;config name format " + "x" * 101: "The name_format must have at most 100 characters",
            "pk;config name format clear -y": "The system's name format is cleared.",
            "pk;config nameformat {name}!": "is changed.",
            "pk;config server name format {name}?": "The system's server name format is changed.",
            "pk;config snf": "`{name}?`",
        },
        place="channel",
    )
    shown = sol.say("pk;config", "Settings")
    for line in (
        "autoproxy account`: off",
        "autoproxy timeout`: 2 h",
        "proxy case`: off",
        "proxy error`: off",
        "proxy switch`: add",
        "pings`: off",
        "name format`: `{name}!`",
        "server name format`: `{name}?`",
    ):
        assert f"`pk;config {line}\n" in f"{shown}\n"
    assert "server name format" not in sol.say("pk;config", "Settings", dm=True)
    assert "did you mean `pk;config autoproxy account`?" in sol.say("pk;config autoproxy acount", "did you mean")
    assert "did you mean `pk;config proxy" in sol.say("pk;config proxy", "did you mean")
    assert "no system" in discord_user().refusal("pk;config proxy case off")


def test_autoproxy_is_switched_off_for_the_account_that_types_it(system_owner, discord_user):
    sol, luna = system_owner(), discord_user()
    sol.ask(f"pk;link {luna.mention}", "Do you agree?")
    luna.ask("yes", "is linked")
    luna.ask("pk;config autoproxy account off", "Autoproxy never works for this account.")
    luna.ask("pk;config autoproxy account", "Autoproxy never works for this account.")
    sol.say("pk;config autoproxy account", "Autoproxy works for this account.")


@pytest.fixture
def place(discord, discord_user, elsewhere):
    """A moderator and a guest in a server of their own, and its channel."""
    moderator, guest, (guild, channel) = discord_user(), discord_user(), elsewhere
    for member in (moderator, guest):
        discord.join(member.id, guild)
        member.where = {"channel": channel}
    discord.add_role("moderators", guild, permissions=["MANAGE_GUILD"], users=[moderator.id])
    return moderator, guest, guild


def test_moderators_choose_where_proxied_messages_are_logged(discord, place):
    moderator, _, guild = place
    log, hidden, mute, forum = (discord.add_channel(name, guild) for name in ("log", "hidden", "mute", "plain"))
    discord.set_permissions(hidden, deny=["VIEW_CHANNEL"])
    discord.set_permissions(mute, deny=["SEND_MESSAGES", "EMBED_LINKS"])
    forum = discord.add_channel("forum", guild, kind=15)
    archive = discord.add_channel("archive", guild)
    thread = discord.add_thread(moderator.id, "records", archive)["id"]
    # Send Messages in Threads is enough there.
    discord.set_permissions(archive, deny=["SEND_MESSAGES"])
    nowhere = "Proxied messages are not logged in this server."
    moderator.ask("pk;serverconfig log channel", nowhere)
    for typed, wanted in {
        f"pk;serverconfig log channel <#{log}>": f"Proxied messages are logged in <#{log}>.",
        "pk;sc log": f"Proxied messages are logged in <#{log}>.",
        f"pk;sc log channel <#{hidden}>": "I cannot log in",
        f"pk;sc log channel <#{mute}>": f"I cannot log in <#{mute}>: I need Send Messages, Embed Links there.",
        f"pk;sc log channel <#{forum}>": "can be logged in text channels, voice channels and threads only.",
        "pk;sc log channel <#41771983423143937>": "I see no channel “<#41771983423143937>” in this server",
        "pk;sc log channel #log": "Mention a channel, or give its ID; “#log” is neither.",
        "pk;sc log channel": f"Proxied messages are logged in <#{log}>.",
        f"pk;sc log channel {thread}": f"Proxied messages are logged in <#{thread}>.",
        "pk;sc log channel clear": nowhere,
        f"pk;sc log channel {log} please": "I did not expect “please” here",
        "pk;sc logchannel": nowhere,
    }.items():
        moderator.ask(typed, wanted, "channel")


def test_moderators_choose_where_nothing_is_proxied(discord, place):
    moderator, _, guild = place
    one, two, three = (discord.add_channel(name, guild) for name in ("one", "two", "three"))
    category = discord.add_channel("category", guild, kind=4)
    empty, listed = "The blacklist is empty", "Nothing is proxied in these channels and their threads: "
    for typed, wanted in {
        "pk;serverconfig proxy blacklist": empty,
        f"pk;sc proxy blacklist add <#{two}> {one}": f"{listed}<#{one}> <#{two}>",
        f"pk;sc blacklist add <#{three}>": f"{listed}<#{one}> <#{two}> <#{three}>",
        f"pk;sc proxy blacklist remove <#{one}> <#{two}>": f"{listed}<#{three}>",
        "pk;sc bl": f"{listed}<#{three}>",
        "pk;sc bl add all": "Nothing is proxied in this server.",
        f"pk;sc bl remove <#{three}>": "All channels of this server are on the blacklist; `clear` it first",
        "pk;sc proxy blacklist clear": empty,
        "pk;sc proxy blacklist": empty,
        "pk;sc bl add ALL": "Nothing is proxied in this server.",
        "pk;sc bl remove all": empty,
        "pk;sc bl add": "Name channels, or `all`: `pk;serverconfig proxy blacklist add #channel`.",
        "pk;sc bl add one": "Mention a channel, or give its ID; “one” is neither.",
        f"pk;sc bl add {category}": "a category is none.",
        "pk;sc bl add <#41771983423143937>": "I see no channel “<#41771983423143937>” in this server",
        "pk;sc bl sometimes": "Say `add`, `remove` or `clear`; “sometimes” is none of them.",
    }.items():
        moderator.ask(typed, wanted, "channel")
    moderator.ask(f"pk;sc bl add {one}", f"{listed}<#{one}>")
    discord.delete_channel(one)
    moderator.ask(f"pk;sc bl remove {one}", empty)


def test_only_moderators_see_and_set_what_counts_for_a_server(discord, place, discord_user):
    moderator, guest, guild = place
    hidden = discord.add_channel("hidden", guild)
    sentence = "Only members with the permission Manage Server can see and set this."
    for setting in (
        "",
        "log channel",
        f"log channel {hidden}",
        "log channel 41771983423143937",
        "log clear",
        "bl",
        "bl add all",
        f"bl add {hidden}",
        "bl remove x",
        "bl clear",
    ):
        assert guest.refusal(f"pk;serverconfig {setting}") == sentence
    moderator.ask("pk;sc", "not logged in this server.\nThe blacklist is empty")
    guest.ask("pk;sc help", "`pk;serverconfig log channel [#channel or clear]`")
    assert "did you mean `pk;serverconfig proxy blacklist add all`?" in moderator.refusal(
        "pk;sc proxy blaklist add all"
    )
    assert "type it in a server" in moderator.refusal("pk;sc", dm=True, channel=None)


def test_other_settings_of_a_server(discord, place):
    moderator, guest, guild = place
    one, two = (discord.add_channel(name, guild) for name in ("loud", "quiet"))
    none = "No channel is left out of the log."
    listed = "What is proxied in these channels and their threads is not logged: "
    for typed, wanted in {
        "pk;sc log blacklist": none,
        f"pk;sc log blacklist add <#{one}> {two}": f"{listed}<#{one}> <#{two}>",
        f"pk;sc log bl remove <#{one}>": f"{listed}<#{two}>",
        "pk;sc logblacklist add all": "Mention a channel, or give its ID; “all” is neither.",
        "pk;sc log blacklist add": "Name channels: `pk;serverconfig log blacklist add #channel`.",
        "pk;sc log blacklist remove all": none,
        "pk;sc require tag": "with or without a system's tag",
        "pk;sc require tag on": "only with the system's tag in the name.",
        "pk;sc require system tag no": "with or without a system's tag",
        "pk;sc require tag perhaps": "Say `on` or `off`; “perhaps” is neither.",
        "pk;sc suppress notifications": "notify people as all messages do.",
        "pk;sc silent on": "Proxied messages notify nobody here.",
        "pk;sc suppress notifications off": "notify people as all messages do.",
        "pk;sc invalid command error": "is told so.",
        "pk;sc require": "did you mean `pk;serverconfig require tag`?",
    }.items():
        assert wanted in moderator.refusal(typed), typed
    shown = moderator.refusal("pk;sc")
    for line in (none, "with or without a system's tag", "as all messages do", "is told so"):
        assert line in shown
    assert "pk;help serverconfig" in shown
    for setting in ("log blacklist", "require tag off", "suppress notifications on", "invalid command error off"):
        assert "with the permission Manage Server" in guest.refusal(f"pk;sc {setting}")


def test_unknown_commands_are_passed_over_where_moderators_want_it(discord, place):
    moderator, guest, _ = place
    moderator.ask("pk;sc invalid command error off", "I say nothing to commands that I do not know.")
    after = discord.last_seq()
    discord.say(guest.id, "pk;zzzzzz", **guest.where)
    guest.ask("pk;help", "Rollcall")
    assert not [text for _, text in said(discord.log(after)) if "I know no" in text]
    assert "I know no command" in guest.refusal("pk;zzzzzz", dm=True, channel=None)
    moderator.ask("pk;sc invalid command error on", "is told so.")
    assert "I know no command" in guest.refusal("pk;zzzzzz")


def test_a_system_has_a_name_in_one_server(system_owner):
    sol, bob = system_owner(), system_owner()
    sol.say("pk;s rename Suns", "name is changed")
    sol.say("pk;s servername", "The system has no server name.")
    sol.say("pk;s sn The Suns of this place", "The system's server name is changed.")
    for reader, typed in ((sol, "pk;s"), (bob, f"pk;s {sol.system_id}")):
        told = reader.say(typed, "The Suns of this place", "channel")
        assert "Name: Suns" in told
    assert "The Suns of this place" not in sol.say("pk;s", "Suns", dm=True)
    sol.say("pk;s privacy name private", "private now")
    assert "Suns" not in bob.say(f"pk;s {sol.system_id}", "A system without a name")
    bob.say(f"pk;s {sol.system_id} servername x", "That is not your system")
    sol.say("pk;s servername x", "type it in a server", dm=True)
    sol.say(f"pk;s servername {'x' * 101}", "must have at most 100 characters")
    sol.say("pk;s servername clear -yes", "server name is cleared")
