"""A user's own pairs over HTTP: who may, which keys and values, and what a bad body is told."""

import io
import json
import threading
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import quote, unquote_to_bytes

import pytest
from gunicorn.http.errors import ChunkMissingTerminator, InvalidChunkSize

from rules.account import kv, tokens
from rules.lanyard import keys

ALICE, BOB, STRANGER = 80351110224678912, 80351110224678913, 80351110224678914
PAIRS = f"/user/{ALICE}/kv"


@pytest.fixture
def alice(join, write, token_of):
    """Alice is published and has one pair; her token."""
    join(ALICE)
    write(kv.set_value, ALICE, "city", "Bern")
    return token_of(ALICE)


@pytest.fixture
def as_alice(alice, client):
    """Ask with Alice's token; the answer."""

    def run(method, path=PAIRS, headers=(), environ=(), **options):
        raw_path = unquote_to_bytes(path).decode("latin-1")
        return client.open(
            path,
            method=method,
            headers={"Authorization": alice, **dict(headers)},
            environ_overrides={"PATH_INFO": raw_path, **dict(environ)},
            **options,
        )

    return run


@pytest.fixture
def pairs(read):
    """What is stored of Alice's pairs."""
    return lambda: read(kv.get_pairs, ALICE)


@pytest.fixture
def others(alice, token_of):
    """Those who are not Alice: their headers, and what they are told."""
    old = token_of(ALICE)
    token_of(ALICE)
    return {
        "nobody": ({}, 401, "This needs your token"),
        "an empty token": ({"Authorization": "  "}, 401, "This needs your token"),
        "a wrong token": ({"Authorization": tokens.make_token(ALICE)}, 401, "This token is not valid"),
        "an old token": ({"Authorization": old}, 401, "This token is not valid"),
        "Bob": ({"Authorization": token_of(BOB)}, 403, "This token belongs to somebody else"),
    }


@pytest.mark.parametrize(
    ("method", "below", "body"),
    [
        ("GET", "", None),
        ("GET", "/city", None),
        ("GET", "/nothing", None),
        ("HEAD", "", None),
        ("PUT", "/city", b"Basel"),
        ("PUT", "/city", b"\xff" * 100_000),
        ("PATCH", "", b'{"city": "Basel"}'),
        ("PATCH", "", b"not JSON"),
        ("DELETE", "", None),
        ("DELETE", "/city", None),
        ("DELETE", "/nothing", None),
    ],
)
def test_nobody_but_the_owner_gets_in(client, others, pairs, method, below, body):
    for headers, code, says in others.values():
        answer = client.open(PAIRS + below, method=method, headers=headers, data=body)
        assert answer.status_code == code
        assert ("WWW-Authenticate" in answer.headers) is (code == 401)
        assert method == "HEAD" or answer.json["code"] == code
        assert method == "HEAD" or answer.json["message"].startswith(says)
    assert pairs() == {"city": "Bern"}


OTHERS_DOORS = {
    f"/user/{ALICE}": 200,
    f"/users?ids={ALICE},{STRANGER}": 200,
    PAIRS: None,
    f"{PAIRS}/city": None,
    f"{PAIRS}/nothing": None,
}


@pytest.mark.parametrize("door", OTHERS_DOORS)
def test_a_public_pair_is_told_to_nobody_else_in_harmys_dialect(client, others, token_of, write, door):
    def seen(headers):
        answer = client.get(door, headers=headers)
        return answer.status_code, answer.data, answer.headers.get("ETag")

    def become_public():
        write(kv.publish_pair, ALICE, "city")

    def become_private():
        write(kv.withdraw_pair, ALICE, "city")

    before = {who: seen(headers) for who, (headers, *_) in others.items()}
    # `others` has replaced the one that she had.
    alice = token_of(ALICE)
    own = client.get(door, headers={"Authorization": alice})
    for change in (become_public, become_private):
        change()
        assert {who: seen(headers) for who, (headers, *_) in others.items()} == before
        assert client.get(door, headers={"Authorization": alice}).data == own.data
    for who, (status, body, _) in before.items():
        assert status == (OTHERS_DOORS[door] or others[who][1])
        assert b"Bern" not in body
        assert OTHERS_DOORS[door] is None or b'"KV":null' in body


