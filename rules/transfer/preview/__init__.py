"""What a plan says of switches and of what anybody could see, and what of an import somebody chooses."""
