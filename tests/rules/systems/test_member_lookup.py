"""Which member a word means, and what is said when it means none or several."""

import pytest

from rules.errors import Invalid, NotAuthenticated, NotFound
from rules.systems import members, systems
from rules.systems.member_lookup import find_by_beginning, get_own_referenced, get_referenced, look_up

ALICE, BOB, CARLA = 80351110224678912, 80351110224678914, 80351110224678915


@pytest.fixture
def foxes(write):
    """Alice's system."""
    return write(systems.create_system, ALICE)


@pytest.fixture
def add(write, foxes, monkeypatch):
    """A new member of Alice's, with an ID made of one letter if that is given."""

    def run(name, letter=None, **fields):
        with monkeypatch.context() as patched:
            if letter:
                patched.setattr("secrets.choice", lambda letters: letter)
            return write(members.create_member, ALICE, {"name": name, **fields}).hid

    return run


@pytest.fixture
def zoe(write):
    """Bob's member, whose ID is zzzzz."""
    write(systems.create_system, BOB)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("secrets.choice", lambda letters: "z")
        return write(members.create_member, BOB, {"name": "Zoe"}).hid


@pytest.fixture
def find(read):
    """The ID of whom a word means."""
    return lambda reference, user_id=ALICE, **options: read(get_referenced, user_id, reference, **options).hid


@pytest.fixture
def refusal(find):
    """The sentence with which a word is refused."""

    def run(reference, kind=NotFound, **options):
        with pytest.raises(kind) as refused:
            find(reference, **options)
        return refused.value.sentence

    return run


@pytest.mark.parametrize(
    "typed", ["Ann", "ann", "ANN", " ann ", "The Tall", "the tall", "aaaaa", "AAAAA", "aa-aaa", "-aaaaa-"]
)
def test_a_member_by_name_by_display_name_and_by_id(add, find, typed):
    ann = add("Ann", "a", display_name="The Tall")
    add("Ben", "b")
    assert find(typed) == ann == "aaaaa"


@pytest.mark.parametrize(
    ("name", "typed"),
    [("Zoë", "zoe\u0308"), ("Zoe\u0308", "ZOË"), ("Straße", "STRASSE"), ("ÉLAN", "e\u0301lan"), ("😀", "😀")],
)
def test_the_same_text_in_other_signs(add, find, name, typed):
    hid = add(name)
    assert find(typed) == hid


def test_a_name_goes_before_a_display_name_and_both_before_an_id(add, find):
    by_id = add("Cleo", "c")
    by_display_name = add("Ben", "b", display_name="ccccc")
    assert find("ccccc") == by_display_name
    by_name = add("CCCCC", "d")
    assert find("ccccc") == by_name
    assert find("ccccc", by_id=True) == by_id
    with pytest.raises(NotFound, match="There is no member with the ID “cleo”; `list` shows those of yours"):
        find("cleo", by_id=True)


def test_anybodys_member_by_id_only(add, zoe, find, refusal):
    assert find("ZZ-ZZZ") == zoe
    assert find("zzzzz", CARLA) == zoe
    assert find("zoe", BOB) == zoe
    assert refusal("zoe") == "You have no member with the name or ID “zoe”; `list` shows yours."
    assert refusal("zoe", user_id=CARLA).startswith("You have no member")


@pytest.mark.parametrize("typed", ["", "-", "+1", "-1", "%", "\0", "😀", "x" * 2000])
def test_nothing_and_nonsense_mean_nobody(add, refusal, typed):
    add("Ann")
    add("Ben", display_name=None)
    assert (
        refusal(typed)
        == f"You have no member with the {'name or ID' if 'x' in typed else 'name'} “{typed[:40]}”; `list` shows yours."
    )
    assert refusal(typed, by_id=True).startswith("There is no member with the ID “")


def test_among_namesakes_the_case_decides_and_else_the_id_must(add, find, refusal):
    hids = {name: add(name, letter) for letter, name in zip("abc", ("Ann", "ANN", "ann"), strict=True)}
    for name, hid in hids.items():
        assert find(name) == hid
    asked = "Several of your members are called “aNN”; use the ID: `aaaaa`, `bbbbb`, `ccccc`."
    assert refusal("aNN", Invalid) == asked
    for letter in "defg":
        add("Ann", letter)
    assert refusal("Ann", Invalid).endswith("`aaaaa`, `bbbbb`, `ccccc`, `ddddd`, `eeeee`.")
    add("Ben", "h", display_name="Same")
    add("Cleo", "i", display_name="same")
    assert find("Same") == "hhhhh"
    assert refusal("SAME", Invalid).endswith("use the ID: `hhhhh`, `iiiii`.")


