"""`/user/<id>/imports`: what a file would change, importing it, and taking it back."""

import json

import pytest

from rules.systems import systems
from tests.rules.transfer.formats.sidecars import get_sample

ALICE, BOB = 80351110224678912, 80351110224678913
PATH = "/user/@me/imports"
SIMPLY_PLURAL = get_sample("simply-plural-export.json")


def pluralkit(*switches):
    listed = [{"timestamp": at, "members": ["aaaaa"]} for at in switches]
    return json.dumps({"version": 1, "members": [{"id": "aaaaa", "name": "Pim"}], "switches": listed}).encode()


@pytest.fixture
def ask(client, token_of):
    token = token_of(ALICE)

    def run(method="POST", query="", data=None, path=PATH, token=token):
        headers = {"Authorization": token} if token else {}
        return client.open(f"{path}?{query}", method=method, data=data, headers=headers)

    return run


def test_a_file_is_told_then_imported_listed_and_taken_back(ask, read):
    told = ask(data=SIMPLY_PLURAL)
    assert told.status_code == 200
    assert (told.json["app"], told.json["changes"]) == ("Simply Plural", True)
    assert {"adds_unknown", "takes_birthdays"} <= told.json["offers"].keys()
    assert told.headers["Cache-Control"] == "private, no-store"
    assert read(systems.find_own_system, ALICE) is None
    done = ask(query="apply=true&adds_unknown=true", data=SIMPLY_PLURAL)
    assert "10 members added" in done.json["sentences"][0]
    (one,) = ask("GET").json
    assert (one["number"], one["canBeUndone"], one["counts"]["new"]) == (1, True, 10)
    assert ask(data=SIMPLY_PLURAL, query="adds_unknown=true").json["changes"] is False
    undone = ask("DELETE", path=f"{PATH}/1")
    assert "Undone: 10 members" in undone.json["sentences"][0]
    assert read(systems.find_own_system, ALICE) is None


@pytest.mark.parametrize(("way", "count"), [("before", 1), ("all", 2), ("none", 0), ("", 1)])
def test_switches_that_would_mix(ask, way, count):
    ask(query="apply=true", data=pluralkit("2021-02-01T00:00:00Z", "2021-06-01T00:00:00Z"))
    other = pluralkit("2021-01-01T00:00:00Z", "2021-03-01T00:00:00Z")
    assert list(ask(data=other).json["switches"]) == ["before", "all", "none"]
    done = ask(query=f"apply=true{way and f'&switches={way}'}", data=other)
    assert f", {count} switch{'' if count == 1 else 'es'} added" in done.json["sentences"][0]


@pytest.mark.parametrize(
    ("query", "data", "status", "says"),
    [
        ("apply=true", b"", 400, "The file is not JSON"),
        ("apply=true", b"x", 400, "The file is not JSON"),
        ("apply=yes", SIMPLY_PLURAL, 400, "The apply must be true or false."),
        ("apply=true&switches=some", SIMPLY_PLURAL, 400, "The switches must be one of"),
        ("apply=true&opens=1", SIMPLY_PLURAL, 400, "The opens must be true or false."),
        ("apply=true", b" " * (32 * 1024 * 1024 + 1), 413, "at most"),
    ],
    ids=["empty", "no JSON", "apply", "switches", "opens", "large"],
)
def test_what_is_refused_changes_nothing(ask, read, query, data, status, says):
    answer = ask(query=query, data=data)
    assert answer.status_code == status
    assert says in answer.json["message"]
    assert read(systems.find_own_system, ALICE) is None


def test_only_its_owner_imports_lists_and_undoes(ask, token_of, read):
    ask(query="apply=true", data=SIMPLY_PLURAL)
    bob = token_of(BOB)
    for method, path in (("GET", ""), ("POST", ""), ("DELETE", "/1")):
        for token, status in ((None, 401), ("rc_1_x", 401), (bob, 403)):
            answer = ask(method, data=b"{}", path=f"/user/{ALICE}/imports{path}", token=token)
            assert answer.status_code == status, (method, token)
    for number in ("2", "0", "x", "-1", "9" * 30):
        assert ask("DELETE", path=f"{PATH}/{number}").status_code == 404
    assert ask("DELETE", path=f"{PATH}/1", token=bob).status_code == 404
    assert len(ask("GET").json) == 1
