"""The JSON of Discord's API v10, with every field that py-cord reads without a default."""

from simulator.entities import Channel, Guild, Member, Message, Role, User
from simulator.permissions import in_channel

_GUILD_DEFAULTS = {
    "splash": None,
    "discovery_splash": None,
    "afk_channel_id": None,
    "afk_timeout": 300,
    "verification_level": 1,
    "default_message_notifications": 0,
    "explicit_content_filter": 0,
    "emojis": [],
    "stickers": [],
    "features": [],
    "mfa_level": 0,
    "application_id": None,
    "system_channel_id": None,
    "system_channel_flags": 0,
    "rules_channel_id": None,
    "public_updates_channel_id": None,
    "max_members": 500000,
    "vanity_url_code": None,
    "description": None,
    "banner": None,
    "premium_tier": 0,
    "premium_subscription_count": 0,
    "premium_progress_bar_enabled": False,
    "preferred_locale": "en-US",
    "nsfw_level": 0,
}


def user(of: User) -> dict:
    """A user object; `extra` (avatar decorations, primary guild, ...) is merged last."""
    body = {
        "id": of.id,
        "username": of.name,
        "global_name": of.global_name,
        "discriminator": "0",
        "avatar": of.avatar,
        "avatar_decoration_data": None,
        "collectibles": None,
        "primary_guild": None,
        "public_flags": 0,
    }
    if of.bot:
        body |= {"bot": True, "discriminator": f"{int(of.id) % 9999 + 1:04}"}
    return body | (of.extra or {})


def own_user(of: User) -> dict:
    """The bot's own user, as GET /users/@me and READY give it."""
    return user(of) | {
        "verified": True,
        "email": None,
        "flags": 0,
        "mfa_enabled": True,
        "locale": "en-US",
        "banner": None,
        "accent_color": None,
    }


def member_fields(of: Member) -> dict:
    """A member object without its user, as inside a message."""
    return {
        "nick": of.nick,
        "avatar": None,
        "banner": None,
        "roles": list(of.roles),
        "joined_at": of.joined_at,
        "premium_since": None,
        "communication_disabled_until": None,
        "deaf": False,
        "mute": False,
        "pending": False,
        "flags": 0,
    }


def member(of: Member) -> dict:
    """A full member object."""
    return member_fields(of) | {"user": user(of.user)}


def role(of: Role) -> dict:
    """A role object."""
    body = {
        "id": of.id,
        "name": of.name,
        "color": 0,
        "colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None},
        "hoist": False,
        "icon": None,
        "unicode_emoji": None,
        "position": of.position,
        "permissions": str(of.permissions),
        "managed": of.bot_id is not None,
        "mentionable": False,
        "flags": 0,
    }
    return body | ({"tags": {"bot_id": of.bot_id}} if of.bot_id else {})


def channel(of: Channel) -> dict:
    """A guild channel or a DM channel; `guild_id` is left out where Discord leaves it out."""
    last = next(reversed(of.messages), None)
    if of.guild is None:
        recipients = [user(of.recipient)]
        return {"id": of.id, "type": 1, "last_message_id": last, "flags": 0, "recipients": recipients}
    return {
        "id": of.id,
        "type": of.type,
        "guild_id": of.guild.id,
        "name": of.name,
        "position": of.position,
        "parent_id": None,
        "topic": None,
        "nsfw": False,
        "last_message_id": last,
        "rate_limit_per_user": 0,
        "flags": 0,
        "permission_overwrites": [
            {"id": o.id, "type": o.type, "allow": str(o.allow), "deny": str(o.deny)} for o in of.overwrites.values()
        ],
    }


def guild(of: Guild) -> dict:
    """A guild as the REST API and GUILD_UPDATE give it."""
    return _GUILD_DEFAULTS | {
        "id": of.id,
        "name": of.name,
        "icon": of.icon,
        "owner_id": of.owner_id,
        "roles": [role(r) for r in of.roles.values()],
    }


def presence(of: User, guild_id: str | None = None, bare_user: bool = True) -> dict:
    """A presence; the user is usually its id only, as Discord sends it."""
    body = {
        "user": {"id": of.id} if bare_user else user(of),
        "status": of.status,
        "activities": of.activities,
        "client_status": of.client_status,
    }
    return body | ({"guild_id": guild_id} if guild_id else {})


def message(of: Message, me: str, nested: bool = True) -> dict:
    """A message as the REST API gives it; `me` decides what "me reacted" says."""
    body = {
        "id": of.id,
        "channel_id": of.channel.id,
        "author": user(of.author),
        "content": of.content,
        "timestamp": of.timestamp,
        "edited_timestamp": of.edited,
        "tts": of.tts,
        "mention_everyone": of.mention_everyone,
        "mentions": [user(u) for u in of.mentions],
        "mention_roles": of.mention_roles,
        "attachments": of.attachments,
        "embeds": of.embeds,
        "components": of.components,
        "pinned": False,
        "type": of.type,
        "flags": of.flags,
    }
    if of.reactions:
        body["reactions"] = [_reaction(e, users, me) for e, users in of.reactions.items()]
    if of.nonce is not None:
        body["nonce"] = of.nonce
    return body | _origin(of, me, nested)


def _origin(of: Message, me: str, nested: bool) -> dict:
    body: dict = {}
    if of.reference:
        body["message_reference"] = of.reference
        if nested:
            body["referenced_message"] = of.reply_to and message(of.reply_to, me, nested=False)
    if of.interaction:
        body["interaction_metadata"] = of.interaction
        body["application_id"] = body["webhook_id"] = me
    return body


def _reaction(emoji: str, users: list[str], me: str) -> dict:
    count = len(users)
    return {
        "emoji": {"id": None, "name": emoji},
        "count": count,
        "count_details": {"burst": 0, "normal": count},
        "burst_colors": [],
        "me": me in users,
        "me_burst": False,
    }


def message_event(of: Message, me: str) -> dict:
    """A message as MESSAGE_CREATE and MESSAGE_UPDATE give it: with guild and member, if there are any."""
    body = message(of, me)
    if of.channel.guild is None:
        return body
    body["guild_id"] = of.channel.guild.id
    if author := of.channel.guild.members.get(of.author.id):
        body["member"] = member_fields(author)
    return body


def acting_member(of: Member, where: Channel) -> dict:
    """The member of an interaction: with the permissions that it has in the channel."""
    return member(of) | {"permissions": str(in_channel(where, of))}
