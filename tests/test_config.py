"""Settings: what they are when nobody sets them, what they take, and the sentence that stops the start."""

import os
from ipaddress import ip_network

import limits
import pytest

import config as settings
from app import create_app
from config import BadSetting

DEFAULTS = {
    "discord_token": None,
    "discord_api_base": None,
    "discord_cdn_base": None,
    "home_guild_id": None,
    "database_url": f"sqlite:///{settings.ROOT}/instance/rollcall.db",
    "github_api_base": "https://api.github.com",
    "github_token": None,
    "host": "127.0.0.1",
    "port": 8000,
    "public_url": "http://127.0.0.1:8000",
    "invite_url": None,
    "rate_limit": tuple(limits.parse_many("30/3second")),
    "v2_get_limit": tuple(limits.parse_many("10/second")),
    "v2_update_limit": tuple(limits.parse_many("3/second")),
    "v2_message_limit": tuple(limits.parse_many("10/second")),
    "trusted_proxies": (ip_network("127.0.0.0/8"), ip_network("::1")),
    "presence_prefixes": (".",),
    "system_prefixes": ("pk;", "pk!"),
    "log_level": "INFO",
    "request_log": False,
    "body_timeout": 10,
    "deleted_messages_kept": 3600,
    "server": "gunicorn",
    "web_concurrency": 4,
    "publish": "everyone",
    "join_notice": "dm",
    "webhook_loopback": False,
    "feed_kept": 3600,
    "feed_rows": 100_000,
    "live_connections": 5000,
    "live_per_client": 100,
    "subscribe_to_all": False,
    "imports_kept": 30,
    "picture_hosts": (),
    "picture_cache_mb": 100,
    "featured_user_id": None,
}


@pytest.fixture(autouse=True)
def machine(monkeypatch):
    """A machine with so many cores."""

    def with_cores(number):
        monkeypatch.setattr(settings, "_cores", lambda: number)

    with_cores(4)
    return with_cores


def test_nothing_set():
    assert vars(settings.read({})) == DEFAULTS


@pytest.mark.parametrize("nothing", ["", "   ", None])
@pytest.mark.parametrize("name", sorted(key.upper() for key in DEFAULTS if not key.endswith("_limit")))
def test_empty_is_unset(name, nothing):
    assert vars(settings.read({name: nothing})) == DEFAULTS


