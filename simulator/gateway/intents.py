"""Which intent opens which event, and what a session sees of a message without one."""

GUILDS, MEMBERS, MODERATION = 1 << 0, 1 << 1, 1 << 2
WEBHOOKS = 1 << 5
PRESENCES, MESSAGE_CONTENT = 1 << 8, 1 << 15
KNOWN = (1 << 26) - 1
PRIVILEGED = MEMBERS | PRESENCES | MESSAGE_CONTENT

_BY_EVENT = {
    "GUILD_MEMBER_ADD": MEMBERS,
    "GUILD_MEMBER_UPDATE": MEMBERS,
    "GUILD_MEMBER_REMOVE": MEMBERS,
    "GUILD_BAN_ADD": MODERATION,
    "GUILD_BAN_REMOVE": MODERATION,
    "WEBHOOKS_UPDATE": WEBHOOKS,
    "PRESENCE_UPDATE": PRESENCES,
}
# prefix: (intent in guilds, intent in DMs); the first match counts
_BY_PREFIX = {
    "MESSAGE_REACTION_": (1 << 10, 1 << 13),
    "MESSAGE_": (1 << 9, 1 << 12),
    "TYPING_START": (1 << 11, 1 << 14),
    "GUILD_MEMBERS_CHUNK": (0, 0),
    "GUILD_": (GUILDS, GUILDS),
    "CHANNEL_": (GUILDS, GUILDS),
    "THREAD_": (GUILDS, GUILDS),
}


def needed(event: str, data: dict, in_guild: bool, bot_id: str) -> int:
    """The intents that a session must have to get this event; 0 for none."""
    if event in _BY_EVENT:
        return _BY_EVENT[event]
    if event == "THREAD_MEMBERS_UPDATE":
        # without the members intent Discord tells only of the bot's own coming and going
        changed = [added["user_id"] for added in data.get("added_members", [])] + data.get("removed_member_ids", [])
        return GUILDS if changed == [bot_id] else GUILDS | MEMBERS
    for prefix, (guild, dm) in _BY_PREFIX.items():
        if event.startswith(prefix):
            return guild if in_guild else dm
    return 0


def visible(event: str, data: dict, intents: int, bot_id: str) -> dict:
    """The event as a session with these intents sees it: message content may be blanked."""
    if event not in ("MESSAGE_CREATE", "MESSAGE_UPDATE") or intents & MESSAGE_CONTENT:
        return data
    mentioned = any(user["id"] == bot_id for user in data.get("mentions", []))
    if "guild_id" not in data or mentioned or data["author"]["id"] == bot_id:
        return data
    shown = {key: value for key, value in data.items() if key != "poll"}
    return shown | {"content": "", "embeds": [], "attachments": [], "components": []}
