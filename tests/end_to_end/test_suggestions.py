"""What is suggested to who mistyped: the nearest that parses, exists and destroys nothing."""

import re

import pytest

from tests.end_to_end.rollcall import until

HARMFUL = re.compile(r"delete|remove|destroy|erase|yeet|public|forget")


@pytest.fixture
def sol(system_owner):
    return system_owner("Ann", "Ann Lee", 'The "Boss"', "Member 4", "Member 5")


@pytest.mark.parametrize(
    ("typed", "suggested"),
    [
        ("pk;m Ann Lee", '`pk;member "Ann Lee"`'),
        ("pk;m ann lee pronouns she", '`pk;member "Ann Lee" pronouns she`'),
        ("pk;member Member 5", '`pk;member "Member 5"`'),
        ('pk;m The "Boss"', """`pk;member 'The "Boss"'`"""),
        ("pk;s renam Foxes", "`pk;system rename Foxes`"),
        ("pk;m ann desription Tall", "`pk;member ann description Tall`"),
        ("pk;swich Ann", "`pk;switch Ann`"),
    ],
)
def test_a_suggestion_parses_and_exists(sol, typed, suggested):
    assert f"id you mean {suggested}?" in sol.say(typed)
    again = sol.say(suggested.strip("`"))
    assert "I know no" not in again
    assert "You have no member" not in again


@pytest.mark.parametrize(
    ("typed", "now"),
    [
        ("pk;log", "serverconfig log channel"),
        ("pk;log channel <#41771983423143937>", "serverconfig log channel <#41771983423143937>"),
        ("pk;log disable <#41771983423143937>", "serverconfig log blacklist add <#41771983423143937>"),
        ("pk;blacklist add all", "serverconfig proxy blacklist add all"),
        ("pk;s tz", "config timezone"),
        ("pk;System TIMEZONE berlin", "config timezone berlin"),
        ("pk;s ping off", "config pings off"),
        ("pk;ap account", "config autoproxy account"),
        ("pk;autoproxy account off", "config autoproxy account off"),
        ("pk;ap timeout 2h", "config autoproxy timeout 2h"),
        ("pk;proxycheck", "debug proxying"),
    ],
)
def test_an_old_name_is_answered_with_the_new_one(sol, typed, now):
    assert sol.say(typed) == f"That is `pk;{now}` now."
    assert not sol.say(f"pk;{now}").startswith(("I know no", "That is"))


def test_a_member_with_an_old_name_is_still_a_member(system_owner):
    sol = system_owner("Account")
    sol.say("pk;ap account", "Messages without tags are proxied here as Account.")


@pytest.mark.parametrize(
    "typed", ["pk;fire", "pk;m Ann Lea", "pk;m Ann delet", "pk;s delte", "pk;sw delet", "pk;m Ann publi", "pk;s forget"]
)
def test_what_destroys_is_never_suggested(sol, typed):
    told = sol.say(typed)
    assert not HARMFUL.search(told.partition(";")[2]), told
    assert "configure" not in told


def test_a_word_that_belongs_to_members_is_explained(sol):
    told = sol.say("pk;s birthday X")
    assert "that is said of a member, as `pk;help member` shows." in told
    sol.say("pk;help member", "servername")


def test_names_of_several_words_without_quotes_elsewhere(sol):
    sol.say("pk;sw ann", "Fronting: Ann")
    for command in ("sw", "sw copy", "sw edit"):
        sol.say(f"pk;{command} Member 5", 'a name with blanks needs quotes: `"Member 5"`.')


def test_hints_are_written_as_they_are_typed_there(sol, discord_user):
    nobody = discord_user()
    for prefix in ("pk;", "pk!"):
        assert f"`{prefix}system new`" in nobody.refusal(f"{prefix}list")
        assert f"`{prefix}list` shows yours" in sol.say(f"{prefix}m zzzzzzzzz")
    nobody.slash("front percent", "`/system new`")
    sol.slash("member show", "`/member list` shows yours", member="zzzzzzzzz")
    nobody.slash("front show", "This account has no system.", account=nobody.id)
    told = sol.slash("help", "`/member new`")["embeds"][0]["description"]
    assert all(words in told for words in ("`/kv add`", "`/me`", "`/switch to`", "`/member list`", "`pk;config`"))
    assert "`/member edit field:proxy`" in told
    slash = {" ".join(command) for command in _names(sol.discord.commands())}
    for name in re.findall(r"`/([a-z ]+?)(?: [a-z]+:[^`]+)?`", told):
        assert name in slash, name


