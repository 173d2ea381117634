"""The pages for people can be read by everybody, load nothing from strangers and run nothing of theirs."""

import gzip
import re
from html.parser import HTMLParser
from itertools import pairwise
from urllib.parse import urlsplit

import pytest

from tests.web.pages.conftest import ALICE, BROWSER, GARDEN
from web.pages.frame import HEADERS
from web.pages.static_files import FILES, get_version

# `/nothing` is an error, which is a page where a browser asks.
HTML = (
    *("/", "/me", "/docs", "/docs/", "/docs/live", "/docs/commands", "/privacy", "/moving", "/nothing"),
    *(f"/u/{ALICE}", "/u?q=nobody", f"/s/{GARDEN}"),
)
# Of a page without pictures.
MOST_BYTES = 50_000
# WCAG 2.1, 1.4.3: what text must stand out by.
LEAST_CONTRAST = 4.5
PICTURES = r"/u/\d+/pictures/[\w-]+\?v=\w+"
TEXTS, GROUNDS = ("ink", "faint", "link", "good", "bad"), ("paper", "card", "shade")


@pytest.fixture(autouse=True)
def people(alice, garden):
    """There is somebody to be shown."""


class Page(HTMLParser):
    """The tags of a page with their attributes, what it loads, and where it leads."""

    def __init__(self, html):
        super().__init__()
        self.tags, self.loads, self.links, self.scripts = [], [], [], []
        self._script = None
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        self.tags.append((tag, attributes))
        if attributes.get("rel") != "alternate" and (address := attributes.get("href" if tag == "link" else "src")):
            self.loads.append(address)
        if tag == "a":
            self.links.append(attributes["href"])

    def handle_data(self, data):
        if self.tags and self.tags[-1][0] in ("script", "style") and data.strip():
            self.scripts.append(data)


@pytest.mark.parametrize("path", HTML)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_browser_runs_what_is_ours_frames_nothing_and_tells_nobody(browse, path, method):
    answer = browse(path, method=method)
    policy = dict(part.strip().split(" ", 1) for part in answer.headers["Content-Security-Policy"].split(";"))
    assert policy["default-src"] == policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == policy["connect-src"] == "'self'"
    assert policy["form-action"] in ("'none'", "'self'")
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
    assert (answer.headers["X-Frame-Options"], answer.headers["Referrer-Policy"]) == ("DENY", "no-referrer")
    assert {"camera=()", "microphone=()", "geolocation=()"} <= set(answer.headers["Permissions-Policy"].split(", "))


def test_a_page_that_has_not_changed_says_so_with_the_same_policy(client):
    etag = client.get("/privacy").headers["ETag"]
    again = client.get("/privacy", headers={"If-None-Match": etag})
    assert again.status_code == 304
    assert dict(again.headers).items() >= HEADERS.items()


@pytest.mark.parametrize("path", HTML)
def test_nothing_in_a_page_needs_a_policy_that_allows_it(browse, path):
    page = Page(browse(path).text)
    assert not {"style", "iframe", "base", "object", "embed"} & {tag for tag, _ in page.tags}
    assert not [name for _, attributes in page.tags for name in attributes if name == "style" or name.startswith("on")]
    assert page.scripts == []
    own = re.compile(rf"/static/{get_version()}/({'|'.join(map(re.escape, FILES))})|{PICTURES}")
    assert page.loads
    assert [address for address in page.loads if not own.fullmatch(address)] == []


@pytest.mark.parametrize("path", HTML)
def test_a_page_is_small_with_all_that_it_loads(browse, path):
    answer = browse(path)
    page = Page(answer.text)
    assert len(answer.data) + sum(len(browse(file).data) for file in set(page.loads) if "/static/" in file) < MOST_BYTES


