"""Every setting of Rollcall, read once from the environment and from `.env`; a bad value stops the start."""

import ipaddress
import os
import re
import socket
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn
from urllib.parse import urlsplit

import limits
from dotenv import dotenv_values

ROOT = Path(__file__).resolve().parent
# The largest Discord ID: what a column of SQLite holds. Here, where nothing is imported; rules take it from `fields`.
LARGEST_SNOWFLAKE = 2**63 - 1
# Names that mean something in one network alone.
LOCAL_NAMES = (".localhost", ".local", ".internal", ".lan", ".home.arpa")
LONGEST_KEPT_S = 30 * 24 * 3600
JOIN_NOTICES = ("dm", "channel", "off")
# EX_CONFIG of sysexits.h: a service manager that starts the process again changes nothing.
EXIT_FOR_A_PERSON = 78
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")

NAMES = frozenset(
    {
        *("DISCORD_TOKEN", "DISCORD_API_BASE", "DISCORD_CDN_BASE", "HOME_GUILD_ID", "DATABASE_URL"),
        *("GITHUB_API_BASE", "GITHUB_TOKEN", "HOST", "PORT", "PUBLIC_URL", "INVITE_URL"),
        *("RATE_LIMIT", "TRUSTED_PROXIES", "BODY_TIMEOUT", "PRESENCE_PREFIXES", "SYSTEM_PREFIXES", "LOG_LEVEL"),
        *("REQUEST_LOG", "V2_GET_LIMIT", "V2_UPDATE_LIMIT", "V2_MESSAGE_LIMIT"),
        *("DELETED_MESSAGES_KEPT", "SERVER", "WEB_CONCURRENCY", "PUBLISH", "JOIN_NOTICE", "WEBHOOK_LOOPBACK"),
        "FEATURED_USER_ID",
        *("FEED_KEPT", "FEED_ROWS", "LIVE_CONNECTIONS", "LIVE_PER_CLIENT", "SUBSCRIBE_TO_ALL"),
        *("PICTURE_HOSTS", "PICTURE_CACHE_MB", "IMPORTS_KEPT"),
    }
)
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Limits = tuple[limits.RateLimitItem, ...]


class BadSetting(Exception):
    """A setting that cannot be used; carries one sentence that names it."""

    exit_code = EXIT_FOR_A_PERSON


@dataclass(frozen=True)
class Config:
    """The settings, checked. `.env.example` and README say what each is for."""

    discord_token: str | None
    discord_api_base: str | None
    discord_cdn_base: str | None
    home_guild_id: int | None
    database_url: str
    github_api_base: str
    github_token: str | None
    host: str
    port: int
    public_url: str
    invite_url: str | None
    rate_limit: Limits
    v2_get_limit: Limits
    v2_update_limit: Limits
    v2_message_limit: Limits
    trusted_proxies: tuple[Network, ...]
    presence_prefixes: tuple[str, ...]
    system_prefixes: tuple[str, ...]
    log_level: str
    request_log: bool
    body_timeout: float
    deleted_messages_kept: int
    server: str
    web_concurrency: int
    publish: str
    join_notice: str
    webhook_loopback: bool
    feed_kept: int
    feed_rows: int
    live_connections: int
    live_per_client: int
    subscribe_to_all: bool
    picture_hosts: tuple[str, ...]
    picture_cache_mb: int
    featured_user_id: int | None
    imports_kept: int


def load(overrides: Mapping[str, str] | None = None) -> Config:
    """Read `.env`, then the environment, then `overrides`; the later one wins.

    Raises BadSetting.
    """
    try:
        stored = dotenv_values(ROOT / ".env", encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError):
        raise BadSetting(f"{ROOT / '.env'} cannot be read; it must be a text file in UTF-8.") from None
    return read({**stored, **os.environ, **(overrides or {})})


