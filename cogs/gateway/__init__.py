"""What lies between py-cord and the cogs: raw events, the JSON decoder, memory. Knows no feature."""