@pytest.mark.parametrize("path", HTML)
def test_a_reader_of_the_screen_finds_the_parts_of_a_page(browse, path):
    page = Page(browse(path).text)
    names = [tag for tag, _ in page.tags]
    assert (names.count("header"), names.count("main"), names.count("h1"), names.count("title")) == (1, 1, 1, 1)
    assert page.tags[0][1]["lang"] == "en"
    levels = [int(name[1]) for name in names if re.fullmatch("h[1-6]", name)]
    assert [lower for upper, lower in pairwise(levels) if lower > upper + 1] == []
    assert all("aria-label" in attributes for tag, attributes in page.tags if tag == "nav")
    assert all("alt" in attributes for tag, attributes in page.tags if tag == "img")


@pytest.mark.parametrize("name", FILES)
def test_what_a_page_loads_is_here_and_is_asked_for_once(client, name):
    first = client.get(f"/static/{name}")
    assert (first.status_code, first.mimetype) == (200, FILES[name])
    assert first.headers["Cache-Control"] == "no-cache"
    assert client.get(f"/static/{name}", headers={"If-None-Match": first.headers["ETag"]}).status_code == 304
    versioned = client.get(f"/static/{get_version()}/{name}")
    assert versioned.data == first.data
    assert versioned.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    packed = client.get(f"/static/{name}", headers={"Accept-Encoding": "br, gzip"})
    assert client.get(f"/static/{name}", headers={"Accept-Encoding": "gzip;q=0"}).data == first.data
    assert gzip.decompress(packed.data) == first.data
    assert (packed.headers["Content-Encoding"], packed.mimetype) == ("gzip", FILES[name])
    assert "Accept-Encoding" in first.headers.getlist("Vary")
    assert packed.headers["ETag"] != first.headers["ETag"]


def test_by_the_address_of_an_older_page_the_newest_file_is_not_kept(client):
    answer = client.get("/static/0123456789abcdef01234567/pages.css")
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-cache")


@pytest.mark.parametrize(
    "path",
    ["/static/", "/static", "/static/../pages.py", "/static/pages.css/x", "/static/x.css", "/static/a/b/pages.css"],
)
def test_nothing_else_is_served_beside_them(client, path):
    assert client.get(path).status_code == 404


def test_below_a_path_the_pages_find_their_files(make_app):
    client = make_app(PUBLIC_URL="https://roll.example/call").test_client()
    for path in HTML:
        page = Page(client.get(path, headers=BROWSER).text)
        assert all(address.startswith("/call/") for address in page.loads)
        assert all(urlsplit(address).netloc or address.startswith(("/call/", "#")) for address in page.links)
        assert page.tags[0][1]["data-root"] == "/call"


def colours(client, scheme):
    """The colours of the style sheet by name, in light (0) or in dark (1)."""
    text = client.get("/static/pages.css").text
    found = re.findall(r"--([\w-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\);", text)
    assert not re.search(r"opacity: *[0.]", text)
    return {name: pair[scheme] for name, *pair in found}


def luminance(colour):
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("scheme", [0, 1])
def test_every_text_stands_out_in_light_and_in_dark(client, scheme):
    known = colours(client, scheme)
    pairs = [(text, ground) for text in TEXTS for ground in GROUNDS] + [("on-accent", "accent")]
    for text, ground in pairs:
        dark, light = sorted((luminance(known[text]), luminance(known[ground])))
        assert (light + 0.05) / (dark + 0.05) >= LEAST_CONTRAST, (text, ground)


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8000", "127.0.0.1", "rollcall.internal"])
def test_links_lead_to_the_public_address_whatever_name_it_was_asked_by(make_app, host):
    """A name that an attacker points at this machine, or one that a proxy makes up, gets into no answer."""
    client = make_app(PUBLIC_URL="https://rollcall.example", INVITE_URL="https://discord.gg/abc").test_client()
    told = {"Host": host, "X-Forwarded-Host": host, "Forwarded": f"host={host}", "X-Original-URL": f"http://{host}/"}
    for path in (
        *HTML,
        "/openapi.json",
        "/health",
        "/nothing",
        "/user/1",
        "/user/1/",
        "/v1/s/abcde",
        "/static/pages.css",
    ):
        answer = client.get(path, headers=told)
        assert host not in answer.text.replace("http://127.0.0.1:8000/users?", "")
        assert host not in str(answer.headers)