def read(environ: Mapping[str, str | None]) -> Config:
    """Turn one mapping of names to texts into a Config; an empty text counts as unset. Raises BadSetting."""

    def text(name: str, default: str | None = None) -> str | None:
        return (environ.get(name) or "").strip() or default

    host, port = _host(text("HOST", "127.0.0.1")), _number("PORT", text("PORT", "8000"), 1, 65535)
    presence_prefixes = _prefixes("PRESENCE_PREFIXES", text("PRESENCE_PREFIXES", "."))
    system_prefixes = _prefixes("SYSTEM_PREFIXES", text("SYSTEM_PREFIXES", "pk; pk!"))
    _check_none_shared(presence_prefixes, system_prefixes)
    return Config(
        discord_token=text("DISCORD_TOKEN"),
        discord_api_base=_url("DISCORD_API_BASE", text("DISCORD_API_BASE")),
        discord_cdn_base=_url("DISCORD_CDN_BASE", text("DISCORD_CDN_BASE")),
        home_guild_id=_number("HOME_GUILD_ID", text("HOME_GUILD_ID"), 1, LARGEST_SNOWFLAKE),
        database_url=_database_url(text("DATABASE_URL", "sqlite:///instance/rollcall.db")),
        github_api_base=_url("GITHUB_API_BASE", text("GITHUB_API_BASE", "https://api.github.com")),
        github_token=text("GITHUB_TOKEN"),
        host=host,
        port=port,
        public_url=_public_url(text("PUBLIC_URL", f"http://{bracketed(host)}:{port}")),
        invite_url=_url("INVITE_URL", text("INVITE_URL")),
        rate_limit=_limits("RATE_LIMIT", environ, "30/3second"),
        v2_get_limit=_limits("V2_GET_LIMIT", environ, "10/second"),
        v2_update_limit=_limits("V2_UPDATE_LIMIT", environ, "3/second"),
        v2_message_limit=_limits("V2_MESSAGE_LIMIT", environ, "10/second"),
        trusted_proxies=_networks(text("TRUSTED_PROXIES", "127.0.0.0/8 ::1")),
        presence_prefixes=presence_prefixes,
        system_prefixes=system_prefixes,
        log_level=_choice("LOG_LEVEL", text("LOG_LEVEL", "INFO").upper(), LOG_LEVELS),
        request_log=_switch("REQUEST_LOG", text("REQUEST_LOG", "off")),
        body_timeout=_number("BODY_TIMEOUT", text("BODY_TIMEOUT", "10"), 1, 300),
        deleted_messages_kept=_number(
            "DELETED_MESSAGES_KEPT", text("DELETED_MESSAGES_KEPT", "3600"), 0, LONGEST_KEPT_S
        ),
        server=text("SERVER", "gunicorn").lower(),
        web_concurrency=_number("WEB_CONCURRENCY", text("WEB_CONCURRENCY", str(_workers_for(_cores()))), 1, 64),
        publish=_publish(text("PUBLISH", "everyone").lower()),
        join_notice=_choice("JOIN_NOTICE", text("JOIN_NOTICE", "dm").lower(), JOIN_NOTICES),
        webhook_loopback=_switch("WEBHOOK_LOOPBACK", text("WEBHOOK_LOOPBACK", "off")),
        feed_kept=_number("FEED_KEPT", text("FEED_KEPT", "3600"), 60, LONGEST_KEPT_S),
        feed_rows=_number("FEED_ROWS", text("FEED_ROWS", "100000"), 1000, 10_000_000),
        live_connections=_number("LIVE_CONNECTIONS", text("LIVE_CONNECTIONS", "5000"), 0, 100_000),
        live_per_client=_number("LIVE_PER_CLIENT", text("LIVE_PER_CLIENT", "100"), 1, 100_000),
        subscribe_to_all=_switch("SUBSCRIBE_TO_ALL", text("SUBSCRIBE_TO_ALL", "off")),
        picture_hosts=_host_names("PICTURE_HOSTS", text("PICTURE_HOSTS", "")),
        picture_cache_mb=_number("PICTURE_CACHE_MB", text("PICTURE_CACHE_MB", "100"), 0, 1_000_000),
        featured_user_id=_number("FEATURED_USER_ID", text("FEATURED_USER_ID"), 1, LARGEST_SNOWFLAKE),
        imports_kept=_number("IMPORTS_KEPT", text("IMPORTS_KEPT", "30"), 0, 3650),
    )


def bracketed(host: str) -> str:
    """A host as it stands in a URL or an address with a port."""
    return f"[{host}]" if ":" in host else host


def is_reachable_from_outside(url: str) -> bool:
    """False for an address of this machine, of a private network, or of no machine at all, such as 0.0.0.0."""
    host = urlsplit(url).hostname
    try:
        return ipaddress.ip_address(host).is_global
    except ValueError:
        return "." in host and not host.endswith(LOCAL_NAMES)


def end_process(error: Exception) -> NoReturn:
    """End the process with an error's one sentence and its `exit_code`."""
    print(error, file=sys.stderr, flush=True)
    raise SystemExit(error.exit_code) from None


def find_warnings(config: Config) -> list[str]:
    """What will work otherwise than meant, a sentence for each, to be told at the start."""
    found = []
    file = ROOT / ".env"
    if config.discord_token and file.is_file() and file.stat().st_mode & 0o006:
        found.append(f"{file} holds your secrets and everybody on this machine can open it: chmod 600 {file}")
    # A simulated Discord on this machine has nobody elsewhere who could follow a link.
    if _is_own_machine(config.public_url) and not _is_own_machine(config.discord_api_base or ""):
        found.append(
            f"Links that the bot hands out begin with {config.public_url}, which only this machine can open: set"
            ' PUBLIC_URL to the address that people reach Rollcall by (README, "Reachable from outside").'
        )
    return found


