"""The REST side of Discord, v10: what every request passes. Knows neither websockets nor the control face."""
