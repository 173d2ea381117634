"""Verbs for what users write, edit, delete and react to."""

import base64
import binascii

from simulator import payloads, posting
from simulator.control.verbs import verb
from simulator.entities import Channel, Message, User
from simulator.errors import Refused
from simulator.message_rules import check_message, check_not_empty
from simulator.permissions import may
from simulator.rest.reactions import check_emoji
from simulator.simulation import Simulation


def place(sim: Simulation, user: User, channel: str | int | None, dm: bool) -> Channel:
    """Where a user acts: the DM with the bot, or a channel that the user can see."""
    if dm:
        if not sim.world.shared_guilds(user) and user.id not in sim.world.dms:
            raise Refused(f"{user.name} shares no server with the bot and cannot write to it.")
        return sim.world.dm_with(user)
    guild = next(iter(g for g in sim.world.guilds.values() if user.id in g.members), None)
    found = sim.world.channel(channel, guild)
    if found.recipient not in (None, user) or not may(found, user.id, "VIEW_CHANNEL"):
        raise Refused(f"{user.name} cannot see that channel.")
    return found


@verb
def say(
    sim: Simulation,
    user: str | int,
    text: str = "",
    channel: str | int | None = None,
    dm: bool = False,
    attachments: list | None = None,
    reply_to: str | int | None = None,
) -> dict:
    """A user writes a message; it. Attachments are [name, base64] pairs."""
    who = sim.world.user(user)
    where = place(sim, who, channel, dm)
    files = [decoded(a) for a in attachments or []]
    wanted = ["SEND_MESSAGES", *(["ATTACH_FILES"] if files else [])]
    if not may(where, who.id, *wanted):
        raise Refused(f"{who.name} may not write there.")
    body = {"content": text}
    check_message(body, len(files))
    check_not_empty(body, len(files))
    target = find_message(where, reply_to) if reply_to else None
    message = posting.post(sim, where, who, posting.Draft(body, files, target))
    return payloads.message(message, sim.world.bot.id)


def decoded(attachment: object) -> tuple[str, bytes]:
    """A file that came as [name, base64]."""
    try:
        name, content = attachment
        return str(name), base64.b64decode(content, validate=True)
    except (ValueError, TypeError, binascii.Error):
        raise Refused("An attachment is a name and its content in base64.") from None


def find_message(channel: Channel, message_id: str | int) -> Message:
    """A message of a channel."""
    found = channel.messages.get(str(message_id))
    if found is None:
        raise Refused(f"There is no message {message_id} in that channel.")
    return found


def find_anywhere(sim: Simulation, message_id: str | int) -> Message:
    """A message of any channel."""
    for channel in sim.world.channels.values():
        if found := channel.messages.get(str(message_id)):
            return found
    raise Refused(f"There is no message {message_id}.")


def _own(sim: Simulation, user: str | int, message_id: str | int) -> Message:
    message = find_anywhere(sim, message_id)
    if message.author is not sim.world.user(user):
        raise Refused("That message is somebody else's.")
    return message


@verb
def edit_message(sim: Simulation, user: str | int, message_id: str | int, text: str) -> dict:
    """A user edits an own message; it."""
    message = _own(sim, user, message_id)
    check_message({"content": text})
    posting.edit(sim, message, {"content": text})
    return payloads.message(message, sim.world.bot.id)


@verb
def delete_message(sim: Simulation, user: str | int, message_id: str | int) -> None:
    """A user deletes an own message, or with MANAGE_MESSAGES anybody's."""
    message = find_anywhere(sim, message_id)
    who = sim.world.user(user)
    moderates = message.channel.guild and may(message.channel, who.id, "MANAGE_MESSAGES")
    if message.author is not who and not moderates:
        raise Refused("That message is somebody else's.")
    posting.delete(sim, message)


@verb
def react(sim: Simulation, user: str | int, message_id: str | int, emoji: str, remove: bool = False) -> None:
    """A user adds a reaction, or takes it back."""
    message, who = find_anywhere(sim, message_id), sim.world.user(user)
    check_emoji(emoji)
    if message.visible_to or not may(message.channel, who.id, "VIEW_CHANNEL", "READ_MESSAGE_HISTORY"):
        raise Refused(f"{who.name} cannot react there.")
    if remove:
        posting.unreact(sim, message, who.id, emoji)
    else:
        posting.react(sim, message, who, emoji)
