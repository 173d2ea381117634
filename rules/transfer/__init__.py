"""Import and export of whole systems."""
