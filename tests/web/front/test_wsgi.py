"""The bridge keeps PEP 3333, as the standard library's validator has it."""

import asyncio
import threading
from wsgiref.validate import validator

import pytest

from tests.web.front.raw_client import ask, compose
from web.front.app import Front
from web.responses import STOPPED


@pytest.fixture
def environ_of(serve):
    """What an app is told of a request."""
    seen = []

    def app(environ, start_response):
        environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        seen.append(environ)
        start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", "0")])
        return []

    port = serve(Front(validator(app))).port

    def tell(*args, **options):
        assert ask(port, compose(*args, **options)).status == 200
        return seen[-1]

    return tell


def test_the_environ_of_a_request(environ_of):
    environ = environ_of("PUT", "/a/b?c=d", ("Host", "rollcall.example"), ("Content-Type", "text/x"), body=b"abc")
    told = {name: value for name, value in environ.items() if name.isupper() and name != "SERVER_PORT"}
    assert told == {
        "REQUEST_METHOD": "PUT",
        "SCRIPT_NAME": "",
        "PATH_INFO": "/a/b",
        "QUERY_STRING": "c=d",
        "CONTENT_TYPE": "text/x",
        "CONTENT_LENGTH": "3",
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "HTTP_HOST": "rollcall.example",
    }
    assert all(type(value) is str for value in told.values())
    assert environ["SERVER_PORT"].isdigit()
    assert environ["wsgi.url_scheme"] == "http"


@pytest.mark.parametrize(
    ("target", "path", "query"),
    [
        ("/a%2Fb", "/a/b", ""),
        ("/%FF", "/\xff", ""),
        ("/%C3%A9", "/\xc3\xa9", ""),
        ("/%00", "/\0", ""),
        ("/a+b%20c", "/a+b c", ""),
        ("/a%3Fb?c%3Fd?e", "/a?b", "c%3Fd?e"),
        ("/a%", "/a%", ""),
        ("/a%zz", "/a%zz", ""),
        ("/a/../b", "/a/../b", ""),
        ("//a//b", "//a//b", ""),
        ("/a?", "/a", ""),
        ("/a#b", "/a", ""),
        ("http://other/a?b", "/a", "b"),
    ],
)
def test_paths_come_as_they_were_sent(environ_of, target, path, query):
    environ = environ_of("GET", target)
    assert (environ["PATH_INFO"], environ["QUERY_STRING"]) == (path, query)


def test_a_name_with_an_underscore_never_passes_for_one_with_a_hyphen(environ_of):
    environ = environ_of("GET", "/", ("X_Forwarded_For", "1.1.1.1"), ("X-Forwarded_For", "2.2.2.2"), ("A_B", "c"))
    assert [name for name in environ if name.startswith("HTTP_")] == ["HTTP_HOST"]
    assert environ_of("GET", "/", ("X_Forwarded_For", "1"), ("X-Forwarded-For", "2"))["HTTP_X_FORWARDED_FOR"] == "2"
    assert "CONTENT_TYPE" not in environ_of("GET", "/", ("Content_Type", "text/html"))


def test_headers_of_one_name_are_joined(environ_of):
    environ = environ_of("GET", "/", ("X-Forwarded-For", "1.1.1.1"), ("x-forwarded-for", "2.2.2.2"), ("Cookie", "é"))
    assert environ["HTTP_X_FORWARDED_FOR"] == "1.1.1.1,2.2.2.2"
    assert environ["HTTP_COOKIE"] == "é"


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_an_answer_passes_whole(serve, method):
    """Status, headers in their order, twice the same one, and pieces of a body from a generator that is closed."""
    closed = threading.Event()

    class Pieces:
        def __iter__(self):
            yield from (b"", b"hel", b"lo")

        def close(self):
            closed.set()

    def app(environ, start_response):
        write = start_response("299 Odd", [("X-B", "1"), ("X-A", "é"), ("X-B", "2"), ("Content-Length", "7")])
        write(b"> ")
        return Pieces()

    answer = ask(serve(Front(app)).port, compose(method, "/"), method)
    assert (answer.status, answer.body) == (299, b"" if method == "HEAD" else b"> hello")
    assert answer.head.splitlines()[1:-1] == [b"x-b: 1", b"x-a: \xe9", b"x-b: 2", b"content-length: 7"]
    assert closed.is_set()


def test_an_app_that_fails_is_a_500_and_the_next_request_works(serve):
    def app(environ, start_response):
        if environ["PATH_INFO"] == "/fails":
            raise ZeroDivisionError
        start_response("200 OK", [("Content-Length", "0")])
        return []

    port = serve(Front(app)).port
    assert ask(port, compose("GET", "/fails")).status == 500
    assert ask(port, compose("GET", "/")).status == 200


def test_the_app_is_told_that_the_server_ends_without_its_answer():
    begun, ended = threading.Event(), []

    def app(environ, start_response):
        begun.set()
        ended.append(environ[STOPPED].wait(10))
        start_response("200 OK", [])
        return []

    async def cancel():
        asking = asyncio.create_task(Front(app)._run({}, None))
        await asyncio.to_thread(begun.wait, 10)
        asking.cancel()
        await asyncio.gather(asking, return_exceptions=True)

    asyncio.run(cancel())
    assert ended == [True]


def test_the_app_runs_in_threads_of_its_own(serve):
    meet = threading.Barrier(2, timeout=10)

    def app(environ, start_response):
        meet.wait()
        start_response("200 OK", [("Content-Length", "0")])
        return []

    port = serve(Front(app)).port
    other = threading.Thread(target=ask, args=(port, compose("GET", "/")))
    other.start()
    assert ask(port, compose("GET", "/")).status == 200
    other.join()
