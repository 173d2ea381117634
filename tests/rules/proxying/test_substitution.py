"""What a text becomes by `s/old/new/`, and what is refused of it; the time and memory that a pattern may take."""

import asyncio
import threading

import pytest

from cogs.messages import substitution_process
from rules.errors import Invalid
from rules.proxying.substitution import TOO_LARGE, TOO_LONG, TOO_SLOW, USAGE, read_substitution, substitute


@pytest.mark.parametrize(
    ("text", "written", "becomes"),
    [
        ("a cat, a cat", "s/cat/dog/", "a dog, a cat"),
        ("a cat, a cat", "s/cat/dog/g", "a dog, a dog"),
        ("a cat, a cat", "s/cat/dog", "a dog, a cat"),
        ("a Cat", "s|CAT|dog|i", "a dog"),
        ("one/two", "s!/! or !", "one or two"),
        ("one\ntwo", "s/^two/three/m", "one\nthree"),
        ("one\ntwo", "s/one.two/three/s", "three"),
        ("onetwo", "s/one # first\n two/three/x", "three"),
        ("hello world", r"s/(\w+) (?<last>\w+)/${last} $1/", "world hello"),
        ("hello world", r"s/(\w+) (\w+)/\2 \1/", "world hello"),
        ("hello world", r"s/(\w+) (?<last>\w+)/$1 ${last}/n", "world world"),
        ("a(b)(c", r"s/\(b\)[(](.)/$1/n", "a$1"),
        ("hello", "s/l+/<$&>/", "he<ll>o"),
        ("it costs", "s/costs/costs $5 or $$5/", "it costs $5 or $5"),
        ("ab", "s/(a)|(b)/[$1$2]/g", "[a][b]"),
        ("some words", "s/ words//", "some"),
        ("ß", r"s/\p{L}/x/", "x"),
    ],
)
def test_what_a_text_becomes(text, written, becomes):
    assert substitute(text, read_substitution(written)) == becomes


@pytest.mark.parametrize(
    ("written", "sentence"),
    [
        *((written, USAGE) for written in ("", "s", "hello", "s/", "s//x/", "s/a", "s/a/b/g/c", "sxaxbx", "s a b ")),
        ("s/a/b/z", "I know no flag “z”; there are g, i, m, n, s and x."),
        ("s/(a/b/", "I cannot read the pattern: missing )."),
        ("s/q/b/", "The pattern fits nothing in this message."),
        (f"s/./{'x' * 1900}/g", TOO_LONG),
    ],
)
def test_what_is_refused(written, sentence):
    with pytest.raises(Invalid) as refused:
        substitute("some words", read_substitution(written))
    assert refused.value.told == sentence


def test_a_pattern_is_not_looked_into_before_it_is_in_a_process_of_its_own():
    # To find the groups among these takes a second.
    written = f"({'[' * 4000}"
    assert read_substitution(f"s/{written}/x/n").pattern == written
    with pytest.raises(Invalid):
        asyncio.run(substitution_process.substitute("a", f"s/{written}/x/n"))


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("a" * 2000 + "b", "s/(a+)+$/x/"),
        ("a" * 2000 + "b", "s/(?:a|aa)+$/x/"),
        # Reading them takes the memory, or the time where the machine is busy.
        ("a", f"s/{'(?:' * 40}a{'){2}' * 40}/x/"),
        ("a", f"s/{'(' * 900}a{')' * 900}/x/"),
        ("a" * 2000, "s/(?=(.*))/$1$1$1$1/g"),
    ],
    ids=["backtracking", "alternatives", "memory", "nesting", "output"],
)
def test_no_pattern_takes_longer_or_more_than_it_may(text, written):
    with pytest.raises(Invalid) as refused:
        asyncio.run(substitution_process.substitute(text, written))
    assert refused.value.told in (TOO_SLOW, TOO_LARGE, TOO_LONG)


def test_others_are_served_while_a_pattern_is_tried():
    served = []

    async def serve():
        while not served:
            await asyncio.sleep(0)
            served.append(threading.get_ident())

    async def both():
        slow = asyncio.create_task(substitution_process.substitute("a" * 2000 + "b", "s/(a+)+$/x/"))
        await serve()
        assert not slow.done()
        assert await substitution_process.substitute("cat", "s/c/b/") == "bat"
        with pytest.raises(Invalid):
            await slow

    asyncio.run(both())
    assert served
