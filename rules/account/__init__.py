"""What one Discord account owns besides a system: token, key/value pairs, GitHub card; and erasing it all."""
