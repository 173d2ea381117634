"""Posting a message again in a member's name: queue, post, record, delete."""
