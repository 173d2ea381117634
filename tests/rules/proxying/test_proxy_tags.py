"""Tags that begin like a command: which prefix keeps their messages from being proxied."""

import pytest

from rules.proxying.proxy_tags import find_shadow

WORDS = ("list", "token", "add")


@pytest.mark.parametrize(
    ("prefix", "shadow"),
    [("pk;", "pk;"), ("PK;", "pk;"), ("pk;a ", "pk;"), ("pk! ", "pk!"), ("pk", None), ("p", None), (" pk;", None)],
)
def test_a_tag_behind_a_prefix_of_systems_commands_is_never_proxied(prefix, shadow):
    assert find_shadow({"prefix": prefix, "suffix": None}, ("pk;", "pk!")) == shadow


@pytest.mark.parametrize(
    ("prefix", "shadow"),
    [
        (".", "."),
        (".l", "."),
        (".LIST", "."),
        (".list ", "."),
        (".add me ", "."),
        (".l ", None),
        (". ", None),
        ("..", None),
        (".x", None),
        (".lists", None),
        (None, None),
    ],
)
def test_a_tag_behind_a_prefix_of_presence_commands_is_shadowed_by_their_words(prefix, shadow):
    assert find_shadow({"prefix": prefix, "suffix": "-"}, (".",), WORDS) == shadow
