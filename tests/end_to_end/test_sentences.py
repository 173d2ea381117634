"""A sentence is not a command: presence commands act only where the whole line is one, and each prefix has its own."""

import pytest

from rules.systems import members, systems
from simulator.state.default_world import BOT_ID
from tests.end_to_end.rollcall import until

SENTENCES = (
    ".token is what you type",
    ".kv is great",
    ".hide and seek is fun",
    ".show me the way",
    ".forget it, never mind",
    ".me too",
    ".list of things",
    ".help me please",
    ".github off topic",
    ".get out of here",
    ".remove this and that",
    ".delete it all",
    ".HIDE\nand seek",
    ". token",
    ".hide -y",
    ".me -",
    ".kv this",
    ".kv public parts and others",
    ".kvass please",
    ".apikey please",
    ".del this and that",
)


@pytest.mark.long
def test_a_sentence_that_begins_like_a_command_is_none(discord, rollcall, person, token_of):
    alice = person()
    token = token_of(alice)
    rollcall.http.put(f"{rollcall.url}/user/@me/kv/this", headers={"Authorization": token}, data="kept", timeout=15)
    for sentence in SENTENCES:
        assert discord.say_and_wait(alice, sentence, timeout=0.3) == [], sentence
    assert rollcall.status_of(alice) == "online"
    assert rollcall.get("/user/@me", token).status_code == 200


def test_a_sentence_that_begins_like_a_command_is_proxied(proxying_user):
    ann = proxying_user("Ann")
    ann.autoproxy("member", "Ann")
    for sentence in SENTENCES[:9]:
        assert ann.speak(sentence)["message"]["content"] == sentence


@pytest.mark.parametrize("prefix", ["pk;", "pk!", f"<@{BOT_ID}> "])
def test_each_prefix_has_its_own_commands(discord, rollcall, system_owner, prefix):
    sol = system_owner("Ann")
    for word in ("hide", "show", "forget", "add", "set", "remove", "get", "kv", "github", "me"):
        told = sol.say(f"{prefix}{word} Ann proxy", f"I know no command “{word}” here, only `.{word}")
        assert f"`{prefix}help` lists what I know." in told
    assert rollcall.status_of(sol.id) == "offline"
    assert rollcall.get("/user/@me/kv", sol.token).json() == {}


def test_systems_commands_are_none_after_the_other_prefix(discord, person):
    alice = person()
    for typed in (".system", ".member new Ann", ".switch out", ".autoproxy off", ".export csv"):
        assert discord.say_and_wait(alice, typed, timeout=0.3) == [], typed


def test_words_that_a_systems_command_does_not_expect_are_refused_with_the_usage(system_owner):
    sol = system_owner("Ann")
    sol.say_all(
        {
            "pk;switch out of here": "I did not expect “of” here; a name with blanks needs quotes."
            " Write it like this: `pk;switch out`",
            "pk;m ann private parts": "Write it like this: `pk;member <member> private`",
            "pk;config proxy case on please": "Write it like this: `pk;config proxy case [on or off]`",
            "pk;export all of it": "Write it like this: `pk;export [pluralport, csv or ics]`",
            "pk;token please": "Write it like this: `pk;token [refresh]`",
        }
    )
    assert sol.switches == []
    assert sol.member("Ann")["visibility"] == "public"


def test_a_tag_that_a_prefix_shadows_is_taken_with_a_warning_that_names_it(system_owner):
    sol = system_owner("Ann")
    never, some = "so nothing with this tag is ever proxied", "a message that is one as a whole, such as `.list`"
    for tag, prefix, warning in (
        ("pk;text", "`pk;`", never),
        ("PK!text", "`pk!`", never),
        (f"<@{BOT_ID}> text", f"`<@{BOT_ID}> `", never),
        (".text", "`.`", some),
        (".li text", None, None),
        (".litext", "`.`", some),
        (".list text", "`.`", some),
        (". text", None, None),
        ("..text", None, None),
        ("text.", None, None),
        ("-text", None, None),
    ):
        for how in ("", "add "):
            told = sol.say(f"pk;m ann proxy {how}{tag}", "The tags are" if not how else "is added.")
            assert (warning in told and prefix in told) if warning else "But " not in told, told
            sol.say("pk;m ann proxy clear", "no proxy tags now")


def test_a_plain_hello_by_dm_and_a_bare_mention_get_one_line(discord, rollcall, person):
    alice = person()
    for typed, options in (("hi", {"dm": True}), (f"<@{BOT_ID}>", {}), (f"<@!{BOT_ID}> ", {"dm": True})):
        (entry,) = discord.say_and_wait(alice, typed, **options)
        assert entry["message"]["embeds"][0]["description"] == "Hello! `.help` or `pk;help` lists what I can do."


def test_an_answer_to_a_question_in_a_dm_is_no_greeting(discord, discord_user):
    alice = discord_user("alice", "Foxes")
    alice.where = {"dm": True}
    alice.ask("pk;s name clear", "Clear the system's name?")
    assert discord.say_and_wait(alice.id, "what?", dm=True, timeout=0.3) == []
    after = discord.last_seq()
    alice.ask("no", "Nothing was changed.")
    until(lambda: discord.last_seq() > after)
    assert "Hello" not in str(discord.log(after))


def test_buttons_pages_and_menus_from_before_a_restart_are_answered_kindly(alone):
    running = alone()
    running.start_bot()
    discord = running.simulator
    alice = discord.add_user("alice")
    discord.join(alice)

    def fill(session):
        systems.create_system(session, int(alice))
        for number in range(26):
            members.create_member(session, int(alice), {"name": f"Member {number}"})

    running.write(fill)
    asked = []
    for typed in (".forget", "pk;list", "pk;config timezone US"):
        # The bot may tell its server just now what it publishes.
        (entry,) = (found for found in discord.say_and_wait(alice, typed) if found["message"]["components"])
        asked.append(entry["message"])
    running.bot.stop()
    running.start_bot()
    for message in asked:
        for part in message["components"][0]["components"]:
            if not part.get("disabled"):
                values = [part["options"][0]["value"]] if "options" in part else None
                after = discord.last_seq()
                discord.click(alice, message["id"], part["custom_id"], values)
                (told,) = discord.wait(after, 1, answers_only=True, quiet=0.15)
                assert told["ephemeral"]
                assert told["message"]["content"].startswith("This is from before")
