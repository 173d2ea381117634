"""What exists in this Discord, and who may do what in it. No HTTP, no events; knows no other room."""
