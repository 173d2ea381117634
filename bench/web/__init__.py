"""What the web side answers, how fast and beside whom; knows nothing of the bot but the file that it leaves."""