@pytest.mark.parametrize(
    ("name", "value", "becomes"),
    [
        ("DISCORD_TOKEN", " abc.def ", "abc.def"),
        ("DISCORD_API_BASE", "http://127.0.0.1:8100/api/v10/", "http://127.0.0.1:8100/api/v10"),
        ("DISCORD_CDN_BASE", "https://cdn.example", "https://cdn.example"),
        ("HOME_GUILD_ID", "80351110224678912", 80351110224678912),
        ("HOME_GUILD_ID", str(2**63 - 1), 2**63 - 1),
        ("DATABASE_URL", "sqlite:///instance/other.db", f"sqlite:///{settings.ROOT}/instance/other.db"),
        ("DATABASE_URL", "sqlite:////var/lib/rollcall.db", "sqlite:////var/lib/rollcall.db"),
        ("GITHUB_API_BASE", "http://[::1]:8200/", "http://[::1]:8200"),
        ("GITHUB_TOKEN", "ghp_1", "ghp_1"),
        ("HOST", "0.0.0.0", "0.0.0.0"),
        ("PORT", "1", 1),
        ("PORT", "65535", 65535),
        ("PUBLIC_URL", "https://rollcall.example/", "https://rollcall.example"),
        ("INVITE_URL", "https://discord.gg/abc", "https://discord.gg/abc"),
        ("RATE_LIMIT", "", ()),
        ("RATE_LIMIT", "  ", ()),
        ("V2_GET_LIMIT", "", ()),
        ("V2_UPDATE_LIMIT", "5/minute", (limits.RateLimitItemPerMinute(5),)),
        ("V2_MESSAGE_LIMIT", " ", ()),
        ("RATE_LIMIT", "10 per hour", (limits.RateLimitItemPerHour(10),)),
        ("TRUSTED_PROXIES", "10.0.0.1, ::1  172.16.0.0/12", ("10.0.0.1/32", "::1/128", "172.16.0.0/12")),
        ("TRUSTED_PROXIES", "none", ()),
        ("PRESENCE_PREFIXES", ". !", (".", "!")),
        ("SYSTEM_PREFIXES", "sys;", ("sys;",)),
        ("PUBLISH", "OptIn", "optin"),
        ("PUBLISH", "role:80351110224678912", "role:80351110224678912"),
        ("PUBLISH", "role: 80351110224678912", "role:80351110224678912"),
        ("JOIN_NOTICE", "Channel", "channel"),
        ("LOG_LEVEL", "debug", "DEBUG"),
        ("REQUEST_LOG", "On", True),
        ("SERVER", "Granian", "granian"),
        ("WEB_CONCURRENCY", "1", 1),
        ("WEB_CONCURRENCY", "64", 64),
        ("BODY_TIMEOUT", "1", 1),
        ("DELETED_MESSAGES_KEPT", "0", 0),
        ("DELETED_MESSAGES_KEPT", "2592000", 2592000),
        ("BODY_TIMEOUT", "300", 300),
        ("FEED_KEPT", "60", 60),
        ("FEED_ROWS", "1000", 1000),
        ("LIVE_CONNECTIONS", "0", 0),
        ("LIVE_PER_CLIENT", "1", 1),
        ("SUBSCRIBE_TO_ALL", "On", True),
        ("IMPORTS_KEPT", "0", 0),
        ("IMPORTS_KEPT", "3650", 3650),
        ("PICTURE_HOSTS", "i.example.org  XN--BCHER-KVA.example", ("i.example.org", "xn--bcher-kva.example")),
        ("PICTURE_CACHE_MB", "0", 0),
        ("FEATURED_USER_ID", "80351110224678912", 80351110224678912),
        ("FEATURED_USER_ID", "", None),
    ],
)
def test_good_values(name, value, becomes):
    if name == "TRUSTED_PROXIES":
        becomes = tuple(ip_network(network) for network in becomes)
    assert getattr(settings.read({name: value}), name.lower()) == becomes


