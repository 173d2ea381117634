"""Members, channels and threads coming, changing and going, with the events that tell of it. Knows no message."""
