"""Somebody with everything that a card can show."""

from rules.parsing.timestamps import now_ms

ALICE, BOB = 217648390152847360, 217648390152847361
SONG = {
    "id": "spotify:1",
    "type": 2,
    "name": "Spotify",
    "details": "Weightless",
    "state": "Marconi Union",
    "assets": {"large_image": "spotify:ab67616d0000b273c0ffee", "large_text": "Ambient"},
}
GAME = {
    "type": 0,
    "name": "Rocket League",
    "application_id": "379286085710381999",
    "details": "Competitive",
    "state": "Round 3",
    "assets": {"large_image": "mp:external/big/https/example.org/a.png", "small_image": "small"},
}
STATUS = {"type": 4, "id": "custom", "name": "Custom Status", "state": "reading", "emoji": {"name": "fox", "id": "5"}}
USER = {
    "global_name": "Alice Liddell",
    "avatar": "a_1",
    "public_flags": 64,
    "avatar_decoration_data": {"asset": "a_frame"},
    "primary_guild": {"identity_guild_id": "7", "identity_enabled": True, "tag": "FOXY", "badge": "b1"},
    "collectibles": {"nameplate": {"asset": "nameplates/x/"}},
}


def song(position_s=75, length_s=215):
    """The song, of which so much has passed."""
    start = now_ms() - position_s * 1000
    return {**SONG, "timestamps": {"start": start, "end": start + length_s * 1000}}


def game(minutes=125):
    """The game, which has been played for so long."""
    return {**GAME, "timestamps": {"start": now_ms() - minutes * 60_000 - 5000}}


def online(*activities, status="dnd", platforms=("desktop",)):
    """A presence."""
    return {"status": status, "client_status": dict.fromkeys(platforms, status), "activities": list(activities)}
