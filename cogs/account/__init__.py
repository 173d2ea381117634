"""Commands about one's own account: token, key/value pairs, GitHub, hiding and forgetting."""
