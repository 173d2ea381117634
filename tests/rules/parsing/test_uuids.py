"""UUIDs as clients write them, and what is none."""

import pytest

from rules.parsing.uuids import format_uuid, make_uuid, parse_uuid

SHOWN = "0f8fad5b-d9cb-469f-a165-70867728950e"


def test_a_uuid_is_the_same_after_it_was_shown():
    made = make_uuid()
    assert parse_uuid(format_uuid(made)) == made != make_uuid()


def test_it_is_read_in_any_case():
    assert format_uuid(parse_uuid(SHOWN.upper())) == SHOWN


@pytest.mark.parametrize(
    "text",
    ["", "abcde", SHOWN.replace("-", ""), f"{{{SHOWN}}}", f"urn:uuid:{SHOWN}", f"{SHOWN}\n", SHOWN.replace("0", "٠")],
)
def test_nothing_else_is_one(text):
    assert parse_uuid(text) is None
