"""What the pages' examples are about: the tour's file, and its person, who is there and listens to a song."""

import pytest

import config as settings
from cli import tour_system
from simulator.state.default_world import AVATAR

READING = {
    "id": "custom",
    "type": 4,
    "name": "Custom Status",
    "state": "reading on the balcony",
    "emoji": {"name": "📚"},
    "created_at": 1795285600000,
}
LISTENING = {
    "id": "spotify:1",
    "name": "Spotify",
    "type": 2,
    "flags": 48,
    "created_at": 1795285700334,
    "session_id": "0b1f0a41c3a5b1e0d0a1b2c3d4e5f607",
    "sync_id": "56MDdzieU2dTT3YLpCdpcA",
    "details": "BMW",
    "state": "Pashanim",
    "party": {"id": "spotify:217648390152847360"},
    "timestamps": {"start": 1795285700208, "end": 1795285820341},
    "assets": {"large_image": "spotify:ab67616d0000b273fa2f0c9e719ca71f2686ddf3", "large_text": "Himmel über Berlin"},
}
OF_THE_TOUR = {
    "status": "dnd",
    "client_status": {"desktop": "dnd", "mobile": "dnd"},
    "activities": [READING, LISTENING],
}
BASE = "https://roll.example"


@pytest.fixture
def prepare(url):
    """What the tour does to its file when it starts."""
    return lambda: tour_system.prepare_system(settings.read({"DATABASE_URL": url, "PUBLIC_URL": BASE}))


@pytest.fixture
def tour(prepare, join, token_of):
    """The tour's file, with its person; the person's token."""
    prepare()
    user = {"global_name": "Alice", "avatar": AVATAR, "public_flags": 64}
    join(tour_system.PERSON_ID, at=1795285800250, status=OF_THE_TOUR, nick="Al", user=user)
    return token_of(tour_system.PERSON_ID)


@pytest.fixture
def tour_app(make_app):
    """The app whose pages show the examples."""
    return make_app(PUBLIC_URL=BASE)
