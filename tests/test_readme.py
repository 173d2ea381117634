"""README and .env.example tell the truth: which packages, settings and routes there are."""

import re

import pytest

import config as settings
from bench.__main__ import MODULES
from rules.account import kv
from rules.lanyard import keys
from rules.parsing import strict_json
from rules.pictures import formats, kept_files
from rules.presence import profiles
from rules.transfer.formats.unpacking.zip_archives import MOST_PACKED
from rules.transfer.process.program import LIMIT_S
from web import pluralkit_v1
from web.front import connections, protocol, sockets
from web.kv import OBJECT_BYTES
from web.lanyard import users
from web.live import lanyard_socket
from web.rate_limit import PAGES_LIMIT, ROWS_OF_ONE
from web.remote_pictures import fetcher

ROOT = settings.ROOT
PINNED = ("requirements.txt", "tests/requirements.txt")
# What only some Pythons can read.
MARKER = r'(?:; python_version >= "[0-9.]+")?'


def pinned(file: str) -> dict[str, str]:
    """Package → version, of the lines above the first comment that says what these bring."""
    direct = (ROOT / file).read_text().split("# What these bring")[0]
    return dict(re.findall(rf"^([A-Za-z0-9_-]+)==([^\s;]+){MARKER}$", direct, re.MULTILINE))


@pytest.mark.parametrize("file", PINNED)
def test_every_package_is_pinned(file):
    lines = [line for line in (ROOT / file).read_text().splitlines() if line and not line.startswith(("#", "-r "))]
    assert [line for line in lines if not re.fullmatch(rf"[A-Za-z0-9_.-]+==[0-9][0-9a-z.]*{MARKER}", line)] == []
    assert pinned(file)


def readme() -> str:
    return (ROOT / "README.md").read_text()


def packages_in_table() -> dict[str, str]:
    """Package → what it is for, as README's table of them says; packages that share a row share that."""
    table = readme().split("\n| package | what it is for |\n|---|---|\n")[1].split("\n\n")[0]
    rows = [line.strip("|").split("|") for line in table.splitlines()]
    return {name.strip().lower(): purpose.strip() for names, purpose in rows for name in names.split(",")}


@pytest.mark.parametrize("package", [package for file in PINNED for package in pinned(file)])
def test_readme_says_what_each_package_is_for(package):
    assert packages_in_table().get(package.lower())


def test_readme_speaks_of_no_package_that_is_not_pinned():
    assert set(packages_in_table()) - {package.lower() for file in PINNED for package in pinned(file)} == set()


class Asked(dict):
    """An environment that remembers what it was asked for."""

    def get(self, name, default=None):
        self[name] = default
        return default


def settings_read() -> set[str]:
    """The settings that config.py looks up."""
    asked = Asked()
    settings.read(asked)
    return set(asked)


