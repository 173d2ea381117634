"""What the bot does with what Discord sends: stores it, publishes it, posts copies; and the memory of both sides."""
