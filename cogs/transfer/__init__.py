"""What is stored, as a file for its owner, on a command and by itself; and files of other apps, taken in."""
