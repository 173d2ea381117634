"""A small, faithful Discord on loopback: REST and gateway v10 for tests, benchmarks and the tour."""