def _names(commands, above=()):
    """The full names of slash commands, with those in groups."""
    for command in commands:
        within = [option for option in command.get("options") or () if option["type"] in (1, 2)]
        yield from _names(within, (*above, command["name"])) if within else [(*above, command["name"])]


def test_a_verb_and_its_opposite_undo_each_other(sol):
    opposites = {"hidden": "visible", "private": "public", "priv": "pub", "hide": "unhide", "HIDE": "show"}
    for there, back in opposites.items():
        sol.say(f"pk;m ann {there}", "All of the settings are private now.")
        told = sol.say(f"pk;m ann {back}", "public")
        if back == "show":
            assert "Make all of this member public? `pk;member ann` alone shows you the card." in told
            sol.say("yes", "All of the settings are public now.")
        assert sol.member("Ann")["visibility"] == "public"
        assert "Created" in sol.say("pk;m ann show")
    sol.say('pk;sw ann "member 4"', "Fronting: Ann, Member 4")
    sol.say('pk;sw add "member 5"', "Fronting: Ann, Member 4, Member 5")
    sol.say('pk;sw remove "member 5"', "Fronting: Ann, Member 4")
    for off, on in (("off", "on"), ("disable", "enable"), ("no", "yes")):
        sol.say(f"pk;config autoproxy timeout {off}", "A latch never ends by itself.")
        sol.say(f"pk;config autoproxy timeout {on}", "A latch ends 6 h after")
    sol.say("pk;ap on", "Choose how: `pk;autoproxy front`")


def test_the_name_that_one_must_type_is_told(system_owner):
    sol = system_owner()
    tags = [{"prefix": f"{letter}:", "suffix": None} for letter in "abcd"]
    sol.add("ann", display_name="Same", proxy_tags=tags)
    sol.add("ben", display_name="Same")
    told = sol.say("pk;list", "Members (2)")
    assert "**Same** (ann) `a:text`, `b:text` and 2 more" in told
    assert "**Same** (ben)" in told
    sol.say("pk;sw ann ben", "Fronting: Same (ann), Same (ben)")
    sol.say("pk;ap ann", "Messages without tags are proxied here as Same.")


def test_a_hidden_member_is_deleted_by_the_name_that_was_typed(system_owner):
    sol = system_owner()
    hid = sol.add("Ann Oak", visibility="private")
    told = sol.say('pk;m "Ann Oak" delete', "Type `")
    assert '`"Ann Oak"` here to confirm' in told
    assert hid not in told
    sol.say("Ann", "Nothing was deleted.")
    sol.say('pk;m "ann oak" delete', "Type `")
    sol.say('"Ann Oak"', "The member is deleted.")
    assert sol.members == []


def test_what_was_typed_in_a_channel_is_answered_there(system_owner):
    sol = system_owner()
    sol.add("Ann", proxy_privacy="private", metadata_privacy="private", visibility="private")
    for typed in ("keepproxy on", "tts on", "autoproxy off", "serverkeepproxy on"):
        sol.ask(f"pk;m ann {typed}", "", "channel")
        assert "DMs" not in sol.say(f"pk;m ann {typed}"), typed


@pytest.mark.parametrize("typed", ["-foo text", "-clear", "-z s|a|b|", "-y text", "-public text"])
def test_a_message_is_not_replaced_by_what_looks_like_a_flag(proxying_user, typed):
    ann = proxying_user("Ann")
    ann.speak("a: hello")
    ann.ask(f"pk;edit {typed}", "here; put a text that starts with - into quotes.")
    assert ann.standing()[0][1].strip() == "hello"
    ann.write(f'pk;edit "{typed}"')
    until(lambda: ann.standing()[0] == ("Ann", typed))
