"""`/health` in its states, and the page at `/`."""

import sqlite3
from contextlib import closing

import pytest

from rules import opt_out
from rules.presence import health, home_guild

ALICE, BOB = 80351110224678912, 80351110224678913


@pytest.fixture
def beat(write):
    """The bot gives a sign of life."""

    def run(connected=True, problem=None, state=None):
        write(health.record_beat, health.now_ms() if connected else None, health.uptime_ms(), problem, state)

    return run


def test_before_the_bot_ever_ran(client):
    answer = client.get("/health")
    assert (answer.status_code, answer.json["status"]) == (503, "the bot is not connected to Discord")
    assert answer.json["bot"]["heartbeatAgeMs"] is None
    assert answer.json["database"]["readable"] is True
    assert answer.json["published"] == 0


def test_while_the_bot_is_connected(client, beat, join, read):
    join(ALICE)
    beat()
    answer = client.get("/health")
    assert (answer.status_code, answer.json["status"]) == (200, "ok")
    assert answer.json["bot"]["connected"] is True
    assert isinstance(answer.json["bot"]["lastEventAgeMs"], int)
    assert answer.json["published"] == 1
    schema = read(lambda session: health.get_health(session)["database"]["schema"])
    assert answer.json["database"] == {"readable": True, "schema": schema, "problem": None}


def test_while_the_bot_has_lost_discord(client, beat):
    beat()
    beat(connected=False)
    answer = client.get("/health")
    assert (answer.status_code, answer.json["bot"]["connected"]) == (503, False)


def test_when_the_bot_is_gone(client, beat, monkeypatch):
    beat()
    now = health.uptime_ms()
    monkeypatch.setattr(health, "uptime_ms", lambda: now + 15_100)
    answer = client.get("/health")
    assert (answer.status_code, answer.json["state"]) == (503, "not connected")
    assert answer.json["bot"]["heartbeatAgeMs"] >= 15_000


@pytest.mark.parametrize(
    ("state", "status"),
    [
        ("starting", 503),
        ("home server out of reach", 503),
        ("cannot write", 503),
        ("counting members", 200),
        ("not in the home server", 200),
        ("connected", 200),
    ],
)
def test_what_may_be_older_than_it_looks_is_503(client, beat, state, status):
    beat(state=state)
    answer = client.get("/health")
    assert (answer.status_code, answer.json["state"]) == (status, state)
    assert (answer.json["status"] == "ok") is (state == "connected")


def test_a_file_that_nobody_can_write_is_not_a_bot_that_is_not_connected(client, beat, monkeypatch, database_file):
    beat()
    now = health.uptime_ms()
    monkeypatch.setattr(health, "uptime_ms", lambda: now + 15_100)
    with closing(sqlite3.connect(database_file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        answer = client.get("/health")
        missing = client.get(f"/user/{BOB}")
    assert (answer.status_code, answer.json["state"]) == (503, "cannot write")
    assert answer.json["status"] == "the bot cannot write to its database"
    assert "its log" in answer.json["bot"]["problem"]
    assert "the bot cannot write to its database" in missing.json["message"]


def test_why_nobody_is_published(client, beat):
    problem = home_guild.find_problem(None, [501, 502])
    beat(problem=problem)
    answer = client.get("/health")
    assert (answer.status_code, answer.json["bot"]["problem"]) == (200, problem)


def test_a_monitor_may_use_head_and_nobody_keeps_the_answer(client, beat):
    beat()
    head = client.head("/health")
    assert (head.status_code, head.data) == (200, b"")
    assert head.headers["Cache-Control"] == "no-cache"
    assert "ETag" not in head.headers


def test_the_page_for_people(make_app, join, write):
    join(ALICE)
    join(BOB)
    write(opt_out.hide, BOB)
    client = make_app(PUBLIC_URL="https://rollcall.example", INVITE_URL="https://discord.gg/abc").test_client()
    page = client.get("/")
    assert (page.status_code, page.content_type) == (200, "text/html; charset=utf-8")
    assert "curl https://rollcall.example/user/" in page.text
    assert "the status, song and games of 1 person here" in page.text
    assert 'href="https://discord.gg/abc"' in page.text
    assert str(ALICE) not in page.text


def test_the_page_without_an_invite(client):
    page = client.get("/").text
    assert "the status, song and games of 0 people here" in page
    assert "discord.gg" not in page


def test_a_setting_cannot_break_the_page(make_app):
    client = make_app(INVITE_URL='https://discord.gg/"><script>alert(1)</script>').test_client()
    assert "<script>" not in client.get("/").text
