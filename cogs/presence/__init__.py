"""The home guild's presences, from gateway events to batches written. Types no answers."""
