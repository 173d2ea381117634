"""What lies between py-cord and the cogs: lifecycle, raw events, the JSON decoder, memory. Knows no feature."""
