"""Files in which anything stands in any place: each is read or refused, and what is read can be imported."""

import copy
import json
import random

import pytest

from rules.errors import Refused
from rules.transfer import importer
from tests.rules.transfer.formats.test_tupperbox import TUPPER
from tests.rules.transfer.import_samples import export, run_import
from tests.rules.transfer.test_group_import import TALL
from tests.rules.transfer.test_import_file import ALICE, OLD

FILES = [
    OLD,
    {**OLD, "groups": [{**TALL, "members": ["aaaaa", "bbbbbb"]}, {"name": "Quiet"}]},
    {"tuppers": [{**TUPPER, "group_id": 3}, {**TUPPER, "name": "Ben"}], "groups": [{"id": 3, "tag": "x"}]},
]
ODD = [
    *(None, "", [], {}, 0, 1, -1, 1.5, 1e308, 2**70, True, False, "x", "x" * 2000, " ", "\u202e", "T", "https://["),
    *([[]], [None], [{}], {"a": 1}, ["x", 5], {"prefix": 5}, [{"prefix": "a"}] * 101),
    *("2019-02-29", "0000-00-00", "9999-12-31T23:59:59.999999+23:59", "0001-01-01T00:00:00"),
]


def places(value, path=()):
    yield path
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in inside:
        yield from places(item, (*path, key))


def spoil(chance, data):
    """The same with something odd in one place, or without it."""
    data = copy.deepcopy(data)
    *path, last = chance.choice([path for path in places(data) if path])
    inside = data
    for key in path:
        inside = inside[key]
    inside[last] = copy.deepcopy(chance.choice(ODD))
    if chance.random() < 0.2:
        del inside[last]
    return data


def spoiled(seed, files):
    chance = random.Random(seed)
    for _ in range(files):
        data = chance.choice(FILES)
        for _ in range(chance.randrange(1, 5)):
            data = spoil(chance, data) if data else data
        yield json.dumps(data).encode()


def test_whatever_stands_in_a_file_it_is_read_or_refused_in_a_sentence():
    refused = []
    for text in spoiled(1, 2000):
        try:
            importer.read_file(text)
        except Refused as refusal:
            refused.append(refusal.sentence)
    assert len(refused) < 500
    assert all(sentence.endswith(".") for sentence in refused)


@pytest.mark.long
def test_whatever_was_read_can_be_imported_and_exported_and_read_again(write, read):
    for text in spoiled(2, 1000):
        try:
            run_import(write, ALICE, text)
        except Refused:
            continue
        exported = json.dumps(export(read, ALICE)).encode()
        assert importer.read_file(exported).left_out == ()
