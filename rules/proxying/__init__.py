"""Whether a message is proxied and as which member, and what is kept of it. Sends nothing."""
