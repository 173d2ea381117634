"""Threads, as others than the bot handle them."""

from simulator.client.caller import Caller


class ThreadVerbs(Caller):
    """Verbs for threads; a thread is named by its id, and messages go into it as into a channel."""

    def add_thread(
        self,
        user: str,
        name: str,
        channel: str | None = None,
        kind: str = "public",
        message_id: str | None = None,
        text: str | None = None,
    ) -> dict:
        """A user starts a "public" or "private" thread, from a message or not; it, with its `messages`.

        In a forum it is a post, whose first message is `text` and has the thread's id.
        """
        return self.call(
            "add_thread", user=user, name=name, channel=channel, kind=kind, message_id=message_id, text=text
        )

    def archive_thread(self, thread: str, yes: bool = True, lock: bool | None = None) -> None:
        """Archive a thread or take it out; `lock` also locks or unlocks it (THREAD_UPDATE)."""
        self.call("archive_thread", thread=thread, yes=yes, lock=lock)

    def lock_thread(self, thread: str, yes: bool = True) -> None:
        """Lock a thread, or unlock it (THREAD_UPDATE)."""
        self.call("lock_thread", thread=thread, yes=yes)

    def rename_thread(self, thread: str, name: str, user: str) -> None:
        """A user gives a thread another name (THREAD_UPDATE and a message of type 4)."""
        self.call("rename_thread", thread=thread, name=name, user=user)

    def delete_thread(self, thread: str) -> None:
        """Delete a thread (THREAD_DELETE)."""
        self.call("delete_thread", thread=thread)

    def join_thread(self, user: str, thread: str, by: str | None = None) -> None:
        """A user, or the bot, joins a thread or is added by somebody (THREAD_MEMBERS_UPDATE)."""
        self.call("join_thread", user=user, thread=thread, by=by)

    def leave_thread(self, user: str, thread: str) -> None:
        """A user leaves a thread, or is removed from it (THREAD_MEMBERS_UPDATE)."""
        self.call("leave_thread", user=user, thread=thread)

    def threads(self, guild: str | None = None) -> list[dict]:
        """The threads of a guild, archived ones included."""
        return self.call("threads", guild=guild)