@pytest.mark.parametrize(("cores", "workers"), [(1, 2), (2, 2), (5, 5), (96, 8)])
def test_workers_are_as_many_as_the_cores_within_reason(machine, cores, workers):
    machine(cores)
    assert settings.read({}).web_concurrency == workers


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DISCORD_API_BASE", "127.0.0.1:8100"),
        ("DISCORD_CDN_BASE", "ftp://cdn.example"),
        ("HOME_GUILD_ID", "my server"),
        ("HOME_GUILD_ID", "0"),
        ("HOME_GUILD_ID", "-1"),
        ("HOME_GUILD_ID", "٣"),
        ("HOME_GUILD_ID", "1.5"),
        ("HOME_GUILD_ID", str(2**63)),
        ("HOME_GUILD_ID", "9" * 5000),
        ("DATABASE_URL", "postgresql://localhost/rollcall"),
        ("DATABASE_URL", "instance/rollcall.db"),
        ("DATABASE_URL", "sqlite://"),
        ("DATABASE_URL", "sqlite:///"),
        ("DATABASE_URL", "sqlite:///:memory:"),
        ("DATABASE_URL", "sqlite:///file.db?mode=ro"),
        ("GITHUB_API_BASE", "https://"),
        ("GITHUB_API_BASE", "http://[::1"),
        ("PORT", "0"),
        ("PORT", "65536"),
        ("PORT", "http"),
        ("PORT", "8000.0"),
        ("PUBLIC_URL", "rollcall.example"),
        ("INVITE_URL", "discord.gg/abc"),
        ("INVITE_URL", "https://discord.gg/a b"),
        ("INVITE_URL", "javascript:alert(1)"),
        ("RATE_LIMIT", "3"),
        ("RATE_LIMIT", "off"),
        ("V2_GET_LIMIT", "off"),
        ("V2_UPDATE_LIMIT", "0/second"),
        ("V2_MESSAGE_LIMIT", "10"),
        ("RATE_LIMIT", "0/second"),
        ("RATE_LIMIT", "3/second;0/minute"),
        ("RATE_LIMIT", "-3/second"),
        ("RATE_LIMIT", "3/fortnight"),
        ("TRUSTED_PROXIES", "nginx"),
        ("TRUSTED_PROXIES", "10.0.0.1/8"),
        ("TRUSTED_PROXIES", "10.0.0.1 10.0.0.999"),
        ("PRESENCE_PREFIXES", "/"),
        ("SYSTEM_PREFIXES", "pk; averylongprefix"),
        ("LOG_LEVEL", "LOUD"),
        ("PUBLISH", "nobody"),
        ("PUBLISH", "role:"),
        ("PUBLISH", "role:Members"),
        ("PUBLISH", "role:0"),
        ("JOIN_NOTICE", "loud"),
        ("BODY_TIMEOUT", "0"),
        ("DELETED_MESSAGES_KEPT", "-1"),
        ("FEED_KEPT", "59"),
        ("FEED_ROWS", "999"),
        ("LIVE_CONNECTIONS", "-1"),
        ("LIVE_PER_CLIENT", "0"),
        ("SUBSCRIBE_TO_ALL", "all"),
        ("IMPORTS_KEPT", "3651"),
        ("IMPORTS_KEPT", "a month"),
        *[
            ("PICTURE_HOSTS", host)
            for host in (
                *("https://i.example.org", "i.example.org/", "i.example.org:443", "*.example.org", "i.example.org."),
                *("127.0.0.1", "i.example.org 10.0.0.1", "2130706433", "0x7f.1", "::1", "localhost", "bücher.example"),
                *("a@i.example.org", "i.example.org,b.example.org", "-a.example.org", "a." * 126 + "org"),
            )
        ],
        ("PICTURE_CACHE_MB", "-1"),
        ("PICTURE_CACHE_MB", "much"),
        ("FEATURED_USER_ID", "alice"),
        ("FEATURED_USER_ID", "9223372036854775808"),
        ("DELETED_MESSAGES_KEPT", "2592001"),
        ("DELETED_MESSAGES_KEPT", "1 hour"),
        ("BODY_TIMEOUT", "301"),
        ("BODY_TIMEOUT", "soon"),
        ("WEB_CONCURRENCY", "nonsense"),
        ("WEB_CONCURRENCY", "0"),
        ("WEB_CONCURRENCY", "65"),
    ],
)
def test_bad_values_are_named_in_one_sentence(name, value):
    with pytest.raises(BadSetting) as refused:
        settings.read({name: value})
    sentence = str(refused.value)
    assert sentence.startswith(f"{name} must ")
    assert sentence.endswith(".")
    assert "\n" not in sentence


@pytest.mark.parametrize(
    ("host", "public_url"),
    [
        ("::1", "http://[::1]:9000"),
        ("0.0.0.0", "http://127.0.0.1:9000"),
        ("::", "http://[::1]:9000"),
        ("localhost", "http://localhost:9000"),
    ],
)
def test_the_public_url_follows_host_and_port(host, public_url):
    assert settings.read({"HOST": host, "PORT": "9000"}).public_url == public_url


@pytest.fixture
def dotenv(tmp_path, monkeypatch):
    """A .env of this test, and an environment in which nothing is set."""
    monkeypatch.setattr(settings, "ROOT", tmp_path)
    for name in {key.upper() for key in DEFAULTS} & set(os.environ):
        monkeypatch.delenv(name)
    return tmp_path / ".env"


def test_without_a_dotenv_the_defaults_hold(dotenv):
    assert settings.load().port == 8000


def test_the_environment_goes_before_dotenv_and_overrides_before_both(dotenv, monkeypatch):
    dotenv.write_text("PORT=8001\nLOG_LEVEL=ERROR\nINVITE_URL=\n# HOST=0.0.0.0\n")
    assert (settings.load().port, settings.load().log_level, settings.load().host) == (8001, "ERROR", "127.0.0.1")
    monkeypatch.setenv("PORT", "8002")
    assert (settings.load().port, settings.load().log_level) == (8002, "ERROR")
    assert settings.load({"PORT": "8003"}).port == 8003
    monkeypatch.setenv("LOG_LEVEL", "")
    assert settings.load().log_level == "INFO"


