"""The face for tests and people: JSON verbs that move the world and cause faults. Knows no REST route."""
