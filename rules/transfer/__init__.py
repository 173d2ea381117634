"""Import and export of whole systems, each step of an import a short write. Knows no message and no proxying."""
