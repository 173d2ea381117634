"""What can be done with a proxied message afterwards: look up, edit, delete, react, log, debug."""
