"""Whatever goes wrong is one sentence of JSON, and tells nothing that is nobody's business."""

import logging

import pytest
from sqlalchemy import text

from rules import errors
from rules.account import kv
from rules.errors import Refused

ALICE = 80351110224678912
SECRETS = ("Traceback", 'File "', "sqlite", "SELECT", "INSERT", "/rollcall", "site-packages", "pbkdf2")


@pytest.fixture
def alice(join, write, token_of):
    """Alice is published and has one pair; her token."""
    join(ALICE)
    write(kv.set_value, ALICE, "city", "Bern")
    return token_of(ALICE)


def check_fault(answer, code):
    """One sentence of JSON, for machines and people."""
    assert answer.status_code == code
    assert answer.content_type == "application/json"
    assert list(answer.json) == ["code", "message"]
    assert answer.json["code"] == code
    message = answer.json["message"]
    assert message[0].isupper()
    assert message.endswith(".")
    assert "\n" not in message
    assert not [secret for secret in SECRETS if secret.lower() in message.lower()]
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["Vary"] == "Authorization"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    "path",
    [
        "/nothing",
        "/user",
        "/user/",
        "//user/1",
        "/user//kv",
        "/user/1/k",
        "/USER/1",
        "/favicon.ico",
    ],
)
def test_a_path_that_leads_nowhere(client, path):
    for method in ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND"):
        check_fault(client.open(path, method=method), 404)


@pytest.mark.parametrize(
    "path", ["/%FF", "/%00", "/../../etc/passwd", "/" + "x" * 8000, "/?" + "a=1&" * 2000, "/%F0%9F"]
)
def test_an_odd_path(client, path):
    answer = client.get(path)
    if answer.status_code != 200:
        check_fault(answer, 404)
    assert path.startswith("/?") is (answer.status_code == 200)


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("POST", "/", {"GET", "HEAD", "OPTIONS"}),
        ("DELETE", "/health", {"GET", "HEAD", "OPTIONS"}),
        ("POST", f"/user/{ALICE}", {"GET", "HEAD", "OPTIONS"}),
        ("PUT", "/user/abc", {"GET", "HEAD", "OPTIONS"}),
        ("PUT", f"/user/{ALICE}/kv", {"GET", "HEAD", "OPTIONS", "PATCH", "DELETE"}),
        ("POST", f"/user/{ALICE}/kv", {"GET", "HEAD", "OPTIONS", "PATCH", "DELETE"}),
        ("PATCH", f"/user/{ALICE}/kv/city", {"GET", "HEAD", "OPTIONS", "PUT", "DELETE"}),
        ("POST", f"/user/{ALICE}/kv/city", {"GET", "HEAD", "OPTIONS", "PUT", "DELETE"}),
        ("TRACE", f"/user/{ALICE}", {"GET", "HEAD", "OPTIONS"}),
    ],
)
def test_a_method_that_the_path_does_not_take(client, method, path, allowed):
    answer = client.open(path, method=method)
    check_fault(answer, 405)
    assert set(answer.headers["Allow"].split(", ")) == allowed


def test_an_anonymous_write_is_told_before_its_body_is_looked_at(client):
    check_fault(client.put(f"/user/{ALICE}/kv/city", data=b"x" * 1_000_000), 401)


@pytest.mark.parametrize("below", ["", "/city"])
def test_a_body_that_is_too_large(client, alice, below):
    method = client.put if below else client.patch
    answer = method(
        f"/user/{ALICE}/kv{below}",
        data=b"x" * (6 * kv.MOST_BYTES + 1),
        headers={"Authorization": alice},
        content_type="application/json",
    )
    check_fault(answer, 413)


def test_too_many_requests(make_app):
    client = make_app(RATE_LIMIT="1/hour").test_client()
    client.get("/user/1")
    answer = client.get("/user/1")
    check_fault(answer, 429)
    assert int(answer.headers["Retry-After"]) > 0


def crash(kind):
    """An app's own fault, with things in it that must not get out."""
    raise kind("SELECT hash FROM tokens -- rc_1_secret")


@pytest.mark.parametrize("kind", [RuntimeError, KeyError, UnicodeError, RecursionError, MemoryError, SystemError])
def test_a_fault_of_ours_tells_nothing_and_is_logged_once(make_app, kind, caplog):
    app = make_app()
    app.add_url_rule("/crash", view_func=lambda: crash(kind))
    check_fault(app.test_client().get("/crash"), 500)
    logged = [record for record in caplog.records if record.levelno >= logging.ERROR]
    assert len(logged) == 1
    assert logged[0].getMessage() == "GET /crash failed"
    assert logged[0].exc_info[0] is kind


def test_after_a_fault_the_next_answer_is_a_good_one(make_app, alice):
    app = make_app()

    def crash_while_writing():
        with app.extensions["database"].write() as session:
            kv.set_value(session, ALICE, "city", "Basel")
            session.flush()
            crash(RuntimeError)

    app.add_url_rule("/crash", view_func=crash_while_writing)
    client = app.test_client()
    for _ in range(3):
        check_fault(client.get("/crash"), 500)
        assert client.get(f"/user/{ALICE}/kv/city", headers={"Authorization": alice}).text == "Bern"


