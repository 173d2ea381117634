"""The maintenance commands of `flask --app app`, by what they look after: the file, its backups, single people."""
