"""A user's own pairs: what fits, what does not, and that a refused edit changes nothing."""

import json

import pytest

from rules.account import kv
from rules.errors import Invalid, NotFound, TooLarge

ALICE, BOB = 80351110224678912, 80351110224678913
HALF_A_PAIR = json.loads('"\\ud83d"')


def filled(count, size=10):
    return {f"key{number}": "v" * size for number in range(count)}


def test_what_is_set_is_got(write, read):
    write(kv.set_value, ALICE, "city", "Bern")
    assert read(kv.get_value, ALICE, "city") == "Bern"
    assert read(kv.get_pairs, ALICE) == {"city": "Bern"}


def test_setting_and_removing_return_what_stood_there(write):
    assert write(kv.set_value, ALICE, "city", "Bern") == (None, False)
    assert write(kv.set_value, ALICE, "city", "Basel") == ("Bern", False)
    assert write(kv.remove_pair, ALICE, "city") == "Basel"


def test_a_pair_is_private_until_its_owner_says_otherwise(write, read):
    write(kv.edit_pairs, ALICE, {"city": "Bern", "river": "Aare"})
    assert write(kv.set_value, ALICE, "diary", "dear", public=False) == (None, False)
    assert write(kv.set_value, ALICE, "site", "a.example", public=True) == (None, True)
    assert read(kv.get_public_pairs, ALICE) == {"site": "a.example"}
    write(kv.publish_pair, ALICE, "city")
    assert write(kv.set_value, ALICE, "diary", "said", public=True) == ("dear", True)
    assert list(read(kv.get_public_pairs, ALICE).items()) == [
        ("city", "Bern"),
        ("diary", "said"),
        ("site", "a.example"),
    ]
    assert read(kv.get_public_pairs, BOB) == {}


def test_a_pair_stays_public_or_private_when_its_value_changes(write, read):
    write(kv.edit_pairs, ALICE, {"city": "Bern", "river": "Aare"})
    write(kv.publish_pair, ALICE, "city")
    assert write(kv.set_value, ALICE, "city", "Basel") == ("Bern", True)
    assert write(kv.set_value, ALICE, "river", "Rhine") == ("Aare", False)
    write(kv.edit_pairs, ALICE, {"city": "Chur", "river": "Plessur"})
    assert read(kv.list_pairs, ALICE) == [("city", "Chur", True), ("river", "Plessur", False)]
    assert read(kv.get_pair, ALICE, "city") == ("city", "Chur", True)
    assert read(kv.list_keys, ALICE) == ["city", "river"]


def test_what_is_taken_back_is_private_at_once_and_what_was_removed_comes_back_private(write, read):
    write(kv.set_value, ALICE, "city", "Bern", public=True)
    write(kv.withdraw_pair, ALICE, "city")
    assert read(kv.get_public_pairs, ALICE) == {}
    write(kv.publish_pair, ALICE, "city")
    write(kv.remove_pair, ALICE, "city")
    write(kv.set_value, ALICE, "city", "Bern")
    assert read(kv.get_public_pairs, ALICE) == {}


def test_a_refused_value_makes_nothing_public(write, read):
    write(kv.set_value, ALICE, "city", "Bern")
    with pytest.raises(Invalid):
        write(kv.set_value, ALICE, "city", "v" * 10_001, public=True)
    assert read(kv.list_pairs, ALICE) == [("city", "Bern", False)]


def test_a_longer_pair_is_removed_but_not_written(write, read):
    long = "k" * 255
    write(kv.store_pairs, ALICE, {long: "v" * 30_000}, new_are_public=True)
    with pytest.raises(Invalid, match="1 to 165"):
        write(kv.edit_pairs, ALICE, {long: "short"})
    with pytest.raises(Invalid, match="1 to 165"):
        write(kv.edit_pairs, BOB, {long: None})
    assert read(kv.get_value, ALICE, long) == "v" * 30_000
    write(kv.edit_pairs, ALICE, {long: None})
    assert read(kv.get_pairs, ALICE) == {}


