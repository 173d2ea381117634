"""What is stored as a file for its owner: on a command, and by itself every week or month. It imports nothing."""