@pytest.mark.parametrize("level", ["private", "public"])
def test_no_change_in_harmys_dialect_changes_who_reads_a_pair(as_alice, write, read, level):
    key = "city"
    write(kv.set_value, ALICE, key, "Bern", public=level == "public")
    as_alice("PUT", f"{PAIRS}/{key}", data="Basel")
    as_alice("PATCH", json={key: "Chur", "new": "pair"})
    assert read(kv.list_pairs, ALICE) == [(key, "Chur", level == "public"), ("new", "pair", False)]
    as_alice("DELETE", f"{PAIRS}/{key}")
    as_alice("PUT", f"{PAIRS}/{key}", data="back")
    assert read(kv.get_public_pairs, ALICE) == {}


VISIBILITY = f"/user/{ALICE}/kv-visibility"


def test_its_owner_makes_a_pair_public_and_private(as_alice, write, read):
    write(kv.set_value, ALICE, "a/b", "")
    assert as_alice("GET", VISIBILITY).text == '{"city":"private","a/b":"private"}'
    for level in ("public", "private"):
        assert as_alice("PATCH", VISIBILITY, json={"a/b": level}).status_code == 204
        assert as_alice("GET", VISIBILITY).json == {"city": "private", "a/b": level}
        assert read(kv.list_pairs, ALICE) == [("city", "Bern", False), ("a/b", "", level == "public")]


@pytest.mark.parametrize(
    ("changes", "status", "says"),
    [
        ({"city": "public", "town": "public"}, 404, "You have no key “town”."),
        *(
            ({"city": "public", "a/b": level}, 400, "The visibility of “a/b” must be public or private.")
            for level in (None, True, "", "Public", ["public"])
        ),
        (["city"], 400, "The body must be a JSON object"),
    ],
    ids=str,
)
def test_a_visibility_that_cannot_be_changes_nothing(as_alice, write, read, changes, status, says):
    write(kv.set_value, ALICE, "a/b", "")
    answer = as_alice("PATCH", VISIBILITY, json=changes)
    assert (answer.status_code, answer.json["code"]) == (status, status)
    assert answer.json["message"].startswith(says)
    assert read(kv.get_public_pairs, ALICE) == {}


@pytest.mark.parametrize(("method", "body"), [("GET", None), ("HEAD", None), ("PATCH", {"city": "public"})])
def test_nobody_but_the_owner_learns_or_changes_who_reads_a_pair(client, others, read, method, body):
    for headers, code, _ in others.values():
        assert client.open(VISIBILITY, method=method, headers=headers, json=body).status_code == code
    assert read(kv.get_public_pairs, ALICE) == {}


def test_a_longer_pair_of_lanyards_is_shown_and_removed_but_not_written(as_alice, write, pairs):
    key, value = "k" * 255, "v" * 30_000
    for method, below, options in (("DELETE", f"/{key}", {}), ("PATCH", "", {"json": {key: None}})):
        write(keys.put_pair, ALICE, key, value)
        assert as_alice("GET").json == as_alice("GET", "/user/@me").json["KV"] == {"city": "Bern", key: value}
        assert as_alice("GET", f"{PAIRS}/{key}").text == value
        assert as_alice("PUT", f"{PAIRS}/{key}", data="short").status_code == 400
        assert as_alice("PATCH", json={key: "short"}).status_code == 400
        assert as_alice("PATCH", json={"city": value}).status_code == 400
        assert pairs()[key] == value
        assert as_alice(method, PAIRS + below, **options).status_code == 204
        assert pairs() == {"city": "Bern"}


def test_without_a_user_nobody_is_told_whether_there_is_one(client, token_of):
    headers = {"Authorization": token_of(BOB)}
    answers = [client.get(f"/user/{user_id}/kv", headers=headers) for user_id in (ALICE, STRANGER, 0)]
    assert len({(answer.status_code, answer.data) for answer in answers}) == 1


