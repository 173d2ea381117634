"""The page at /me is the same for everybody, and what it loads is small, named and harmless."""

import re

import pytest

from config import ROOT
from web.pages.me import SECTIONS

ME = ROOT / "web" / "static" / "me"
SCRIPTS = sorted(path.relative_to(ME.parent).as_posix() for path in ME.rglob("*.js"))
IMPORTED = re.compile(r'(?:from |import |import\()"(\.{1,2}/[\w./]+)"')
MOST_LINES, MOST_FILES = 300, 15


def read(name):
    return (ME.parent / name).read_text()


def test_nothing_of_a_person_is_on_it(client, token_of):
    owner = {"Authorization": token_of(1)}
    anybodys = client.get("/me")
    owners = client.get("/me", headers=owner)
    assert (anybodys.status_code, anybodys.mimetype, anybodys.data) == (200, "text/html", owners.data)
    assert client.get("/me", headers={"If-None-Match": anybodys.headers["ETag"]}).status_code == 304
    assert client.get("/me/").data == anybodys.data


def test_each_section_has_a_file_and_a_link(client):
    html = client.get("/me").text
    for name, title in SECTIONS:
        assert f'<a href="#{name}">{title}</a>' in html
        assert f"me/{name}.js" in SCRIPTS


def test_it_names_the_commands_by_their_prefixes(make_app):
    html = make_app(PRESENCE_PREFIXES="?", SYSTEM_PREFIXES="sys;").test_client().get("/me").text
    assert 'data-prefix="?"' in html
    assert "<code>?token</code>" in html
    assert "<code>sys;token</code>" in html


def test_a_token_cannot_be_sent_by_the_form_itself(client):
    answer = client.get("/me")
    field = re.search('<input id="token"[^>]*>', answer.text)[0]
    assert " name=" not in field
    assert 'autocomplete="off"' in field
    assert "form-action 'none'" in answer.headers["Content-Security-Policy"]


def test_below_a_path_it_finds_its_files_and_the_api(make_app):
    client = make_app(PUBLIC_URL="https://roll.example/call").test_client()
    html = client.get("/me").text
    assert 'data-root="/call"' in html
    src = re.search('src="([^"]*/me/main.js)"', html)[1]
    assert src.startswith("/call/static/")
    assert client.get(src.removeprefix("/call")).mimetype == "text/javascript"


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_script_is_served_and_imports_what_is_there(client, name):
    answer = client.get(f"/static/{name}")
    assert (answer.status_code, answer.mimetype, answer.text) == (200, "text/javascript", read(name))
    folder = (ME.parent / name).parent
    imported = [(folder / found).resolve().relative_to(ME.parent).as_posix() for found in IMPORTED.findall(read(name))]
    assert set(imported) <= set(SCRIPTS)


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_script_reads_no_text_as_markup_and_keeps_nothing_beyond_the_tab(name):
    unsafe = r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function|localStorage|cookie"
    assert re.findall(unsafe, read(name)) == []
    assert len(read(name).splitlines()) < MOST_LINES


def test_no_folder_of_them_is_a_heap():
    folders = {path.parent for path in ME.rglob("*.js")}
    assert all(len([path for path in folder.iterdir() if path.is_file()]) <= MOST_FILES for folder in folders)


def loaded_by(name):
    """A script and all that it imports, each once."""
    found, waiting = set(), [name]
    while waiting:
        path = waiting.pop()
        if path not in found:
            found.add(path)
            folder = (ME.parent / path).parent
            waiting += [
                (folder / one).resolve().relative_to(ME.parent).as_posix() for one in IMPORTED.findall(read(path))
            ]
    return found


@pytest.mark.parametrize("section", [name for name, _ in SECTIONS])
def test_a_section_with_its_forms_open_weighs_less_than_50_kb(client, section):
    every = loaded_by("me/main.js") | loaded_by(f"me/{section}.js") | {"me/me.css", "pages.css", "theme.js", "icon.svg"}
    files = [client.get(f"/static/{name}", headers={"Accept-Encoding": "gzip"}).data for name in every]
    assert sum(map(len, [client.get("/me").data, *files])) < 50_000
