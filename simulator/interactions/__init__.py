"""Application commands and interactions: what is registered, begun and answered. Knows no message, and neither face."""
