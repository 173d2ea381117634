"""`/<id>.png`: an avatar, and the way to it where Discord's CDN does not answer."""

import pytest

from rules import opt_out
from tests.web.lanyard.people import ALICE, BOB, STRANGER, told
from web.remote_pictures.pictures import Pictures

STILL, MOVING = "1269e74af4df7417b13759eae50c83dc", "a_1269e74af4df7417b13759eae50c83dc"
CDN = "http://127.0.0.1:1"


@pytest.mark.parametrize(
    ("avatar", "extension", "address"),
    [
        *[(STILL, kind, f"avatars/{ALICE}/{STILL}.{kind}?size=1024") for kind in ("png", "webp", "jpg", "jpeg")],
        *[(MOVING, kind, f"avatars/{ALICE}/{MOVING}.{kind}?size=1024") for kind in ("gif", "png", "webp", "jpg")],
        (STILL, "gif", f"avatars/{ALICE}/{STILL}.jpg?size=1024"),
        *[(None, kind, f"embed/avatars/{(ALICE >> 22) % 6}.png") for kind in ("png", "gif", "webp")],
        ("../odd", "png", f"embed/avatars/{(ALICE >> 22) % 6}.png"),
    ],
)
def test_a_picture_is_at_discord(ask, join, avatar, extension, address):
    join(ALICE, user={"avatar": avatar})
    for method, path in (("GET", f"/{ALICE}.{extension}"), ("HEAD", f"/{ALICE}.{extension}?size=64")):
        answer = ask(method, path)
        assert (answer.status_code, answer.headers["Location"]) == (302, f"{CDN}/{address}")
        assert answer.headers.getlist("Cache-Control") == ["public, max-age=60"]
        assert answer.data == b""


def test_a_picture_is_where_the_operator_says_and_else_at_discord(make_app, tokens, monkeypatch):
    monkeypatch.setattr(Pictures, "find_many", lambda *_: {})
    for base, at in (("http://127.0.0.1:5/cdn", "http://127.0.0.1:5/cdn"), ("", "https://cdn.discordapp.com")):
        app = make_app(DISCORD_CDN_BASE=base).test_client()
        assert app.get(f"/{ALICE}.png").headers["Location"].startswith(f"{at}/embed/avatars/")


@pytest.mark.parametrize("name", [BOB, STRANGER, "abc", "1.2", "0", "9" * 40, "-1", "%D9%A3", "apple-touch-icon"])
def test_nobodys_picture_is_nowhere(ask, write, name):
    write(opt_out.hide, BOB)
    for viewer in (None, BOB):
        answer = ask("GET", f"/{name}.png", viewer)
        assert told(answer)[:2] == (404, "user_not_monitored")
        assert "max-age" not in answer.headers["Cache-Control"]


@pytest.mark.parametrize("path", [f"/{ALICE}.svg", f"/{ALICE}.PNG", f"/{ALICE}.png.exe", f"/{ALICE}"])
def test_other_names_are_no_pictures(ask, path):
    answer = ask("GET", path)
    assert (answer.status_code, list(answer.json)) == (404, ["code", "message"])