def _is_own_machine(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def _workers_for(cores: int) -> int:
    # Python keeps one core busy. Two, so that one answers while the other is started again; above eight the memory
    # grows without need.
    return min(max(2, cores), 8)


def _cores() -> int:
    # What this process may use, which in a container is less than the machine has.
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _host(value: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9._:-]+", value):
        raise BadSetting(f"HOST must be an address or a name to listen on, not {value!r}.")
    return value


def _host_names(name: str, value: str) -> tuple[str, ...]:
    words = tuple(value.lower().split())
    # Neither an address, whose last part is a number, nor a name of this network alone.
    label = "[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
    if not all(re.fullmatch(rf"(?:{label}\.)+(?![0-9]+$){label}", word) and len(word) < 254 for word in words):
        raise BadSetting(f"{name} must be host names like i.example.org with blanks between them, not {value!r}.")
    return words


def _number(name: str, value: str | None, low: int, high: int) -> int | None:
    if value is None:
        return None
    # int() by itself takes blanks, underscores and the digits of all scripts.
    if not re.fullmatch("[0-9]{1,19}", value) or not low <= int(value) <= high:
        raise BadSetting(f"{name} must be a whole number from {low} to {high}, not {value!r}.")
    return int(value)


def _url(name: str, value: str | None) -> str | None:
    if value is None:
        return None
    try:
        parts = urlsplit(value)
        good = parts.scheme in ("http", "https") and parts.hostname and not re.search(r"\s", value)
    except ValueError:
        good = False
    if not good:
        raise BadSetting(f"{name} must be an address that starts with http:// or https://, not {value!r}.")
    return value.rstrip("/")


def _public_url(value: str) -> str:
    url = _url("PUBLIC_URL", value)
    parts = urlsplit(url)
    # All of this machine's addresses can be listened on, and none of them be opened by that name.
    for wildcard, loopback in (("0.0.0.0", "127.0.0.1"), ("::", "[::1]")):
        if _same_address(parts.hostname, wildcard):
            port = f":{parts.port}" if parts.port else ""
            return parts._replace(netloc=f"{loopback}{port}").geturl()
    return url


def _same_address(host: str, address: str) -> bool:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    try:
        # Of IPv4 this knows the short forms too, such as 0.
        packed = socket.inet_aton(host) if family == socket.AF_INET else socket.inet_pton(family, host)
    except OSError:
        return False
    return packed == socket.inet_pton(family, address)


def _database_url(value: str) -> str:
    path = value.removeprefix("sqlite:///")
    if path == value or not path or path.startswith(":memory:") or "?" in path:
        raise BadSetting(f"DATABASE_URL must name an SQLite file, like sqlite:///instance/rollcall.db, not {value!r}.")
    return f"sqlite:///{ROOT / path}"


def _limits(name: str, environ: Mapping[str, str | None], default: str) -> Limits:
    # Here an empty text is a choice: no limit.
    value = environ.get(name)
    value = default if value is None else value.strip()
    if not value:
        return ()
    try:
        items = tuple(limits.parse_many(value))
    except ValueError:
        items = ()
    if not items or not all(item.amount for item in items):
        raise BadSetting(f"{name} must look like 3/second;120/minute, or be empty to switch it off, not {value!r}.")
    return items


def _networks(value: str) -> tuple[Network, ...]:
    if value.lower() == "none":
        return ()
    try:
        return tuple(ipaddress.ip_network(word) for word in value.replace(",", " ").split())
    except ValueError:
        raise BadSetting(
            f"TRUSTED_PROXIES must be addresses or networks with blanks between them, or none, not {value!r}."
        ) from None


def _prefixes(name: str, value: str) -> tuple[str, ...]:
    words = tuple(value.split())
    # Discord's own client takes what begins with a slash.
    if any(len(word) > 10 or word.startswith("/") for word in words):
        raise BadSetting(f"{name} must be short texts with blanks between them that do not start with /.")
    return words


def _publish(value: str) -> str:
    role = re.fullmatch("role: *([1-9][0-9]{0,18})", value)
    if value not in ("everyone", "optin") and not role:
        raise BadSetting(f"PUBLISH must be everyone, optin, or role: and a role's ID, not {value!r}.")
    return f"role:{role[1]}" if role else value


def _check_none_shared(presence: tuple[str, ...], system: tuple[str, ...]) -> None:
    shared = {word.lower() for word in presence} & {word.lower() for word in system}
    if shared:
        raise BadSetting(
            f"PRESENCE_PREFIXES must share none with SYSTEM_PREFIXES, since each has its own commands: take"
            f" {min(shared)!r} out of one of them."
        )


def _switch(name: str, value: str) -> bool:
    return _choice(name, value.lower(), ("off", "on")) == "on"


def _choice(name: str, value: str, choices: tuple[str, ...]) -> str:
    if value not in choices:
        raise BadSetting(f"{name} must be one of {', '.join(choices)}, not {value!r}.")
    return value
