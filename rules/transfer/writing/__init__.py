"""A system in the files of other programs: PluralPort for other trackers, CSV for spreadsheets, ICS for calendars."""
