"""Files that somebody gives, as commands: what they would change, importing them, and what past imports brought."""
