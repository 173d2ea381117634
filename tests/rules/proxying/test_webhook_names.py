"""The name above a proxied message: composed of name and tag, and repaired where Discord refuses it."""

import pytest

from rules.proxying.webhook_names import compose_name, repair_name, tell_apart

THIN, UNSEEN = "\u200a", "\u17b5"


@pytest.mark.parametrize(
    ("name", "tag", "form", "composed"),
    [
        ("Ann", None, None, "Ann"),
        ("Ann", "", None, "Ann"),
        ("Ann", "| Foxes", None, "Ann | Foxes"),
        ("Ann", "| Foxes", "", "Ann | Foxes"),
        ("Ann", "Foxes", "{tag} {name}", "Foxes Ann"),
        ("Ann", None, "{tag} {name}", "Ann"),
        ("Ann", "Foxes", "{name}", "Ann"),
        ("Ann", "Foxes", "{name} ({name}, {tag})", "Ann (Ann, Foxes)"),
        ("Ann", "Foxes", "  {name}  {tag}  ", "Ann  Foxes"),
        ("Ann", "Foxes", "the pack", "the pack"),
        ("Ann", "Foxes", "{Name} {x}", "{Name} {x}"),
        ("{tag}", "{name}", None, "{tag} {name}"),
        ("Ann", None, "{tag}", "Ann"),
        ("Ann", " ", "{tag}", "Ann"),
    ],
)
def test_names_are_composed(name, tag, form, composed):
    assert compose_name(name, tag, form) == composed


@pytest.mark.parametrize(
    ("name", "repaired"),
    [
        ("Ann", "Ann"),
        ("clyde", f"c{THIN}lyde"),
        ("ClYdE the Third", f"C{THIN}lYdE the Third"),
        ("xclydeclyde", f"xc{THIN}lydec{THIN}lyde"),
        ("Discord", f"D{THIN}iscord"),
        ("my discord clyde", f"my d{THIN}iscord c{THIN}lyde"),
        ("clydiscord", f"clyd{THIN}iscord"),
        ("cly de dis cord", "cly de dis cord"),
        ("here", f"h{THIN}ere"),
        ("EVERYONE", f"E{THIN}VERYONE"),
        ("here I am", "here I am"),
        ("everyone else", "everyone else"),
        ("everyonehere", "everyonehere"),
        ("``", "``"),
        ("```", f"`{THIN}``"),
        ("a```b", f"a`{THIN}``b"),
        ("````", f"`{THIN}`{THIN}``"),
        ("``````", f"`{THIN}`{THIN}`{THIN}`{THIN}``"),
        ("A", f"A{UNSEEN}"),
        ("🦊", f"🦊{UNSEEN}"),
        ("AB", "AB"),
    ],
)
def test_names_are_repaired(name, repaired):
    assert repair_name(name) == repaired
    assert repair_name(repaired) == repaired


@pytest.mark.parametrize("length", [1, 2, 78, 79, 80, 81, 200])
@pytest.mark.parametrize("letter", ["A", "🦊", "clyde", "`"])
def test_whatever_comes_in_is_a_name_that_discord_takes(letter, length):
    for name in (repair_name(letter * length), tell_apart(repair_name(letter * length))):
        assert 2 <= len(name) <= 80
        assert not [word for word in ("clyde", "discord", "```") if word in name.lower()]
        assert name.lower() not in ("here", "everyone")
    assert repair_name("A" * 80) == "A" * 80


def test_two_who_are_called_the_same_are_told_apart():
    assert tell_apart("Ann") == f"Ann{THIN}{UNSEEN}" != "Ann"
    assert tell_apart("A" * 80) == f"{'A' * 78}{THIN}{UNSEEN}"
