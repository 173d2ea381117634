"""What users write, edit, delete and react with."""

import base64

from simulator.client.caller import Caller


class SpeechVerbs(Caller):
    """Verbs about messages."""

    def say(
        self,
        user: str,
        text: str = "",
        channel: str | None = None,
        dm: bool = False,
        attachments: list[tuple] | None = None,
        reply_to: str | None = None,
        ping: bool = True,
        forward: str | None = None,
        stickers: list[str] | None = None,
        poll: dict | None = None,
        voice: bytes | None = None,
        activity: dict | None = None,
        tts: bool = False,
        silent: bool = False,
        suppress_embeds: bool = False,
        nitro: bool = False,
    ) -> dict:
        """A user writes into a channel (the first one that is theirs), a thread or a DM; the message.

        Attachments are (name, content) or (name, content, description). `reply_to` and `forward` are ids of messages,
        `stickers` names; `poll` is as a request brings it, `voice` the content of a voice message, `activity` what is
        invited to ({"party_id": ...}). With `nitro` the text may have 4000 characters.
        """
        files = [[name, _packed(content), *more] for name, content, *more in attachments or []]
        return self.call(
            "say",
            user=user,
            text=text,
            channel=channel,
            dm=dm,
            attachments=files,
            reply_to=reply_to,
            ping=ping,
            forward=forward,
            stickers=stickers,
            poll=poll,
            voice=None if voice is None else _packed(voice),
            activity=activity,
            tts=tts,
            silent=silent,
            suppress_embeds=suppress_embeds,
            nitro=nitro,
        )

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
