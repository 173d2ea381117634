"""Application commands and interactions: what is registered, begun and answered. Knows no HTTP, and no face."""
