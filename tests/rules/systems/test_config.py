"""How a system wants things done: what is kept, who sees which of it, and what is refused."""

import pytest

from rules.errors import Invalid, NotAuthenticated, NotFound
from rules.systems import config, systems

ALICE, BOB = 80351110224678912, 80351110224678913
CHANGES = {
    "timezone": "Asia/Tokyo",
    "pings_enabled": False,
    "latch_timeout": 60,
    "member_default_private": True,
    "show_private_info": False,
    "case_sensitive_proxy_tags": False,
    "proxy_error_message_enabled": False,
    "hid_display_split": True,
    "hid_display_caps": True,
    "hid_list_padding": "left",
    "card_show_color_hex": True,
    "proxy_switch": "new",
    "name_format": "{name}",
    "description_templates": ["Likes:\nDislikes:", "x" * 1000, "Ä"],
}
LIMITS = {"member_limit": 1000, "group_limit": 250}
PUBLIC = {
    *("pings_enabled", "latch_timeout", "case_sensitive_proxy_tags", "proxy_error_message_enabled"),
    *("hid_display_split", "hid_display_caps", "hid_list_padding", "proxy_switch", "name_format"),
}


@pytest.fixture
def foxes(write):
    return write(systems.create_system, ALICE)


def test_all_settings_are_kept_and_unknown_ones_ignored(write, read, foxes):
    before = config.show_config(foxes)
    after = config.show_config(write(config.edit_config, ALICE, {**CHANGES, "unknown": 1, "member_limit": 5}))
    assert after == before | CHANGES | LIMITS
    assert set(before) - set(CHANGES) == {"group_default_private", *LIMITS}
    assert not {name for name in CHANGES if before[name] == after[name]}
    assert config.show_config(read(systems.get_own_system, ALICE)) == after


def test_one_setting_leaves_the_others(write, foxes):
    write(config.edit_config, ALICE, CHANGES)
    after = config.show_config(write(config.edit_config, ALICE, {"hid_list_padding": "off"}))
    assert {name: after[name] for name in CHANGES} == {**CHANGES, "hid_list_padding": "off"}


def test_strangers_see_what_changes_how_messages_look_and_nothing_else(write, foxes):
    shown = config.show_config(write(config.edit_config, ALICE, CHANGES))
    assert config.see_config(foxes, is_owner=True) == config.show_config(foxes)
    stranger = config.see_config(write(systems.get_own_system, ALICE), is_owner=False)
    assert stranger == {name: shown[name] for name in PUBLIC}


def test_a_program_cannot_change_what_v2_keeps_from_it(write, foxes):
    before = config.show_config(foxes)
    after = config.show_config(write(config.patch_config, ALICE, CHANGES))
    kept = ("show_private_info", "hid_list_padding")
    assert after == before | CHANGES | {name: before[name] for name in kept}


def test_null_is_what_there_was_at_first(write, foxes):
    write(config.edit_config, ALICE, CHANGES)
    nulls = dict.fromkeys(("timezone", "latch_timeout", "name_format", "description_templates"))
    after = config.show_config(write(config.edit_config, ALICE, nulls))
    assert {name: after[name] for name in nulls} == {
        "timezone": "UTC",
        "latch_timeout": None,
        "name_format": None,
        "description_templates": [],
    }


def test_more_than_a_hundred_thousand_hours_is_never(write, foxes):
    assert write(config.edit_config, ALICE, {"latch_timeout": 100_000 * 3600}).latch_timeout == 360_000_000
    assert write(config.edit_config, ALICE, {"latch_timeout": 100_000 * 3600 + 1}).latch_timeout == 0


@pytest.mark.parametrize(
    "changes",
    [
        {"timezone": "Atlantis"},
        {"latch_timeout": -1},
        {"latch_timeout": True},
        {"latch_timeout": "60"},
        {"proxy_switch": "always"},
        {"proxy_switch": ["new"]},
        {"pings_enabled": None},
        {"name_format": "x" * 101},
        {"hid_display_split": "yes"},
        {"hid_display_caps": 1},
        {"card_show_color_hex": None},
        {"hid_list_padding": "middle"},
        {"hid_list_padding": None},
        {"description_templates": "x"},
        {"description_templates": ["x"] * 4},
        {"description_templates": ["x" * 1001]},
        {"description_templates": [""]},
        {"description_templates": [None]},
        {"description_templates": ["a\0"]},
    ],
    ids=lambda changes: str(changes)[:50],
)
def test_what_is_refused_changes_nothing(read, write, foxes, changes):
    with pytest.raises(Invalid, match=f"The {next(iter(changes))}"):
        write(config.edit_config, ALICE, {"member_default_private": True, **changes})
    assert config.show_config(read(systems.get_own_system, ALICE)) == config.show_config(foxes)


def test_settings_need_a_system(write):
    with pytest.raises(NotAuthenticated):
        write(config.edit_config, BOB, CHANGES)


def test_templates_are_added_and_removed_by_number(write, read, foxes):
    def templates():
        return config.get_templates(read(systems.get_own_system, ALICE))

    assert [write(config.add_template, ALICE, text) for text in ("a", "b", "a")] == [1, 2, 3]
    with pytest.raises(Invalid, match="at most 3; these are 4"):
        write(config.add_template, ALICE, "c")
    write(config.remove_template, ALICE, 3)
    assert templates() == ["a", "b"]
    for number in (0, -1, 3):
        with pytest.raises(NotFound, match="no template"):
            write(config.remove_template, ALICE, number)
    assert config.get_template(read(systems.get_own_system, ALICE), 2) == "b"


@pytest.mark.parametrize(
    ("settings", "shown", "padded"),
    [
        ({}, "abcde abcdef", "abcde abcdef"),
        ({"hid_display_caps": True}, "ABCDE ABCDEF", "ABCDE ABCDEF"),
        ({"hid_display_split": True}, "abc-de abc-def", "abc-de abc-def"),
        ({"hid_list_padding": "left"}, "abcde abcdef", " abcde abcdef"),
        ({"hid_list_padding": "right", "hid_display_split": True}, "abc-de abc-def", "abc-de  abc-def"),
    ],
    ids=str,
)
def test_ids_look_as_their_reader_likes_them(write, read, foxes, settings, shown, padded):
    write(config.edit_config, ALICE, settings)
    display, stranger = read(config.get_display, ALICE), read(config.get_display, BOB)
    hids = ("abcde", "abcdef")
    assert " ".join(map(display.show_id, hids)) == shown
    assert " ".join(display.pad_ids(hids)) == padded
    assert stranger.pad_ids(hids) == list(hids)


@pytest.mark.parametrize("padding", ["left", "right"])
def test_ids_of_one_length_get_no_blank(write, read, foxes, padding):
    write(config.edit_config, ALICE, {"hid_list_padding": padding})
    assert read(config.get_display, ALICE).pad_ids(["abcde", "fghij"]) == ["abcde", "fghij"]
    assert read(config.get_display, ALICE).pad_ids([]) == []
