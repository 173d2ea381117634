"""Whether somebody may write a message in a channel, a thread included."""

from simulator.errors import invalid_form, refusal
from simulator.state.entities import FORUM, VOICE_MESSAGE, WRITABLE, Channel, Message
from simulator.state.permissions import may
from simulator.state.world import World

_STICKERS_LIMIT = 3
# a message by somebody, a reply, and the two kinds of answers to a command
_REAL = {0, 19, 20, 23}


def check_place(channel: Channel) -> None:
    """Refuse a channel without messages of its own: 40058 for a forum, 50008 for the others."""
    if channel.type == FORUM:
        raise refusal(40058)
    if channel.type not in WRITABLE:
        raise refusal(50008)


def needed(body: dict, files: int) -> list[str]:
    """The permissions that a message with these parts takes."""
    parts = {
        "SEND_TTS_MESSAGES": body.get("tts"),
        "EMBED_LINKS": body.get("embeds"),
        "ATTACH_FILES": files,
        "SEND_POLLS": body.get("poll"),
        "SEND_VOICE_MESSAGES": (body.get("flags") or 0) & VOICE_MESSAGE,
    }
    return ["SEND_MESSAGES", *(name for name, wanted in parts.items() if wanted)]


def check_unlocked(channel: Channel, user_id: str) -> None:
    """Refuse (160005) a locked thread to all but moderators."""
    if channel.thread and channel.thread.locked and not may(channel, user_id, "MANAGE_THREADS"):
        raise refusal(160005)


def check_awake(channel: Channel) -> None:
    """Refuse (50083) an archived thread."""
    if channel.thread and channel.thread.archived:
        raise refusal(50083)


def check_can_be_answered(message: Message) -> None:
    """Refuse (50035) a reply to a system message."""
    if message.type not in _REAL:
        sentence = "Cannot reply to a system message"
        raise invalid_form(["message_reference"], "REPLIES_CANNOT_REPLY_TO_SYSTEM_MESSAGE", sentence)


def check_can_be_forwarded(message: Message) -> None:
    """Refuse (50035) to forward a system message, a poll or an invitation to an activity."""
    if message.type not in _REAL or message.poll or message.activity:
        sentence = "Cannot forward this message"
        raise invalid_form(["message_reference"], "MESSAGE_REFERENCE_INVALID_FORWARD", sentence)


def known_stickers(world: World, ids: list) -> list[dict]:
    """The sticker items of these ids: at most three (50035), all known (50081)."""
    if not isinstance(ids, list) or len(ids) > _STICKERS_LIMIT:
        raise invalid_form(["sticker_ids"], "BASE_TYPE_BAD_LENGTH", "Must be 3 or fewer in length.")
    if not {str(i) for i in ids} <= set(world.stickers):
        raise refusal(50081)
    return [world.stickers[str(i)] for i in ids]
