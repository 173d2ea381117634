"""What is run from a terminal: `make run`, and the maintenance commands."""
