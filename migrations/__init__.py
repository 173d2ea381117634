"""How the schema came to be, and bringing a file up to it."""
