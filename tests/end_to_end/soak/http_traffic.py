"""What the web asks: each dialect, with good and bad values in each place, and bytes that are no HTTP at all."""

import http.client
import json
from urllib.parse import quote

from tests.end_to_end.soak.pacing import Run
from tests.rules.transfer.test_import_fuzz import ODD
from tests.web.front.odd_requests import SHAPES
from tests.web.front.raw_client import Client
from web.docs.document import read_document

PATIENCE_S = 30
WORDS = ("a", "ü", "🦊", "%00", "..", "a b", "'", '"', "null", "1", "-1", "9" * 30, "x" * 400, "@me", "\u202e", "%ff")
BODIES = (
    *(b"", b"{", b"[]", b"null", b'"x"', b"\xff\xfe", b"{" * 5000, b'{"a":1,"a":2}', b'{"a":"\\ud800"}'),
    *(b"x" * 300_000, b'{"members":[]}'),
)
TYPES = ("application/json", "application/json", "text/plain", "application/x-www-form-urlencoded", "\xf0\x9f")
FIELDS = (
    *("name", "description", "tag", "tz", "avatar_url", "banner", "color", "prefix", "suffix", "proxy_tags"),
    *("birthday", "pronouns", "display_name", "keep_proxy", "privacy", "visibility", "front_privacy", "members", "id"),
)
OPERATIONS = [
    (method.upper(), path)
    for path, entry in read_document()["paths"].items()
    for method in (*(name for name in entry if name != "parameters"), "head", "options")
    # A stream has no end: live_traffic.py listens to those.
    if not (method == "get" and path.endswith("/events"))
]


class Caller:
    """A client on one connection at a time, who knows some IDs and some tokens."""

    def __init__(self, run: Run, port: int, known: dict[str, list[str]], tokens: list[str], name: str) -> None:
        self.run, self.port, self.known, self.tokens = run, port, known, tokens
        self.dice = run.dice(name)
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_S)

    def ask(self, method: str, path: str, body: bytes | None = None, **headers: str) -> int:
        """The status of the answer, which is counted; 0 where the server hung up without one."""
        try:
            self._connection.request(method, path, body, headers)
            answer = self._connection.getresponse()
            said = answer.read()
        except (ConnectionError, http.client.HTTPException):
            self._connection.close()
            return 0
        self.run.count("requests")
        self.run.count(f"answers {answer.status}")
        # PluralKit's document has 501 for autoproxy that is set for no server.
        is_told = (answer.status == 503 and answer.getheader("Retry-After")) or (
            answer.status == 501 and "/autoproxy" in path
        )
        if answer.status >= 500 and not is_told:
            self.run.wrong.append(f"{answer.status} to {method} {path[:200]} {body and body[:200]!r}: {said[:200]!r}")
        return answer.status

    def ask_anything(self, a_second: float) -> None:
        for _ in self.run.pace(a_second):
            method, path = self.dice.choice(OPERATIONS)
            headers = {"Content-Type": self.dice.choice(TYPES)}
            if self.dice.random() < 0.6:
                headers["Authorization"] = self.dice.choice((*self.tokens, "x", "Bearer ", "x" * 500))
            if self.dice.random() < 0.2:
                headers["If-None-Match"] = self.dice.choice(("*", '"x"', "x"))
            body = self._body() if method in ("PUT", "PATCH", "POST", "DELETE") else None
            self.ask(method, self._path(path), body, **headers)

    def _path(self, path: str) -> str:
        """The path with something in each place, known or not."""
        while "{" in path:
            before, _, rest = path.partition("{")
            name, _, after = rest.partition("}")
            known = [one for key in (*path.split("/")[2:3], name) for one in self.known.get(key, [])]
            value = self.dice.choice(known) if known and self.dice.random() < 0.7 else self.dice.choice(WORDS)
            path = before + quote(value, safe="%") + after
        if path.startswith("/users"):
            path += "?ids=" + ",".join(self.dice.choices([*self.known["user_id"], "x"], k=self.dice.randint(0, 25)))
        return path + self.dice.choice(("", "", "", "/", "?" + quote(self.dice.choice(WORDS))))

    def _body(self) -> bytes:
        if self.dice.random() < 0.2:
            return self.dice.choice(BODIES)
        values = (*ODD, "public", "private", "a text", "ff0000", self.known["m"])
        return json.dumps({key: self.dice.choice(values) for key in self.dice.sample(FIELDS, 3)}).encode()


def send_noise(run: Run, port: int, a_second: float) -> None:
    """Requests that are none, cut off ones, and random bytes."""
    dice, shapes = run.dice("noise"), [sent for sent, _ in SHAPES.values()]
    for _ in run.pace(a_second):
        sent = bytearray(dice.choice(shapes))
        for _ in range(dice.randint(0, 5)):
            sent[dice.randrange(len(sent))] = dice.randrange(256)
        with Client(port, bytes(sent[: dice.randint(1, len(sent))])) as client:
            client.say_no_more()
            status = client.read().status
        run.count("raw requests")
        run.count(f"raw answers {status}")
        if status >= 500 and status != 501:
            run.wrong.append(f"{status} to {bytes(sent)!r}")
