"""The websocket side of Discord, v10."""
