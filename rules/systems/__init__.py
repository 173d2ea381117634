"""Systems, members, switches, and who may see what of them. Knows nothing of messages."""
