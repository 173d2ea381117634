"""Presences of the home guild, from Discord's raw objects to the stored JSON, and the bot's health."""
