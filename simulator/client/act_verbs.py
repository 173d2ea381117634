"""What users do: presences, commands, buttons, modals."""

from simulator.client.caller import Caller


class ActVerbs(Caller):
    """Verbs that act as somebody."""

    def presence(
        self,
        user: str,
        status: str | None = None,
        activities: list[dict] | None = None,
        client_status: dict[str, str] | None = None,
        bare_user: bool = False,
        raw: dict | None = None,
        drop: list[str] | None = None,
    ) -> float:
        """Change a presence, told once per shared guild; time.time() after the last frame was written.

        `raw` is merged over the event and `drop` names keys to leave out, so that it may be broken.
        """
        return self.call(
            "presence",
            user=user,
            status=status,
            activities=activities,
            client_status=client_status,
            bare_user=bare_user,
            raw=raw,
            drop=drop,
        )

    def presences(self, updates: list[dict], per_second: float = 0) -> list[float]:
        """Many presences in one call, each a dict of `presence`'s arguments; the times of writing.

        `per_second` spreads them evenly; 0 is as fast as they can be written. A call may take two minutes at most.
        """
        return self.call("presences", updates=updates, per_second=per_second)

    def dispatch(self, event: str, data: object) -> float:
        """Send any event to every session as it is, whatever its intents; when it was written."""
        return self.call("dispatch", event=event, data=data)

    def slash(
        self,
        user: str,
        command: str,
        options: dict[str, object] | None = None,
        channel: str | None = None,
        dm: bool = False,
    ) -> str:
        """A user sends a registered slash command such as "kv add"; the interaction's id."""
        return self.call("slash", user=user, command=command, options=options, channel=channel, dm=dm)

    def autocomplete(
        self,
        user: str,
        command: str,
        focused: str,
        options: dict[str, object] | None = None,
        channel: str | None = None,
        dm: bool = False,
    ) -> list[dict]:
        """A user types options[focused] into an option; the choices that the bot offers."""
        return self.call(
            "autocomplete",
            user=user,
            command=command,
            focused=focused,
            options=options,
            channel=channel,
            dm=dm,
        )

    def message_menu(self, user: str, command: str, message_id: str) -> str:
        """A user picks a command in the menu on a message; the interaction's id."""
        return self.call("message_menu", user=user, command=command, message_id=message_id)

    def user_menu(self, user: str, command: str, target: str, channel: str | None = None, dm: bool = False) -> str:
        """A user picks a command in the menu on a user; the interaction's id."""
        return self.call("user_menu", user=user, command=command, target=target, channel=channel, dm=dm)

    def click(self, user: str, message_id: str, custom_id: str, values: list[str] | None = None) -> str:
        """A user presses a button or picks values in a select; the interaction's id."""
        return self.call("click", user=user, message_id=message_id, custom_id=custom_id, values=values)

    def find_component(self, user: str, label: str) -> dict[str, str]:
        """The newest message_id and custom_id of a button by its label or custom id."""
        return self.call("find_component", user=user, label=label)

    def submit_modal(self, user: str, values: dict[str, str] | None = None, custom_id: str | None = None) -> str:
        """A user sends the modal last shown, with values by the inputs' custom ids; the interaction's id."""
        return self.call("submit_modal", user=user, values=values, custom_id=custom_id)
