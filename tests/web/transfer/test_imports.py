"""`/user/<id>/imports`: what files would change, importing them, how far that is, and taking it back."""

import gzip
import io
import json
import multiprocessing
import threading
import zipfile

import pytest

from database import steps
from rules.systems import systems
from rules.transfer import importer
from tests.rules.transfer.formats import sidecars
from tests.rules.transfer.formats.sidecars import get_sample
from web.responses import STOPPED
from web.transfer import imports, progress

ALICE, BOB = 80351110224678912, 80351110224678913
PATH = "/user/@me/imports"
MIB = 1024 * 1024
FORM = "multipart/form-data"
SIMPLY_PLURAL = get_sample("simply-plural-export.json")


def pluralkit(*switches):
    listed = [{"timestamp": at, "members": ["aaaaa"]} for at in switches]
    return json.dumps({"version": 1, "members": [{"id": "aaaaa", "name": "Pim"}], "switches": listed}).encode()


@pytest.fixture
def ask(client, token_of):
    token = token_of(ALICE)

    def run(method="POST", query="", data=None, path=PATH, token=token, kind=None):
        headers = {"Authorization": token} if token else {}
        return client.open(f"{path}?{query}", method=method, data=data, headers=headers, content_type=kind)

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
    assert not any("as before" in sentence for sentence in undone.json["sentences"])
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
        ("apply=true", b"", 400, "The file is not JSON: it is empty."),
        ("apply=true", SIMPLY_PLURAL[:-50], 400, "The file is not JSON: it ends in the middle"),
        ("apply=true", SIMPLY_PLURAL[:-70], 400, "The file is not JSON: it ends in the middle"),
        ("apply=true", b"x", 400, "The file is not JSON"),
        ("apply=yes", SIMPLY_PLURAL, 400, "The apply must be true or false."),
        ("apply=true&switches=some", SIMPLY_PLURAL, 400, "The switches must be one of"),
        ("apply=true&opens=1", SIMPLY_PLURAL, 400, "The opens must be true or false."),
        ("apply=true", b" " * (32 * MIB + 1), 413, "The file must have at most 33,554,432 bytes"),
        ("apply=true", b"PK\x03\x04" + b" " * 128 * MIB, 413, "The body must have at most 134,217,728 bytes"),
    ],
    ids=["empty", "cut", "cut elsewhere", "no JSON", "apply", "switches", "opens", "large", "large zip"],
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


def test_a_plan_says_in_numbers_what_it_says_in_words(ask):
    told = ask(data=SIMPLY_PLURAL).json
    assert told["exportedAt"].startswith("2025-04-10T")
    assert told["counts"] == {
        "members": {"new": 9, "changed": 0, "unchanged": 0},
        "groups": {"new": 4, "changed": 0, "unchanged": 0},
        "switches": {"new": 34, "changed": 0, "unchanged": 0},
        "fronts": {"new": 21, "changed": 0, "unchanged": 0},
    }
    assert (told["leftOut"], told["kept"]["notes"], told["notKept"]) == (3, 2, {})
    assert (told["visible"], told["openings"]) == ("", "")
    ask(query="apply=true", data=pluralkit("2021-02-01T00:00:00Z"))
    again = ask(data=pluralkit("2021-02-01T00:00:00Z")).json
    assert (again["counts"]["members"]["unchanged"], again["counts"]["switches"]["unchanged"]) == (1, 1)


@pytest.mark.parametrize("name", sidecars.NAMES)
def test_every_sample_comes_in_once(ask, name):
    sample = get_sample(name)
    assert ask(data=sample).json["changes"] is True
    assert ask(query="apply=true", data=sample).status_code == 200
    told = ask(data=sample).json
    assert (told["changes"], "Nothing would change: you have all of it already." in told["sentences"]) == (False, True)
    done = ask(query="apply=true", data=sample).json["sentences"][0]
    assert "Imported: 0 members added and 0 changed, 0 switches added." in done
    assert len(ask("GET").json) == 1


def lists_of_the_token():
    """Those of the dump that a form brings one by one."""
    with zipfile.ZipFile(io.BytesIO(get_sample("simply-plural-token-dump.zip"))) as archive:
        names = [name for name in archive.namelist() if name.startswith("json/") and "manifest" not in name]
        return [(io.BytesIO(archive.read(name)), f"{number}.json") for number, name in enumerate(names)]