def test_every_refusal_has_a_status(make_app):
    # Those of the rules; the bot has its own, if this process has loaded any of it.
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type) and kind.__bases__ == (Refused,)]
    app = make_app()
    for kind in kinds:
        app.add_url_rule(f"/{kind.__name__}", kind.__name__, lambda kind=kind: refuse(kind))
    client = app.test_client()
    codes = {
        rule.endpoint: client.get(rule.rule).status_code
        for rule in app.url_map.iter_rules()
        if rule.endpoint[0].isupper()
    }
    assert codes == {"Invalid": 400, "NotAuthenticated": 401, "NotAllowed": 403, "NotFound": 404, "TooLarge": 413}


def refuse(kind):
    raise kind("This is a sentence.")


@pytest.fixture
def impatient(monkeypatch):
    """Apps made from now on wait 20 ms for the lock."""
    monkeypatch.setattr("database.engines.LOCK_WAIT_MS", 20)


@pytest.mark.parametrize(
    ("method", "below", "body"),
    [("PUT", "/city", b"Basel"), ("DELETE", "/city", None), ("PATCH", "", b"{}"), ("DELETE", "", None)],
)
def test_while_somebody_else_writes_for_long(impatient, client, alice, database, method, below, body):
    def ask(token=alice):
        headers = {"Authorization": token, "Content-Type": "application/json"}
        return client.open(f"/user/{ALICE}/kv{below}", method=method, headers=headers, data=body)

    with database.write():
        answer = ask()
        check_fault(answer, 503)
        assert int(answer.headers["Retry-After"]) > 0
        check_fault(ask("wrong"), 401)
        assert client.get(f"/user/{ALICE}").status_code == 200
        assert client.get(f"/user/{ALICE}/kv/city", headers={"Authorization": alice}).text == "Bern"
        assert client.get("/health").json["database"]["readable"] is True
    assert ask().status_code == 204


def test_a_file_that_cannot_be_opened_any_more(make_app, database_file, alice, caplog):
    client = make_app().test_client()
    database_file.rename(database_file.with_name("elsewhere.db"))
    database_file.mkdir()
    for answer in (
        client.get(f"/user/{ALICE}"),
        client.get("/"),
        client.get("/user/@me", headers={"Authorization": alice}),
    ):
        check_fault(answer, 503)
        assert int(answer.headers["Retry-After"]) > 0
    health = client.get("/health")
    told = "The file rollcall.db was replaced by another under the running Rollcall; restart both processes."
    assert (health.status_code, health.json["database"]) == (503, {"readable": False, "problem": told})
    assert "unable to open database file" in caplog.text


def test_a_file_that_is_damaged(make_app, database_file, database, alice):
    client = make_app().test_client()
    database.close()
    for path in database_file.parent.glob("rollcall.db-*"):
        path.unlink(missing_ok=True)
    database_file.write_bytes(b"\xff" * 8192)
    for path in (f"/user/{ALICE}", "/"):
        answer = client.get(path)
        check_fault(answer, answer.status_code)
        assert answer.status_code in (500, 503)
    health = client.get("/health")
    assert (health.status_code, health.json["status"]) == (503, "the database cannot be read")


def test_a_full_disk_refuses_the_write_and_goes_on_reading(make_app, alice):
    app = make_app()
    client = app.test_client()
    headers = {"Authorization": alice}
    with app.extensions["database"].write() as session:
        pages = session.execute(text("PRAGMA page_count")).scalar_one()
        session.execute(text(f"PRAGMA max_page_count = {pages}"))
    answer = client.patch(f"/user/{ALICE}/kv", json={f"k{n}": "v" * 10_000 for n in range(50)}, headers=headers)
    check_fault(answer, 503)
    assert "the server's disk is full or fails" in answer.json["message"]
    assert client.get(f"/user/{ALICE}/kv", headers=headers).json == {"city": "Bern"}


def test_no_token_ever_reaches_a_log_or_an_answer(make_app, alice, caplog, monkeypatch):
    caplog.set_level(logging.DEBUG)
    monkeypatch.setattr("database.engines.LOCK_WAIT_MS", 20)
    app = make_app(LOG_LEVEL="DEBUG")
    app.add_url_rule("/crash", view_func=lambda: crash(RuntimeError))
    client = app.test_client()
    said = ""
    with app.extensions["database"].write():
        for path in ("/crash", "/nothing", f"/user/{ALICE}", "/user/abc", "/user/@me/kv", "/user/@me/kv/town"):
            for method in ("GET", "PUT", "PATCH", "DELETE"):
                for token in (alice, f"Bearer {alice}", alice[:-1] + "!"):
                    answer = client.open(path, method=method, data=b"{}", headers={"Authorization": token})
                    said += answer.text + str(answer.headers)
    assert "GET /crash failed" in caplog.text
    for secret in (alice, alice[-43:], alice[-43:-1]):
        assert secret not in caplog.text
        assert secret not in said