@pytest.mark.parametrize(
    ("user_id", "code"),
    [("abc", 400), ("00", 400), ("-1", 400), ("%D9%A3", 400), ("9" * 300, 404), ("@you", 400)],
)
@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_the_id_in_the_path_must_be_one(as_alice, user_id, code, method):
    assert as_alice(method, f"/user/{user_id}/kv").status_code == code
    assert as_alice(method, f"/user/{user_id}/kv/city").status_code == code


@pytest.mark.parametrize("user", [str(ALICE), "@me", "%40me"])
def test_every_verb_for_the_owner(as_alice, pairs, user):
    path = f"/user/{user}/kv"
    put = as_alice("PUT", f"{path}/river", data="Aare")
    assert (put.status_code, put.data) == (204, b"")
    got = as_alice("GET", f"{path}/river")
    assert (got.status_code, got.text, got.content_type) == (200, "Aare", "text/plain; charset=utf-8")
    every = as_alice("GET", path)
    assert (every.status_code, every.text) == (200, '{"city":"Bern","river":"Aare"}')
    patched = as_alice("PATCH", path, json={"city": None, "lake": "Thun", "absent": None})
    assert (patched.status_code, patched.data) == (204, b"")
    assert pairs() == {"river": "Aare", "lake": "Thun"}
    assert as_alice("DELETE", f"{path}/lake").status_code == 204
    assert as_alice("DELETE", f"{path}/lake").status_code == 404
    assert as_alice("GET", f"{path}/lake").status_code == 404
    assert as_alice("DELETE", path).status_code == 204
    assert as_alice("DELETE", path).status_code == 204
    assert as_alice("GET", path).text == "{}"
    assert pairs() == {}


def test_what_is_not_there_is_404_in_words(as_alice):
    for method in ("GET", "DELETE"):
        answer = as_alice(method, f"{PAIRS}/town")
        assert (answer.status_code, answer.json) == (404, {"code": 404, "message": "You have no key “town”."})


def test_reads_have_an_etag_and_are_kept_by_nobody(as_alice):
    for path in (PAIRS, f"{PAIRS}/city"):
        first = as_alice("GET", path)
        assert first.headers["Cache-Control"] == "private, no-store"
        assert as_alice("GET", path, {"If-None-Match": first.headers["ETag"]}).status_code == 304
        head = as_alice("HEAD", path)
        assert (head.status_code, head.data, head.headers["ETag"]) == (200, b"", first.headers["ETag"])
        as_alice("PUT", f"{PAIRS}/city", data="Basel")
        assert as_alice("GET", path, {"If-None-Match": first.headers["ETag"]}).status_code == 200
        as_alice("PUT", f"{PAIRS}/city", data="Bern")


@pytest.mark.parametrize(
    "key",
    [
        *("a/b", "a//b", "/a", "a/", "//", "a/../b", "..", ".", "../../../etc/passwd", "kv", "kv/city"),
        *(" ", "two words", " both ends ", "tab\t", "line\nfeed", "\r\n", "a?b", "a#b", "a&b=c", "100%", "%41", "a+b"),
        *(
            "é",
            "e\u0301",
            "日本",
            "😀",
            "\ufeff",
            "\u202e",
            "'; DROP TABLE kv; --",
            '"quoted"',
            "<b>",
            "\\",
            "@me",
            "\x7f",
        ),
        *("k" * 165, "😀" * 165),
    ],
    ids=lambda key: ascii(key)[:20],
)
def test_any_text_is_a_key(as_alice, pairs, key):
    path = f"{PAIRS}/{quote(key, safe='')}"
    assert as_alice("PUT", path, data="value").status_code == 204
    assert pairs() == {"city": "Bern", key: "value"}
    assert as_alice("GET", path).text == "value"
    assert as_alice("GET").json == {"city": "Bern", key: "value"}
    assert as_alice("DELETE", path).status_code == 204
    assert pairs() == {"city": "Bern"}


def test_slashes_in_a_key_need_no_encoding(as_alice, pairs):
    assert as_alice("PUT", f"{PAIRS}/a/b//c/", data="value").status_code == 204
    assert "a/b//c/" in pairs()