def test_an_empty_rate_limit_in_dotenv_switches_it_off(dotenv):
    dotenv.write_text("RATE_LIMIT=\n")
    assert settings.load().rate_limit == ()


def test_a_bad_setting_stops_the_app_with_its_sentence(dotenv, capsys):
    dotenv.write_text("PORT=eighty\n")
    with pytest.raises(SystemExit) as stopped:
        create_app()
    assert stopped.value.code == settings.EXIT_FOR_A_PERSON
    assert capsys.readouterr().err == "PORT must be a whole number from 1 to 65535, not 'eighty'.\n"


def test_a_bad_database_stops_the_app_with_its_sentence(tmp_path, capsys):
    (tmp_path / "rollcall.db").write_text("Dear diary, " * 100)
    with pytest.raises(SystemExit) as stopped:
        create_app(settings.read({"DATABASE_URL": f"sqlite:///{tmp_path}/rollcall.db"}))
    assert stopped.value.code == settings.EXIT_FOR_A_PERSON
    sentence = f"The database {tmp_path}/rollcall.db cannot be opened: file is not a database.\n"
    assert capsys.readouterr().err == sentence


@pytest.mark.parametrize(
    ("presence", "system", "shared"),
    [(". pk;", "pk; pk!", "pk;"), ("PK!", "pk; pk!", "pk!"), ("pk;", "", "pk;"), ("", ". pk;", ".")],
)
def test_no_prefix_belongs_to_both_sides(presence, system, shared):
    with pytest.raises(BadSetting, match="PRESENCE_PREFIXES must share none with SYSTEM_PREFIXES") as refused:
        settings.read({"PRESENCE_PREFIXES": presence, "SYSTEM_PREFIXES": system})
    assert f"take {shared!r} out of one of them." in str(refused.value)


@pytest.mark.parametrize(
    ("value", "becomes"),
    [
        ("http://0.0.0.0:8000", "http://127.0.0.1:8000"),
        ("http://0:8000", "http://127.0.0.1:8000"),
        ("https://0.0.0.0/rollcall/", "https://127.0.0.1/rollcall"),
        ("http://[::]:8000", "http://[::1]:8000"),
        ("http://[0:0::0]", "http://[::1]"),
        ("http://10.0.0.0:8000", "http://10.0.0.0:8000"),
        ("https://rollcall.example", "https://rollcall.example"),
    ],
)
def test_no_link_begins_with_a_wildcard(value, becomes):
    assert settings.read({"PUBLIC_URL": value}).public_url == becomes


REAL = {"DISCORD_TOKEN": "x"}


@pytest.mark.parametrize(
    ("environ", "told"),
    [
        ({}, True),
        ({"HOST": "0.0.0.0"}, True),
        ({"HOST": "::"}, True),
        ({"PUBLIC_URL": "http://localhost:8000"}, True),
        ({"PUBLIC_URL": "http://rollcall.localhost"}, True),
        ({"PUBLIC_URL": "http://127.1.2.3"}, True),
        ({"PUBLIC_URL": "http://[::1]:8000"}, True),
        ({"PUBLIC_URL": "http://192.168.1.5:8000"}, False),
        ({"PUBLIC_URL": "https://rollcall.example"}, False),
        ({"DISCORD_API_BASE": "http://127.0.0.1:8100/api/v10"}, False),
    ],
)
def test_links_that_nobody_else_can_open_are_told_at_the_start(dotenv, environ, told):
    found = settings.find_warnings(settings.read({**REAL, **environ}))
    assert [("PUBLIC_URL" in line, "\n" in line) for line in found] == [(True, False)] * told


@pytest.mark.parametrize(("mode", "told"), [(0o600, False), (0o640, False), (0o644, True), (0o666, True)])
def test_a_dotenv_that_others_can_read_is_told_at_the_start(dotenv, mode, told):
    dotenv.write_text("DISCORD_TOKEN=x")
    dotenv.chmod(mode)
    found = settings.find_warnings(settings.read({**REAL, "PUBLIC_URL": "https://rollcall.example"}))
    assert [line.endswith(f": chmod 600 {dotenv}") for line in found] == [True] * told
