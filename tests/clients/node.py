"""Node with the clients that npm brings, as package-lock.json pins them."""

import fcntl
import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

HERE = Path(__file__).parent
NPM = (
    *("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline", "--loglevel=error"),
    *("--fetch-retries=1", "--fetch-retry-mintimeout=1000"),
)
INSTALL_S = 100


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
def node_environ(modules):
    """The environment in which Node finds the clients, and asks no proxy."""
    return {**os.environ, "NODE_PATH": str(modules), "NO_PROXY": "127.0.0.1"}


@pytest.fixture
def run_node(node_environ):
    """Let a client of Node tell one story; what it says on the way is shown when it fails."""

    def run(script, story, told):
        words = ["node", str(script), story, json.dumps(told)]
        ran = subprocess.run(words, env=node_environ, capture_output=True, text=True, timeout=60, check=False)
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