@pytest.mark.parametrize(
    ("key", "says"),
    [
        ("k" * 166, "The key must have 1 to 165 characters; this one has 166."),
        (quote("😀" * 166), "this one has 166"),
        ("a%00b", "The key must not hold a NUL character."),
        ("%FF", "The key in this path is not UTF-8 text."),
        ("a%C3", "The key in this path is not UTF-8 text."),
        ("%ED%A0%80", "The key in this path is not UTF-8 text."),
        ("%C0%AF", "The key in this path is not UTF-8 text."),
    ],
)
def test_a_key_that_cannot_be_one(as_alice, pairs, key, says):
    answer = as_alice("PUT", f"{PAIRS}/{key}", data="value")
    assert (answer.status_code, answer.json["code"]) == (400, 400)
    assert says in answer.json["message"]
    assert pairs() == {"city": "Bern"}


@pytest.mark.parametrize("key", ["%FF", "k" * 166, "a%00b"])
@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_a_key_that_cannot_be_one_is_not_there_either(as_alice, pairs, method, key):
    assert as_alice(method, f"{PAIRS}/{key}").status_code in (400, 404)
    assert pairs() == {"city": "Bern"}


def test_a_slash_at_the_end_of_all_pairs_is_no_empty_key(as_alice, pairs):
    assert as_alice("GET", f"{PAIRS}/").json == {"city": "Bern"}
    assert as_alice("PUT", f"{PAIRS}/", data="value").status_code == 405
    assert as_alice("PATCH", f"{PAIRS}/", json={"river": "Aare"}).status_code == 204
    assert as_alice("DELETE", f"{PAIRS}/").status_code == 204
    assert pairs() == {}


@pytest.mark.parametrize(
    "value",
    ["", " ", "\n", "a\r\nb\n", "a\ufeffbom", "é", "e\u0301", "😀" * 10_000, "v" * 10_000, "{}", "null", "\x01\x7f"],
    ids=lambda value: ascii(value)[:20],
)
def test_a_value_comes_back_byte_for_byte_whatever_its_type_is_called(as_alice, value):
    for content_type in (None, "text/plain; charset=latin-1", "application/json"):
        assert as_alice("PUT", f"{PAIRS}/k", data=value.encode(), content_type=content_type).status_code == 204
        assert as_alice("GET", f"{PAIRS}/k").data == value.encode()
        assert as_alice("GET").json["k"] == value
        as_alice("DELETE", f"{PAIRS}/k")


def test_a_file_with_a_bom_does_not_keep_it(as_alice, pairs):
    for sent, kept in (("\ufeffcity", "city"), ("\ufeff\ufeffcity", "\ufeffcity"), ("\ufeff", "")):
        assert as_alice("PUT", f"{PAIRS}/k", data=sent.encode()).status_code == 204
        assert as_alice("GET", f"{PAIRS}/k").data == kept.encode()
    assert as_alice("PATCH", PAIRS, json={"k": "\ufeffcity"}).status_code == 204
    assert pairs()["k"] == "\ufeffcity"


def test_a_form_is_a_value_like_any_other(as_alice, pairs):
    as_alice("PUT", f"{PAIRS}/k", data=b"a=1&b=2", content_type="application/x-www-form-urlencoded")
    assert pairs()["k"] == "a=1&b=2"


@pytest.mark.parametrize(
    ("value", "code", "says"),
    [
        (b"v" * 10_001, 400, "at most 10,000 characters; this one has 10,001"),
        ("😀".encode() * 10_000 + b"v", 413, "at most 40,000 bytes; this one has 40,001"),
        (b"v" * 5_000_000, 413, "at most 40,000 bytes; this one has 5,000,000"),
        (b"\xff", 400, "The body is not UTF-8 text."),
        (b"a\xc3", 400, "The body is not UTF-8 text."),
        (b"\xed\xa0\x80", 400, "The body is not UTF-8 text."),
        ("Bern".encode("utf-16"), 400, "The body is not UTF-8 text."),
        (b"a\0b", 400, "The value of “city” must not hold a NUL character."),
    ],
    ids=lambda value: ascii(value)[:20],
)
def test_a_value_that_cannot_be_kept_leaves_the_old_one(as_alice, pairs, value, code, says):
    answer = as_alice("PUT", f"{PAIRS}/city", data=value)
    assert (answer.status_code, answer.json["code"]) == (code, code)
    assert says in answer.json["message"]
    assert pairs() == {"city": "Bern"}


