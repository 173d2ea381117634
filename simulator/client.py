"""The control face as Python methods: synchronous, for tests, benchmarks and the command line."""

import base64
import os
import time
from collections.abc import Callable
from typing import Any

import requests

from simulator.errors import SimulatorError
from simulator.process import ServerProcess

DEFAULT_URL = "http://127.0.0.1:8100"
LONG_POLL = 20.0

__all__ = ["DEFAULT_URL", "Simulator", "SimulatorError"]


class Simulator:
    """A running simulator. Users, guilds and channels are named by id or by name everywhere."""

    def __init__(self, url: str | None = None) -> None:
        self.url = (url or os.environ.get("SIMULATOR_URL") or DEFAULT_URL).rstrip("/")
        self._session = requests.Session()
        # a proxy from the environment must not come between two processes on loopback
        self._session.trust_env = False
        self._server: ServerProcess | None = None

    @classmethod
    def start(cls, port: int = 0, **options: object) -> "Simulator":
        """Start an empty simulator as a child process; rate limits are off unless asked for.

        `options` are settings as for `set`. Use it in a `with`, or call `stop()` at the end.
        """
        server = ServerProcess(port)
        simulator = cls(server.url)
        simulator._server = server
        try:
            simulator.set(**({"rate_limits": False} | options))
        except SimulatorError:
            simulator.stop()
            raise
        return simulator

    def stop(self) -> None:
        """End the child process, if `start` began one."""
        self._session.close()
        if self._server:
            self._server.stop()
            self._server = None

    def __enter__(self) -> "Simulator":
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def api_base(self) -> str:
        """What DISCORD_API_BASE must be."""
        return f"{self.url}/api/v10"

    @property
    def cdn_base(self) -> str:
        """What DISCORD_CDN_BASE must be."""
        return f"{self.url}/cdn"

    def call(self, verb: str, /, **arguments: object) -> Any:
        """Run any control verb; raises SimulatorError with the simulator's sentence."""
        try:
            response = self._session.post(f"{self.url}/control/{verb}", json=arguments, timeout=120)
        except requests.RequestException:
            raise SimulatorError(f"No simulator answers at {self.url}.") from None
        if response.status_code == 400:
            raise SimulatorError(response.json()["error"])
        if response.status_code != 200:
            raise SimulatorError(f"The simulator failed: {response.status_code} {response.text[:200]}")
        return response.json()["result"]

    # settings

    def set(self, **options: object) -> None:
        """Change settings, all or none; simulator/settings.py lists them."""
        self.call("set", **options)

    # guilds

    def add_guild(
        self,
        name: str,
        guild_id: str | None = None,
        bot: bool = True,
        channel: str | None = "general",
        channel_id: str | None = None,
    ) -> str:
        """A new guild with one text channel, with or without the bot; its id."""
        return self.call("add_guild", name=name, guild_id=guild_id, bot=bot, channel=channel, channel_id=channel_id)

    def rename_guild(self, name: str, guild: str | None = None) -> None:
        """Change a guild's name (GUILD_UPDATE)."""
        self.call("rename_guild", name=name, guild=guild)

    def add_channel(self, name: str, guild: str | None = None, kind: int = 0, channel_id: str | None = None) -> str:
        """A new channel (CHANNEL_CREATE); its id."""
        return self.call("add_channel", name=name, guild=guild, type=kind, channel_id=channel_id)

    def delete_channel(self, channel: str) -> None:
        """Remove a channel (CHANNEL_DELETE)."""
        self.call("delete_channel", channel=channel)

    def channels(self, guild: str | None = None) -> dict[str, str]:
        """A guild's channels: ids by name."""
        return self.call("channels", guild=guild)

    def add_role(
        self,
        name: str,
        guild: str | None = None,
        permissions: list[str] | None = None,
        users: list[str] | None = None,
    ) -> str:
        """A new role, given to some members; its id."""
        return self.call("add_role", name=name, guild=guild, permissions=permissions, users=users)

    def set_permissions(
        self, where: str, allow: list[str] | None = None, deny: list[str] | None = None, who: str = "bot"
    ) -> None:
        """What "bot", "everyone", a user or a role may do in a channel (overwrite) or a guild (role bits)."""
        self.call("set_permissions", where=where, allow=allow, deny=deny, who=who)

    def add_bot(self, guild: str) -> None:
        """Invite the bot into a guild (GUILD_CREATE)."""
        self.call("add_bot", guild=guild)

    def remove_bot(self, guild: str) -> None:
        """Throw the bot out of a guild (GUILD_DELETE)."""
        self.call("remove_bot", guild=guild)

    def outage(self, guild: str | None = None) -> None:
        """Make a guild unavailable (GUILD_DELETE with unavailable)."""
        self.call("outage", guild=guild)

    def restore(self, guild: str | None = None) -> None:
        """End an outage (GUILD_CREATE)."""
        self.call("restore", guild=guild)

    # users and members

    def add_user(
        self,
        name: str,
        user_id: str | None = None,
        global_name: str | None = None,
        bot: bool = False,
        avatar: str | None = None,
        dms: bool = True,
        **raw: object,
    ) -> str:
        """A new account in no guild; its id. `raw` goes into its user object as it is."""
        return self.call(
            "add_user",
            name=name,
            user_id=user_id,
            global_name=global_name,
            bot=bot,
            avatar=avatar,
            dms=dms,
            **raw,
        )

    def edit_user(self, user: str, **changes: object) -> None:
        """Change name, global_name, avatar or raw user fields (GUILD_MEMBER_UPDATE per shared guild)."""
        self.call("edit_user", user=user, **changes)

    def refuse_dms(self, user: str, yes: bool = True) -> None:
        """Whether a user refuses DMs (50007)."""
        self.call("refuse_dms", user=user, yes=yes)

    def users(self, guild: str | None = None) -> list[dict]:
        """The accounts of a guild, or all."""
        return self.call("users", guild=guild)

    def join(self, user: str, guild: str | None = None, nick: str | None = None) -> None:
        """A user joins a guild (GUILD_MEMBER_ADD)."""
        self.call("join", user=user, guild=guild, nick=nick)

    def leave(self, user: str, guild: str | None = None) -> None:
        """A user leaves a guild (GUILD_MEMBER_REMOVE)."""
        self.call("leave", user=user, guild=guild)

    def kick(self, user: str, guild: str | None = None) -> None:
        """A user is kicked (GUILD_MEMBER_REMOVE)."""
        self.call("kick", user=user, guild=guild)

    def ban(self, user: str, guild: str | None = None) -> None:
        """A user is banned (GUILD_BAN_ADD, GUILD_MEMBER_REMOVE)."""
        self.call("ban", user=user, guild=guild)

    def unban(self, user: str, guild: str | None = None) -> None:
        """A ban is lifted (GUILD_BAN_REMOVE)."""
        self.call("unban", user=user, guild=guild)

    def edit_member(self, user: str, guild: str | None = None, nick: str | None = None) -> None:
        """Change a member's nickname (GUILD_MEMBER_UPDATE)."""
        self.call("edit_member", user=user, guild=guild, nick=nick)

    def fill(self, guild: str | None, count: int, online: float = 0.3) -> tuple[str, str]:
        """Add many members without events, a share of them online; the first and the last id."""
        first, last = self.call("fill", guild=guild, count=count, online=online)
        return first, last

    # presences and raw events

    def presence(
        self,
        user: str,
        status: str | None = None,
        activities: list[dict] | None = None,
        client_status: dict[str, str] | None = None,
        bare_user: bool = False,
        raw: dict | None = None,
        drop: list[str] | None = None,
    ) -> float:
        """Change a presence, told once per shared guild; time.time() after the last frame was written.

        `raw` is merged over the event and `drop` names keys to leave out, so that it may be broken.
        """
        return self.call(
            "presence",
            user=user,
            status=status,
            activities=activities,
            client_status=client_status,
            bare_user=bare_user,
            raw=raw,
            drop=drop,
        )

    def presences(self, updates: list[dict]) -> list[float]:
        """Many presences in one call, each a dict of `presence`'s arguments; the times of writing."""
        return self.call("presences", updates=updates)

    def dispatch(self, event: str, data: object) -> float:
        """Send any event to every session as it is, whatever its intents; when it was written."""
        return self.call("dispatch", event=event, data=data)

    # what users do

    def say(
        self,
        user: str,
        text: str = "",
        channel: str | None = None,
        dm: bool = False,
        attachments: list[tuple[str, bytes]] | None = None,
        reply_to: str | None = None,
    ) -> dict:
        """A user writes into a channel (the first one that is theirs) or a DM; the message."""
        files = [[name, base64.b64encode(content).decode()] for name, content in attachments or []]
        return self.call("say", user=user, text=text, channel=channel, dm=dm, attachments=files, reply_to=reply_to)

    def edit_message(self, user: str, message_id: str, text: str) -> dict:
        """A user edits an own message; it."""
        return self.call("edit_message", user=user, message_id=message_id, text=text)

    def delete_message(self, user: str, message_id: str) -> None:
        """A user deletes a message."""
        self.call("delete_message", user=user, message_id=message_id)

    def react(self, user: str, message_id: str, emoji: str, remove: bool = False) -> None:
        """A user adds a reaction, or takes it back."""
        self.call("react", user=user, message_id=message_id, emoji=emoji, remove=remove)

    def slash(
        self,
        user: str,
        command: str,
        options: dict[str, object] | None = None,
        channel: str | None = None,
        dm: bool = False,
    ) -> str:
        """A user sends a registered slash command such as "kv add"; the interaction's id."""
        return self.call("slash", user=user, command=command, options=options, channel=channel, dm=dm)

    def autocomplete(
        self,
        user: str,
        command: str,
        focused: str,
        options: dict[str, object] | None = None,
        channel: str | None = None,
        dm: bool = False,
    ) -> list[dict]:
        """A user types options[focused] into an option; the choices that the bot offers."""
        return self.call(
            "autocomplete",
            user=user,
            command=command,
            focused=focused,
            options=options,
            channel=channel,
            dm=dm,
        )

    def click(self, user: str, message_id: str, custom_id: str, values: list[str] | None = None) -> str:
        """A user presses a button or picks values in a select; the interaction's id."""
        return self.call("click", user=user, message_id=message_id, custom_id=custom_id, values=values)

    def find_component(self, user: str, label: str) -> dict[str, str]:
        """The newest message_id and custom_id of a button by its label or custom id."""
        return self.call("find_component", user=user, label=label)

    def submit_modal(self, user: str, values: dict[str, str] | None = None, custom_id: str | None = None) -> str:
        """A user sends the modal last shown, with values by the inputs' custom ids; the interaction's id."""
        return self.call("submit_modal", user=user, values=values, custom_id=custom_id)

    # what the bot did

    def log(self, after: int = 0) -> list[dict]:
        """All that the bot did after a sequence number: messages, answers, edits, deletes, reactions."""
        return self.call("log", after=after)

    def last_seq(self) -> int:
        """The newest sequence number of the log."""
        return self.call("last_seq")

    def wait(
        self,
        after: int = 0,
        count: int = 1,
        timeout: float = 3.0,
        answers_only: bool = False,
        quiet: float = 0,
    ) -> list[dict]:
        """The log after a number, once it has `count` entries (or the time is over) and was quiet."""
        return self.call("wait", after=after, count=count, seconds=timeout, answers_only=answers_only, quiet=quiet)

    def wait_for(self, wanted: Callable[[dict], bool] | int, after: int = 0, timeout: float = 5.0) -> list[dict]:
        """The log after a number, once an entry satisfies a predicate (or it has that many entries).

        Raises SimulatorError when that does not happen in time.
        """
        deadline = time.monotonic() + timeout
        found = self.log(after)
        while not _satisfied(wanted, found):
            left = deadline - time.monotonic()
            if left <= 0:
                raise SimulatorError(f"The bot did not do that within {timeout:g} s; it did: {_brief(found)}.")
            found = self.wait(after, len(found) + 1, min(left, LONG_POLL))
        return found

    def say_and_wait(
        self, user: str, text: str = "", timeout: float = 3.0, quiet: float = 0.15, **where: object
    ) -> list[dict]:
        """`say`, then what the bot did until it was quiet for a while; [] if nothing in time."""
        return self._and_wait(lambda: self.say(user, text, **where), timeout, quiet)

    def slash_and_wait(
        self,
        user: str,
        command: str,
        options: dict[str, object] | None = None,
        timeout: float = 3.0,
        quiet: float = 0.15,
        **where: object,
    ) -> list[dict]:
        """`slash`, then what the bot did until it was quiet for a while; [] if nothing in time."""
        return self._and_wait(lambda: self.slash(user, command, options, **where), timeout, quiet)

    def click_and_wait(
        self, user: str, message_id: str, custom_id: str, timeout: float = 3.0, quiet: float = 0.15
    ) -> list[dict]:
        """`click`, then what the bot did until it was quiet for a while; [] if nothing in time."""
        return self._and_wait(lambda: self.click(user, message_id, custom_id), timeout, quiet)

    def _and_wait(self, act: Callable[[], object], timeout: float, quiet: float) -> list[dict]:
        after = self.last_seq()
        act()
        return self.wait(after, 1, timeout, answers_only=True, quiet=quiet)

    def messages(self, channel: str | None = None) -> list[dict]:
        """The messages of a channel, the oldest first."""
        return self.call("messages", channel=channel)

    def dms(self, user: str) -> list[dict]:
        """The messages between the bot and a user, the oldest first."""
        return self.call("dms", user=user)

    def file(self, attachment_id: str) -> bytes:
        """The content of an attachment."""
        return base64.b64decode(self.call("file", attachment_id=attachment_id))

    def commands(self) -> list[dict]:
        """The registered slash commands."""
        return self.call("commands")

    def sessions(self) -> dict:
        """The gateway's sessions, with counts of identifies and resumes."""
        return self.call("sessions")

    # faults

    def drop_gateway(self) -> int:
        """Cut every gateway connection (TCP); how many."""
        return self.call("drop_gateway")

    def close_gateway(self, code: int = 4000) -> int:
        """Close every gateway connection with a code; how many."""
        return self.call("close_gateway", code=code)

    def reconnect(self) -> int:
        """Send op 7 to every connection; how many."""
        return self.call("reconnect")

    def invalidate(self, resumable: bool = False) -> int:
        """Send op 9 to every connection; how many."""
        return self.call("invalidate", resumable=resumable)

    def forget_sessions(self) -> int:
        """Forget every session, so that a resume fails; how many."""
        return self.call("forget_sessions")

    def stop_acking(self, yes: bool = True) -> None:
        """Whether heartbeats stay unanswered."""
        self.call("stop_acking", yes=yes)

    def refuse_connections(self, yes: bool = True, how: str = "cut") -> None:
        """Whether Discord is away: everything is cut, or with how="503" REST answers 503."""
        self.call("refuse_connections", yes=yes, how=how)

    def fail_rest(
        self,
        method: str,
        path_regex: str,
        status: int = 500,
        times: int = 1,
        body: dict | None = None,
        retry_after: float | None = None,
        drop: bool = False,
    ) -> None:
        """Let the next `times` matching REST requests fail; `drop` cuts the connection instead."""
        self.call(
            "fail_rest",
            method=method,
            path_regex=path_regex,
            status=status,
            times=times,
            body=body,
            retry_after=retry_after,
            drop=drop,
        )

    def clear_faults(self) -> None:
        """Take back fail_rest, stop_acking and refuse_connections."""
        self.call("clear_faults")


def _satisfied(wanted: Callable[[dict], bool] | int, found: list[dict]) -> bool:
    if isinstance(wanted, int):
        return len(found) >= wanted
    return any(wanted(entry) for entry in found)


def _brief(entries: list[dict]) -> str:
    said = [f"{e['kind']} {e.get('message', {}).get('content', '')[:60]!r}" for e in entries[-5:]]
    return "; ".join(said) or "nothing"
