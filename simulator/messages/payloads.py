"""The JSON of messages, with every field that py-cord reads without a default."""

from simulator import payloads
from simulator.state.entities import HAS_THREAD, Message

FORWARD = 1


def emoji_payload(text: str) -> dict:
    """A partial emoji: a Unicode one, or "name:id" for a custom one."""
    name, _, emoji_id = text.partition(":")
    return {"id": emoji_id or None, "name": name if emoji_id else text}


def message_payload(of: Message, me: str, nested: bool = True) -> dict:
    """A message as the REST API gives it; `me` decides what "me reacted" says."""
    body = {
        "id": of.id,
        "channel_id": of.channel.id,
        "author": payloads.user(of.author),
        "content": of.content,
        "timestamp": of.timestamp,
        "edited_timestamp": of.edited,
        "tts": of.tts,
        "mention_everyone": of.mention_everyone,
        "mentions": [payloads.user(u) for u in of.mentions],
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
    return body | _extras(of, me) | _origin(of, me, nested)


def _extras(of: Message, me: str) -> dict:
    parts = {
        "sticker_items": of.stickers,
        "poll": of.poll,
        "message_snapshots": of.snapshots,
        "activity": of.activity,
        "application": of.application,
    }
    body = {name: part for name, part in parts.items() if part}
    if of.flags & HAS_THREAD and of.id in of.channel.guild.threads:
        body["thread"] = payloads.channel(of.channel.guild.threads[of.id], me)
    return body


def _origin(of: Message, me: str, nested: bool) -> dict:
    body: dict = {}
    if of.reference:
        body["message_reference"] = of.reference
        if nested and "message_id" in of.reference and of.reference["type"] != FORWARD:
            body["referenced_message"] = of.reply_to and _as_it_is_now(of.reply_to, me)
    if of.interaction:
        body["interaction_metadata"] = of.interaction
        body["application_id"] = body["webhook_id"] = me
    if of.webhook:
        body["webhook_id"] = of.webhook.id
        if of.webhook.application_id:
            body["application_id"] = of.webhook.application_id
    return body


def _as_it_is_now(of: Message, me: str) -> dict | None:
    return message_payload(of, me, nested=False) if of.id in of.channel.messages else None


def _reaction(text: str, users: list[str], me: str) -> dict:
    count = len(users)
    return {
        "emoji": emoji_payload(text),
        "count": count,
        "count_details": {"burst": 0, "normal": count},
        "burst_colors": [],
        "me": me in users,
        "me_burst": False,
    }


def event_payload(of: Message, me: str) -> dict:
    """A message as MESSAGE_CREATE and MESSAGE_UPDATE give it: with guild and members, if there are any."""
    body, guild = message_payload(of, me), of.channel.guild
    if guild is None:
        return body
    body["guild_id"] = guild.id
    if (author := guild.members.get(of.author.id)) and not of.webhook:
        body["member"] = payloads.member_fields(author)
    for mention in body["mentions"]:
        if member := guild.members.get(mention["id"]):
            mention["member"] = payloads.member_fields(member)
    return body


def snapshot_payload(of: Message) -> dict:
    """What a forward copies of a message; later changes do not reach it."""
    body = {
        "type": of.type,
        "content": of.content,
        "embeds": list(of.embeds),
        "attachments": list(of.attachments),
        "timestamp": of.timestamp,
        "edited_timestamp": of.edited,
        "flags": of.flags,
        "mentions": [payloads.user(u) for u in of.mentions],
        "mention_roles": list(of.mention_roles),
        "components": list(of.components),
    }
    return {"message": body | ({"sticker_items": of.stickers} if of.stickers else {})}