def chunked(body):
    """A body of which nobody said how long it is."""
    return {
        "input_stream": body if hasattr(body, "read") else io.BytesIO(body),
        "headers": {"Transfer-Encoding": "chunked", "Content-Type": "application/json"},
    }


@pytest.mark.parametrize(
    ("method", "below", "body", "code"),
    [
        ("PUT", "/k", b"value", 204),
        ("PUT", "/k", b"", 204),
        ("PUT", "/k", b"v" * 10_001, 400),
        ("PUT", "/k", b"v" * 40_001, 413),
        ("PATCH", "", b'{"k": "value"}', 204),
        ("PATCH", "", b" " * (6 * kv.MOST_BYTES + 1), 413),
    ],
)
def test_a_body_in_chunks(as_alice, method, below, body, code):
    assert as_alice(method, PAIRS + below, **chunked(body)).status_code == code


class Broken(io.BytesIO):
    """A client that stops in the middle of its body."""

    def __init__(self, fault):
        super().__init__(b"Bas")
        self.fault = fault

    def read(self, _size=-1):
        raise self.fault


@pytest.mark.parametrize(
    "fault",
    [ConnectionResetError(), TimeoutError(), ChunkMissingTerminator(b"x"), InvalidChunkSize(b"xyz")],
    ids=repr,
)
def test_a_client_that_hangs_up_or_talks_nonsense_changes_nothing(as_alice, pairs, fault, caplog):
    answer = as_alice("PUT", f"{PAIRS}/city", **chunked(Broken(fault)))
    assert (answer.status_code, answer.json["code"]) == (400, 400)
    assert pairs() == {"city": "Bern"}
    assert "Traceback" not in caplog.text


def test_half_a_body_changes_nothing(as_alice, pairs):
    length = {"CONTENT_LENGTH": "50"}
    answer = as_alice("PUT", f"{PAIRS}/city", input_stream=io.BytesIO(b"Bas"), environ=length)
    assert (answer.status_code, answer.json["code"]) == (400, 400)
    assert pairs() == {"city": "Bern"}


