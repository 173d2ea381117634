"""Version 2 of PluralKit's API, a blueprint for each kind of thing; what is allowed stands in rules/."""
