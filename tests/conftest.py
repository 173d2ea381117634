"""A real file for every test, made up to date once and copied; rules to fill it, apps to ask about it."""

import gc
import shutil
import tempfile
from pathlib import Path

import pytest

import config as settings
from app import create_app
from database import connections
from database.upgrade import upgrade
from rules.account import tokens
from rules.presence import updates
from tests.compiled_once import share_compiled

share_compiled()

OFFLINE = {"status": "offline"}
MEMORY = Path("/dev/shm")
# Nothing answers there: no test asks the real Discord for a picture.
NO_CDN = "http://127.0.0.1:1"
HERE = Path(__file__).parent
OF_PROCESSES = [HERE / folder for folder in ("end_to_end", "web/front", "clients", "simulator")]


def pytest_collection_modifyitems(items):
    """Try a test of processes once more when it fails: a dozen of them share two cores, and what one waits for may
    come late. The end of the run names each that needed it; what is really broken fails twice. A soak runs once.
    """
    for item in items:
        if any(item.path.is_relative_to(folder) for folder in OF_PROCESSES) and "soak" not in item.path.parts:
            item.add_marker(pytest.mark.flaky(reruns=1))


def pytest_collection_finish():
    """Let the garbage collector pass by what is loaded now, and stays, and look seldom at the rest."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 20)


@pytest.fixture(scope="session")
def fresh_file(tmp_path_factory):
    """An empty database of the newest schema."""
    path = tmp_path_factory.mktemp("fresh") / "rollcall.db"
    upgrade(f"sqlite:///{path}")
    return path


@pytest.fixture
def database_file(fresh_file):
    """This test's own database file, in memory where there is such a folder: a thousand tests wait for no disk."""
    # A thread of an app may still fetch a picture when its test is over.
    where = MEMORY if MEMORY.is_dir() else None
    with tempfile.TemporaryDirectory(dir=where, ignore_cleanup_errors=True) as folder:
        yield Path(shutil.copy(fresh_file, folder))


@pytest.fixture
def url(database_file):
    return f"sqlite:///{database_file}"


@pytest.fixture
def database(url):
    opened = connections.open_database(url)
    yield opened
    _throw_away(opened)


def _throw_away(database):
    """Close it; its file goes, and needs nothing of what stands in the WAL."""
    database.empty_wal = lambda: True
    database.close()


@pytest.fixture
def read(database):
    """Ask a rule, as the bot does."""

    def run(rule, *args, **options):
        with database.read() as session:
            return rule(session, *args, **options)

    return run


@pytest.fixture
def write(database):
    """Run a rule in a transaction of its own, as the bot does."""

    def run(rule, *args, **options):
        with database.write() as session:
            return rule(session, *args, **options)

    return run


@pytest.fixture
def write_presence(database):
    """The same by the door for what need not reach the disk."""

    def run(rule, *args):
        with database.write_presence() as session:
            return rule(session, *args)

    return run


@pytest.fixture
def join(write_presence):
    """Somebody joins the home server, or a whole member object comes again."""

    def run(user_id, name="alice", at=1000, status=OFFLINE, **fields):
        user = {"id": str(user_id), "username": name, **fields.pop("user", {})}
        write_presence(
            updates.record_presences,
            {user_id: updates.change_of_member({"user": user, **fields}, at, at, status)},
        )

    return run


@pytest.fixture
def leave(write_presence):
    """Somebody leaves the home server."""

    def run(user_id, at=9000):
        write_presence(updates.record_presences, {user_id: updates.Change(at, at, gone=True)})

    return run


@pytest.fixture
def token_of(write):
    """A new token of a user, as the bot's .token makes it."""

    def run(user_id):
        token = tokens.make_token(user_id)
        write(tokens.store_token, user_id, tokens.hash_token(token))
        return token

    return run


@pytest.fixture
def make_app(url):
    """The real app on this test's file, without a rate limit unless the test sets one."""
    made = []

    def make(**environ):
        given = {"DATABASE_URL": url, "RATE_LIMIT": "", "DISCORD_CDN_BASE": NO_CDN, **environ}
        made.append(create_app(settings.read(given)))
        return made[-1]

    yield make
    for app in made:
        _throw_away(app.extensions["database"])


@pytest.fixture
def client(make_app):
    """A browser, a bot or curl, asking an app of its own."""
    return make_app().test_client()


@pytest.fixture
def flask(make_app, database_file):
    """Run one command of `flask --app app`; its exit code, and what it says after the name of its file."""
    runner = make_app().test_cli_runner()

    def run(*words, types=None):
        result = runner.invoke(args=[str(word) for word in words], input=types)
        return result.exit_code, result.output.removeprefix(f"Database: {database_file}\n")

    return run
