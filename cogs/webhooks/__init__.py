"""Requests to Discord that must not happen twice: webhooks, uploads, deletions. Asks no rule, knows no cog."""
