"""Systems, members, switches, and who may see what of them. Knows no token, no presence and no message."""
