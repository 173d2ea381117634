"""The file: how it is opened, read and written, and how an older one is brought up to date. No rule of any feature."""
