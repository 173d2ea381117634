"""Files of other apps over HTTP: what one would change, importing it, how far that is, and taking it back."""
