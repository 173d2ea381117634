"""`make run`: the tour, the real thing, and what keeps either from starting."""

import os
import re
import shlex
import signal
import socket

import pytest
import requests

import config as settings
from cli.supervisor import WEB
from tests.end_to_end.rollcall import Process, free_port, until


@pytest.fixture
def tour_file():
    """The tour's own file, put aside and back."""
    kept = {path: path.read_bytes() for path in (settings.ROOT / "instance").glob("tour.db*")}
    for path in kept:
        path.unlink()
    yield
    for path in (settings.ROOT / "instance").glob("tour.db*"):
        path.unlink()
    for path, data in kept.items():
        path.write_bytes(data)


def start(**environ):
    clean = {name: value for name, value in os.environ.items() if name not in settings.NAMES}
    return Process("-m", "cli.start", environ={**clean, "DISCORD_TOKEN": "", "PYTHONUNBUFFERED": "1", **environ})


def curl_line(process):
    found = re.search(r"curl (http://\S+)", process.output)
    assert process.is_running, process.output
    return found and found[1]


@pytest.mark.usefixtures("tour_file")
def test_the_tour():
    port = str(free_port())
    tour = start(PORT=port, RATE_LIMIT="", DATABASE_URL="sqlite:///instance/never-touched.db", HOME_GUILD_ID="1")
    url = until(lambda: curl_line(tour))
    assert requests.get(url, timeout=5).json()["presence"]["username"] == "alice"
    first = requests.get(url, timeout=5).headers["ETag"]
    until(lambda: requests.get(url, timeout=5).headers["ETag"] != first, seconds=60)
    say = re.search(r"-m (simulator say alice .*)$", tour.output, re.MULTILINE)[1]
    typed = Process("-m", *shlex.split(say), environ=dict(os.environ))
    assert typed.wait() == 0
    assert "Rollcall" in typed.output
    assert " ended with code" not in tour.output
    tour.stop(signal.SIGINT)
    assert "Traceback" not in tour.output
    assert not (settings.ROOT / "instance" / "never-touched.db").exists()
    with pytest.raises(requests.ConnectionError):
        requests.get(url, timeout=5)


def test_the_real_thing_with_a_part_that_fails(discord, tmp_path):
    running = start(
        DISCORD_TOKEN="wrong",
        DISCORD_API_BASE=discord.api_base,
        PORT=str(free_port()),
        DATABASE_URL=f"sqlite:///{tmp_path}/real.db",
    )
    until(lambda: "bot ended with code 1; the rest goes on" in running.output)
    until(lambda: "Listening at" in running.output)
    assert "discord   |" not in running.output
    assert running.is_running
    assert running.stop(signal.SIGTERM) == 0
    assert "Traceback" not in running.output


@pytest.mark.parametrize(
    ("environ", "sentence"),
    [
        ({"HOST": "no host"}, "HOST must be an address"),
        ({"PORT": "none"}, "PORT must be a whole number"),
        ({"DISCORD_TOKEN": "x", "DATABASE_URL": "sqlite:////proc/nowhere/x.db"}, "The database /proc/nowhere/x.db"),
        ({"DATABASE_URL": "postgres://x"}, "DATABASE_URL must name an SQLite file"),
        ({"WEB_CONCURRENCY": "nonsense"}, "WEB_CONCURRENCY must be a whole number"),
    ],
)
def test_what_keeps_it_from_starting(environ, sentence):
    process = start(**environ)
    assert process.wait() == 1
    assert len(process.lines) == 1, process.output
    assert process.lines[0].startswith(sentence)


@pytest.mark.parametrize("url", ["sqlite:////proc/nowhere/x.db", "postgres://x"])
def test_what_keeps_the_server_from_starting_by_itself(url):
    process = Process(*WEB, environ={**os.environ, "DATABASE_URL": url, "PORT": str(free_port())})
    assert process.wait() == 1
    assert len(process.lines) == 1, process.output


def test_whoever_still_chooses_granian_is_told(discord, tmp_path):
    running = start(
        SERVER="granian",
        DISCORD_TOKEN="simulated",
        DISCORD_API_BASE=discord.api_base,
        PORT=str(free_port()),
        DATABASE_URL=f"sqlite:///{tmp_path}/real.db",
    )
    until(lambda: "Listening at" in running.output)
    assert [line for line in running.lines if "SERVER=granian has no effect any more" in line] == running.lines[:1]
    assert running.stop(signal.SIGTERM) == 0


def test_a_port_in_use():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        process = start(DISCORD_TOKEN="x", PORT=str(taken.getsockname()[1]))
        assert process.wait() == 1
    assert len(process.lines) == 1
    assert "cannot be used: Address already in use. Choose another with PORT" in process.output
