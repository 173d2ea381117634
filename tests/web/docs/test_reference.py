"""The reference as pages: all of the document is on them, small enough, found by words, and every link leads on."""

import json
import re

import pytest

from simulator.state.default_world import PEOPLE
from tests.web.docs.pages import Page, read_pages
from web.docs.document import METHODS, read_document
from web.docs.operations import list_tags

PATHS = read_document()["paths"]
SCHEMAS = read_document()["components"]["schemas"]
OPERATIONS = [(path, method) for path, entry in PATHS.items() for method in METHODS if method in entry]
GUIDES = ("/docs/commands", "/privacy", "/moving")
# Of a page with all that it loads, but for pictures.
MOST_BYTES = 50_000


@pytest.fixture
def pages(client):
    return read_pages(client)


def test_there_is_a_page_for_each_section_of_the_document(pages):
    assert list(pages) == [tag["slug"] for tag in list_tags()]


def test_the_pages_name_every_path_status_and_schema(client, pages):
    shown = " ".join([Page(client.get("/docs").text).shown, *(page.shown for page in pages.values())])
    ids = [name for page in pages.values() for name in page.ids] + Page(client.get("/docs").text).ids
    for path, method in OPERATIONS:
        assert len(re.findall(rf"{method.upper()}\s*{re.escape(path)}\s", shown)) >= 2
        assert ids.count(PATHS[path][method]["operationId"]) == 1
    assert set(SCHEMAS) <= set(ids)
    statuses = {status for path, method in OPERATIONS for status in PATHS[path][method]["responses"]}
    assert statuses <= set(re.findall(r"\b\d{3}\b", shown))


def test_every_route_has_an_example_in_each_language(pages):
    examples = [language for page in pages.values() for language, _ in page.examples]
    assert examples == ["curl", "python", "javascript"] * len(OPERATIONS)


@pytest.mark.parametrize("path", ["/docs", *(f"/docs/{tag['slug']}" for tag in list_tags()), *GUIDES])
def test_a_page_is_small_and_its_links_lead_somewhere(client, path):
    answer = client.get(path)
    assert (answer.status_code, answer.mimetype) == (200, "text/html")
    page = Page(answer.text)
    files = re.findall(r'"(/static/[^"]+)"', answer.text.split("<body")[0])
    loaded = [client.get(file, headers={"Accept-Encoding": "gzip"}).data for file in files]
    assert loaded
    assert sum(map(len, [answer.data, *loaded])) < MOST_BYTES
    assert not {"iframe", "style"} & set(page.tags)
    assert len(page.ids) == len(set(page.ids))
    within = {link.removeprefix("#") for link in page.links if link.startswith("#")}
    assert within - set(page.ids) == set()
    others = {link for link in page.links if link.startswith("/docs")}
    for address in others:
        beside = Page(client.get(address).text)
        assert beside.tags[0] == "html"
        assert "#" not in address or address.partition("#")[2] in beside.ids


def test_a_page_that_has_not_changed_says_so(client):
    for path in ("/docs", "/docs/members", "/docs/commands", "/privacy", "/moving"):
        etag = client.get(path).headers["ETag"]
        assert client.get(path, headers={"If-None-Match": etag}).status_code == 304


@pytest.mark.parametrize("path", ["/docs/nothing", "/docs/Members", "/docs/members/x", "/privacy/x"])
def test_there_are_no_other_pages(client, path):
    assert client.get(path).status_code == 404


@pytest.mark.parametrize(
    ("sought", "found", "missed"),
    [
        ("fronters", ["/v1/s/{id}/fronters", "/v2/systems/{system}/fronters"], ["/v1/m", "/socket"]),
        ("PATCH kv", ["/user/{user_id}/kv", "/v1/users/{user_id}/kv"], ["/v2/members"]),
        ("  version   2  groups post ", ["/v2/groups/{group}/members/{how}"], ["/v2/switches", "/v1/m"]),
        ("extension", ["/{user_id}.{extension}"], ["/users"]),
        ("", ["/users", "/v1/m", "/socket"], []),
    ],
)
def test_without_javascript_a_search_is_a_page(client, sought, found, missed):
    shown = Page(client.get("/docs", query_string={"q": sought}).text).shown.split("What holds for all")[0]
    for path in found:
        assert f" {path} " in shown
    for path in missed:
        assert f" {path} " not in shown


@pytest.mark.parametrize("sought", ["nothing is called so", "<script>alert(1)</script>", "x" * 5000, "\x00", "'\"&"])
def test_what_finds_nothing_says_so_and_is_no_markup(client, sought):
    text = client.get("/docs", query_string={"q": sought}).text
    assert "Nothing is called so." in text
    assert "<script>alert" not in text


def test_curl_names_what_a_path_needs_behind_it(client):
    assert f"/users?ids={PEOPLE['alice'][0]},384920175639273473'" in Page(client.get("/docs/presence").text).shown


def test_indented_lines_stay_lines(client):
    assert '<pre tabindex="0">![Discord](&lt;this server&gt;/user/' in client.get("/docs/cards").text


def test_curl_shows_events_as_they_come(client):
    assert re.search(rf"curl -N \S+/user/{PEOPLE['alice'][0]}/events\s", Page(client.get("/docs/live").text).shown)


def test_what_can_be_tried_are_the_reads_that_end(client, pages):
    tried = set()
    for slug in pages:
        for told in re.findall(r"data-trial='([^']*)'", client.get(f"/docs/{slug}").text):
            trial = json.loads(told.replace("&#34;", '"').replace("&#39;", "'").replace("&amp;", "&"))
            tried.add(trial["path"])
            assert set(re.findall(r"\{(\w+)\}", trial["path"])) <= set(trial["required"])
            examples = dict(trial["fields"])
            assert all(examples[name] for name in trial["required"])
    reads = {path for path, method in OPERATIONS if method == "get"}
    go_on = {"/events", "/user/{user_id}/events", "/socket"}
    may_lead_elsewhere = {"/{user_id}.{extension}", "/user/{user_id}.{extension}"}
    assert tried == reads - go_on - may_lead_elsewhere


def test_the_examples_are_of_somebody_whom_the_tour_knows(pages):
    alice, shown = PEOPLE["alice"][0], " ".join(page.shown for page in pages.values())
    for part in (f"/user/{alice}", f"/v1/a/{alice}", f'"userId": "{alice}"', f"cdn.discordapp.com/avatars/{alice}/"):
        assert part in shown
    assert "80351110224678912" not in shown
    assert shown.count("An example") >= 10
    assert "avatarUrl is its address" in " ".join(shown.split())


def test_below_a_path_everything_stays_below_it(make_app):
    client = make_app(PUBLIC_URL="https://roll.example/call").test_client()
    for path in ("/docs", "/docs/members", *GUIDES):
        links = [link for link in Page(client.get(path).text).links if link.startswith("/")]
        assert links
        assert [link for link in links if not link.startswith("/call/")] == []
