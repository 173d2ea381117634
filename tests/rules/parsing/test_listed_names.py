"""Names in a row as people write them, and names that hold what stands between others."""

import pytest

from rules.parsing import listed_names
from rules.parsing.listed_names import split_names

NAMES = ("Ann", "Ben", "Cleo", "A & B", "Smith, Jr.", "Ann Oak", "Salt and Pepper", "R&D", "Ä & É")


@pytest.mark.parametrize(
    ("typed", "listed"),
    [
        ("Ann", ["Ann"]),
        ("Ann Ben", ["Ann", "Ben"]),
        ("Ann, Ben & Cleo", ["Ann", "Ben", "Cleo"]),
        ("Ann,Ben&Cleo", ["Ann", "Ben", "Cleo"]),
        ("ann and BEN", ["ann", "BEN"]),
        ("Ann,, Ben,", ["Ann", "Ben"]),
        ("A & B", ["A & B"]),
        ("a&b", ["a & b"]),
        ("A & Ben", ["A", "Ben"]),
        ("A & B & Ann", ["A & B", "Ann"]),
        ("Ann A & B Ben", ["Ann", "A & B", "Ben"]),
        ("smith, jr., Ann", ["Smith, Jr.", "Ann"]),
        ("r & d", ["R&D"]),
        ("salt AND pepper, Ben", ["salt AND pepper", "Ben"]),
        ("Ann Oak", ["Ann", "Oak"]),
        ("ann oak, Ben", ["ann oak", "Ben"]),
        ("Ben, Ann Oak", ["Ben", "Ann Oak"]),
        ("Ben, Ann Cleo", ["Ben", "Ann", "Cleo"]),
        ("A\u0308 & E\u0301", ["Ä & É"]),
        ("nobody, Ann", ["nobody", "Ann"]),
        (",", [","]),
        ("& and ,", ["&", "and", ","]),
        ("", []),
    ],
)
def test_a_list_of_names(typed, listed):
    assert split_names(typed.split(), NAMES) == listed


def test_a_word_in_quotes_keeps_its_blanks():
    assert split_names(["Ann Oak", "Ben"], NAMES) == ["Ann Oak", "Ben"]
    assert split_names(["A & B", "Ann  Elm"], NAMES) == ["A & B", "Ann  Elm"]


def test_and_may_be_somebodys_name():
    assert split_names(["Ann", "and", "Ben"], ["Ann", "And", "Ben"]) == ["Ann", "and", "Ben"]


def test_a_long_line_of_short_words_is_read_at_once():
    names = [f"{letter} & " + "& ".join("xyz" * 10) for letter in "abc"]
    assert len(split_names(["a", "&"] * 1000, names)) == 1000


def test_each_piece_of_a_line_full_of_signs_is_read_once(monkeypatch):
    read, asked = listed_names._key, []
    monkeypatch.setattr(listed_names, "_key", lambda text: asked.append(text) or read(text))
    names = ["a" + ",a" * 49]
    assert split_names(["a,"] * 40 + ["&"] * 1000, names) == ["a"] * 40
    # Once as a piece, and once more as a name that stands alone or is empty.
    assert len(asked) < 3 * 1100
