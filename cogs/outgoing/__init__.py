"""The one way to addresses that people give: to public ones alone, for a while and no further."""
