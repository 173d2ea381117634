"""Webhooks, as others than the bot handle them."""

from simulator.client.caller import Caller


class WebhookVerbs(Caller):
    """Verbs for webhooks."""

    def add_webhook(self, channel: str, name: str = "Somebody", by: str | None = None) -> dict:
        """A new webhook, made by a user, another bot, or (None) the bot itself; its JSON, always with its token."""
        return self.call("add_webhook", channel=channel, name=name, by=by)

    def webhooks(self, channel: str | None = None) -> list[dict]:
        """The webhooks of a channel, the oldest first, with their tokens."""
        return self.call("webhooks", channel=channel)

    def delete_webhook(self, webhook: str) -> None:
        """Somebody deletes a webhook (WEBHOOKS_UPDATE)."""
        self.call("delete_webhook", webhook=webhook)

    def move_webhook(self, webhook: str, channel: str) -> None:
        """Somebody moves a webhook to another channel (WEBHOOKS_UPDATE for both)."""
        self.call("move_webhook", webhook=webhook, channel=channel)
