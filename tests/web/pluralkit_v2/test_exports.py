"""A system as a file over HTTP: for its owner's token alone, and kept by nobody on the way."""

import io
import json
import zipfile

import pytest

from rules.systems import members, systems
from web import rate_limit

ALICE, BOB = 80351110224678912, 80351110224678914
PATH = "/v2/systems/@me/export"


@pytest.fixture
def get(client, write, token_of):
    write(systems.create_system, ALICE, {"name": "Foxes"})
    write(members.create_member, ALICE, {"name": "Ann"})

    def ask(query="", user_id=ALICE, **headers):
        token = {"Authorization": token_of(user_id)} if user_id else {}
        return client.get(f"{PATH}{query}", headers={**token, **headers})

    return ask


def read_pluralport(data):
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        first, second = (json.loads(archive.read(name)) for name in ("pluralport.json", "openplural.json"))
    assert first == second
    return first["members"][0]["name"]


@pytest.mark.parametrize(
    ("query", "media_type", "name", "read"),
    [
        ("", "application/json", "system.json", lambda data: json.loads(data)["members"][0]["name"]),
        ("?format=pluralport", "application/zip", "system.pluralport.zip", read_pluralport),
        ("?format=csv", "text/csv", "fronts.csv", lambda data: data.decode("utf-8-sig") and "Ann"),
        ("?format=ics", "text/calendar", "fronts.ics", lambda data: data.startswith(b"BEGIN:VCALENDAR\r\n") and "Ann"),
    ],
)
def test_each_format(get, query, media_type, name, read):
    answer = get(query)
    assert (answer.status_code, answer.mimetype) == (200, media_type)
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{name}"'
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert read(answer.data) == "Ann"


@pytest.mark.parametrize(
    ("query", "user_id", "status"),
    [
        ("", None, 401),
        ("?format=csv", BOB, 401),
        ("?format=", ALICE, 400),
        ("?format=xml", ALICE, 400),
        ("?format=xml", None, 401),
        ("?format=PluralPort", ALICE, 400),
    ],
)
def test_refusals(get, query, user_id, status):
    answer = get(query, user_id)
    assert answer.status_code == status
    assert "Ann" not in answer.text


def test_a_wrong_token_opens_nothing(get):
    assert get(user_id=None, Authorization="nobody's").status_code == 401


def test_a_large_file_counts_as_more_requests(get, make_app, token_of, monkeypatch):
    client, headers = make_app(RATE_LIMIT="60/60second").test_client(), {"Authorization": token_of(ALICE)}
    counts = []
    for bytes_of_one in (50_000, 500):
        monkeypatch.setattr(rate_limit, "BYTES_OF_ONE", bytes_of_one)
        counts.append(int(client.get(PATH, headers=headers).headers["X-RateLimit-Remaining"]))
    assert counts[1] < counts[0] - 2
