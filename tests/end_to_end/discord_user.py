"""Somebody who types commands, presses buttons, and waits for the very answer that is expected."""

from collections.abc import Callable

import requests

from rules.account import tokens
from simulator.client import Simulator, SimulatorError
from tests.end_to_end.bot_replies import said, text_of
from tests.end_to_end.rollcall import Rollcall

PATIENCE_S = 10


class DiscordUser:
    """One account in Discord, and its token for the API; `where` says where it types: a channel, or dm=True."""

    def __init__(self, discord: Simulator, rollcall: Rollcall, user_id: str) -> None:
        self.discord, self.rollcall, self.id = discord, rollcall, user_id
        self.where: dict[str, object] = {}
        self._token: str | None = None

    @property
    def mention(self) -> str:
        return f"<@{self.id}>"

    @property
    def token(self) -> str:
        """A token of the account, made without a message: one could be taken for the answer to a question."""
        if not self._token:
            self._token = tokens.make_token(int(self.id))
            self.rollcall.write(tokens.store_token, int(self.id), tokens.hash_token(self._token))
        return self._token

    def replace_token(self) -> str:
        """Another token, as `.token` makes one; the old one ends."""
        self._token = None
        return self.token

    def ask(self, typed: str, wanted: str, place: str | None = None, **options: object) -> dict:
        """Type something; the bot's first message with the wanted text, which has to come."""
        return self.await_answer(lambda: self.discord.say(self.id, typed, **self.where | options), wanted, place)

    def slash(self, command: str, wanted: str, place: str | None = "ephemeral", **options: object) -> dict:
        """The same by a slash command."""
        return self.await_answer(lambda: self.discord.slash(self.id, command, options, **self.where), wanted, place)

    def menu(self, command: str, message_id: str, wanted: str) -> dict:
        """The same by a command in the menu on a message."""
        return self.await_answer(lambda: self.discord.message_menu(self.id, command, message_id), wanted, "ephemeral")

    def press(self, message: dict, label: str, wanted: str, place: str | None = None) -> dict:
        """The same by a button."""
        buttons = {
            button["label"]: button["custom_id"] for row in message["components"] for button in row["components"]
        }
        return self.await_answer(lambda: self.discord.click(self.id, message["id"], buttons[label]), wanted, place)

    def pick(self, message: dict, value: str, wanted: str) -> dict:
        """The same by a choice from a menu."""
        menu = message["components"][0]["components"][0]
        return self.await_answer(lambda: self.discord.click(self.id, message["id"], menu["custom_id"], [value]), wanted)

    def await_answer(self, act: Callable[[], object], wanted: str, place: str | None = None) -> dict:
        """Do something; the bot's first message with the wanted text, in the channel, a DM, or ephemeral."""
        after = self.discord.last_seq()
        act()

        def fits(entry: dict) -> bool:
            return any(wanted in text and place in (None, where) for where, text in said([entry]))

        try:
            return next(filter(fits, self.discord.wait_for(fits, after, PATIENCE_S)))["message"]
        except SimulatorError:
            raise AssertionError(f"wanted {wanted!r}, was told {said(self.discord.log(after))}") from None

    def refusal(self, typed: str, **options: object) -> str:
        """What the bot says to a command that it answers in one message."""
        return text_of(self.ask(typed, "", **options))

    def get(self, path: str) -> dict:
        """Something from the API, as this account sees it."""
        response = self.rollcall.get(path, self.token)
        assert response.status_code == 200, response.text
        return response.json()

    def patch(self, path: str, **fields: object) -> requests.Response:
        """Change something by the API."""
        headers = {"Authorization": self.token}
        return self.rollcall.http.patch(self.rollcall.url + path, headers=headers, json=fields, timeout=15)

    @property
    def system(self) -> dict:
        """The account's own system, from the API."""
        return self.get("/v1/s")

    @property
    def members(self) -> list[dict]:
        """Its members, from the API."""
        return self.get(f"/v1/s/{self.system['id']}/members")
