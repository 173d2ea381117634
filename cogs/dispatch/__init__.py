"""Sending the events of a system to its owner's webhook, and the command that says where to; knows no other feature."""
