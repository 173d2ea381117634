"""A user with a system: what it looks like from the API, by the names of its members."""

from collections.abc import Iterable, Mapping
from functools import cached_property

from rules.systems import members
from tests.end_to_end.bot_replies import text_of
from tests.end_to_end.discord_user import DiscordUser


class SystemOwner(DiscordUser):
    """What it says is written into a channel, unless `dm=True`."""

    def say(self, typed: str, wanted: str = "", place: str | None = None, **options: object) -> str:
        """Type something; the text of the answer in which `wanted` is found."""
        return text_of(self.ask(typed, wanted, place, **options))

    def say_all(self, table: Mapping[str, str], **options: object) -> None:
        """Type one message after the other, each with what is wanted in its answer."""
        for typed, wanted in table.items():
            self.say(typed, wanted, **options)

    def add(self, name: str, **changes: object) -> str:
        """Make a member without a message, as programs do; its ID."""
        return self.rollcall.write(members.create_member, int(self.id), {"name": name, **changes}).hid

    def add_all(self, names: Iterable[str]) -> None:
        """Make members of these names in the same way."""
        self.rollcall.write(
            lambda session: [members.create_member(session, int(self.id), {"name": name}) for name in names]
        )

    def press_newest(self, label: str, wanted: str) -> str:
        """Press the newest button with this label; the text of the answer in which `wanted` is found."""
        found = self.discord.find_component(self.id, label)
        act = lambda: self.discord.click(self.id, found["message_id"], found["custom_id"])  # noqa: E731
        return text_of(self.await_answer(act, wanted))

    @cached_property
    def system_id(self) -> str:
        """The ID of its system, which is asked for once."""
        return self.system["id"]

    @property
    def members(self) -> list[dict]:
        return self.get(f"/v1/s/{self.system_id}/members")

    def member(self, name: str) -> dict:
        """The one member with a name, as its owner sees it."""
        (found,) = [member for member in self.members if member["name"] == name]
        return found

    @property
    def switches(self) -> list[list[str]]:
        """Who fronted, by name, the newest first."""
        names = {member["id"]: member["name"] for member in self.members}
        logged = self.get(f"/v1/s/{self.system_id}/switches")
        return [[names[hid] for hid in switch["members"]] for switch in logged]
