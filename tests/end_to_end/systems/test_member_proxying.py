"""`pk;member <member> proxy` and `keepproxy`: tags around the word text, one by one, and the questions about them."""

import pytest

from rules.systems import members
from tests.end_to_end.bot_replies import text_of


def tags_of(system_owner, name="Ann"):
    return [((tag["prefix"] or "") + "text" + (tag["suffix"] or "")) for tag in system_owner.member(name)["proxy_tags"]]


def test_an_example_sets_the_tag(system_owner):
    sol = system_owner("Ann")
    sol.say("pk;m ann proxy", "None yet; `pk;member ann proxy [text]` sets one.")
    for verb, typed, stored in (
        ("proxy", "[text]", {"prefix": "[", "suffix": "]"}),
        ("tags", "A: TEXT", {"prefix": "A: ", "suffix": None}),
        ("proxytags", "text -a", {"prefix": None, "suffix": " -a"}),
        ("BRACKETS", '"text "', {"prefix": None, "suffix": " "}),
        ("proxy", "-a text", {"prefix": "-a ", "suffix": None}),
        ("proxy", '"-c text"', {"prefix": "-c ", "suffix": None}),
        ("proxy", '"add text"', {"prefix": "add ", "suffix": None}),
        ("proxy", "`text`", {"prefix": "`", "suffix": "`"}),
        ("proxy", "x" * 96 + "text", {"prefix": "x" * 96, "suffix": None}),
    ):
        sol.say(f"pk;m ann {verb} {typed}", "The tags are")
        assert sol.member("Ann")["proxy_tags"] == [stored], typed
        assert typed.strip('"').replace("TEXT", "text") in sol.say("pk;m ann proxy", "Proxy tags")


def test_quotes_around_the_word_alone_are_tags(system_owner):
    sol = system_owner("Ann")
    for typed, tag in {'"text"': ('"', '"'), "「text」": ("「", "」"), '"A: text "': ("A: ", " ")}.items():
        sol.say(f"pk;m Ann proxy {typed}", "now.")
        assert sol.member("Ann")["proxy_tags"] == [{"prefix": tag[0], "suffix": tag[1]}]


def test_tags_refused(system_owner):
    sol = system_owner()
    sol.add("Ann", proxy_tags=[{"prefix": "A:"}])
    for what in ("", "add ", "remove "):
        sol.say_all(
            {
                f"pk;m ann proxy {what}hello": "Write the tags around the word text, like `[text]`",
                f"pk;m ann proxy {what}text text": "The word text must be there only once",
                f"pk;m ann proxy {what}[TEXTtext]": "The word text must be there only once",
                f"pk;m ann proxy {what}text": "Put something before or after the word text",
                f"pk;m ann proxy {what}{'x' * 97}text": "Proxy tags must have at most 100 characters; these have 101.",
            }
        )
    sol.say_all(
        {
            "pk;m ann proxy add": "Write the tags to add, around the word text: `pk;member ann proxy add [text]`.",
            "pk;m ann proxy REMOVE": "Write the tags to remove, around the word text",
            "pk;m ann proxy add A:text": "The member has this tag already.",
            "pk;m ann proxy remove [text]": "The member has no such tag",
        }
    )
    assert tags_of(sol) == ["A:text"]


def test_tags_are_added_and_removed_one_by_one(system_owner):
    sol = system_owner("Ann")
    sol.say("pk;m ann proxy add [text]", "is added.")
    sol.say('pk;m ann tags APPEND "text "', "is added.")
    sol.say("pk;m ann proxy add A:text", "is added.")
    assert tags_of(sol) == ["[text]", "text ", "A:text"]
    shown = sol.say("pk;m ann proxy", "Proxy tags")
    assert [line.strip("`") for line in shown.split("\n")[1:]] == ["[text]", "text ", "A:text"]
    sol.say("pk;m ann proxy remove [text]", "is removed.")
    sol.say('pk;m ann proxy delete "text "', "is removed.")
    assert tags_of(sol) == ["A:text"]


def test_several_tags_go_only_after_a_question(system_owner):
    sol = system_owner()
    tags = [{"prefix": "[", "suffix": "]"}, {"prefix": "A:", "suffix": None}]
    sol.add("Ann", proxy_tags=tags)
    for typed, question in (
        ("<text>", "Replace all 2 tags?"),
        ("clear", "Remove all 2 tags?"),
        ("RESET", "Remove all 2 tags?"),
        ("-clear", "Remove all 2 tags?"),
        ("-c", "Remove all 2 tags?"),
    ):
        sol.say(f"pk;m ann proxy {typed}", question)
        sol.say("no", "Nothing was changed.")
    assert sol.member("Ann")["proxy_tags"] == tags
    sol.say("pk;m ann proxy <text>", "Replace all 2 tags?")
    sol.press_newest("Replace them", "The tags are `<text>` now.")
    assert tags_of(sol) == ["<text>"]
    sol.say("pk;m ann proxy clear", "The member has no proxy tags now.")
    assert tags_of(sol) == []
    sol.say("pk;m ann proxy add [text]", "is added.")
    sol.say("pk;m ann proxy add A:text", "is added.")
    sol.say("pk;m ann proxy -y B:text", "The tags are `B:text` now.")
    sol.say("pk;m ann proxy add A:text", "is added.")
    sol.say("pk;m ann proxy clear -yes", "The member has no proxy tags now.")
    assert tags_of(sol) == []