def settings_shown() -> set[str]:
    """The settings that .env.example holds, commented out or not."""
    return set(re.findall(r"^#? ?([A-Z][A-Z0-9_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))


def test_every_field_of_config_is_a_setting_of_the_same_name():
    assert {name.upper() for name in settings.Config.__dataclass_fields__} == settings_read() == settings.NAMES


def test_env_example_shows_exactly_the_settings_that_are_read():
    assert settings_shown() == settings_read()


def test_every_block_of_env_example_begins_with_what_it_is_for():
    blocks = (ROOT / ".env.example").read_text().strip().split("\n\n")
    assert [block for block in blocks if not block.startswith("# ")] == []


def test_env_example_can_be_used_as_it_is():
    lines = (ROOT / ".env.example").read_text().splitlines()
    uncommented = dict(line.split("=", 1) for line in lines if re.match("[A-Z]", line))
    assert settings.read(uncommented).database_url == settings.read({}).database_url


def settings_in_table() -> set[str]:
    """The settings in the first column of README's table of them."""
    table = readme().split("| setting | default | what it is |\n|---|---|---|\n")[1].split("\n\n")[0]
    cells = re.findall(r"^\|([^|]+)\|", table, re.MULTILINE)
    return {name for cell in cells for name in re.findall(r"`([A-Z][A-Z0-9_]+)`", cell)}


def test_readme_has_a_table_of_exactly_the_settings():
    assert settings_in_table() == settings_shown()


def is_told(route: str, written: set[str]) -> bool:
    """Whether a route is written, or is below one that is: `/docs` names each by itself."""
    parts = route.split("/")
    return any("/".join(parts[:length]) in written for length in range(len(parts), 2, -1)) or route in written


def test_readme_names_every_route_or_what_it_is_below(make_app):
    # All that these say is that a path of v1 is none in v2.
    rules = [rule for rule in make_app().url_map.iter_rules() if rule.endpoint != "v2_paths.refuse"]
    routes = {re.sub(r"<[^<>]+>", "<>", rule.rule) for rule in rules}
    written = {re.sub(r"<\w+>", "<>", word) for word in re.findall(r"/[\w/<>@.-]*", readme())} - {"/v1", "/v2", "/"}
    assert {route for route in routes - {"/"} if not is_told(route, written)} == set()


def test_readmes_pictures_are_there_and_small():
    named = re.findall(r'src="([^"]+)"', readme())
    assert {path for path in named if not (ROOT / path).is_file()} == set()
    assert {f"docs/pictures/{path.name}" for path in (ROOT / "docs" / "pictures").iterdir()} == set(named)
    assert [path for path in named if (ROOT / path).stat().st_size > 100_000] == []


def limits_in_table() -> dict[str, list[int]]:
    """What README's table of limits has at most of each thing, as numbers."""
    table = readme().split("\n| what | at most | above it |\n|---|---|---|\n")[1].split("\n\n")[0]
    rows = [line.strip("| ").split(" | ") for line in table.splitlines()]
    return {
        what: [int(digits.replace(" ", "")) for digits in re.findall(r"\d+(?: \d{3})*", most)] for what, most, _ in rows
    }


def test_the_limits_are_those_that_hold():
    defaults = settings.read({})
    (default,) = defaults.rate_limit
    of_v2 = [item for (item,) in (defaults.v2_get_limit, defaults.v2_update_limit, defaults.v2_message_limit)]
    assert limits_in_table() == {
        "requests a client": [default.amount, default.get_expiry()],
        "reads, writes, and reads of messages under `/v2`, a client or an account": [
            *(item.amount for item in of_v2),
            *{item.get_expiry() for item in of_v2},
        ],
        "pages, pictures and what they load, a client": [PAGES_LIMIT.amount, PAGES_LIMIT.get_expiry()],
        "a picture that is attached": [
            formats.MOST_BYTES // 1024 // 1024,
            *(formats.MOST_PIXELS, formats.MOST_PIXELS, kept_files.MOST_BYTES_A_SYSTEM // 1024 // 1024),
        ],
        "a picture that is fetched from elsewhere": [
            fetcher.MOST_BYTES // 1024 // 1024,
            *(formats.MOST_PIXELS, formats.MOST_PIXELS, fetcher.TIMEOUT_S),
        ],
        "people in one `GET /users`": [profiles.MOST_AT_ONCE],
        "a key": [kv.KEY_LENGTH],
        "a value": [kv.VALUE_LENGTH],
        "a key and a value in Lanyard's dialect, and of `.set`": [keys.KEY_LENGTH, keys.VALUE_LENGTH],
        "key/value pairs a person": [kv.MOST_PAIRS, kv.MOST_BYTES],
        "the body of a value; in Lanyard's dialect": [kv.VALUE_BYTES, users.VALUE_BYTES],
        "the body of a change of key/value pairs": [OBJECT_BYTES],
        "a body under `/v1`": [pluralkit_v1.OBJECT_BYTES],
        "nesting of a JSON body": [strict_json.MOST_DEPTH],
        "an address with its query": [protocol.LONGEST_LINE],
        "a header with its name": [protocol.LONGEST_LINE],
        "headers of a request": [protocol.MOST_HEADERS, protocol.LARGEST_HEAD],
        "requests that wait behind another on one connection": [protocol.MOST_PIPELINED],
        "connections a worker": [connections.MOST_CONNECTIONS],
        "a message on a WebSocket": [sockets.LARGEST_MESSAGE],
        "what `?with_members=true` shows": [ROWS_OF_ONE],
        "users that a WebSocket hears of": [lanyard_socket.MOST_IDS],
        "messages from a WebSocket": [lanyard_socket.MESSAGES_A_SECOND, 1],
    }


def test_each_part_of_the_benchmarks_is_in_a_room_and_can_be_run():
    files = {path.stem: path for path in (ROOT / "bench").glob("*/*.py") if "\ndef main() ->" in path.read_text()}
    parts = {part: f"bench.{path.parent.name}.{part}" for part, path in files.items()}
    assert {part: module for part, module in parts.items() if part != "echo_bot"} == MODULES


def test_readmes_figures_name_parts_that_there_are():
    table = readme().split("| `PART` |\n|---|---|---|---|---|\n")[1].split("\n\n")[0]
    named = {row.strip("| ").rpartition("|")[2].strip() for row in table.splitlines()}
    assert named
    assert named - set(MODULES) == set()


def rooms_in_tree() -> set[str]:
    """The folders of folders that README's tree names."""
    tree = readme().split("## How it is built\n\n```\n")[1].split("```")[0]
    rooms, part = set(), ""
    for line in tree.splitlines():
        first, _, rest = line.partition(" ")
        part, told = (first, rest) if first else (part, line)
        rooms |= {part + name for name in re.findall(r"\b[a-z_0-9]+/", told)}
    return rooms


def test_readmes_tree_names_every_room():
    parts = ("bench", "cli", "cogs", "database", "rules", "simulator", "tests", "web")
    there = {f"{path.parent.name}/{path.name}/" for part in parts for path in (ROOT / part).iterdir() if path.is_dir()}
    unnamed = {room for room in there - rooms_in_tree() if not room.endswith("__pycache__/")}
    assert unnamed - {"bench/results/"} == set()
    assert {room for room in rooms_in_tree() if not (ROOT / room).is_dir()} == set()


def test_nginx_waits_for_an_import_for_as_long_as_one_may_take():
    places = (ROOT / "deploy" / "nginx.conf").read_text().split("location ")
    (imports,) = [place for place in places if "/imports$" in place]
    assert int(re.search(r"proxy_read_timeout (\d+)s;", imports)[1]) > 2 * LIMIT_S
    assert "proxy_request_buffering off;" in imports


def test_nginx_leaves_it_to_rollcall_which_body_is_too_large():
    written = (ROOT / "deploy" / "nginx.conf").read_text()
    (megabytes,) = re.findall(r"client_max_body_size (\d+)m;", written)
    assert int(megabytes) * 1024 * 1024 > max(OBJECT_BYTES, MOST_PACKED)
