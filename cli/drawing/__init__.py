"""What is made from the rest and kept in the repository: the list of commands for the pages, README's pictures."""
