"""How the members that a command names change the list of those who front."""

import pytest

from rules.errors import Invalid
from rules.fronting.fronter_changes import combine


@pytest.mark.parametrize(
    ("current", "given", "how", "new"),
    [
        ("ab", "cd", "append", "abcd"),
        ("", "dc", "append", "dc"),
        ("ab", "", "append", "ab"),
        ("ab", "cd", "prepend", "cdab"),
        ("", "c", "prepend", "c"),
        ("abcd", "db", "remove", "ac"),
        ("ab", "ba", "remove", ""),
        ("abcd", "cb", "first", "cbad"),
        ("ab", "cb", "first", "cba"),
        ("ab", "a", "first", "ab"),
        ("", "a", "first", "a"),
    ],
)
def test_the_new_list(current, given, how, new):
    before = list(current)
    assert combine(before, list(given), how) == list(new)
    assert before == list(current)


@pytest.mark.parametrize(
    ("given", "how", "says"),
    [
        *(("cc", how, "Duplicate members in member list.") for how in ("append", "prepend", "remove", "first")),
        ("ca", "append", "A member whom you named is fronting already; name members who are not."),
        ("ba", "prepend", "A member whom you named is fronting already; name members who are not."),
        ("bc", "remove", "A member whom you named is not fronting; name members who are."),
    ],
)
def test_what_makes_no_sense(given, how, says):
    with pytest.raises(Invalid) as refused:
        combine(["a", "b"], list(given), how)
    assert refused.value.sentence == says
