"""Every example that the pages show is run as it stands, against a served Rollcall with the tour's file."""

import contextlib
import io
import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
from itertools import pairwise

import pytest

from cli import tour_system
from rules.account import erasure
from rules.systems import systems
from tests.web.docs.conftest import BASE
from tests.web.docs.pages import read_pages
from tests.web.front.served import Served
from web.docs.examples import LANGUAGES
from web.docs.operations import list_operations
from web.front.worker import front_of

# Examples that go on until they are stopped, by what they say first.
ENDLESS = ("/events", "/socket")
GOOD = ("200", "204", "302")
# Without a bot it is 503, a socket wants more than curl can ask, and in the tour nothing was imported.
EXPECTED = {"/health": "503", "/socket": "400", "/imports/1": "404"}


@pytest.fixture
def served(tour_app, tour):
    running = Served(front_of(tour_app))
    yield running
    running.stop()


@pytest.fixture
def environ(tour, tmp_path):
    # What one would type to see the status; curl reads it from its file, so that each line runs as it stands.
    (tmp_path / ".curlrc").write_text('silent\noutput = "/dev/null"\nwrite-out = "%{http_code}\\n"\n')
    return {**os.environ, "TOKEN": tour, "CURL_HOME": str(tmp_path), "NO_PROXY": "*"}


@pytest.fixture
def examples(tour_app, served):
    """The examples of all pages in one language, in their order, for the address at which they are served here."""
    pages = read_pages(tour_app.test_client()).values()

    def read(language):
        texts = [text for page in pages for spoken, text in page.examples if spoken == language]
        here = f"127.0.0.1:{served.port}"
        texts = [text.replace(BASE, f"http://{here}").replace("wss://roll.example", f"ws://{here}") for text in texts]
        endless = [text for text in texts if any(end in text for end in ENDLESS) and not is_refusal(text)]
        return [text for text in texts if text not in endless], endless

    return read


def is_refusal(text):
    """curl asks for the socket as for a page."""
    return text.startswith("curl") and "/socket" in text


def run_curl(texts, environ, _folder):
    done = subprocess.run(["sh"], input="\n".join(texts), env=environ, capture_output=True, text=True, check=True)
    return done.stdout.split()


def run_python(texts, environ, _folder):
    said = []
    for text in texts:
        with contextlib.redirect_stdout(io.StringIO()) as out:
            exec(compile(text, text, "exec"), {})
        said.append(out.getvalue().partition(" ")[0].strip())
    return said


def run_javascript(texts, environ, folder):
    script = folder / "examples.mjs"
    script.write_text("\n".join(f'{{\n{text}\nconsole.log("\\n#");\n}}' for text in texts))
    done = subprocess.run(["node", script], env=environ, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return [part.split()[0] for part in done.stdout.split("\n#\n") if part.strip()]


RUNNERS = {"curl": run_curl, "python": run_python, "javascript": run_javascript}
COMMANDS = {
    "curl": ["sh", "-c"],
    "python": [sys.executable, "-u", "-c"],
    "javascript": ["node", "--experimental-websocket", "--input-type=module", "-e"],
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_example_runs_as_it_stands(examples, environ, prepare, tmp_path, monkeypatch, language):
    skip_without(language)
    for name in ("TOKEN", "NO_PROXY"):
        monkeypatch.setenv(name, environ[name])
    texts, endless = examples(language)
    assert len(texts) + len(endless) > 60
    for _ in range(2 if language == "python" else 1):
        statuses = RUNNERS[language](texts, environ, tmp_path)
        assert len(statuses) == len(texts)
        refused = [
            f"{status}: {text}" for text, status in zip(texts, statuses, strict=True) if not is_good(text, status)
        ]
        assert refused == []
        # Once more, at the tour's next start: some of them delete.
        prepare()


def skip_without(language):
    program = {"javascript": "node"}.get(language, language)
    if language != "python" and not shutil.which(program):
        pytest.skip(f"There is no {program} here; .ci/run installs it.")


def is_good(text, status):
    expected = next((status for end, status in EXPECTED.items() if re.search(rf"{end}\b", text)), None)
    return status == expected if expected else status in GOOD


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_example_that_goes_on_says_what_is_now(examples, environ, tmp_path, language):
    skip_without(language)
    _, endless = examples(language)
    assert len(endless) == (2 if language == "curl" else 3)
    # curl is to say what comes here, and not the status.
    (tmp_path / ".curlrc").write_text("silent\n")
    for text in endless:
        with subprocess.Popen(
            [*COMMANDS[language], text], env=environ, stdout=subprocess.PIPE, text=True, start_new_session=True
        ) as running:
            said = next((line for line in running.stdout if re.match("event: |.*INIT_STATE", line)), "")
            os.killpg(running.pid, signal.SIGKILL)
        assert said, text


@pytest.fixture
def ask(tour, tour_app):
    """Ask what a line of curl asks."""

    def run(line):
        method, address, given, body = read_curl(line)
        headers = {**given, **({"Authorization": tour} if "Authorization" in given else {})}
        return tour_app.test_client().open(address, method=method, headers=headers, data=body)

    return run


def read_curl(line):
    """The method, path, headers and body of a line of the page."""
    words = shlex.split(line)
    named = dict(pair.split(": ", 1) for flag, pair in pairwise(words) if flag == "-H")
    by_flag = dict(pairwise(words))
    return by_flag.get("-X", "GET"), words[-1].removeprefix(BASE), named, by_flag.get("-d")


def masked(example):
    """Without what differs each time: the moments, and the IDs of what is new."""
    text = re.sub(r'"20[0-9-]{8}T[0-9:.]{15}Z"', '"a time"', json.dumps(example))
    text = re.sub(r'"id": "[0-9a-f-]{36}"', '"id": "a switch"', text)
    new = r'"id": "[a-z]{5}", (?:"uuid": "[0-9a-f-]{36}", )?((?:"system": "exmpl", )?"name": "(?:Ada|Night owls)")'
    return re.sub(new, r"\1", text)


def test_every_example_of_an_answer_is_the_answer_in_the_tour(ask, tour_app):
    operations = [one for one in list_operations(tour_app.config["OPENAPI"]) if one["path"] != "/health"]
    # Reading changes nothing, and deleting comes last.
    for one in sorted(operations, key=lambda one: ("GET", "PATCH", "PUT", "POST", "DELETE").index(one["method"])):
        for body in one["responses"].get("200", {}).get("content", {}).values():
            if "example" in body:
                answer = ask(one["examples"]["curl"])
                told = answer.json if answer.is_json else answer.text
                assert masked(told) == masked(body["example"]), one["examples"]["curl"]


def test_whoever_was_forgotten_in_the_tour_stays_forgotten(prepare, write, read):
    prepare()
    write(erasure.forget, tour_system.PERSON_ID)
    prepare()
    assert read(systems.find_own_system, tour_system.PERSON_ID) is None