def test_several_files_of_a_form_are_one_import(ask):
    whole = ask(data=get_sample("simply-plural-token-dump.zip")).json["counts"]
    parts = ask(data={"file": lists_of_the_token()}, kind=FORM).json["counts"]
    assert parts["members"] == whole["members"]
    assert parts["switches"] == whole["switches"]
    one = ask(data={"anything": (io.BytesIO(gzip.compress(SIMPLY_PLURAL)), "a")}, kind=FORM)
    assert one.json["counts"]["members"]["new"] == 9


BOUNDED = f"{FORM}; boundary=x"
PART = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.json"\r\n\r\n{}\r\n'


@pytest.mark.parametrize(
    ("data", "kind", "status", "says"),
    [
        (b"", BOUNDED, 400, "There is no file; attach one."),
        (PART, f"{FORM}; charset=utf-8", 400, "The form does not say where its parts end"),
        (SIMPLY_PLURAL, BOUNDED, 400, "The form is damaged or not sent to its end"),
        (PART, BOUNDED, 400, "The form is damaged or not sent to its end"),
        (PART + b"--x--\r\n", BOUNDED, 400, "this is an empty JSON object"),
        (PART * 50 + b"--x--\r\n", BOUNDED, 400, "These files do not belong together"),
        (PART * 200 + b"--x--\r\n", BOUNDED, 413, "A form may have at most 50 files."),
        (PART.replace(b'; filename="a.json"', b"") + b"--x--\r\n", BOUNDED, 400, "The form has fields and no file"),
        (b"x" * (64 * MIB + 1), BOUNDED, 413, "The body must have at most 67,108,864 bytes"),
    ],
    ids=["empty", "no boundary", "no form", "cut", "nothing", "strangers", "200", "field", "large"],
)
def test_a_form_that_is_refused_is_told_why(ask, read, data, kind, status, says):
    answer = ask(query="apply=true", data=data, kind=kind)
    assert (answer.status_code, answer.json["message"]) == (status, answer.json["message"])
    assert says in answer.json["message"]
    assert read(systems.find_own_system, ALICE) is None


def test_how_far_an_import_is_can_be_asked_while_it_runs(ask, token_of, monkeypatch):
    bob, told = token_of(BOB), []
    run = steps.run

    def run_and_ask(work, write, tell):
        def look():
            tell()
            told.append((ask("GET", path=f"{PATH}/running").json, ask("GET", path=f"{PATH}/running", token=bob).json))

        run(work, write, look)

    monkeypatch.setattr(importer, "ROWS_AT_ONCE", 20)
    monkeypatch.setattr(steps, "run", run_and_ask)
    idle = {"running": False, "done": 0, "total": 0}
    assert ask("GET", path=f"{PATH}/running").json == idle
    ask(query="apply=true", data=SIMPLY_PLURAL)
    assert ask("GET", path=f"{PATH}/running").json == idle
    alices, bobs = zip(*told, strict=True)
    assert {one["total"] for one in alices} == {55}
    assert [one["done"] for one in alices] == sorted(one["done"] for one in alices)
    assert (alices[-1]["done"], alices[0]["running"], set(map(str, bobs))) == (55, True, {str(idle)})


def test_every_worker_knows_how_far_it_is_and_of_one_that_was_killed_nobody_waits(monkeypatch):
    board = progress.Progress()
    worker = multiprocessing.get_context("fork").Process(target=board.tell, args=(ALICE, 3, 9))
    worker.start()
    worker.join()
    assert board.find(ALICE) == (3, 9)
    board.end(BOB)
    assert (board.find(ALICE), board.find(BOB)) == ((3, 9), None)
    now = progress.time.monotonic()
    monkeypatch.setattr(progress.time, "monotonic", lambda: now + 60)
    assert board.find(ALICE) is None


def test_an_import_ends_with_the_server_that_can_no_longer_answer(client, token_of, read):
    stopped = threading.Event()
    stopped.set()
    headers = {"Authorization": token_of(ALICE)}
    refused = client.post(
        f"{PATH}?apply=true", data=SIMPLY_PLURAL, headers=headers, environ_overrides={STOPPED: stopped}
    )
    assert refused.json["message"].startswith("The import was interrupted, and nothing was changed")
    assert read(systems.find_own_system, ALICE) is None


def test_while_another_file_is_read_one_is_told_to_come_again(ask, monkeypatch):
    monkeypatch.setattr(imports, "RETRY_AFTER_S", 0)
    with imports._turn:
        refused = ask(query="apply=true", data=SIMPLY_PLURAL)
    assert (refused.status_code, refused.headers["Retry-After"]) == (503, "0")
    assert refused.json["message"].startswith("Another file is being imported just now")
    assert ask(data=SIMPLY_PLURAL).status_code == 200