@pytest.mark.parametrize(
    ("body", "code", "says"),
    [
        (b"", 400, "The body is not JSON"),
        (b" ", 400, "The body is not JSON"),
        (b"city=Basel", 400, "The body is not JSON"),
        (b'{"city": "Basel"', 400, "The body is not JSON"),
        (b'{"city": "Basel"} {}', 400, "The body is not JSON"),
        (b"{'city': 'Basel'}", 400, "The body is not JSON"),
        (b'{"city": "Basel",}', 400, "The body is not JSON"),
        (b'{"city": "a\nb"}', 400, "The body is not JSON"),
        (b'\xef\xbb\xbf{"city": "Basel"}', 400, "The body is not JSON"),
        (b"[]", 400, "The body must be a JSON object."),
        (b'[["city", "Basel"]]', 400, "The body must be a JSON object."),
        (b"null", 400, "The body must be a JSON object."),
        (b'"city"', 400, "The body must be a JSON object."),
        (b"3", 400, "The body must be a JSON object."),
        (b"9" * 5000, 400, "The body"),
        (b'{"city": 3}', 400, "The value of “city” must be a text, or null to remove the key."),
        (b'{"city": true}', 400, "The value of “city” must be a text"),
        (b'{"city": ["Basel"]}', 400, "The value of “city” must be a text"),
        (b'{"city": {}}', 400, "The value of “city” must be a text"),
        (b'{"city": 1e999}', 400, "The value of “city” must be a text"),
        (b'{"city": NaN}', 400, "The body holds NaN, which is not JSON."),
        (b'{"city": -Infinity}', 400, "The body holds -Infinity, which is not JSON."),
        (b'{"city": "Basel", "city": "Chur"}', 400, 'The body names the key "city" twice.'),
        (b'{"city": null, "city": null}', 400, 'The body names the key "city" twice.'),
        (b'{"a": {"b": 1, "b": 2}}', 400, 'The body names the key "b" twice.'),
        (b'{"\\u0063ity": "Basel", "city": "Chur"}', 400, 'The body names the key "city" twice.'),
        (b'{"city": "\\ud83d"}', 400, "The body holds half of a surrogate pair"),
        (b'{"\\udc00": "Basel"}', 400, "The body holds half of a surrogate pair"),
        (b'{"city": "a\\u0000b"}', 400, "The body holds a NUL character."),
        (b'{"a\\u0000b": "Basel"}', 400, "The body holds a NUL character."),
        (b'{"city": "\xff"}', 400, "The body is not UTF-8 text."),
        ('{"city": "Basel"}'.encode("utf-16"), 400, "The body is not UTF-8 text."),
        (b"[" * 200_000, 400, "The body is nested more than 32 deep."),
        (b'{"a":' * 200_000, 400, "The body is nested more than 32 deep."),
        (b'{"city": ' + b"[" * 40 + b"]" * 40 + b"}", 400, "The body is nested more than 32 deep."),
        (b'{"": "Basel"}', 400, "The key must have 1 to 165 characters; this one has 0."),
        (json.dumps({"k" * 166: "Basel"}).encode(), 400, "The key must have 1 to 165 characters"),
        (json.dumps({"city": "v" * 10_001}).encode(), 400, "at most 10,000 characters; this one has 10,001"),
        (
            json.dumps({f"k{n}": "" for n in range(512)}).encode(),
            413,
            "You can keep 512 key/value pairs; this",
        ),
        (json.dumps({f"k{n}": "v" * 10_000 for n in range(105)}).encode(), 413, "You can keep 1,048,576 bytes"),
        (b'{"city": "' + b"v" * 7_000_000 + b'"}', 413, "at most 6,291,456 bytes; this one has 7,000,012"),
    ],
    ids=lambda value: ascii(value)[:30],
)
def test_an_edit_that_cannot_be_taken_changes_nothing(as_alice, pairs, body, code, says):
    answer = as_alice("PATCH", data=body, content_type="application/json")
    assert (answer.status_code, answer.json["code"]) == (code, code)
    assert says in answer.json["message"]
    assert len(answer.json["message"]) < 300
    assert pairs() == {"city": "Bern"}


def test_one_bad_pair_among_good_ones_spoils_them_all(as_alice, pairs):
    assert as_alice("PATCH", json={"river": "Aare", "city": None, "lake": 3}).status_code == 400
    assert pairs() == {"city": "Bern"}


def test_a_body_with_very_many_keys_is_read_once(as_alice):
    many = ",".join(f'"{n}":null' for n in range(300_000))
    answer = as_alice("PATCH", data="{" + many + ',"299999":null}', content_type="application/json")
    assert (answer.status_code, answer.json["message"]) == (400, 'The body names the key "299999" twice.')


@pytest.mark.parametrize("content_type", [None, "text/plain", "application/x-www-form-urlencoded", "jsonp", "json"])
def test_an_edit_must_say_that_it_is_json(as_alice, pairs, content_type):
    answer = as_alice("PATCH", data=b'{"city": "Basel"}', content_type=content_type)
    assert (answer.status_code, answer.json["code"]) == (415, 415)
    assert "Content-Type: application/json" in answer.json["message"]
    assert pairs() == {"city": "Bern"}


@pytest.mark.parametrize("content_type", ["application/json", "APPLICATION/JSON; charset=utf-8", "application/x+json"])
def test_json_by_any_name(as_alice, pairs, content_type):
    assert as_alice("PATCH", data=b'{"city": "Basel"}', content_type=content_type).status_code == 204
    assert pairs() == {"city": "Basel"}