def test_keys_are_suggested_by_what_is_in_them_first_those_that_begin_so(write, read):
    for key in ("my city", "City", "state", "city " * 30, "b"):
        write(kv.set_value, ALICE, key, "v")
    assert read(kv.suggest_keys, ALICE, "CIT", 25, 100) == ["City", "my city"]
    assert read(kv.suggest_keys, ALICE, "", 2, 100) == ["my city", "City"]
    assert read(kv.suggest_keys, BOB, "", 25, 100) == []


def test_setting_again_replaces_and_keeps_the_place(write, read):
    for key in ("one", "two", "three"):
        write(kv.set_value, ALICE, key, "old")
    write(kv.set_value, ALICE, "one", "new")
    assert list(read(kv.get_pairs, ALICE).items()) == [("one", "new"), ("two", "old"), ("three", "old")]
    write(kv.remove_pair, ALICE, "one")
    write(kv.set_value, ALICE, "one", "again")
    assert list(read(kv.get_pairs, ALICE)) == ["two", "three", "one"]


def test_an_edit_keeps_the_order_in_which_it_names_new_keys(write, read):
    write(kv.edit_pairs, ALICE, {"z": "1", "a": "2"})
    write(kv.edit_pairs, ALICE, {"m": "3", "a": "4", "b": "5"})
    assert list(read(kv.get_pairs, ALICE).items()) == [("z", "1"), ("a", "4"), ("m", "3"), ("b", "5")]


def test_people_do_not_see_each_others_pairs(write, read):
    write(kv.set_value, ALICE, "city", "Bern")
    write(kv.set_value, BOB, "city", "Basel")
    write(kv.clear_pairs, BOB)
    assert read(kv.get_pairs, ALICE) == {"city": "Bern"}
    assert read(kv.get_pairs, BOB) == {}


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("k", ""),
        ("k" * 165, "value"),
        ("😀" * 165, "value"),
        ("key", "v" * 10_000),
        ("key", "😀" * 10_000),
        (" ", " "),
        ("a/b/../c", "line\nline\r\n\ttab"),
        ("\n", "x"),
        ("__proto__", "constructor"),
        ("e\u0301", "é"),
        ("\u202e\u200b", "\ufeff"),
        ("'; DROP TABLE kv; --", "%s"),
    ],
    ids=lambda text: ascii(text)[:20],
)
def test_texts_that_fit_come_back_as_they_were(write, read, key, value):
    write(kv.set_value, ALICE, key, value)
    assert read(kv.get_pairs, ALICE) == {key: value}
    assert read(kv.get_value, ALICE, key) == value


def test_keys_that_look_alike_are_different(write, read):
    alike = {"key": "1", "Key": "2", "key ": "3", "é": "4", "e\u0301": "5"}
    write(kv.edit_pairs, ALICE, alike)
    assert read(kv.get_pairs, ALICE) == alike


