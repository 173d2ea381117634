"""Pictures that people give by a link, a file or a mention: looked at once, and kept where Discord's would die."""
