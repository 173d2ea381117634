"""What is run from a terminal: `make run`, granian, and the maintenance commands."""
