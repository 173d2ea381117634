"""Verbs for what users write, edit and delete."""

import base64
import binascii

from simulator.control.verbs import verb
from simulator.errors import Refused
from simulator.messages import posting, write_permission
from simulator.messages.payloads import message_payload
from simulator.messages.validation import CONTENT_LIMIT, check_editable, check_message, check_not_empty
from simulator.simulation import Simulation
from simulator.state.entities import SILENT, SUPPRESS_EMBEDS, VOICE_MESSAGE, Channel, Message, User
from simulator.state.permissions import may
from simulator.written_message import WrittenMessage

NITRO_CONTENT_LIMIT = 4000
_DEFAULT_GAME = {"id": "356869127241072640", "name": "Chess"}
_VOICE_NOTE = {"id": 0, "filename": "voice-message.ogg", "duration_secs": 2.5, "waveform": "AAAAAAAAAAAA"}


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
def say(sim: Simulation, written: WrittenMessage) -> dict:
    """A user writes a message; it."""
    who = sim.world.user(written.user)
    where = place(sim, who, written.channel, written.dm)
    body, files = _body(written), _files(written)
    check_may_write(who, where, body, len(files))
    check_message(body, len(files), NITRO_CONTENT_LIMIT if written.nitro else CONTENT_LIMIT)
    draft = posting.Draft(body, files, stickers=[_sticker(sim, s) for s in written.stickers or []])
    _point(sim, who, where, draft, written)
    if not (draft.forward or written.activity or written.stickers):
        check_not_empty(body, len(files))
    message = posting.post(sim, where, who, draft)
    return message_payload(message, sim.world.bot.id)


def check_may_write(who: User, where: Channel, body: dict, files: int = 0) -> None:
    """Refuse what this user may not write in a channel."""
    write_permission.check_place(where)
    if not may(where, who.id, *write_permission.needed(body, files)):
        raise Refused(f"{who.name} may not write there.")
    write_permission.check_unlocked(where, who.id)


def _body(written: WrittenMessage) -> dict:
    body = {"content": written.text, "tts": written.tts, "poll": written.poll}
    body["flags"] = SILENT * written.silent | SUPPRESS_EMBEDS * written.suppress_embeds
    if written.activity is not None:
        body |= {"activity": {"type": 1} | written.activity, "application": _DEFAULT_GAME}
    if written.voice is not None:
        body["flags"] |= VOICE_MESSAGE
        body["attachments"] = [_VOICE_NOTE]
    else:
        given = written.attachments or []
        body["attachments"] = [{"id": i, "description": a[2]} for i, a in enumerate(given) if len(a) > 2]
    return body


def _files(written: WrittenMessage) -> list[tuple[str, bytes]]:
    if written.voice is not None:
        return [decoded([_VOICE_NOTE["filename"], written.voice])]
    return [decoded(a[:2]) for a in written.attachments or []]


def _sticker(sim: Simulation, name: str) -> dict:
    known = sim.world.stickers
    found = next((s for s in known.values() if name in (s["id"], s["name"])), None)
    if found is None:
        found = {"id": sim.world.ids.next(), "name": str(name), "format_type": 1}
        known[found["id"]] = found
    return found


def _point(sim: Simulation, who: User, where: Channel, draft: posting.Draft, written: WrittenMessage) -> None:
    if written.reply_to:
        draft.reply_to = find_message(where, written.reply_to)
        write_permission.check_can_be_answered(draft.reply_to)
        if not written.ping:
            draft.body["allowed_mentions"] = {"parse": ["users", "roles", "everyone"], "replied_user": False}
    if written.forward:
        draft.forward = find_anywhere(sim, written.forward)
        write_permission.check_can_be_forwarded(draft.forward)
        if not may(draft.forward.channel, who.id, "VIEW_CHANNEL", "READ_MESSAGE_HISTORY"):
            raise Refused(f"{who.name} cannot see that message.")


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
    check_editable(message)
    write_permission.check_unlocked(message.channel, message.author.id)
    check_message({"content": text})
    posting.edit(sim, message, {"content": text})
    return message_payload(message, sim.world.bot.id)


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
def bulk_delete(sim: Simulation, user: str | int, message_ids: list) -> None:
    """A moderator deletes several messages of one channel: MESSAGE_DELETE_BULK."""
    who, found = sim.world.user(user), [find_anywhere(sim, i) for i in message_ids]
    channels = {m.channel.id: m.channel for m in found}
    if len(channels) != 1:
        raise Refused("bulk_delete takes messages of one channel.")
    channel = found[0].channel
    if channel.guild is None or not may(channel, who.id, "MANAGE_MESSAGES"):
        raise Refused(f"{who.name} may not delete messages there.")
    posting.delete_bulk(sim, channel, [m.id for m in found])
