"""Text and raw values in, checked values out: no session, no table."""