def test_the_largest_edit_that_fits_goes_through_even_escaped(as_alice, pairs):
    changes = {f"k{n:03}": "\x01" * kv.VALUE_LENGTH for n in range(104)} | {"city": None}
    body = json.dumps(changes)
    assert len(body) > 5.9 * kv.MOST_BYTES
    assert as_alice("PATCH", data=body, content_type="application/json").status_code == 204
    assert len(pairs()) == 104


def test_pairs_and_token_stay_when_their_owner_leaves(as_alice, leave, pairs):
    leave(ALICE)
    assert as_alice("GET", f"{PAIRS}/city").text == "Bern"
    assert as_alice("PUT", f"{PAIRS}/city", data="Basel").status_code == 204
    assert as_alice("PATCH", "/user/@me/kv", json={"river": "Rhein"}).status_code == 204
    assert pairs() == {"city": "Basel", "river": "Rhein"}


def test_a_token_that_another_worker_replaced_stops_working_at_once(make_app, alice, token_of, pairs):
    one, other = make_app().test_client(), make_app().test_client()
    headers = {"Authorization": alice}
    assert one.get(PAIRS, headers=headers).status_code == 200
    assert other.get(PAIRS, headers=headers).status_code == 200
    newer = {"Authorization": token_of(ALICE)}
    for worker in (one, other):
        assert worker.get(PAIRS, headers=headers).status_code == 401
        assert worker.put(f"{PAIRS}/city", headers=headers, data="Basel").status_code == 401
        assert worker.get(PAIRS, headers=newer).status_code == 200
    assert pairs() == {"city": "Bern"}


class Meanwhile(io.BytesIO):
    """A body that takes so long that something else happens first."""

    def __init__(self, body, happens):
        super().__init__(body)
        self.happens = happens

    def read(self, size=-1):
        self.happens()
        return super().read(size)


def test_a_token_that_is_replaced_while_the_body_arrives_writes_nothing(as_alice, token_of, pairs):
    slow = Meanwhile(b"Basel", lambda: token_of(ALICE))
    answer = as_alice("PUT", f"{PAIRS}/city", input_stream=slow, environ={"CONTENT_LENGTH": "5"})
    assert (answer.status_code, answer.json["message"]) == (401, "This token was replaced or revoked a moment ago.")
    assert pairs() == {"city": "Bern"}


def test_nobody_waits_for_a_client_that_sends_slowly(as_alice, write, pairs):
    slow = Meanwhile(b"Basel", lambda: write(kv.set_value, ALICE, "river", "Aare"))
    answer = as_alice("PUT", f"{PAIRS}/city", input_stream=slow, environ={"CONTENT_LENGTH": "5"})
    assert answer.status_code == 204
    assert pairs() == {"city": "Basel", "river": "Aare"}


def at_the_same_time(ask, many):
    """Ask with each of the numbers at once; the sorted status codes."""
    barrier = threading.Barrier(many)

    def run(number):
        barrier.wait()
        return ask(number).status_code

    with ThreadPoolExecutor(many) as pool:
        return sorted(pool.map(run, range(many)))


def test_writes_at_the_same_time_all_arrive(make_app, alice, pairs):
    apps = [make_app(), make_app()]

    def put(number):
        client = apps[number % 2].test_client()
        return client.put(f"{PAIRS}/k{number}", headers={"Authorization": alice}, data=str(number))

    assert at_the_same_time(put, 12) == [204] * 12
    assert pairs() == {"city": "Bern"} | {f"k{number}": str(number) for number in range(12)}


def test_only_one_of_several_gets_the_last_place(make_app, alice, write, pairs):
    write(kv.edit_pairs, ALICE, {f"full{number}": "" for number in range(kv.MOST_PAIRS - 2)})
    apps = [make_app(), make_app()]

    def put(number):
        return apps[number % 2].test_client().put(f"{PAIRS}/k{number}", headers={"Authorization": alice})

    assert at_the_same_time(put, 6) == [204, *[413] * 5]
    assert len(pairs()) == kv.MOST_PAIRS
