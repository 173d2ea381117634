"""HTTP in, HTTP out: one dialect a blueprint, and what all dialects need; knows nothing of Discord's library."""
