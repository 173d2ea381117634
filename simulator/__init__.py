"""A small, faithful Discord on loopback: REST and gateway v10 for tests, benchmarks and the tour.

Imports go one way: state <- payloads <- gateway, interactions <- simulation <- guilds <- messages <- rest, control
<- app. The client knows only what goes over the wire.
"""
