"""Live: who listens to which users and systems, one reader of the feed a process, and what each listener is sent."""
