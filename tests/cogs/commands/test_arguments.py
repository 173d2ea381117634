"""Reading typed commands: quotes, flags, free text."""

import pytest

from cogs.commands.arguments import SHOWING, Arguments, as_word, is_clearing, unquoted
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


@pytest.mark.parametrize(
    ("text", "found", "left"),
    [
        ("-public key value", True, ["key", "value"]),
        (" --PUB key", True, ["key"]),
        ("-public", True, []),
        ('"-public" key', False, ["-public", "key"]),
        ("-publicly key", False, ["-publicly", "key"]),
        ("public key", False, ["public", "key"]),
        ("key -public", False, ["key", "-public"]),
        ("- public", False, ["-", "public"]),
        ("", False, []),
    ],
)
def test_a_presence_command_takes_one_flag_in_front(text, found, left):
    arguments = Arguments(text, flags=False)
    assert arguments.take_flag("public", "pub") is found
    assert arguments.all() == left


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
        ('"-hello world"', "-hello world", []),
        ('-y "-hello world"', "-hello world", ["y"]),
        ("-5 degrees", "-5 degrees", []),
        ("- a list", "- a list", []),
        ('"quoted" -y', '"quoted" -y', []),
        ("two  blanks \t\nand a line  ", "two  blanks\nand a line", []),
        ("clear -y", "clear", ["y"]),
        ("CLEAR", "CLEAR", []),
    ],
)
def test_free_text_keeps_all_but_the_flags_in_front(text, rest, flags):
    arguments = Arguments(f"ann desc {text}")
    assert [arguments.next(), arguments.next()] == ["ann", "desc"]
    assert (arguments.rest(SHOWING), arguments.flags) == (rest, flags)


@pytest.mark.parametrize("text", ["-hello world", "-y -hello world", "--Hello", "-x s|a|b|", "clear -foo", "-h"])
def test_what_only_looks_like_a_flag_is_refused_where_a_text_is_expected(text):
    with pytest.raises(Invalid, match=r"I know no `-(hello|x|foo|h)` here; put a text that starts with - into quotes"):
        Arguments(text).rest(SHOWING)


def test_presence_commands_have_no_flags():
    arguments = Arguments("-key -v  of\n a value ", flags=False)
    assert (arguments.peek(), arguments.next(), arguments.rest(), arguments.flags) == (
        "-key",
        "-key",
        "-v  of\n a value",
        [],
    )


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("Ann", "Ann"),
        ("Ann Oak", '"Ann Oak"'),
        ('The "Boss"', "'The \"Boss\"'"),
        ("O'Neil Oak", '"O\'Neil Oak"'),
        ("-x", '"-x"'),
        ('"x"', "'\"x\"'"),
        ("", '""'),
    ],
)
def test_a_name_is_written_so_that_it_is_read_as_one_word(text, written):
    assert as_word(text) == written
    assert Arguments(written).all() == [text]


def test_a_name_for_which_no_quotes_would_do():
    assert as_word("\" ' ” » 」 x") is None


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
    assert subcommands.find_in("pk;system Foxes RN x") is subcommands.find("rename")
    with pytest.raises(NotFound, match="`help system` lists"):
        subcommands.get("xyzzy")
    with pytest.raises(ValueError, match="two subcommands rn"):
        subcommands("rn")(rename)