def test_tags_that_change_during_the_question_are_not_replaced(system_owner):
    sol = system_owner()
    sol.add("Ann", proxy_tags=[{"prefix": "[", "suffix": "]"}, {"prefix": "A:"}])
    sol.say("pk;m ann proxy <text>", "Replace all 2 tags?")
    sol.say("pk;m ann proxy add B:text", "is added.")
    sol.press_newest("Replace them", "The tags were changed meanwhile")
    assert tags_of(sol) == ["[text]", "A:text", "B:text"]


def test_tags_added_during_the_question_are_not_cleared(system_owner):
    sol = system_owner()
    hid = sol.add("Ann", proxy_tags=[{"prefix": "a", "suffix": None}, {"prefix": "b", "suffix": None}])
    sol.say("pk;m Ann proxy clear", "Remove all 2 tags?")
    sol.rollcall.write(members.edit_member, int(sol.id), hid, {"proxy_tags": [{"prefix": "c", "suffix": None}]})
    sol.press_newest("Remove them", "The tags were changed meanwhile")
    assert len(sol.member("Ann")["proxy_tags"]) == 1


def test_a_tag_of_another_member_is_asked_about(system_owner):
    sol = system_owner("Ann")
    sol.add("Ben", display_name="Benny", proxy_tags=[{"prefix": "B:"}])
    for typed, done in (("add B:text", "is added."), ("B:text", "The tags are")):
        sol.say(f"pk;m ann proxy {typed}", "is a tag of Benny as well. Use it all the same?")
        sol.say("no", "Nothing was changed.")
        assert tags_of(sol) == []
        sol.say(f"pk;m ann proxy {typed}", "is a tag of Benny as well. Use it all the same?")
        sol.press_newest("Use it", done)
        assert tags_of(sol) == ["B:text"]
        sol.say("pk;m ann proxy clear", "no proxy tags now")
    sol.say("pk;m ben private", "private now")
    told = sol.say("pk;m ann proxy add B:text", "is a tag of another of your members as well.")
    assert "Ben" not in told
    sol.say("no", "Nothing was changed.")
    sol.say("pk;m ann proxy add B:text", "is a tag of Benny as well.", dm=True)
    sol.say("yes", "is added.", dm=True)


def test_private_tags_are_shown_in_private(system_owner):
    sol = system_owner()
    sol.add("Ann", proxy_tags=[{"prefix": "secret:"}], proxy_privacy="private")
    sol.ask("pk;m ann proxy", "secret:text", "dm")
    assert "secret" not in text_of(sol.ask("pk;m ann proxy", "see your DMs", "channel"))


def test_one_hundred_tags_and_no_more(system_owner):
    sol = system_owner()
    sol.add("Ann", proxy_tags=[{"prefix": f"{number}:"} for number in range(100)])
    told = sol.say("pk;m ann proxy add A:text", "at most 100")
    answer = sol.patch(f"/v1/m/{sol.member('Ann')['id']}", proxy_tags=[{"prefix": f"{n}:"} for n in range(101)])
    assert (answer.status_code, answer.text) == (400, told)
    assert len(tags_of(sol)) == 100
    assert "more" in sol.say("pk;m ann proxy", "Proxy tags")


def test_keepproxy(system_owner):
    sol = system_owner("Ann")
    kept, lost = "Proxied messages keep the tags.", "They lose the tags."
    for verb in ("keepproxy", "keeptags", "showtags", "kp"):
        sol.say(f"pk;m ann {verb}", lost)
    for on, off in (("yes", "no"), ("on", "off"), ("ENABLE", "disable"), ("enabled", "Disabled"), ("true", "false")):
        sol.say(f"pk;m ann kp {on}", kept)
        assert sol.member("Ann")["keep_proxy"] is True
        sol.say("pk;m ann kp", kept)
        sol.say(f"pk;m ann kp {off}", lost)
        assert sol.member("Ann")["keep_proxy"] is False
    sol.say("pk;m ann kp maybe", "Say `on` or `off`; “maybe” is neither.")
    sol.say("pk;m ann kp on please", "I did not expect “please” here")
    assert sol.member("Ann")["keep_proxy"] is False


@pytest.mark.parametrize(
    "command",
    [
        *(
            "pk;s tag {}",
            "pk;s servertag {}",
            "pk;m ann displayname {}",
            "pk;m ann servername {}",
            "pk;m ann rename {}",
        ),
        *("pk;m new Ben{}", "pk;config name format {{name}} {}", "pk;config server name format {} {{name}}"),
    ],
)
def test_a_custom_emoji_that_a_name_cannot_show_is_told_when_it_is_set(system_owner, command):
    owner = system_owner("Ann")
    shown = "Discord shows no custom emoji in names: `{}` will stand there as text"
    for emoji in ("<:fox:80351110224678912>", "<a:fox_2:80351110224678912>"):
        owner.ask(command.format(emoji), shown.format(emoji))
        owner = system_owner("Ann")
    assert "no custom emoji" not in owner.say(command.format("🦊"))
