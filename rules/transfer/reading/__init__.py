"""What the readers of other apps' files have in common: odd values, rows of fronts, nested groups, what is told."""
