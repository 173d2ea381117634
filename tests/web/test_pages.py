"""The pages for people can be read by everybody, load nothing from strangers and run nothing."""

import re
from html.parser import HTMLParser
from itertools import pairwise

import pytest

from web.pages import FILES, HEADERS, PATHS

HTML = ("/", "/docs", "/docs/")
# WCAG 2.1, 1.4.3: what text must stand out by.
LEAST_CONTRAST = 4.5


class Page(HTMLParser):
    """The tags of a page with their attributes, and which of them are open around each."""

    def __init__(self, html):
        super().__init__()
        self.tags, self.loads = [], []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag == "link":
            self.loads.append(dict(attrs)["href"])


@pytest.mark.parametrize("path", HTML)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_browser_runs_nothing_frames_nothing_and_tells_nobody(client, path, method):
    answer = client.open(path, method=method)
    policy = dict(part.strip().split(" ", 1) for part in answer.headers["Content-Security-Policy"].split(";"))
    assert policy["default-src"] == policy["frame-ancestors"] == policy["base-uri"] == policy["form-action"] == "'none'"
    assert "script-src" not in policy
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
    assert (answer.headers["X-Frame-Options"], answer.headers["Referrer-Policy"]) == ("DENY", "no-referrer")
    assert {"camera=()", "microphone=()", "geolocation=()"} <= set(answer.headers["Permissions-Policy"].split(", "))


def test_a_page_that_has_not_changed_says_so_with_the_same_policy(client):
    etag = client.get("/docs").headers["ETag"]
    again = client.get("/docs", headers={"If-None-Match": etag})
    assert again.status_code == 304
    assert dict(again.headers).items() >= HEADERS.items()


@pytest.mark.parametrize("path", HTML)
def test_nothing_in_a_page_needs_a_policy_that_allows_it(client, path):
    page = Page(client.get(path).text)
    assert not {"script", "style", "iframe", "base", "form", "object", "embed"} & {tag for tag, _ in page.tags}
    assert not [name for _, attributes in page.tags for name in attributes if name == "style" or name.startswith("on")]
    assert page.loads == [f"/static/{name}" for name in FILES]


@pytest.mark.parametrize("path", HTML)
def test_a_reader_of_the_screen_finds_the_parts_of_a_page(client, path):
    page = Page(client.get(path).text)
    names = [tag for tag, _ in page.tags]
    assert (names.count("header"), names.count("main"), names.count("h1"), names.count("title")) == (1, 1, 1, 1)
    assert ("html", {"lang": "en"}) in page.tags
    levels = [int(name[1]) for name in names if re.fullmatch("h[1-6]", name)]
    assert [lower for upper, lower in pairwise(levels) if lower > upper + 1] == []
    assert all("aria-label" in attributes for tag, attributes in page.tags if tag == "nav")


@pytest.mark.parametrize("name", FILES)
def test_what_a_page_loads_is_here_and_is_asked_for_once(client, name):
    first = client.get(f"/static/{name}")
    assert (first.status_code, first.mimetype) == (200, FILES[name])
    assert client.get(f"/static/{name}", headers={"If-None-Match": first.headers["ETag"]}).status_code == 304


@pytest.mark.parametrize("path", ["/static/", "/static", "/static/../pages.py", "/static/pages.css/x", "/static/x.css"])
def test_nothing_else_is_served_beside_them(client, path):
    assert client.get(path).status_code == 404


def test_below_a_path_the_pages_find_their_files(make_app):
    client = make_app(PUBLIC_URL="https://roll.example/call").test_client()
    for path in ("/", "/docs"):
        assert Page(client.get(path).text).loads == [f"/call/static/{name}" for name in FILES]
    assert 'href="/call/docs"' in client.get("/").text


def colours(client):
    """The colours of the style sheet by name, in light and in dark."""
    text = client.get("/static/pages.css").text
    schemes = [dict(re.findall(r"--(\w+): (#[0-9a-f]{6});", part)) for part in text.split("@media")[:2]]
    assert not re.search(r"opacity|#[0-9a-f]{3}\b(?![0-9a-f])", text)
    return schemes


def luminance(colour):
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_every_text_stands_out_in_light_and_in_dark(client):
    for scheme in colours(client):
        for text in ("ink", "faint", "link"):
            for ground in ("paper", "shade"):
                dark, light = sorted((luminance(scheme[text]), luminance(scheme[ground])))
                assert (light + 0.05) / (dark + 0.05) >= LEAST_CONTRAST, (text, ground)


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8000", "127.0.0.1", "rollcall.internal"])
def test_links_lead_to_the_public_address_whatever_name_it_was_asked_by(make_app, host):
    """A name that an attacker points at this machine, or one that a proxy makes up, gets into no answer."""
    client = make_app(PUBLIC_URL="https://rollcall.example", INVITE_URL="https://discord.gg/abc").test_client()
    told = {"Host": host, "X-Forwarded-Host": host, "Forwarded": f"host={host}", "X-Original-URL": f"http://{host}/"}
    for path in (*PATHS, "/docs/", "/health", "/nothing", "/user/1", "/user/1/", "/v1/s/abcde", "/static/pages.css"):
        answer = client.get(path, headers=told)
        assert host not in answer.text.replace("http://127.0.0.1:8000/users?", "")
        assert host not in str(answer.headers)
