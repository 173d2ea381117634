"""The commands that log switches and show who fronts; knows systems, and no other feature."""
