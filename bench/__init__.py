"""Benchmarks over the real processes and the simulated Discord; `make bench` runs them all.

A part is a file in `web/` or `bot/`; beside these lies what parts need: files full of people, load, figures, the table.
"""
