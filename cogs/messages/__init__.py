"""What can be done with a proxied message: look up, edit, reproxy, delete, react, log, debug."""
