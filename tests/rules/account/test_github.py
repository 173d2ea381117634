"""A user's GitHub card: connecting it, keeping it fresh, and what survives a race."""

import pytest

from models import GitHub
from rules.account import github
from rules.errors import Invalid, NotFound

ALICE, BOB = 80351110224678912, 80351110224678913
NOON, HOUR = 1_800_000_000_000, 3_600_000
OCTOCAT = {
    "login": "octocat",
    "id": 583231,
    "avatar_url": "https://avatars.example/583231",
    "html_url": "https://github.com/octocat",
    "url": "https://api.github.com/users/octocat",
    "company": None,
    "blog": "",
    "bio": "Häkchen 🐙",
    "public_repos": 8,
    "email": "octocat@example.com",
}


@pytest.fixture
def clock(monkeypatch):
    """A clock that stands until the test moves it; noon at first."""
    hands = {"now": NOON}
    monkeypatch.setattr(github, "now_ms", lambda: hands["now"])
    return hands


@pytest.fixture
def card(read):
    def run(user_id=ALICE):
        row = read(lambda session: session.get(GitHub, user_id))
        return row and row.body

    return run


def test_the_card_has_the_documents_eight_keys_in_order(write, card):
    write(github.connect, ALICE, OCTOCAT, None)
    assert card() == (
        '{"id":583231,"username":"octocat","avatar_url":"https://avatars.example/583231",'
        '"url":"https://github.com/octocat","company":null,"blog":"","bio":"Häkchen 🐙","public_repos":8}'
    )


def test_connecting_again_replaces(write, read, card):
    write(github.connect, ALICE, OCTOCAT, '"a"')
    write(github.connect, ALICE, {**OCTOCAT, "id": 2, "login": "hubot"}, None)
    assert read(github.find_username, ALICE) == "hubot"
    assert '"id":2,' in card()


def test_disconnecting_twice(write, read, card):
    write(github.connect, ALICE, OCTOCAT, None)
    write(github.disconnect, ALICE)
    assert card() is None
    assert read(github.find_username, ALICE) is None
    with pytest.raises(NotFound, match="No GitHub account is connected"):
        write(github.disconnect, ALICE)


def test_a_card_is_due_an_hour_later_the_oldest_first(clock, write, read):
    write(github.connect, BOB, OCTOCAT, '"b"')
    clock["now"] += 1
    write(github.connect, ALICE, {**OCTOCAT, "id": 2}, '"a"')
    assert read(github.get_due, 10) == []
    clock["now"] = NOON + HOUR - 1
    assert read(github.get_due, 10) == []
    clock["now"] = NOON + HOUR
    assert read(github.get_due, 10) == [(BOB, 583231, '"b"')]
    clock["now"] += 1
    assert read(github.get_due, 10) == [(BOB, 583231, '"b"'), (ALICE, 2, '"a"')]
    assert read(github.get_due, 1) == [(BOB, 583231, '"b"')]


@pytest.mark.parametrize(("options", "due_in"), [({}, HOUR), ({"after_ms": github.RETRY_AFTER_MS}, HOUR // 6)])
def test_a_card_that_is_kept_comes_up_again(clock, write, read, card, options, due_in):
    write(github.connect, ALICE, OCTOCAT, '"a"')
    before = card()
    clock["now"] += 2 * HOUR
    write(github.keep_card, ALICE, 583231, **options)
    clock["now"] += due_in - 1
    assert read(github.get_due, 10) == []
    clock["now"] += 1
    assert read(github.get_due, 10) == [(ALICE, 583231, '"a"')]
    assert card() == before


def test_a_renamed_account(clock, write, read):
    write(github.connect, ALICE, OCTOCAT, '"a"')
    write(github.replace_card, ALICE, 583231, {**OCTOCAT, "login": "monalisa"}, '"b"')
    assert read(github.find_username, ALICE) == "monalisa"
    clock["now"] += HOUR
    assert read(github.get_due, 10) == [(ALICE, 583231, '"b"')]


def test_a_deleted_account_is_null_and_may_come_back(write, read, card):
    write(github.connect, ALICE, OCTOCAT, '"a"')
    write(github.replace_card, ALICE, 583231, None, None)
    assert card() is None
    assert read(github.find_username, ALICE) is None
    write(github.replace_card, ALICE, 583231, OCTOCAT, None)
    assert read(github.find_username, ALICE) == "octocat"


@pytest.mark.parametrize("meanwhile", ["disconnected", "another account"])
def test_an_answer_that_comes_too_late_changes_nothing(clock, write, read, card, meanwhile):
    write(github.connect, ALICE, OCTOCAT, None)
    write(github.disconnect, ALICE)
    if meanwhile == "another account":
        write(github.connect, ALICE, {**OCTOCAT, "id": 2, "login": "hubot"}, '"h"')
    before = card()
    clock["now"] += HOUR
    due = read(github.get_due, 10)
    write(github.replace_card, ALICE, 583231, OCTOCAT, '"a"')
    write(github.replace_card, ALICE, 583231, None, None)
    write(github.keep_card, ALICE, 583231)
    assert card() == before
    assert read(github.get_due, 10) == due


@pytest.mark.parametrize(
    "name",
    ["a", "octocat", "Octo-Cat", "a-b-c", "x" * 39, "0", "octo_corp", "octocat-", "-octocat", "-octo-cat-", "a--b"],
)
def test_names_that_github_gives(name):
    assert github.read_username(name) == name


@pytest.mark.parametrize(
    "typed",
    [
        *("@octocat-", " octocat- ", "https://github.com/octocat-", "http://www.github.com/octocat-/"),
        *("github.com/octocat-", "GitHub.com/octocat-?tab=repositories", "<https://github.com/octocat->"),
        *("https://github.com/octocat-/hello-world", "https://github.com/@octocat-", "https://github.com/octocat-#x"),
    ],
)
def test_a_mention_and_an_address_of_a_profile_are_that_account(typed):
    assert github.read_username(typed) == "octocat-"


@pytest.mark.parametrize(
    "name",
    [
        *("", " ", "@", "-", "--", "octo cat", "/octocat", "../users", "octo\ncat", "öcto", "a" * 101, "@@octocat"),
        *("https://gitlab.com/octocat", "https://github.com/", "https://github.com", "octocat.", "octo@cat"),
    ],
)
def test_names_that_github_cannot_give(name):
    with pytest.raises(Invalid, match="A GitHub user name has letters"):
        github.read_username(name)


def test_a_clock_that_was_ahead_keeps_no_card_from_being_refreshed(clock, write, read):
    clock["now"] += 24 * HOUR
    write(github.connect, ALICE, OCTOCAT, None)
    clock["now"] -= 24 * HOUR
    assert [user_id for user_id, *_ in read(github.get_due, 10)] == [ALICE]
    write(github.keep_card, ALICE, 583231)
    assert read(github.get_due, 10) == []
