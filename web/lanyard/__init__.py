"""Lanyard's dialect over HTTP: presences, pairs and pictures as its clients ask for them; only asks `rules/lanyard`."""
