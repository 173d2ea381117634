"""Somebody whom programs written for Lanyard show, and Node with such programs."""

import pytest

from tests.clients.node import modules, node_environ, run_node

__all__ = ["modules", "node_environ", "run_node"]

NOBODY = "175928847299117063"
CUSTOM = {"id": "custom", "type": 4, "name": "Custom Status", "state": "hi", "created_at": 1_795_262_400_000}
SONG = {
    "id": "spotify:1",
    "type": 2,
    "name": "Spotify",
    "flags": 48,
    "created_at": 1_795_262_400_000,
    "sync_id": "4uLU6hMCjMI75M1A2tKUQC",
    "session_id": "140ecdfb976bdbf29d4452d492e551c7",
    "details": "A song",
    "state": "Its singer; another",
    "timestamps": {"start": 1_795_262_400_000, "end": 1_795_262_613_000},
    "assets": {"large_image": "spotify:ab67616d0000b273c0ffee", "large_text": "The album"},
    "party": {"id": "spotify:1"},
}


@pytest.fixture
def host(rollcall):
    """What a client of Lanyard is told instead of Lanyard's own host."""
    return f"127.0.0.1:{rollcall.port}"


@pytest.fixture
def shown(rollcall):
    """A user's presence as Lanyard's clients ask for it; None where there is none."""
    return lambda user_id: rollcall.get(f"/v1/users/{user_id}").json().get("data")
