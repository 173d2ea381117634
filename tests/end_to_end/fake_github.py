"""A small GitHub on loopback: users by name and by number, ETags, rate limits, outages."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

ACCOUNTS = {
    "vaqqq": {
        "login": "vaqqq",
        "id": 111227553,
        "avatar_url": "https://avatars.githubusercontent.com/u/111227553?v=4",
        "html_url": "https://github.com/vaqqq",
        "url": "https://api.github.com/users/vaqqq",
        "company": None,
        "blog": "https://harmy.gg",
        "bio": "casual coder",
        "public_repos": 1,
        "followers": 7,
    }
}


class FakeGitHub(ThreadingHTTPServer):
    """`accounts` may be changed; `refusal` (status, headers) is answered to everything while it is set."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.accounts = {name: dict(account) for name, account in ACCOUNTS.items()}
        self.refusal: tuple[int, dict[str, str]] | None = None
        self.requests: list[tuple[str, str | None]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class Handler(BaseHTTPRequestHandler):
    server: FakeGitHub

    def do_GET(self) -> None:
        asked_etag = self.headers.get("If-None-Match")
        self.server.requests.append((self.path, asked_etag))
        if self.server.refusal:
            self.answer(self.server.refusal[0], {"message": "no"}, self.server.refusal[1])
            return
        _, kind, name = self.path.split("/")
        key = "login" if kind == "users" else "id"
        account = next((a for a in self.server.accounts.values() if str(a[key]).lower() == name.lower()), None)
        etag = f'W/"{hash(json.dumps(account))}"'
        if account is None:
            self.answer(404, {"message": "Not Found"}, {})
        elif asked_etag == etag:
            self.answer(304, None, {"ETag": etag})
        else:
            self.answer(200, account, {"ETag": etag, "X-RateLimit-Remaining": "59"})

    def answer(self, status: int, value: object, headers: dict[str, str]) -> None:
        body = b"" if value is None else json.dumps(value).encode()
        self.send_response(status)
        for name, text in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, text)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def serving() -> Iterator[FakeGitHub]:
    """A GitHub that runs until the block ends."""
    server = FakeGitHub()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
