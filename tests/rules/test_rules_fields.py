"""Discord IDs in paths, and texts."""

import pytest

from rules import fields
from rules.errors import Invalid, NotFound


@pytest.mark.parametrize("text", ["0", "1", "80351110224678912", str(2**63 - 1)])
def test_ids(text):
    assert fields.get_snowflake(text) == int(text)


@pytest.mark.parametrize(
    ("text", "refusal"),
    [
        *((text, Invalid) for text in ("", "abc", "-1", "+1", "1.5", "1e5", "0x10", " 1", "1 ", "1\n", "00", "01")),
        *((text, Invalid) for text in ("٣", "１", "1_000", "1,000", "<@1>", "@me", "null", "1\0")),
        *((text, NotFound) for text in (str(2**63), "9" * 19, "1" * 20, "1" * 300, "9" * 10_000)),
    ],
    ids=lambda value: ascii(value)[:20],
)
def test_no_ids(text, refusal):
    with pytest.raises(refusal):
        fields.get_snowflake(text)


@pytest.mark.parametrize(
    ("value", "says"),
    [
        (None, "The name must be a text."),
        (5, "The name must be a text."),
        (b"abc", "The name must be a text."),
        ("abcd", "The name must have at most 3 characters; this one has 4."),
        ("😀😀😀😀", "The name must have at most 3 characters; this one has 4."),
        ("a\0", "The name must not hold a NUL character."),
        ("\ud800", "The name is not valid Unicode: it holds half of a surrogate pair."),
    ],
    ids=ascii,
)
def test_texts_that_cannot_be_kept(value, says):
    with pytest.raises(Invalid) as refused:
        fields.check_text("name", value, 3)
    assert refused.value.sentence == says


@pytest.mark.parametrize("value", ["", "abc", "😀😀😀", "\ufeff", "a\n"])
def test_texts_that_can(value):
    fields.check_text("name", value, 3)
