"""The pages for people, drawn here and live in a browser: no program reads them, and the API knows nothing of them."""
