"""What every command is made of: arguments, subcommands, responses, prompts. No cog, and no feature by name."""
