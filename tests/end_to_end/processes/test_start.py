"""`make run`: the tour, the real thing, and what keeps either from starting."""

import os
import re
import shlex
import shutil
import signal
import socket
import sqlite3
import subprocess

import pytest
import requests

import config as settings
from cli.supervisor import WEB
from tests.end_to_end.rollcall import Process, free_port, until


@pytest.fixture
def tour_file(tmp_path):
    """The tour's own file, with what stands beside it, put aside and back."""
    instance = settings.ROOT / "instance"
    for path in instance.glob("tour.db*"):
        shutil.move(path, tmp_path)
    yield
    for path in instance.glob("tour.db*"):
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    for path in tmp_path.glob("tour.db*"):
        shutil.move(path, instance)


def without_settings():
    return {name: value for name, value in os.environ.items() if name not in settings.NAMES}


def start(**environ):
    return Process(
        "-m", "cli.start", environ={**without_settings(), "DISCORD_TOKEN": "", "PYTHONUNBUFFERED": "1", **environ}
    )


def fronters_of(system):
    answer = requests.get(f"{system}/fronters", timeout=5)
    return answer.json()["members"] if answer.ok else []


def curl_line(process):
    found = re.search(r"curl (http://\S+)", process.output)
    assert process.is_running, process.output
    return found and found[1]


@pytest.fixture
def tour(tour_file):
    """The running tour, which takes nothing from the settings of the real thing."""
    port = str(free_port())
    running = start(PORT=port, RATE_LIMIT="", DATABASE_URL="sqlite:///instance/never-touched.db", HOME_GUILD_ID="1")
    yield running
    running.stop(signal.SIGINT)


def printed(tour, pattern):
    """What of a line that the tour printed is to be typed."""
    return re.search(pattern, tour.output, re.MULTILINE)[1]


def typed(tour, pattern):
    """What comes of a command that the tour printed."""
    process = Process("-m", *shlex.split(printed(tour, pattern)), environ=dict(os.environ))
    assert process.wait() == 0
    return process.output


def test_the_tour(tour):
    url = until(lambda: curl_line(tour))
    assert requests.get(url, timeout=5).json()["presence"]["username"] == "alice"
    with requests.get(printed(tour, r"curl -N (http://\S+/events)$"), stream=True, timeout=15) as stream:
        assert next(line for line in stream.iter_lines() if line.startswith(b"event:")) == b"event: presence"
    lanyard = requests.get(printed(tour, r"curl (http://\S+/v1/users/\d+)$"), timeout=5).json()
    assert lanyard["data"]["discord_user"]["username"] == "alice"
    assert "Rollcall" in typed(tour, r"-m (simulator say alice .*)$")
    assert "Gardeners" in typed(tour, r"-m (simulator say alice .*group.*)$")
    assert "Server settings" in typed(tour, r"-m (simulator say eve .*)$")
    system = printed(tour, r"curl (http://\S+/v1/s/[a-z]{5})$")
    assert requests.get(system, timeout=5).json()["name"] == "The Garden"
    groups = requests.get(printed(tour, r"curl '(http://\S+with_members=true)'$"), timeout=5).json()
    assert [(group["name"], len(group["members"])) for group in groups] == [("Gardeners", 2)]
    assert "Rowan 🌿" in typed(tour, r"-m (simulator say alice \"R:.*)$")
    stats = Process("-m", "flask", "--app", "app", "stats", environ=without_settings())
    # Other Rollcalls may run from this folder just now, in other tests; then it asks which one is meant.
    assert (stats.wait(), "/instance/tour.db" in stats.output) in ((0, True), (78, True)), stats.output
    tour.stop(signal.SIGINT)
    assert [file.name for file in (settings.ROOT / "instance").glob("tour.db-*")] == []
    assert " ended with code" not in tour.output
    assert "Traceback" not in tour.output
    assert not (settings.ROOT / "instance" / "never-touched.db").exists()
    with pytest.raises(requests.ConnectionError):
        requests.get(url, timeout=5)


@pytest.mark.long
def test_the_people_of_the_tour_come_go_and_switch(tour):
    url = until(lambda: curl_line(tour))
    first = requests.get(url, timeout=5).headers["ETag"]
    until(lambda: requests.get(url, timeout=5).headers["ETag"] != first, seconds=60)
    system = printed(tour, r"curl (http://\S+/v1/s/[a-z]{5})$")
    until(lambda: [member["name"] for member in fronters_of(system)] == ["Juniper", "Rowan"], seconds=90)


@pytest.mark.long
def test_the_real_thing_with_a_part_that_fails(discord, tmp_path):
    running = start(
        DISCORD_TOKEN="wrong",
        DISCORD_API_BASE=discord.api_base,
        PORT=str(free_port()),
        DATABASE_URL=f"sqlite:///{tmp_path}/real.db",
    )
    until(lambda: "bot ended with code 78; the rest goes on" in running.output)
    until(lambda: "Listening at" in running.output)
    assert "discord   |" not in running.output
    assert running.is_running
    assert running.stop(signal.SIGTERM) == 0
    assert "Traceback" not in running.output


@pytest.mark.parametrize(
    ("environ", "code", "sentence"),
    [
        ({"HOST": "no host"}, 78, "HOST must be an address"),
        ({"PORT": "none"}, 78, "PORT must be a whole number"),
        ({"DISCORD_TOKEN": "x", "DATABASE_URL": "sqlite:////proc/nowhere/x.db"}, 75, "The database /proc/nowhere/x.db"),
        ({"DISCORD_TOKEN": "x", "DATABASE_URL": f"sqlite:///{__file__}"}, 78, f"The database {__file__} cannot be"),
        ({"DATABASE_URL": "postgres://x"}, 78, "DATABASE_URL must name an SQLite file"),
        ({"WEB_CONCURRENCY": "nonsense"}, 78, "WEB_CONCURRENCY must be a whole number"),
        ({"SYSTEM_PREFIXES": "."}, 78, "PRESENCE_PREFIXES must share none with SYSTEM_PREFIXES"),
    ],
)
def test_what_keeps_it_from_starting(environ, code, sentence):
    """With 78 a service manager does not try again, and with 75 it does."""
    process = start(**environ)
    assert process.wait() == code
    assert len(process.lines) == 1, process.output
    assert process.lines[0].startswith(sentence)