def test_in_public_nobody_is_named_who_is_hidden(add, refusal):
    add("Annika", "a", visibility="private")
    add("Berta", "b", name_privacy="private")
    add("Zoe One", "c", visibility="private")
    assert refusal("annica", public=True) == "You have no member with the name or ID “annica”; `list` shows yours."
    assert refusal("berto", public=True).endswith("`list` shows yours.")
    assert refusal("zoe", public=True).endswith("`list` shows yours.")
    assert refusal("annica").endswith("did you mean “Annika”?")
    assert refusal("berto").endswith("did you mean “Berta”?")
    add("ANNIKA", "d", name_privacy="private")
    assert refusal("annikA", Invalid, public=True).endswith("called “annikA”; use the ID; `list` shows it.")
    add("Annika", "e")
    assert refusal("annikA", Invalid, public=True).endswith("use the ID: `eeeee`.")
    assert refusal("annikA", Invalid).endswith("use the ID: `aaaaa`, `ddddd`, `eeeee`.")


def test_a_name_with_blanks_needs_quotes_when_there_is_one(add, refusal):
    add("Mary Ann")
    says = 'You have no member with the name or ID “mary”; a name with blanks needs quotes: `"Mary Ann"`.'
    assert refusal("mary") == refusal("mary", public=True) == says
    add("Mary Jane")
    assert "needs quotes" not in refusal("mary")


def test_own_members_in_order_with_doubles(add, read, zoe):
    ann, ben = add("Ann"), add("Ben")
    assert read(get_own_referenced, ALICE, ["ben", ann, "BEN"]) == [ben, ann, ben]
    assert read(get_own_referenced, ALICE, []) == []
    with pytest.raises(NotAuthenticated, match=r"^Member 'zzzzz' is not part of your system\.$"):
        read(get_own_referenced, ALICE, ["ann", zoe.upper()])
    with pytest.raises(NotAuthenticated, match="This account has no system"):
        read(get_own_referenced, CARLA, [zoe])
    with pytest.raises(NotFound, match="did you mean “Ben”"):
        read(get_own_referenced, ALICE, ["ann", "benn"], public=True)
    add(ann)
    assert read(get_own_referenced, ALICE, [ann, ben], by_id=True) == [ann, ben]
    with pytest.raises(NotFound, match="There is no member with the ID “ann”"):
        read(get_own_referenced, ALICE, [ben, "ann"], by_id=True)


def test_a_member_comes_with_its_system_and_with_why_it_may_not_be_changed(read, foxes, add, zoe):
    ann = add("Ann")
    own = read(look_up, ALICE, "ann")
    assert (own.thing.hid, own.system.hid, own.refusal) == (ann, foxes.hid, None)
    others = read(look_up, ALICE, zoe)
    assert (others.thing.hid, others.system.hid == foxes.hid) == (zoe, False)
    assert (type(others.refusal), others.refusal.sentence) == (
        NotAuthenticated,
        "Member 'zzzzz' is not part of your system.",
    )
    assert type(read(look_up, CARLA, zoe).refusal) is NotAuthenticated
    with pytest.raises(NotFound):
        read(look_up, ALICE, "nobody at all")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Ann Lee", ("Ann Lee", "")),
        ("ann  LEE tags x", ("Ann Lee", "tags x")),
        ("ann lee may", ("Ann Lee May", "")),
        ('the "boss"', ('The "Boss"', "")),
        ("tall one", ("Tall One", "")),
        ("ann", None),
        ("lee ann", None),
        ("hidden one", ("Hidden One", "")),
        ("", None),
    ],
)
def test_a_name_of_several_words_that_a_text_begins_with(add, read, text, found):
    add("Ann Lee")
    add("Ann Lee May")
    add('The "Boss"', display_name="Tall One")
    add("Hidden One", visibility="private")
    assert read(find_by_beginning, ALICE, text) == found
    if text == "hidden one":
        assert read(find_by_beginning, ALICE, text, public=True) is None


def test_a_name_with_quotes_is_suggested_in_others(add, refusal):
    add('Big "Boss"')
    assert refusal("big").endswith("""needs quotes: `'Big "Boss"'`.""")
