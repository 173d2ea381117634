"""The documentation as pages: the API's reference, the bot's commands, privacy, moving here. Nothing here answers a
program but `/openapi.json`."""
