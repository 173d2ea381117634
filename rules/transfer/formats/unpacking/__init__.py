"""Getting at what is in a file that somebody gave: out of gzip and zip, in bounds, and as JSON."""
