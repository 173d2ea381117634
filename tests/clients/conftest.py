"""What programs of others need: the real app on loopback, a system to tell of, and Node with what npm brings."""

import fcntl
import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from rules.proxying import message_records
from rules.systems import members, systems
from tests.web.front.served import Served
from web.front.worker import front_of

HERE = Path(__file__).parent
ALICE, GUILD, CHANNEL = 80351110224678912, 175928847299117050, 175928847299117051
MESSAGE, ORIGINAL = 175928847299117063, 175928847299117000
NPM = (
    *("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline", "--loglevel=error"),
    *("--fetch-retries=1", "--fetch-retry-mintimeout=1000"),
)
INSTALL_S = 100


@pytest.fixture
def limits():
    """The settings of the app that are not as in other tests."""
    return {}


@pytest.fixture
def about(make_app, write, token_of, limits):
    """Alice's system Foxes as a client is told of it: where it is, and her token."""
    own = write(systems.create_system, ALICE, {"name": "Foxes"})
    served = Served(front_of(make_app(**limits)))
    yield {
        "url": f"http://127.0.0.1:{served.port}",
        "token": token_of(ALICE),
        "system": own.hid,
        "guild": str(GUILD),
        "sender": str(ALICE),
    }
    served.stop()


@pytest.fixture
def spoken(about, write):
    """The same, with one proxied message of Zoe's."""
    zoe = write(members.create_member, ALICE, {"name": "Zoe"})
    write(message_records.record_message, ALICE, zoe.id, MESSAGE, ORIGINAL, CHANNEL, GUILD)
    return {**about, "member": zoe.hid, "message": str(MESSAGE), "original": str(ORIGINAL)}


@pytest.fixture(scope="session")
def modules(request):
    """The folder with what package-lock.json names, installed once; skips where that cannot be."""
    if not (shutil.which("node") and shutil.which("npm")):
        pytest.skip("There is no Node here; .ci/run installs it.")
    folder = request.config.cache.mkdir("clients")
    with (folder / "lock").open("w") as lock:
        # Several processes run tests at once.
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not _is_installed(folder):
            _install(folder)
    return folder / "node_modules"


@pytest.fixture
def run_node(modules):
    """Let a client of Node tell one story; what it says on the way is shown when it fails."""

    def run(script, story, told):
        environ = {**os.environ, "NODE_PATH": str(modules), "NO_PROXY": "127.0.0.1"}
        words = ["node", str(HERE / script), story, json.dumps(told)]
        ran = subprocess.run(words, env=environ, capture_output=True, text=True, timeout=60, check=False)
        assert ran.returncode == 0, ran.stdout + ran.stderr

    return run


def _is_installed(folder):
    done = folder / "installed.json"
    return done.is_file() and done.read_bytes() == (HERE / "package-lock.json").read_bytes()


def _install(folder):
    for name in ("package.json", "package-lock.json"):
        shutil.copy(HERE / name, folder)
    try:
        ran = subprocess.run(NPM, cwd=folder, capture_output=True, text=True, timeout=INSTALL_S, check=False)
    except subprocess.TimeoutExpired:
        pytest.skip("npm took too long to install the clients.")
    if ran.returncode:
        pytest.skip(f"npm cannot install the clients: {ran.stderr[:200]}")
    shutil.copy(HERE / "package-lock.json", folder / "installed.json")
