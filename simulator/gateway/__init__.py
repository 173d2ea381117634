"""The websocket side of Discord, v10. Knows the world and the settings; neither messages nor REST."""
