"""Interactions: what a user began, how long the bot may answer, and what it has answered."""

import secrets
import time
from dataclasses import dataclass, field

from simulator import payloads
from simulator.errors import refusal
from simulator.settings import Settings
from simulator.state.entities import Channel, Message, User
from simulator.state.permissions import in_channel
from simulator.state.world import World

COMMAND, COMPONENT, AUTOCOMPLETE, MODAL_SUBMIT = 2, 3, 4, 5


@dataclass(eq=False)
class Interaction:
    """One interaction. `original` is its first answer; `loading` while that is only promised."""

    id: str
    token: str
    type: int
    user: User
    channel: Channel
    data: dict
    source: Message | None = None
    began: float = field(default_factory=time.monotonic)
    acknowledged: bool = False
    loading: bool = False
    original: Message | None = None
    modal: dict | None = None
    sent: list[Message] = field(default_factory=list)

    @property
    def name(self) -> str:
        """What was used: the command with its sub-commands, or the component's custom id."""
        words, node = [self.data.get("name") or self.data.get("custom_id", "")], self.data
        while node.get("options") and node["options"][0]["type"] <= 2:
            node = node["options"][0]
            words.append(node["name"])
        return " ".join(words)


class Interactions:
    """All interactions, by id and by token."""

    def __init__(self, world: World, settings: Settings) -> None:
        self._world = world
        self._settings = settings
        self._by_id: dict[str, Interaction] = {}
        self._by_token: dict[str, Interaction] = {}

    def begin(self, kind: int, user: User, channel: Channel, data: dict, source: Message | None = None) -> Interaction:
        """A new interaction, ready to be sent as INTERACTION_CREATE."""
        token = secrets.token_urlsafe(96)
        interaction = Interaction(self._world.ids.next(), token, kind, user, channel, data, source)
        self._by_id[interaction.id] = self._by_token[token] = interaction
        return interaction

    def to_answer(self, interaction_id: str, token: str) -> Interaction:
        """The interaction for a first answer: 10062 when unknown or over 3 s old, 40060 when answered."""
        found = self._by_id.get(interaction_id)
        if found is None or not secrets.compare_digest(found.token, token):
            raise refusal(10062)
        if found.acknowledged:
            raise refusal(40060)
        if time.monotonic() - found.began > self._settings.interaction_deadline:
            raise refusal(10062)
        return found

    def to_follow(self, application_id: str, token: str) -> Interaction:
        """The interaction for a later answer: 10015 when unknown or not answered, 50027 when expired."""
        found = self._by_token.get(token)
        if application_id != self._world.bot.id or found is None or not found.acknowledged:
            raise refusal(10015)
        if time.monotonic() - found.began > self._settings.interaction_lifetime:
            raise refusal(50027)
        return found

    def last_modal(self, user: User, custom_id: str | None) -> Interaction | None:
        """The interaction that last showed this user a modal (of this custom id)."""
        for interaction in reversed(self._by_id.values()):
            modal = interaction.modal
            if modal and interaction.user is user and custom_id in (None, modal["custom_id"]):
                return interaction
        return None

    def event(self, of: Interaction) -> dict:
        """The INTERACTION_CREATE payload without its source; keys that do not apply are left out, never null."""
        guild, bot = of.channel.guild, self._world.bot
        body = {
            "id": of.id,
            "application_id": bot.id,
            "type": of.type,
            "data": of.data,
            "channel_id": of.channel.id,
            "channel": payloads.channel(of.channel),
            "token": of.token,
            "version": 1,
            "locale": "en-US",
            "entitlements": [],
            "authorizing_integration_owners": {"0": guild.id if guild else "0"},
            "attachment_size_limit": self._settings.upload_limit,
        }
        if guild is None:
            return body | {
                "user": payloads.user(of.user),
                "context": 1,
                "app_permissions": "2251799813685247",
            }
        return body | {
            "guild_id": guild.id,
            "guild": {"id": guild.id, "locale": "en-US", "features": []},
            "guild_locale": "en-US",
            "member": payloads.acting_member(guild.members[of.user.id], of.channel),
            "context": 0,
            "app_permissions": str(in_channel(of.channel, guild.members[bot.id])),
        }

    def metadata(self, of: Interaction) -> dict:
        """What a message that answers it says about it."""
        body = {"id": of.id, "type": of.type, "user": payloads.user(of.user)}
        body["authorizing_integration_owners"] = {}
        if of.type == COMMAND:
            body["name"] = of.name
        return body
