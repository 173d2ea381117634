"""Pictures that are kept here, beside the database: what is one, how large it may be, and when it goes."""
