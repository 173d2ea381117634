"""`.github`: an account on one's profile, kept fresh in the background."""

import pytest
from sqlalchemy import update

import models
from database import connections
from rules.account import github as rules_of_github
from tests.end_to_end.bot_replies import only
from tests.end_to_end.fake_github import ACCOUNTS
from tests.end_to_end.rollcall import until

CARD = {
    "id": 111227553,
    "username": "vaqqq",
    "avatar_url": "https://avatars.githubusercontent.com/u/111227553?v=4",
    "url": "https://github.com/vaqqq",
    "company": None,
    "blog": "https://harmy.gg",
    "bio": "casual coder",
    "public_repos": 1,
}


@pytest.fixture(autouse=True)
def fresh_github(github, rollcall):
    github.accounts, github.refusal = {name: dict(account) for name, account in ACCOUNTS.items()}, None
    yield
    github.refusal = None


def card_of(rollcall, user):
    return rollcall.get(f"/user/{user}").json()["github"]


def make_due(rollcall):
    """An hour passes."""
    database = connections.open_database(rollcall.database_url)
    with database.write() as session:
        session.execute(update(models.GitHub).values(due_at=0))
    database.close()


def test_connect_and_disconnect(discord, rollcall, person, github):
    alice = person()
    assert card_of(rollcall, alice) is None
    assert "vaqqq is on your profile" in only(discord.say_and_wait(alice, ".github VAQQQ"))[1]
    assert rollcall.get(f"/user/{alice}").json()["github"] == CARD
    assert list(card_of(rollcall, alice)) == list(CARD)
    assert "off your profile" in only(discord.say_and_wait(alice, ".github off"))[1]
    assert card_of(rollcall, alice) is None
    assert "No GitHub account is connected" in only(discord.say_and_wait(alice, ".github off"))[1]


def test_an_account_that_takes_anothers_place_says_how_to_undo_it(discord, rollcall, person):
    alice = person()
    rollcall.write(rules_of_github.connect, int(alice), {**ACCOUNTS["vaqqq"], "id": 1, "login": "octocat"}, None)
    told = only(discord.say_and_wait(alice, ".github vaqqq"))[1]
    assert "vaqqq is on your profile now, in the place of octocat; `.github octocat` undoes that." in told


def test_by_slash_command(discord, rollcall, person):
    alice = person()
    answers = discord.slash_and_wait(alice, "github", {"username": "vaqqq"})
    assert "vaqqq is on your profile" in only(answers)[1]
    assert card_of(rollcall, alice) == CARD


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("nobody-here", "GitHub has no user “nobody-here”."),
        ("../orgs/x", "letters, digits and hyphens"),
        ("a" * 101, "letters, digits and hyphens"),
        ("", "Write it like this: `.github <username> | off`"),
    ],
)
def test_refused(discord, rollcall, person, name, sentence):
    alice = person()
    assert sentence in only(discord.say_and_wait(alice, f".github {name}"))[1]
    assert card_of(rollcall, alice) is None


def test_github_cannot_be_asked(discord, rollcall, person, github):
    alice = person()
    github.refusal = (500, {})
    assert "GitHub cannot be asked now" in only(discord.say_and_wait(alice, ".github vaqqq"))[1]
    assert card_of(rollcall, alice) is None


@pytest.mark.long
def test_kept_fresh(discord, rollcall, person, github):
    """Unchanged, changed, renamed, rate-limited, offline, deleted: one after another on one account."""
    alice = person()
    discord.say_and_wait(alice, ".github vaqqq")
    github.requests.clear()
    make_due(rollcall)
    until(lambda: github.requests)
    path, etag = github.requests[0]
    assert path == "/user/111227553"
    assert etag
    assert card_of(rollcall, alice) == CARD

    github.accounts["vaqqq"] |= {"login": "vaq-renamed", "bio": "changed"}
    make_due(rollcall)
    until(lambda: card_of(rollcall, alice)["username"] == "vaq-renamed")
    assert card_of(rollcall, alice)["bio"] == "changed"
    until(lambda: "was renamed" in rollcall.bot.output)

    github.refusal = (429, {"Retry-After": "1"})
    github.requests.clear()
    make_due(rollcall)
    until(lambda: "cards stay as they are" in rollcall.bot.output)
    assert card_of(rollcall, alice)["username"] == "vaq-renamed"

    github.refusal = None
    github.accounts.clear()
    make_due(rollcall)
    until(lambda: card_of(rollcall, alice) is None)
    assert rollcall.bot.is_running