@pytest.mark.parametrize(("url", "code"), [("sqlite:////proc/nowhere/x.db", 75), ("postgres://x", 78)])
def test_what_keeps_the_server_from_starting_by_itself(url, code):
    process = Process(*WEB, environ={**os.environ, "DATABASE_URL": url, "PORT": str(free_port())})
    assert process.wait() == code
    assert len(process.lines) == 1, process.output


@pytest.mark.long
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


@pytest.fixture
def taken():
    """A port that somebody listens on."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        yield listening.getsockname()[1]


def test_a_port_in_use(taken, tmp_path):
    """`make run` and the web side by itself say who wants it and how to choose another."""
    sentence = f"The web side cannot have port {taken} of 127.0.0.1: Address already in use. Choose another with PORT"
    environ = {"DISCORD_TOKEN": "x", "PORT": str(taken), "DATABASE_URL": f"sqlite:///{tmp_path}/x.db"}
    for process in (start(**environ), Process(*WEB, environ={**os.environ, **environ})):
        assert process.wait() == 75
        assert process.lines[-1].startswith(sentence), process.output
        assert "Traceback" not in process.output


def test_a_port_in_use_that_the_tour_wants(taken):
    process = start(PORT=str(taken - 100))
    assert process.wait() == 75
    assert process.lines == [
        f"The simulated Discord cannot have port {taken} of 127.0.0.1: Address already in use."
        " Choose another with PORT, which it follows 100 further."
    ]


@pytest.mark.long
def test_a_bot_that_died_is_started_again(discord, tmp_path):
    running = start(
        DISCORD_TOKEN="simulated",
        DISCORD_API_BASE=discord.api_base,
        PORT=str(free_port()),
        DATABASE_URL=f"sqlite:///{tmp_path}/real.db",
    )
    until(lambda: running.output.count("connected as") == 1)
    kill_bot_of(running)
    until(lambda: running.output.count("connected as") == 2)
    assert "bot ended with code -9; it is started again in 1 s." in running.output
    kill_bot_of(running)
    until(lambda: "bot ended with code -9; it is started again in 2 s." in running.output)
    assert running.stop(signal.SIGTERM) == 0
    assert running.output.count("connected as") == 2, "nothing is started while all is stopped"


def kill_bot_of(running):
    listing = subprocess.run(["ps", "-o", "pid=,args=", "--ppid", str(running.pid)], capture_output=True, text=True)
    os.kill(next(int(line.split()[0]) for line in listing.stdout.splitlines() if "bot.py" in line), signal.SIGKILL)


def test_stopping_leaves_the_file_whole_without_a_wal(discord, tmp_path):
    """200 acknowledged pairs, and `make run`'s own order of stopping."""
    port = free_port()
    running = start(
        DISCORD_TOKEN="simulated",
        DISCORD_API_BASE=discord.api_base,
        PORT=str(port),
        RATE_LIMIT="",
        DATABASE_URL=f"sqlite:///{tmp_path}/real.db",
    )
    until(lambda: "connected as" in running.output and "Listening at" in running.output)
    user = 80351110224678912
    made = Process("-m", "flask", "--app", "app", "token", str(user), environ=environ_of(tmp_path))
    assert made.wait() == 0
    http = requests.Session()
    http.headers["Authorization"] = made.lines[-1]
    for number in range(200):
        assert http.put(f"http://127.0.0.1:{port}/user/@me/kv/{number}", data="x", timeout=15).status_code == 204
    assert running.stop(signal.SIGTERM) == 0
    assert sorted(file.name for file in tmp_path.iterdir() if "lock" not in file.name) == ["real.db"]
    alone = sqlite3.connect(f"file:{tmp_path}/real.db?immutable=1", uri=True)
    assert alone.execute("SELECT count(*) FROM kv").fetchone() == (200,)
    alone.close()


def environ_of(folder):
    return {**os.environ, "DATABASE_URL": f"sqlite:///{folder}/real.db"}


@pytest.mark.long
def test_a_second_bot_ends_with_one_sentence(alone):
    running = alone()
    running.start_bot()
    second = Process("bot.py", environ=running.environ)
    assert second.wait() == 75
    assert len(second.lines) == 1, second.output
    assert second.lines[0].startswith("Another bot runs on ")
    running.bot.stop(signal.SIGKILL)
    running.start_bot()
    assert running.bot.is_running


def test_a_file_that_is_replaced_under_both_processes_is_told_by_both(alone, tmp_path):
    running = alone()
    running.start_web()
    running.start_bot()
    until(lambda: running.get("/health").status_code == 200)
    shutil.copy(tmp_path / "rollcall.db", tmp_path / "backup.db")
    os.replace(tmp_path / "backup.db", tmp_path / "rollcall.db")
    until(lambda: running.get("/health").json()["status"] == "the database cannot be written")
    said = running.get("/health")
    assert said.status_code == 503
    assert "rollcall.db was replaced by another" in said.json()["database"]["problem"]
    until(lambda: "rollcall.db was replaced by another under the running Rollcall" in running.bot.output)
    before = (tmp_path / "rollcall.db").read_bytes()
    running.stop()
    assert (tmp_path / "rollcall.db").read_bytes() == before
