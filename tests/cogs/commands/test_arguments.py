"""Reading typed commands: quotes, flags, free text."""

import pytest

from cogs.commands.arguments import SHOWING, Words, is_clearing, unquoted
from cogs.commands.subcommands import Verbs
from rules.errors import Invalid, NotFound


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", []),
        ("   \n ", []),
        ("alice  ben\ncharlie", ["alice", "ben", "charlie"]),
        ('"Ann Oak" ben', ["Ann Oak", "ben"]),
        ("'Ann Oak' ben", ["Ann Oak", "ben"]),
        ("“Ann Oak” „Bo Elm“ ”Cy Fir“", ["Ann Oak", "Bo Elm", "Cy Fir"]),
        ("«Ann Oak» ‹Bo› 「Cy Fir」 『D』", ["Ann Oak", "Bo", "Cy Fir", "D"]),
        # The first closing quote is not followed by a blank: no quotes at all.
        ('"Ann "Oak" x', ['"Ann', "Oak", "x"]),
        ("'tis it", ["'tis", "it"]),
        ("it's 'fine", ["it's", "'fine"]),
        ('""', [""]),
        ('"-all" x', ["-all", "x"]),
        ("- -- -5 −x", ["-", "--", "-5", "−x"]),
    ],
)
def test_words(text, words):
    assert Words(text).all() == words


def test_flags_are_read_on_the_way_and_are_no_words():
    words = Words("-All ben --Yes charlie -sd")
    assert words.all() == ["ben", "charlie"]
    assert words.flags == ["all", "yes", "sd"]
    words.check_flags(("all", "sd"))
    with pytest.raises(Invalid, match="I know no `-all` here"):
        words.check_flags(("sd",))


@pytest.mark.parametrize(
    ("text", "rest", "flags"),
    [
        ("I am -clear about it", "I am -clear about it", []),
        ("-raw", "", ["raw"]),
        ("-hello world", "-hello world", []),
        ("-y -hello world", "-hello world", ["y"]),
        ('"quoted" -y', '"quoted" -y', []),
        ("two  blanks \t\nand a line  ", "two  blanks\nand a line", []),
        ("clear -y", "clear", ["y"]),
        ("CLEAR", "CLEAR", []),
        ("clear -foo", "clear -foo", []),
    ],
)
def test_free_text_keeps_all_but_the_flags_in_front(text, rest, flags):
    words = Words(f"ann desc {text}")
    assert [words.next(), words.next()] == ["ann", "desc"]
    assert (words.rest(SHOWING), words.flags) == (rest, flags)


def test_what_clears():
    for text in ("clear", "Reset", "default"):
        assert is_clearing(text, Words())
    words = Words("-c")
    assert is_clearing(words.rest(SHOWING), words)
    assert not is_clearing("clear skies", Words())
    assert not is_clearing("", Words())


def test_peeking_takes_nothing():
    words = Words("-a ben")
    assert [words.peek(), words.peek(), words.next(), words.next()] == ["ben", "ben", "ben", None]
    assert words.flags == ["a"]


def test_options_of_a_slash_command_need_no_quotes():
    words = Words(ready=["Ann Oak", "", "desc", "-c is no flag"])
    assert [words.next(), words.next(), words.rest(SHOWING), words.flags] == ["Ann Oak", "desc", "-c is no flag", []]


def test_quotes_around_all_of_a_text_go():
    assert [unquoted(text) for text in ('"Ann Oak"', '"Ann" Oak', "Ann", '"a" "b"')] == [
        "Ann Oak",
        '"Ann" Oak',
        "Ann",
        '"a" "b"',
    ]


def test_subcommands_by_any_name_and_near_misses():
    verbs = Verbs("system")

    @verbs("rename", "rn", usage="[name]", about="change the name")
    async def rename() -> None: ...

    assert verbs.find("RN").run is rename
    assert verbs.find(None) is None
    with pytest.raises(NotFound, match="did you mean `rename`"):
        verbs.get("renmae")
    with pytest.raises(NotFound, match="`help system` lists"):
        verbs.get("xyzzy")
    with pytest.raises(ValueError, match="two subcommands rn"):
        verbs("rn")(rename)
