"""REQUEST_LOG tells what was asked and how it went, and nothing about anybody."""

import logging
import re

import pytest

from tests.web.front.raw_client import ask, compose
from web.front.hot_read import HotRead
from web.front.worker import front_of

ALICE = 80351110224678912
LINE = re.compile(r"(\w+) (no route|/[\w/<>:.]*) ([0-9]{3}) [0-9]+\.[0-9] ms")


@pytest.fixture
def logged(make_app, serve, join, token_of, caplog):
    """Ask the front of an app with the log; each line but for its milliseconds. Alice is there, the token is hers."""
    join(ALICE)
    caplog.set_level(logging.WARNING)
    caplog.handler.setLevel(logging.DEBUG)
    port = serve(front_of(make_app(REQUEST_LOG="on", LOG_LEVEL="WARNING", TRUSTED_PROXIES="127.0.0.1"))).port
    token = token_of(ALICE)

    def run(method, target, *headers, **options):
        caplog.clear()
        ask(port, compose(method, target, *headers, **options), method)
        lines = [record.getMessage() for record in caplog.records if record.name == "web.request_log"]
        assert not [secret for secret in (token, "198.51.100.1", "secret", str(ALICE)) if secret in caplog.text]
        return [" ".join(LINE.fullmatch(line).groups()) for line in lines]

    run.token = token
    return run


def test_each_request_is_one_line(logged):
    token = ("Authorization", logged.token)
    known = ("If-None-Match", "*")
    assert logged("GET", f"/user/{ALICE}") == ["GET /user/<user_id> 200"]
    assert logged("HEAD", f"/user/{ALICE}?secret=1", known) == ["HEAD /user/<user_id> 304"]
    assert logged("GET", f"/v1/users/{ALICE}") == ["GET /v1/users/<user_id> 200"]
    assert logged("GET", f"/user/{ALICE}", token) == ["GET /user/<user_id> 200"]
    assert logged("GET", f"/user/{ALICE}/kv/secret", token) == ["GET /user/<user_id>/kv/<key:key> 404"]
    assert logged("GET", f"/users?ids={ALICE}") == ["GET /users 200"]
    assert logged("GET", "/secret", ("X-Forwarded-For", "198.51.100.1")) == ["GET no route 404"]
    assert logged("DELETE", f"/user/{ALICE}") == ["DELETE no route 405"]
    assert logged("GET", "/v1/s/secret") == ["GET /v1/s/<system_id> 404"]


def test_a_body_that_comes_later_is_one_line_too(logged):
    put = ("Authorization", logged.token), ("Transfer-Encoding", "chunked")
    told = logged("PUT", "/user/@me/kv/secret", *put, body=b"6\r\nsecret\r\n0\r\n\r\n")
    assert told == ["PUT /user/<user_id>/kv/<key:key> 204"]


def test_what_cannot_be_read_is_one_line_too(logged):
    assert logged("GET", "/secret\x01") == ["unread no route 400"]
    assert logged("GET", f"/{'secret' * 2000}") == ["unread no route 414"]
    assert logged("GET", "/", ("X-Secret", "secret" * 2000)) == ["unread no route 431"]


def test_without_the_setting_nothing_is_logged_and_nothing_stands_in_the_way(make_app, join, caplog):
    join(ALICE)
    app = make_app()
    caplog.set_level(logging.DEBUG)
    app.test_client().get(f"/user/{ALICE}")
    assert "web.request_log" not in {record.name for record in caplog.records}
    assert type(front_of(app).hot_read) is HotRead
