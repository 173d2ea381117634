"""The JSON of Discord's API v10, with every field that py-cord reads without a default."""

from simulator.state.entities import FORUM, PRIVATE_THREAD, STAGE, VOICE, Channel, Guild, Member, Role, User, Webhook
from simulator.state.permissions import in_channel

_GUILD_DEFAULTS = {
    "splash": None,
    "discovery_splash": None,
    "afk_channel_id": None,
    "afk_timeout": 300,
    "verification_level": 1,
    "default_message_notifications": 0,
    "explicit_content_filter": 0,
    "stickers": [],
    "features": [],
    "mfa_level": 0,
    "application_id": None,
    "system_channel_flags": 0,
    "rules_channel_id": None,
    "public_updates_channel_id": None,
    "max_members": 500000,
    "vanity_url_code": None,
    "description": None,
    "banner": None,
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
        "communication_disabled_until": of.timed_out_until and of.timed_out_until.isoformat(),
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
        "mentionable": of.mentionable,
        "flags": 0,
    }
    return body | ({"tags": {"bot_id": of.bot_id}} if of.bot_id else {})


def channel(of: Channel, me: str | None = None) -> dict:
    """A guild channel, a thread or a DM channel; `guild_id` is left out where Discord leaves it out.

    With `me`, a thread tells that user's own membership.
    """
    last = next(reversed(of.messages), None)
    if of.guild is None:
        recipients = [user(of.recipient)]
        return {"id": of.id, "type": 1, "last_message_id": last, "flags": 0, "recipients": recipients}
    body = {
        "id": of.id,
        "type": of.type,
        "guild_id": of.guild.id,
        "name": of.name,
        "parent_id": of.parent.id if of.parent else None,
        "last_message_id": last,
        "rate_limit_per_user": 0,
        "flags": 0,
    }
    return body | (_thread_fields(of, me) if of.thread else _channel_fields(of))


def _channel_fields(of: Channel) -> dict:
    overwrites = [
        {"id": o.id, "type": o.type, "allow": str(o.allow), "deny": str(o.deny)} for o in of.overwrites.values()
    ]
    body = {"position": of.position, "topic": of.topic, "nsfw": of.nsfw, "permission_overwrites": overwrites}
    if of.type in (VOICE, STAGE):
        body |= {"bitrate": 64000, "user_limit": 0, "rtc_region": None}
    if of.type == FORUM:
        posts = [int(t.id) for t in of.guild.threads.values() if t.parent is of]
        body |= {"available_tags": [], "default_reaction_emoji": None, "default_sort_order": None}
        body |= {"default_forum_layout": 0, "last_message_id": str(max(posts)) if posts else None}
    return body


def _thread_fields(of: Channel, me: str | None) -> dict:
    thread = of.thread
    metadata = {
        "archived": thread.archived,
        "archive_timestamp": thread.changed,
        "auto_archive_duration": thread.auto_archive_duration,
        "locked": thread.locked,
        "create_timestamp": thread.created,
    }
    if of.type == PRIVATE_THREAD:
        metadata["invitable"] = thread.invitable
    body = {
        "owner_id": thread.owner_id,
        "thread_metadata": metadata,
        "rate_limit_per_user": thread.rate_limit_per_user,
        # the message that a forum post begins with is not counted
        "message_count": len(of.messages) - (of.id in of.messages),
        "total_message_sent": thread.total_sent,
        # Discord stops counting at 50
        "member_count": min(len(thread.members), 50),
    }
    if of.parent.type == FORUM:
        body["applied_tags"] = thread.applied_tags
    if me in thread.members:
        body["member"] = thread_member(of, me)
    return body


def thread_member(of: Channel, user_id: str) -> dict:
    """A thread member object."""
    joined = of.thread.members[user_id]
    return {"id": of.id, "user_id": user_id, "join_timestamp": joined, "flags": 1}


def webhook(of: Webhook, me: str, with_user: bool = True) -> dict:
    """A webhook object; `me` is the application, which never sees another application's token."""
    body = {
        "id": of.id,
        "type": 1,
        "guild_id": of.channel.guild.id,
        "channel_id": of.channel.id,
        "name": of.name,
        "avatar": of.avatar,
        "application_id": of.application_id,
    }
    # a webhook that a person made shows its token to every bot that may manage webhooks
    if not with_user or of.application_id in (None, me):
        body["token"] = of.token
    return body | ({"user": user(of.user)} if with_user else {})


def guild(of: Guild) -> dict:
    """A guild as the REST API and GUILD_UPDATE give it."""
    return _GUILD_DEFAULTS | {
        "id": of.id,
        "name": of.name,
        "icon": of.icon,
        "owner_id": of.owner_id,
        "premium_tier": of.premium_tier,
        "system_channel_id": of.system_channel_id,
        "roles": [role(r) for r in of.roles.values()],
        "emojis": emojis(of),
    }


def emojis(of: Guild) -> list[dict]:
    """A guild's custom emojis."""
    fixed = {"roles": [], "require_colons": True, "managed": False, "animated": False, "available": True}
    return [{"id": emoji_id, "name": name} | fixed for emoji_id, name in of.emojis.items()]


def presence(of: User, guild_id: str | None = None, bare_user: bool = True) -> dict:
    """A presence; the user is usually its id only, as Discord sends it."""
    body = {
        "user": {"id": of.id} if bare_user else user(of),
        "status": of.status,
        "activities": of.activities,
        "client_status": of.client_status,
    }
    return body | ({"guild_id": guild_id} if guild_id else {})


def acting_member(of: Member, where: Channel) -> dict:
    """The member of an interaction: with the permissions that it has in the channel."""
    return member(of) | {"permissions": str(in_channel(where, of))}
