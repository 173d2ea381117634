"""Kept pictures over HTTP: the bytes, for ever, and nothing else of the folder."""

import pytest

from rules.pictures import kept_files
from tests.rules.pictures.picture_bytes import PAGE, png


@pytest.fixture
def name(url):
    return kept_files.store(kept_files.get_folder(url), png(), "png")


@pytest.mark.parametrize("headers", [{}, {"Authorization": "wrong"}], ids=["a stranger", "somebody with a token"])
def test_a_picture_is_served_to_be_kept_for_ever_and_never_run(client, name, headers):
    answer = client.get(f"/pictures/{name}", headers=headers)
    assert (answer.status_code, answer.data, answer.content_type) == (200, png(), "image/png")
    assert answer.headers.getlist("Cache-Control") == ["public, max-age=31536000, immutable"]
    assert answer.headers.getlist("Vary") == []
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    again = client.get(f"/pictures/{name}", headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    head = client.head(f"/pictures/{name}")
    assert (head.status_code, head.content_length, head.data) == (200, len(png()), b"")


def test_what_looks_like_a_page_is_served_as_a_picture(client, url):
    name = kept_files.store(kept_files.get_folder(url), png() + PAGE, "png")
    assert client.get(f"/pictures/{name}").content_type == "image/png"


@pytest.mark.parametrize("path", ["a.png", "..%2Frollcall.db", "rollcall.db", f"{'a' * 64}.png", "%00.png"])
def test_there_is_nothing_else_to_be_had(client, name, path):
    answer = client.get(f"/pictures/{path}")
    assert answer.status_code == 404
    assert answer.json["code"] == 404
    assert answer.headers.getlist("Cache-Control") == ["no-cache"]


def test_a_page_with_many_pictures_does_not_use_up_what_the_api_allows(make_app, name):
    client = make_app(RATE_LIMIT="1/minute").test_client()
    assert {client.get(f"/pictures/{name}").status_code for _ in range(50)} == {200}
    assert client.get("/user/80351110224678912").status_code == 404
