"""PluralPort 0.1, which was OpenPlural: the format that other apps pass on what they cannot hold themselves."""
