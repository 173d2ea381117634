"""Pairs set through Lanyard's dialect: its limits in its words, public where they are new, private where they were."""

import json

import pytest

from rules import opt_out
from rules.account import erasure, kv
from rules.errors import NotAllowed, TooLarge
from rules.lanyard import keys

ALICE, BOB = 80351110224678912, 80351110224678913
HALF_A_PAIR = json.loads('"\\ud83d"')
KEY_TOO_LONG = "key must be 255 characters or less"
KEY_ODD = "key must be alphanumeric (a-zA-Z0-9_)"
VALUE_TOO_LONG = "value must be 30000 characters or less"


def test_what_is_new_is_public_and_what_was_private_stays_so(write, read):
    write(kv.set_value, ALICE, "diary", "old")
    assert write(keys.put_pair, ALICE, "city", "Bern") == (None, True)
    assert write(keys.put_pair, ALICE, "diary", "new") == ("old", False)
    write(keys.merge_pairs, ALICE, {"diary": "newer", "city": "Basel", "river": "Rhine"})
    assert read(kv.get_public_pairs, ALICE) == {"city": "Basel", "river": "Rhine"}
    assert read(kv.get_pairs, ALICE) == {"diary": "newer", "city": "Basel", "river": "Rhine"}


def test_what_was_made_private_or_public_stays_so(write, read):
    write(keys.merge_pairs, ALICE, {"city": "Bern", "river": "Aare"})
    write(kv.withdraw_pair, ALICE, "city")
    write(keys.put_pair, ALICE, "city", "Basel")
    write(kv.set_value, ALICE, "river", "Rhine")
    assert read(kv.get_public_pairs, ALICE) == {"river": "Rhine"}


@pytest.mark.parametrize(
    ("key", "value"),
    [("k" * 255, ""), ("_", "v" * 30_000), ("k", "😀" * 30_000), ("0", "line\nline\r\n\ttab"), ("Key_1", "é")],
    ids=lambda text: ascii(text)[:20],
)
def test_what_fits_lanyard_comes_back_and_can_be_removed_in_harmys_dialect(write, read, key, value):
    write(keys.put_pair, ALICE, key, value)
    assert read(kv.get_pairs, ALICE) == read(kv.get_public_pairs, ALICE) == {key: value}
    write(kv.edit_pairs, ALICE, {key: None})
    assert read(kv.get_pairs, ALICE) == {}


@pytest.mark.parametrize(
    ("key", "value", "sentence", "told"),
    [
        ("k" * 256, "v", KEY_TOO_LONG, "The key must have 1 to 255 characters; this one has 256."),
        ("-" * 256, "v", KEY_TOO_LONG, "this one has 256"),
        ("", "v", KEY_ODD, "nothing but letters from a to z, digits and _; the command `add` takes others."),
        ("a-b", "v", KEY_ODD, "nothing but letters"),
        ("a b", "v", KEY_ODD, "nothing but letters"),
        ("key\n", "v", KEY_ODD, "nothing but letters"),
        ("é", "v", KEY_ODD, "nothing but letters"),
        ("٣", "v", KEY_ODD, "nothing but letters"),
        (HALF_A_PAIR, "v", KEY_ODD, "nothing but letters"),
        ("k", "v" * 30_001, VALUE_TOO_LONG, "The value must have at most 30,000 characters; this one has 30,001."),
        ("k", "a\0b", "The value must not hold a NUL character.", "NUL"),
        ("k", HALF_A_PAIR, "The value is not valid Unicode: it holds half of a surrogate pair.", "not valid"),
    ],
    ids=lambda value: ascii(value)[:20],
)
def test_a_pair_that_lanyard_refuses_changes_nothing(write, read, key, value, sentence, told):
    write(kv.set_value, ALICE, "before", "here")
    for rule, args in ((keys.put_pair, (key, value)), (keys.merge_pairs, ({"good": "pair", key: value},))):
        with pytest.raises(keys.InvalidPair) as refused:
            write(rule, ALICE, *args)
        assert refused.value.sentence == sentence
        assert told in refused.value.told
    assert read(kv.get_pairs, ALICE) == {"before": "here"}


@pytest.mark.parametrize("body", [None, [], "text", 3, {"k": 3}, {"k": None}, {"k": {}}, {"k": True}, {"-": 3}])
def test_a_body_that_is_no_object_of_texts_changes_nothing(write, read, body):
    write(kv.set_value, ALICE, "k", "here")
    with pytest.raises(keys.InvalidBody, match="body must be an object"):
        write(keys.merge_pairs, ALICE, body)
    assert read(kv.get_pairs, ALICE) == {"k": "here"}


def test_an_empty_object_changes_nothing(write, read):
    write(keys.merge_pairs, ALICE, {})
    assert read(kv.get_pairs, ALICE) == {}


def test_512_pairs_fit_private_ones_counted(write, read):
    write(kv.edit_pairs, ALICE, {f"private {number}": "" for number in range(256)})
    write(keys.merge_pairs, ALICE, {f"key{number}": "" for number in range(256)})
    put, merged = "exceed key limit (512), please delete keys first", "exceed the key limit (512), please delete some"
    for rule, args, sentence in ((keys.put_pair, ("-", ""), put), (keys.merge_pairs, ({"more": ""},), merged)):
        with pytest.raises(keys.InvalidPair) as refused:
            write(rule, ALICE, *args)
        assert sentence in refused.value.sentence
        assert refused.value.told.endswith("this would make 513. Remove some first.")
    write(keys.put_pair, ALICE, "key0", "replaced")
    write(keys.delete_pair, ALICE, "key1")
    write(keys.put_pair, ALICE, "more", "")
    assert len(read(kv.get_pairs, ALICE)) == 512


def test_the_mebibyte_of_a_user_holds_here_too(write, read):
    write(keys.merge_pairs, ALICE, {f"key{number}": "😀" * 25_000 for number in range(10)})
    with pytest.raises(TooLarge, match="You can keep 1,048,576 bytes"):
        write(keys.put_pair, ALICE, "more", "😀" * 20_000)
    assert len(read(kv.get_pairs, ALICE)) == 10


def test_nothing_is_stored_for_whoever_asked_to_be_forgotten(write, read):
    write(keys.put_pair, ALICE, "city", "Bern")
    write(erasure.forget, ALICE)
    for rule, args in ((keys.put_pair, ("city", "Bern")), (keys.merge_pairs, ({"city": "Bern"},))):
        with pytest.raises(NotAllowed):
            write(rule, ALICE, *args)
    assert read(kv.get_public_pairs, ALICE) == {}
    write(opt_out.show, ALICE)
    write(keys.put_pair, ALICE, "city", "Bern")


def test_deleting_is_the_same_whether_it_is_there_or_not(write, read):
    write(keys.put_pair, ALICE, "city", "Bern")
    write(keys.put_pair, BOB, "city", "Basel")
    for key in ("city", "city", "", "-" * 300):
        write(keys.delete_pair, ALICE, key)
    assert read(kv.get_pairs, ALICE) == {}
    assert read(kv.get_pairs, BOB) == {"city": "Basel"}
