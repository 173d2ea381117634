"""Reading typed commands: quotes, flags, free text."""

import pytest

from cogs.commands.arguments import SHOWING, Arguments, is_clearing, unquoted
from cogs.commands.subcommands import Subcommands
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
    assert Arguments(text).all() == words


def test_flags_are_read_on_the_way_and_are_no_words():
    arguments = Arguments("-All ben --Yes charlie -sd")
    assert arguments.all() == ["ben", "charlie"]
    assert arguments.flags == ["all", "yes", "sd"]
    arguments.check_flags(("all", "sd"))
    with pytest.raises(Invalid, match="I know no `-all` here"):
        arguments.check_flags(("sd",))


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
    arguments = Arguments(f"ann desc {text}")
    assert [arguments.next(), arguments.next()] == ["ann", "desc"]
    assert (arguments.rest(SHOWING), arguments.flags) == (rest, flags)


def test_what_clears():
    for text in ("clear", "Reset", "default"):
        assert is_clearing(text, Arguments())
    arguments = Arguments("-c")
    assert is_clearing(arguments.rest(SHOWING), arguments)
    assert not is_clearing("clear skies", Arguments())
    assert not is_clearing("", Arguments())


def test_peeking_takes_nothing():
    arguments = Arguments("-a ben")
    assert [arguments.peek(), arguments.peek(), arguments.next(), arguments.next()] == ["ben", "ben", "ben", None]
    assert arguments.flags == ["a"]


def test_options_of_a_slash_command_need_no_quotes():
    arguments = Arguments(ready=["Ann Oak", "", "desc", "-c is no flag"])
    assert [arguments.next(), arguments.next(), arguments.rest(SHOWING), arguments.flags] == [
        "Ann Oak",
        "desc",
        "-c is no flag",
        [],
    ]


def test_quotes_around_all_of_a_text_go():
    assert [unquoted(text) for text in ('"Ann Oak"', '"Ann" Oak', "Ann", '"a" "b"')] == [
        "Ann Oak",
        '"Ann" Oak',
        "Ann",
        '"a" "b"',
    ]


def test_subcommands_by_any_name_and_near_misses():
    subcommands = Subcommands("system")

    @subcommands("rename", "rn", usage="[name]", about="change the name")
    async def rename() -> None: ...

    assert subcommands.find("RN").run is rename
    assert subcommands.find(None) is None
    with pytest.raises(NotFound, match="did you mean `rename`"):
        subcommands.get("renmae")
    with pytest.raises(NotFound, match="`help system` lists"):
        subcommands.get("xyzzy")
    with pytest.raises(ValueError, match="two subcommands rn"):
        subcommands("rn")(rename)
