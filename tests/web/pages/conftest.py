"""What the pages are about: Alice, who listens to a song, and her system with a history."""

from uuid import UUID

import pytest
from sqlalchemy import update

from models import System
from rules.fronting import past_switches
from rules.parsing.timestamps import now_us
from rules.presence import fronting
from rules.systems import members, systems

ALICE, BOB = 80351110224678912, 80351110224678913
BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
GARDEN = "garden"
HOUR_US = 3600 * 1_000_000
SONG = {
    "id": "spotify:1",
    "name": "Spotify",
    "type": 2,
    "details": "Hello <b>World</b>",
    "state": "Ann; Ben",
    "sync_id": "4cOdK2wGLETKBW3PvgPWqT",
    "timestamps": {"start": 1_790_000_000_000, "end": 1_790_000_200_000},
    "assets": {"large_image": "spotify:ab67616d00001e02", "large_text": "The Album"},
}
GAME = {
    "name": "Chess",
    "type": 0,
    "details": "Rated",
    "application_id": "5",
    "assets": {"large_image": "board"},
    "timestamps": {"start": 1_790_000_000_000},
}
CUSTOM = {"id": "custom", "name": "Custom Status", "type": 4, "state": "on the 🛋️", "emoji": {"name": "📚"}}
PRESENCE = {"status": "dnd", "activities": [CUSTOM, SONG, GAME], "client_status": {"desktop": "dnd", "mobile": "idle"}}


@pytest.fixture
def browse(client):
    """Open a page as a browser does."""

    def run(path, **options):
        return client.open(path, headers=BROWSER, **options)

    return run


@pytest.fixture
def alice(join):
    """Alice is published."""
    join(ALICE, "alice_w", user={"global_name": "Alice"}, status=PRESENCE)


@pytest.fixture
def garden(write):
    """Alice's system with three members, of whom Moss is private; Rowan, then Moss, then Juniper with Moss fronted."""
    system = write(systems.create_system, ALICE, {"name": "The Garden", "tag": "🌱", "description": "Plants & people"})
    fields = (
        {"name": "Rowan", "color": "2e7d32", "pronouns": "they/them", "avatar_url": "https://example.com/r.png"},
        {"name": "Juniper", "birthday": "0004-03-20"},
        {"name": "Moss", "visibility": "private"},
    )
    made = {one["name"]: write(members.create_member, ALICE, one).hid for one in fields}
    now = now_us()
    for hours, names in ((30, ("Rowan",)), (20, ("Moss",)), (10, ("Juniper", "Moss")), (5, ("Juniper",))):
        write(past_switches.log_switch, ALICE, [made[name] for name in names], now - hours * HOUR_US)
    write(fronting.set_shown, ALICE, True)
    write(lambda session: session.execute(update(System).where(System.id == system.id).values(hid=GARDEN)))
    return {"id": GARDEN, "uuid": str(UUID(bytes=system.uuid)), **made}
