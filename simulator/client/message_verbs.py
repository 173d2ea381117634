"""What users write, edit, delete and react with."""

import base64

from simulator.client.caller import Caller
from simulator.written_message import WrittenMessage


class MessageVerbs(Caller):
    """Verbs about messages."""

    def say(self, user: str, text: str = "", channel: str | None = None, dm: bool = False, **parts: object) -> dict:
        """A user writes into a channel (the first one that is theirs), a thread or a DM; the message.

        `parts` are the other fields of WrittenMessage, with contents in bytes.
        """
        written = WrittenMessage(user, text, channel, dm, **parts)
        given = written.attachments or []
        written.attachments = [[name, _packed(content), *more] for name, content, *more in given]
        written.voice = None if written.voice is None else _packed(written.voice)
        return self.call("say", **vars(written))

    def edit_message(self, user: str, message_id: str, text: str) -> dict:
        """A user edits an own message (MESSAGE_UPDATE with all of it); it."""
        return self.call("edit_message", user=user, message_id=message_id, text=text)

    def delete_message(self, user: str, message_id: str) -> None:
        """A user deletes a message."""
        self.call("delete_message", user=user, message_id=message_id)

    def bulk_delete(self, user: str, message_ids: list[str]) -> None:
        """A moderator deletes several messages of one channel (MESSAGE_DELETE_BULK)."""
        self.call("bulk_delete", user=user, message_ids=message_ids)

    def react(self, user: str, message_id: str, emoji: str, remove: bool = False) -> None:
        """A user adds a reaction, or takes it back. A custom emoji is name:id."""
        self.call("react", user=user, message_id=message_id, emoji=emoji, remove=remove)

    def unreact(self, user: str, message_id: str, emoji: str) -> None:
        """A user takes a reaction back."""
        self.call("unreact", user=user, message_id=message_id, emoji=emoji)

    def add_emoji(self, name: str, guild: str | None = None) -> str:
        """A new custom emoji of a guild (GUILD_EMOJIS_UPDATE); name:id."""
        return self.call("add_emoji", name=name, guild=guild)


def _packed(content: bytes) -> str:
    return base64.b64encode(content).decode()
