"""Messages, what is in them, and what Discord refuses in them. Knows no HTTP, and neither face."""
