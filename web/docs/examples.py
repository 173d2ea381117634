"""One request as a line of curl, a program in Python and one in JavaScript; a test runs what the pages show."""

import json
import shlex
from dataclasses import dataclass
from typing import Any

from web.docs.document import Json, resolve

LANGUAGES = {"curl": "curl", "python": "Python", "javascript": "JavaScript"}
ANSWER, STREAM, BYTES, REDIRECT, SOCKET = "answer", "stream", "bytes", "redirect", "socket"


@dataclass(frozen=True)
class Call:
    """What an example asks. `kind` is what comes back: a text, a stream of it, bytes, another address, a socket."""

    method: str
    url: str
    has_token: bool
    media_type: str | None
    body: Any
    kind: str

    @property
    def headers(self) -> list[tuple[str, str]]:
        """What a body needs said of it; the token stands in each language's own words."""
        return [("Content-Type", self.media_type)] if self.media_type else []


def write_examples(base: str, path: str, method: str, operation: Json, parameters: list[Json]) -> dict[str, str]:
    """The example of an operation by language, with `$TOKEN` of the environment where it needs one."""
    call = _make_call(base, path, method, operation, parameters)
    writers = (_write_curl, _write_python, _write_javascript)
    return {language: write(call) for language, write in zip(LANGUAGES, writers, strict=True)}


def _make_call(base: str, path: str, method: str, operation: Json, parameters: list[Json]) -> Call:
    asked = []
    for parameter in parameters:
        if parameter["in"] == "path":
            path = path.replace(f"{{{parameter['name']}}}", parameter["example"])
        elif parameter.get("required") or parameter.get("x-in-example"):
            example = parameter["example"]
            asked.append(f"{parameter['name']}={example if isinstance(example, str) else ','.join(example)}")
    url = base + path + (f"?{'&'.join(asked)}" if asked else "")
    media_type, body = next(iter(operation.get("requestBody", {}).get("content", {None: {}}).items()))
    has_token = operation.get("security") == [{"Token": []}]
    return Call(method, url, has_token, media_type, body.get("example"), kind_of(path, operation))


def kind_of(path: str, operation: Json) -> str:
    """What is answered where all goes well: ANSWER, STREAM, BYTES, REDIRECT or SOCKET."""
    if path == "/socket":
        return SOCKET
    if "302" in operation["responses"]:
        return REDIRECT
    media_types = resolve(operation["responses"].get("200", {})).get("content", {})
    if "text/event-stream" in media_types:
        return STREAM
    return BYTES if any(name.startswith("image/png") for name in media_types) else ANSWER


def _write_curl(call: Call) -> str:
    words = ["curl"] if call.method == "GET" else ["curl", "-X", call.method]
    if call.kind == STREAM:
        words.append("-N")
    if call.has_token:
        words += ["-H", '"Authorization: $TOKEN"']
    for name, value in call.headers:
        words += ["-H", shlex.quote(f"{name}: {value}")]
    if call.media_type:
        text = call.body if isinstance(call.body, str) else json.dumps(call.body, ensure_ascii=False)
        words += ["-d", shlex.quote(text)]
    return " ".join([*words, shlex.quote(call.url)])


def _write_python(call: Call) -> str:
    if call.kind == SOCKET:
        return _PYTHON_SOCKET.format(url=_to_socket(call.url))
    if call.kind == STREAM:
        return _PYTHON_STREAM.format(url=call.url)
    headers = ['"Authorization": os.environ["TOKEN"]'] if call.has_token else []
    is_json = call.media_type == "application/json"
    # `json` says by itself what it sends.
    headers += [] if is_json else [f"{json.dumps(name)}: {json.dumps(value)}" for name, value in call.headers]
    words = [
        json.dumps(call.url),
        *([f"headers={{{', '.join(headers)}}}"] if headers else []),
        *([f"{'json' if is_json else 'data'}={_to_python(call.body)}"] if call.media_type else []),
        *(["allow_redirects=False"] if call.kind == REDIRECT else []),
    ]
    inside = words[0] if len(words) == 1 else "\n    " + ",\n    ".join(words) + ",\n"
    shown = {BYTES: "len(answer.content)", REDIRECT: 'answer.headers.get("Location")'}.get(call.kind, "answer.text")
    return "\n".join(
        [
            *(["import os", ""] if call.has_token else []),
            "import requests",
            "",
            f"answer = requests.{call.method.lower()}({inside})",
            f"print(answer.status_code, {shown})",
        ]
    )


def _to_python(value: Any) -> str:
    """A value of JSON as Python writes it, with its texts in double quotes."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(key)}: {_to_python(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_to_python, value)) + "]"
    return json.dumps(value, ensure_ascii=False) if isinstance(value, str) else repr(value)


def _write_javascript(call: Call) -> str:
    if call.kind == SOCKET:
        return _JAVASCRIPT_SOCKET.format(url=_to_socket(call.url))
    if call.kind == STREAM:
        return _JAVASCRIPT_STREAM.format(url=call.url)
    headers = ["Authorization: process.env.TOKEN"] if call.has_token else []
    headers += [f"{json.dumps(name)}: {json.dumps(value)}" for name, value in call.headers]
    body = json.dumps(call.body, ensure_ascii=False)
    options = [
        *([f"method: {json.dumps(call.method)}"] if call.method != "GET" else []),
        *([f"headers: {{{', '.join(headers)}}}"] if headers else []),
        *([f"body: {body if isinstance(call.body, str) else f'JSON.stringify({body})'}"] if call.media_type else []),
        *(['redirect: "manual"'] if call.kind == REDIRECT else []),
    ]
    inside = ", {" + "".join(f"\n  {option}," for option in options) + "\n}" if options else ""
    shown = {
        BYTES: "(await answer.arrayBuffer()).byteLength",
        REDIRECT: 'answer.headers.get("Location")',
    }.get(call.kind, "await answer.text()")
    asked = f"const answer = await fetch({json.dumps(call.url)}{inside});"
    return f"{asked}\nconsole.log(answer.status, {shown});"


def _to_socket(url: str) -> str:
    return "ws" + url.removeprefix("http")


_PYTHON_STREAM = """import requests

with requests.get("{url}", stream=True) as answer:
    for line in answer.iter_lines():
        print(line.decode())"""
_JAVASCRIPT_STREAM = """const answer = await fetch("{url}");
for await (const part of answer.body.pipeThrough(new TextDecoderStream()))
  console.log(part);"""
_SOMEBODY = resolve({"$ref": "#/components/parameters/UserId"})["example"]
_PYTHON_SOCKET = f"""import json

from websockets.sync.client import connect

with connect("{{url}}") as socket:
    socket.send(json.dumps({{{{"op": 2, "d": {{{{"subscribe_to_id": "{_SOMEBODY}"}}}}}}}}))
    for message in socket:
        print(message)"""
_JAVASCRIPT_SOCKET = f"""const socket = new WebSocket("{{url}}");
socket.onopen = () => socket.send(JSON.stringify({{{{op: 2, d: {{{{subscribe_to_id: "{_SOMEBODY}"}}}}}}}}));
socket.onmessage = (message) => console.log(message.data);"""
