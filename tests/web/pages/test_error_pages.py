"""Errors are pages for browsers where no program asks, and stay in the dialect of the path everywhere else."""

import limits
import pytest

from tests.web.pages.conftest import BROWSER
from web.pages.frame import HEADERS

FOR_BROWSERS = ("/nothing", "/docs/nothing", "/u/1/x", "/s/a/b", "/.well-known/nothing", "/user.html")
FOR_PROGRAMS = (
    *("/user/1", "/user", "/users", "/users?ids=x", "/events", "/v1/s/abcde", "/v1/users/1", "/v1/nothing", "/v2/x"),
    *("/static/nothing.css", "/pictures/nothing.png", "/1.png", "/health/nothing"),
)


@pytest.mark.parametrize("path", FOR_BROWSERS)
def test_a_browser_gets_a_page(client, path):
    answer = client.get(path, headers=BROWSER)
    assert (answer.status_code, answer.mimetype) == (404, "text/html")
    assert "There is nothing here" in answer.text
    assert dict(answer.headers).items() >= HEADERS.items()
    assert {"Accept", "Authorization"} <= set(", ".join(answer.headers.getlist("Vary")).split(", "))


@pytest.mark.parametrize("path", FOR_PROGRAMS)
def test_a_program_gets_what_it_reads_whatever_it_accepts(client, path):
    plain, browser = client.get(path), client.get(path, headers=BROWSER)
    assert (plain.status_code, plain.data, plain.mimetype) == (browser.status_code, browser.data, browser.mimetype)
    assert browser.status_code >= 400
    assert browser.mimetype in ("application/json", "text/plain")


@pytest.mark.parametrize("accept", ["*/*", "application/json", "application/json, text/html;q=0.9", "", "image/webp"])
def test_who_does_not_prefer_a_page_gets_json(client, accept):
    assert client.get("/nothing", headers={"Accept": accept}).is_json


@pytest.mark.parametrize(("method", "status"), [("POST", 405), ("DELETE", 405), ("GET", 200)])
def test_a_method_that_is_not_taken(client, method, status):
    answer = client.open("/", method=method, headers=BROWSER)
    assert (answer.status_code, answer.mimetype) == (status, "text/html")
    assert (method == "GET") != ("Allow" in answer.headers)


def test_nothing_of_an_address_becomes_markup(client):
    answer = client.get("/<script>alert(1)</script>", headers=BROWSER)
    assert "<script>alert" not in answer.text


def test_too_fast(make_app, monkeypatch):
    monkeypatch.setattr("web.rate_limit.PAGES_LIMIT", limits.parse("1/hour"))
    client = make_app(RATE_LIMIT="1/hour").test_client()
    told = [client.get("/", headers=BROWSER) for _ in range(2)][-1]
    assert (told.status_code, told.mimetype) == (429, "text/html")
    assert "Retry-After" in told.headers
    assert "Too fast" in told.text


def test_the_database_may_be_gone(make_app, database_file):
    client = make_app().test_client()
    database_file.write_bytes(b"no database")
    told = client.get("/", headers=BROWSER)
    assert (told.status_code, told.mimetype) == (503, "text/html")
    assert "Too busy just now" in told.text


def test_a_fault_of_ours(make_app):
    app = make_app()
    app.add_url_rule("/broken", "broken", lambda: 1 / 0)
    told = app.test_client().get("/broken", headers=BROWSER)
    assert (told.status_code, told.mimetype) == (500, "text/html")
    assert "division" not in told.text
