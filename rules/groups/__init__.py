"""Groups of a system's members: what they are, who is in them, and who sees either."""
