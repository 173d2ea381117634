"""Commands about systems, members and switches. Posts no message but its answers."""
