"""The avatar itself, at `/user/<id>.png` and where Lanyard has it: our bytes, our headers, and only of who is seen."""

import pytest

from rules import opt_out
from rules.presence import health
from tests.rules.pictures.picture_bytes import gif, jpeg, png
from tests.web.remote_pictures.cdn import Cdn, be_patient, whole

ALICE, BOB, STRANGER = 80351110224678912, 80351110224678913, 80351110224678914
STILL, MOVING = "1269e74af4df7417b13759eae50c83dc", "a_1269e74af4df7417b13759eae50c83dc"
POLICY = "default-src 'none'; sandbox"
ADDRESSES = ("/user/{}.{}", "/{}.{}")


@pytest.fixture
def cdn(monkeypatch):
    be_patient(monkeypatch)
    serving = Cdn()
    yield serving
    serving.close()


@pytest.fixture
def client(make_app, cdn, write):
    write(health.record_beat, health.now_ms(), health.uptime_ms(), None)
    return make_app(DISCORD_CDN_BASE=cdn.base).test_client()


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize(
    ("avatar", "extension", "data", "media_type"),
    [
        (STILL, "png", png(), "image/png"),
        (STILL, "gif", jpeg(), "image/jpeg"),
        (MOVING, "gif", gif(), "image/gif"),
        (None, "webp", png(), "image/png"),
    ],
)
def test_the_bytes_are_ours(client, cdn, join, address, avatar, extension, data, media_type):
    join(ALICE, user={"avatar": avatar})
    kind = "jpg" if data == jpeg() else extension
    asked = f"/avatars/{ALICE}/{avatar}.{kind}?size=1024" if avatar else f"/embed/avatars/{(ALICE >> 22) % 6}.png"
    cdn.answers[asked] = whole(data, content_type="text/html", set_cookie="a=b", content_security_policy="")
    for method in ("GET", "HEAD", "GET"):
        answer = client.open(address.format(ALICE, extension), method=method)
        assert (answer.status_code, answer.mimetype) == (200, media_type)
        assert answer.data == (data if method == "GET" else b"")
        assert answer.content_length == len(data)
        assert answer.headers.getlist("Cache-Control") == ["public, max-age=60"]
        assert answer.headers["Content-Security-Policy"] == POLICY
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert "Set-Cookie" not in answer.headers
    assert cdn.count(asked) == 1


@pytest.mark.parametrize("address", ADDRESSES)
def test_whoever_has_it_is_told_so_without_the_cdn(client, cdn, join, address):
    join(ALICE, user={"avatar": STILL})
    cdn.answers[f"/avatars/{ALICE}/{STILL}.png?size=1024"] = whole(png())
    path = address.format(ALICE, "png")
    etag = client.get(path).headers["ETag"]
    cdn.close()
    again = client.get(path, headers={"If-None-Match": etag})
    assert (again.status_code, again.data, again.headers["ETag"]) == (304, b"", etag)
    assert again.headers.getlist("Cache-Control") == ["public, max-age=60"]
    join(ALICE, user={"avatar": MOVING})
    assert client.get(path, headers={"If-None-Match": etag}).status_code == 302


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize("answer", [b"", whole(b"", "503 Down"), whole(b"<svg/>"), whole(b"", "404 Not Found")])
def test_where_it_cannot_be_had_there_is_the_way_to_it(client, cdn, join, address, answer):
    join(ALICE, user={"avatar": STILL})
    asked = f"/avatars/{ALICE}/{STILL}.png?size=1024"
    cdn.answers[asked] = answer
    shown = client.get(address.format(ALICE, "png"))
    assert (shown.status_code, shown.headers["Location"], shown.data) == (302, cdn.base + asked, b"")
    assert "ETag" not in shown.headers


@pytest.mark.parametrize("size", [16, 64, 4096])
def test_it_comes_in_the_sizes_that_discord_has(client, cdn, join, size):
    join(ALICE, user={"avatar": STILL})
    cdn.answers[f"/avatars/{ALICE}/{STILL}.png?size={size}"] = whole(png(size, size))
    assert client.get(f"/user/{ALICE}.png?size={size}").data == png(size, size)


@pytest.mark.parametrize("size", ["", "0", "15", "65", "8192", "64.0", "-64", "064", "٦٤", "large"])
def test_no_other_size_is_asked_for(client, cdn, join, size):
    join(ALICE, user={"avatar": STILL})
    answer = client.get(f"/user/{ALICE}.png", query_string={"size": size})
    assert (answer.status_code, list(answer.json)) == (400, ["code", "message"])
    assert cdn.asked == []


@pytest.mark.parametrize("user_id", [BOB, STRANGER])
def test_whoever_is_not_published_is_told_of_as_by_the_profile(client, cdn, join, write, token_of, user_id):
    join(BOB, user={"avatar": STILL})
    write(opt_out.hide, BOB)
    for headers in ({}, {"Authorization": token_of(BOB)}):
        answer = client.get(f"/user/{user_id}.png", headers=headers)
        assert answer.status_code == 404
        assert answer.json == client.get(f"/user/{user_id}").json or (user_id == BOB and headers)
        assert "max-age" not in answer.headers["Cache-Control"]
    assert cdn.asked == []


@pytest.mark.parametrize("address", ADDRESSES)
def test_whoever_hides_takes_the_avatar_along(client, cdn, join, write, address):
    join(ALICE, user={"avatar": STILL})
    cdn.answers[f"/avatars/{ALICE}/{STILL}.png?size=1024"] = whole(png())
    path = address.format(ALICE, "png")
    etag = client.get(path).headers["ETag"]
    write(opt_out.hide, ALICE)
    for headers in ({}, {"If-None-Match": etag}):
        assert client.get(path, headers=headers).status_code == 404


@pytest.mark.parametrize("name", ["abc", "@me", "01", "-1", "%D9%A3", "1.2", ""])
def test_what_is_no_id_has_no_avatar(client, cdn, name):
    answer = client.get(f"/user/{name}.png")
    assert (answer.status_code, list(answer.json)) == (400, ["code", "message"])
    assert cdn.asked == []


@pytest.mark.parametrize("path", [f"/user/{ALICE}.PNG", f"/user/{ALICE}.exe", f"/user/{ALICE}.png.exe"])
def test_other_formats_are_none(client, join, path):
    join(ALICE)
    assert client.get(path).status_code in (400, 404)


def test_a_page_may_show_many_people(make_app, join, monkeypatch):
    monkeypatch.setattr("time.monotonic", lambda: 1000.0)
    join(ALICE)
    limited = make_app(RATE_LIMIT="2/hour").test_client()
    assert {limited.get(f"/user/{ALICE}.png").status_code for _ in range(100)} == {302}
    assert limited.get(f"/user/{ALICE}").status_code == 200
