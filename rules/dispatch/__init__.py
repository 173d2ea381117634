"""Dispatch webhooks: what changes of a system becomes an event for its owner's program; sending is the bot's."""
