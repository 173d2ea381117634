"""The commands for groups. They use what the systems' commands have for fields, pictures, privacy and lists."""
