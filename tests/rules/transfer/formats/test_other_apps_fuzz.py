"""Samples of other apps in which anything stands in any place: each is read or refused, and nothing secret gets out."""

import random
from copy import deepcopy

import pytest

from rules.errors import Refused
from tests.rules.transfer.formats.other_apps import READERS, check_whole, get_data
from tests.rules.transfer.formats.sidecars import check_hidden, get_expected
from tests.rules.transfer.test_import_fuzz import ODD, places, spoil

TIMES = [0, -1, 2**63, 1e308, "NaN", "0", "9" * 17, {"_seconds": 2**70}, {"seconds": "x"}, "2025-02-30T00:00:00Z"]
IDS = ["", " ", "x" * 5000, {"$oid": "a"}, {"$oid": 5}, 2**300, -5, [], "65f00001000000000000000a", "root"]


@pytest.mark.parametrize("name", READERS)
def test_whatever_stands_in_a_file_it_is_read_or_refused_in_a_sentence(name):
    chance, data = random.Random(name), get_data(name)
    refused, hidden = [], get_expected(name).get("must_not_appear", [])
    for number in range(80):
        spoiled = data
        for _ in range(chance.randrange(1, 6)):
            spoiled = spoil(chance, spoiled) if spoiled and len(list(places(spoiled))) > 1 else spoiled
        try:
            file = READERS[name](deepcopy(spoiled))
        except Refused as refusal:
            refused.append(refusal.sentence)
            continue
        check_whole(file)
        check_hidden(file, hidden)
        assert number or file.members
    assert len(refused) < 40
    assert all(sentence.endswith((".", "?")) for sentence in refused)


@pytest.mark.parametrize("odd", [TIMES, IDS, ODD], ids=["times", "IDs", "anything"])
@pytest.mark.parametrize("name", READERS)
def test_one_kind_of_value_may_be_odd_in_every_row(name, odd):
    chance, data = random.Random(f"{name} {len(odd)}"), get_data(name)
    keys = sorted({path[-1] for path in places(data) if path and isinstance(path[-1], str) and len(path[-1]) < 20})
    for key in keys:
        file = _read(name, _with_odd(chance, data, key, odd))
        if file:
            check_whole(file)


def _read(name, data):
    try:
        # What is odd is the same object everywhere, and readers empty what they are given.
        return READERS[name](deepcopy(data))
    except Refused:
        return None


def _with_odd(chance, value, key, odd):
    """The same with something odd wherever this key is."""
    if isinstance(value, list):
        return [_with_odd(chance, item, key, odd) for item in value]
    if not isinstance(value, dict):
        return value
    return {
        name: chance.choice(odd) if name == key else _with_odd(chance, item, key, odd) for name, item in value.items()
    }
