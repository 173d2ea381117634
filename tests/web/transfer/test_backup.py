"""`/user/<id>/backup`: asking for one's system's file by DM, and seeing whether it comes."""

import pytest

from rules.systems import systems
from rules.transfer.writing import backups

ALICE, BOB = 80351110224678912, 80351110224678914
PATH = "/user/@me/backup"


@pytest.fixture
def ask(client, write, token_of):
    write(systems.create_system, ALICE, {"name": "Foxes"})
    tokens = {user: token_of(user) for user in (ALICE, BOB)}

    def send(method="GET", body=None, user=ALICE, path=PATH):
        headers = {"Authorization": tokens[user]} if user else {}
        return client.open(path, method=method, json=body, headers=headers)

    return send


def test_the_first_comes_at_once_and_the_next_when_it_arrived(ask, write):
    assert ask().json == {"every": "off", "next": None, "failed_since": None}
    assert ask("PATCH", {"every": "weekly"}).status_code == 204
    first = ask().json
    assert (first["every"], first["failed_since"]) == ("weekly", None)
    assert write(backups.take_due) == ALICE
    write(backups.note_sent, ALICE)
    assert ask().json["next"] > first["next"]
    # Another period is no new beginning.
    assert ask("PATCH", {"every": "monthly"}).status_code == 204
    assert write(backups.take_due) is None
    assert ask("PATCH", {"every": "off"}).status_code == 204
    assert ask().json["next"] is None


def test_what_does_not_arrive_is_told(ask, write):
    ask("PATCH", {"every": "weekly"})
    write(backups.take_due)
    write(backups.note_failed, ALICE)
    assert ask().json["failed_since"] < ask().json["next"]
    # Asking again does not begin anew.
    ask("PATCH", {"every": "weekly"})
    assert write(backups.take_due) is None
    assert ask().json["failed_since"]


def test_what_was_given_up_is_told_and_begins_anew_where_it_is_asked_for_again(ask, write, monkeypatch):
    ask("PATCH", {"every": "weekly"})
    write(backups.note_failed, ALICE)
    now = backups.now_ms()
    monkeypatch.setattr(backups, "now_ms", lambda: now + 15 * 24 * 3_600_000)
    write(backups.note_failed, ALICE)
    told = ask().json
    assert (told["every"], told["next"], bool(told["failed_since"])) == ("weekly", None, True)
    assert ask("PATCH", {"every": "weekly"}).status_code == 204
    assert ask().json["next"]
    assert not ask().json["failed_since"]
    assert write(backups.take_due) == ALICE


@pytest.mark.parametrize("body", [{}, [], None, {"every": "daily"}, {"every": None}, {"every": ["off"]}, {"every": 7}])
def test_other_words_are_refused(ask, body):
    assert ask("PATCH", body).status_code in (400, 415)
    assert ask().json["every"] == "off"


@pytest.mark.parametrize("method", ["GET", "PATCH"])
def test_only_its_owner(ask, method):
    body = {"every": "weekly"} if method == "PATCH" else None
    for user, path, status in ((None, PATH, 401), (BOB, f"/user/{ALICE}/backup", 403), (BOB, PATH, 401)):
        assert ask(method, body, user, path).status_code == status
    assert ask().json["every"] == "off"
