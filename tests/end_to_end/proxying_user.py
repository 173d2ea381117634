"""Somebody who speaks as members in a channel of a test's own, and what comes of each message."""

from collections.abc import Callable

from models import Message
from rules.proxying import autoproxy
from rules.systems import config, guild_settings, members, systems
from simulator.client import Simulator, SimulatorError
from tests.end_to_end.bot_replies import said
from tests.end_to_end.discord_user import PATIENCE_S
from tests.end_to_end.rollcall import Rollcall, until
from tests.end_to_end.system_owner import SystemOwner

HOME = "1163892047215738900"


class ProxyingUser(SystemOwner):
    """An account whose members have tags: Ann says what begins with `a:`. Its system is made without a message."""

    def __init__(self, discord: Simulator, rollcall: Rollcall, user_id: str, channel: str, guild: str = HOME) -> None:
        super().__init__(discord, rollcall, user_id)
        self.channel, self.guild = channel, guild
        self.where = {"channel": channel}
        self.hids: dict[str, str] = {}

    def found(self, names: tuple[str, ...], **fields: object) -> "ProxyingUser":
        """Make the system, and members with these names."""
        self.rollcall.write(systems.create_system, int(self.id), fields)
        for name in names:
            self.add(name)
        return self

    def add(self, name: str, **changes: object) -> str:
        made = self.rollcall.write(
            lambda session: (
                members.create_member(
                    session, int(self.id), {"name": name, "prefix": f"{name[0].lower()}:", **changes}
                ).hid
            )
        )
        self.hids[name] = made
        return made

    def change(self, name: str, **changes: object) -> None:
        """Change a member."""
        self.rollcall.write(members.edit_member, int(self.id), self.hids[name], changes)

    def change_here(self, name: str | None = None, **changes: object) -> None:
        """Change what counts for a member, or for the system, in this server."""
        if name:
            self.rollcall.write(guild_settings.edit_member, int(self.id), self.hids[name], int(self.guild), changes)
        else:
            self.rollcall.write(guild_settings.edit_system, int(self.id), int(self.guild), changes)

    def change_system(self, **changes: object) -> None:
        self.rollcall.write(systems.edit_system, int(self.id), changes)

    def prefer(self, **changes: object) -> None:
        """Change how the system wants things done."""
        self.rollcall.write(config.edit_config, int(self.id), changes)

    def autoproxy(self, mode: str, name: str | None = None) -> None:
        hid = self.hids[name] if name else None
        self.rollcall.write(autoproxy.set_mode, int(self.id), int(self.guild), mode, hid)

    def write(self, text: str = "", **options: object) -> dict:
        """Write a message, whatever comes of it."""
        return self.discord.say(self.id, text, **{"channel": self.channel} | options)

    def begin(self, text: str, hook: str, seconds: float = 0.5) -> dict:
        """Write a message whose copy Discord holds back for a while: the request is under way when this returns."""
        return self.begin_with(hook, lambda: self.write(text), seconds)

    def begin_with(self, hook: str, act: Callable[[], dict], seconds: float = 0.5) -> dict:
        """The same for whatever else makes a copy."""
        self.discord.fail_rest("POST", f"^/webhooks/{hook}/", status=None, delay=seconds)
        done = act()
        until(lambda: self.discord.faults()[-1]["happened"])
        return done

    def pause(self) -> None:
        """Wait until the bot has answered something that was said after all the rest."""
        self.ask("pk;help", "", "dm", channel=None, dm=True)

    def speak(self, text: str = "", **options: object) -> dict:
        """Say something that is proxied: the log's entry of its copy, once the original is gone."""
        after = self.discord.last_seq()
        return self.await_copy(self.write(text, **options)["id"], after)

    def await_copy(self, original_id: str, after: int) -> dict:
        """The one copy that was posted when an original is deleted."""
        log = self.await_log(lambda entry: entry["kind"] == "delete" and entry["message_id"] == original_id, after)
        return log[[entry["kind"] for entry in log].index("webhook")] | {"original_id": original_id}

    def await_log(self, wanted: Callable[[dict], bool], after: int) -> list[dict]:
        """The bot's log as soon as something is in it."""
        try:
            return self.discord.wait_for(wanted, after, PATIENCE_S)
        except SimulatorError:
            log = self.discord.log(after)
            raise AssertionError(f"was told {said(log)}, did {[entry['kind'] for entry in log]}") from None

    def standing(self, channel: str | None = None) -> list[tuple[str, str]]:
        """Who says what in the channel, but for what the bot itself says."""
        return [
            (message["author"]["username"], message["content"])
            for message in self.discord.messages(channel or self.channel)
            if message["author"]["username"] != "Rollcall"
        ]

    def forget_at(self, copy_id: str) -> int | None:
        """Until when it is known who sent a copy that was deleted; None while it stands."""
        return self.rollcall.read(lambda session: session.get_one(Message, int(copy_id)).forget_at)

    def record(self, message_id: str) -> dict | None:
        """What the API knows about a message; None for a 404."""
        response = self.rollcall.get(f"/v1/msg/{message_id}", self.token)
        assert response.status_code in (200, 404), response.text
        return response.json() if response.status_code == 200 else None
