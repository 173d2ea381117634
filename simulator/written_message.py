"""What a user writes: the arguments of the verb `say`, the same on both of its sides."""

from dataclasses import dataclass


@dataclass
class WrittenMessage:
    """A message as a user writes it into a channel (the first one that is theirs), a thread or the DM with the bot.

    Attachments are [name, content] or [name, content, description]. `reply_to` (whose author is told, with `ping`) and
    `forward` are ids of messages, `stickers` names; `poll` is as a request brings it, `voice` the content of a voice
    message, `activity` what is invited to ({"party_id": ...}). With `nitro` the text may have 4000 characters.
    Contents travel in base64.
    """

    user: str | int
    text: str = ""
    channel: str | int | None = None
    dm: bool = False
    attachments: list | None = None
    reply_to: str | int | None = None
    ping: bool = True
    forward: str | int | None = None
    stickers: list | None = None
    poll: dict | None = None
    voice: str | None = None
    activity: dict | None = None
    tts: bool = False
    silent: bool = False
    suppress_embeds: bool = False
    nitro: bool = False
