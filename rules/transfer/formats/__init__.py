"""The files of each app: which one somebody gave, by its bytes, and what it says, as `import_file.File`."""