@pytest.mark.parametrize(
    ("changes", "refusal", "sentence"),
    [
        ({"": "v"}, Invalid, "The key must have 1 to 165 characters; this one has 0."),
        ({"k" * 166: "v"}, Invalid, "The key must have 1 to 165 characters; this one has 166."),
        ({"😀" * 166: "v"}, Invalid, "this one has 166"),
        ({"k" * 166: None}, Invalid, "The key must have 1 to 165 characters"),
        ({"": None}, Invalid, "The key must have 1 to 165 characters"),
        (
            {"city": "v" * 10_001},
            Invalid,
            "The value of “city” must have at most 10,000 characters; this one has 10,001",
        ),
        ({"city": "😀" * 10_001}, Invalid, "this one has 10,001"),
        ({"k" * 165: "v" * 10_001}, Invalid, "The value of “" + "k" * 57 + "...” must have"),
        ({"a\0b": "v"}, Invalid, "The key must not hold a NUL character."),
        ({"city": "a\0b"}, Invalid, "The value of “city” must not hold a NUL character."),
        ({HALF_A_PAIR: "v"}, Invalid, "The key is not valid Unicode"),
        ({"city": HALF_A_PAIR}, Invalid, "The value of “city” is not valid Unicode"),
        ({"city": 3}, Invalid, "The value of “city” must be a text, or null to remove the key."),
        ({"city": True}, Invalid, "must be a text"),
        ({"city": ["Bern"]}, Invalid, "must be a text"),
        ({"city": {"name": "Bern"}}, Invalid, "must be a text"),
        (filled(512), TooLarge, "You can keep 512 key/value pairs; this would make 513. Remove some first."),
        (filled(105, size=10_000), TooLarge, "You can keep 1,048,576 bytes of keys and values; this would make 1,050,"),
        (filled(30, size=10_000) | {f"e{n}": "😀" * 10_000 for n in range(20)}, TooLarge, "You can keep 1,048,576"),
    ],
    ids=lambda value: ascii(value)[:20],
)
def test_an_edit_that_cannot_be_taken_changes_nothing(write, read, changes, refusal, sentence):
    write(kv.set_value, ALICE, "before", "here")
    with pytest.raises(refusal) as refused:
        write(kv.edit_pairs, ALICE, {"good": "pair", "before": None, **changes})
    assert sentence in refused.value.sentence
    assert len(refused.value.sentence) < 200
    assert read(kv.get_pairs, ALICE) == {"before": "here"}


def test_512_pairs_fit_and_one_more_only_instead_of_another(write, read):
    write(kv.edit_pairs, ALICE, filled(512))
    with pytest.raises(TooLarge):
        write(kv.set_value, ALICE, "one more", "")
    write(kv.set_value, ALICE, "key0", "replaced")
    write(kv.edit_pairs, ALICE, {"one more": "", "key0": None})
    assert len(read(kv.get_pairs, ALICE)) == 512
    write(kv.edit_pairs, BOB, filled(512))


def test_exactly_one_mebibyte_fits(write, read):
    pairs = {f"{n:03}": "😀" * 2500 for n in range(104)}
    left = kv.MOST_BYTES - sum(len(key) + len(value.encode()) for key, value in pairs.items())
    write(kv.edit_pairs, ALICE, {**pairs, "last": "v" * (left - 4)})
    with pytest.raises(TooLarge, match="this would make 1,048,577"):
        write(kv.set_value, ALICE, "last", "v" * (left - 3))
    write(kv.edit_pairs, ALICE, {"last": "v" * (left - 3), "000": "short"})
    assert len(read(kv.get_value, ALICE, "last")) == left - 3


def test_null_removes_whether_it_is_there_or_not(write, read):
    write(kv.edit_pairs, ALICE, {"city": "Bern", "river": "Aare"})
    write(kv.edit_pairs, ALICE, {"city": None, "nothing": None})
    assert read(kv.get_pairs, ALICE) == {"river": "Aare"}


def test_an_empty_edit_changes_nothing(write, read):
    write(kv.set_value, ALICE, "city", "Bern")
    write(kv.edit_pairs, ALICE, {})
    assert read(kv.get_pairs, ALICE) == {"city": "Bern"}


def test_what_is_not_there_is_not_found(write, read):
    write(kv.set_value, ALICE, "city", "Bern")
    for rule in (kv.get_value, kv.get_pair, kv.remove_pair, kv.publish_pair, kv.withdraw_pair):
        with pytest.raises(NotFound, match="You have no key “town”"):
            write(rule, ALICE, "town")
        with pytest.raises(NotFound):
            write(rule, BOB, "city")
    assert read(kv.list_pairs, ALICE) == [("city", "Bern", False)]


def test_removing_twice(write):
    write(kv.set_value, ALICE, "city", "Bern")
    write(kv.remove_pair, ALICE, "city")
    with pytest.raises(NotFound):
        write(kv.remove_pair, ALICE, "city")


def test_clearing(write, read):
    write(kv.edit_pairs, ALICE, filled(20))
    write(kv.clear_pairs, ALICE)
    write(kv.clear_pairs, ALICE)
    assert read(kv.get_pairs, ALICE) == {}
