"""Which member a message speaks for, and what is kept of it. Sends nothing."""
