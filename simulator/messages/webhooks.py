"""Webhooks being made, changed, moved and deleted, each told by WEBHOOKS_UPDATE. Knows no permissions."""

import hashlib
import secrets
from collections.abc import Iterable

from simulator.errors import invalid_form, refusal, required
from simulator.messages.posting import emit_seen
from simulator.simulation import Simulation
from simulator.state.entities import FORUM, NEWS, STAGE, TEXT, VOICE, Channel, User, Webhook

CHANNEL_LIMIT, NAME_LIMIT = 15, 80
CHANNELS = {TEXT, VOICE, NEWS, STAGE, FORUM}
_FORBIDDEN_PARTS, _FORBIDDEN_NAMES = ("clyde", "discord"), {"everyone", "here"}


def check_name(name: object, key: str = "name") -> str:
    """A webhook's name, or the one that a single message goes by, trimmed; else 50035."""
    if name is None:
        raise required([key])
    if not isinstance(name, str):
        raise invalid_form([key], "STRING_TYPE_CONVERT", f'Could not interpret "{name}" as string.')
    name = name.strip()
    if not 1 <= len(name) <= NAME_LIMIT:
        raise invalid_form([key], "BASE_TYPE_BAD_LENGTH", f"Must be between 1 and {NAME_LIMIT} in length.")
    for part in _FORBIDDEN_PARTS:
        if part in name.lower():
            raise invalid_form([key], "USERNAME_INVALID_CONTAINS", f'Username cannot contain "{part}"')
    if name.lower() in _FORBIDDEN_NAMES:
        raise invalid_form([key], "USERNAME_INVALID_RESERVED", f'Username cannot be "{name}"')
    return name


def of_channels(sim: Simulation, channels: Iterable[Channel]) -> list[Webhook]:
    """The webhooks of these channels, the oldest first."""
    wanted = {c.id for c in channels}
    return [w for w in sim.world.webhooks.values() if w.channel.id in wanted]


def check_place(sim: Simulation, channel: Channel) -> None:
    """Refuse a channel that takes no webhooks (50024), or no more of them (30007)."""
    if channel.type not in CHANNELS:
        raise refusal(50024)
    if len(of_channels(sim, [channel])) >= CHANNEL_LIMIT:
        raise refusal(30007)


def add(sim: Simulation, channel: Channel, name: str, user: User, avatar: str | None = None) -> Webhook:
    """A new webhook. A bot's belongs to its application, a person's to none."""
    application_id = user.id if user.bot else None
    webhook = Webhook(sim.world.ids.next(), secrets.token_urlsafe(51), channel, name, user, avatar, application_id)
    sim.world.webhooks[webhook.id] = webhook
    _tell(sim, channel)
    return webhook


def change(sim: Simulation, webhook: Webhook, **changes: object) -> None:
    """Change the name, the avatar or the channel."""
    old = webhook.channel
    for key, value in changes.items():
        setattr(webhook, key, value)
    _tell(sim, old)
    if webhook.channel is not old:
        _tell(sim, webhook.channel)


def remove(sim: Simulation, webhook: Webhook) -> None:
    """Delete a webhook; its messages stay."""
    del sim.world.webhooks[webhook.id]
    _tell(sim, webhook.channel)


def _tell(sim: Simulation, channel: Channel) -> None:
    emit_seen(sim, "WEBHOOKS_UPDATE", {}, channel)


def author(webhook: Webhook, name: str | None, avatar_url: str | None) -> User:
    """Who a message of a webhook is by: no account, but its JSON looks like one."""
    avatar = picture(avatar_url) if avatar_url else webhook.avatar
    return User(webhook.id, name or webhook.name, bot=True, avatar=avatar, extra={"discriminator": "0000"})


def picture(source: str) -> str:
    """The hash under which Discord would keep this picture."""
    return hashlib.md5(source.encode()).hexdigest()
