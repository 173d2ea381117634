"""Benchmarks over the real processes and the simulated Discord; `make bench` runs them all."""
