"""What a message becomes when it is posted again: text, mentions, reply, files, poll, and the flags that are kept."""

import re
from collections.abc import Iterator
from typing import Any

import discord

from cogs.webhooks.message_links import message_link
from cogs.webhooks.permissions import permissions_in
from rules.proxying import decision
from rules.proxying.markup import MARKUP

MOST_TEXT = 2000
_USERS = re.compile(r"<@!?(\d{15,20})>", re.ASCII)
_ROLES = re.compile(r"<@&(\d{15,20})>", re.ASCII)
_LINK = re.compile(r"<https?://[^\s<>]+>|https?://[^\s<>]+", re.IGNORECASE)
_CUT = re.compile(rf"{MARKUP.pattern}|https?://\S+", re.ASCII)
SILENT, VOICE, NO_EMBEDS = 1 << 12, 1 << 13, 1 << 2
# Discord refuses a payload that names more users, or more roles.
MOST_MENTIONS = 100
REPLY_LENGTH, REPLY_LINK_LENGTH = 100, 300
ARROW, GAP, CLIP = "\u21a9\ufe0f", "\u2004", "📎"


def compose(message: discord.Message, raw: dict[str, Any], post: decision.ProxyPost) -> dict[str, Any]:
    """The webhook's payload for a message that is a member's, but for the name."""
    theirs = permissions_in(message.channel, message.author)
    payload = build_payload(message, raw, post.text, theirs)
    if reply := build_reply(message, raw, post.color):
        payload["embeds"] = [reply]
    payload["tts"] = payload["tts"] or (post.tts and theirs.send_tts_messages)
    if post.avatar_url:
        payload["avatar_url"] = post.avatar_url
    if post.silent:
        payload["flags"] |= SILENT
    return payload


def build_payload(message: discord.Message, raw: dict[str, Any], text: str, may: discord.Permissions) -> dict[str, Any]:
    """The webhook's payload but for the name and avatar; `may` is what the sender may do in the channel."""
    flags = raw.get("flags", 0) & (SILENT | VOICE | NO_EMBEDS)
    if flags & VOICE:
        # Discord takes no text with it, not even tags that are kept.
        text = ""
    shown = text if may.embed_links else wrap_links(text)
    if len(shown) > MOST_TEXT:
        # The angle brackets leave no room for the text: without them, nothing at all is embedded.
        shown, flags = text, flags | NO_EMBEDS
    payload: dict[str, Any] = {
        "content": shown,
        "allowed_mentions": find_mentions(text, message.guild, may),
        "flags": flags,
        "tts": bool(raw.get("tts")) and may.send_tts_messages,
    }
    if raw.get("poll"):
        payload["poll"] = copy_poll(raw["poll"])
    return payload


def wrap_links(text: str) -> str:
    """A text whose links show nothing of where they lead, as those of somebody who may not embed links."""
    return _LINK.sub(lambda link: link[0] if link[0].startswith("<") else f"<{link[0]}>", text)


def find_mentions(text: str, guild: discord.Guild, may: discord.Permissions) -> dict[str, Any]:
    """Whom a text may ping: exactly those whom its sender could."""
    roles = [role for role in map(guild.get_role, _ids(_ROLES, text)) if role]
    return {
        "parse": ["everyone"] if may.mention_everyone else [],
        "users": [str(user_id) for user_id in _ids(_USERS, text)][:MOST_MENTIONS],
        "roles": [str(role.id) for role in roles if role.mentionable or may.mention_everyone][:MOST_MENTIONS],
    }


def copy_poll(poll: dict[str, Any]) -> dict[str, Any]:
    """A poll to be asked again, for the hours that it has left."""
    expiry = discord.utils.parse_time(poll.get("expiry"))
    hours = 24 if not expiry else round((expiry - discord.utils.utcnow()).total_seconds() / 3600)
    return {
        "question": {"text": poll["question"].get("text", "")},
        "answers": [{"poll_media": answer["poll_media"]} for answer in poll["answers"]],
        "duration": min(max(hours, 1), 32 * 24),
        "allow_multiselect": poll.get("allow_multiselect", False),
        "layout_type": poll.get("layout_type", 1),
    }


def build_reply(message: discord.Message, raw: dict[str, Any], color: str | None) -> dict[str, Any] | None:
    """The embed that stands for a reply, since webhooks cannot reply; None without one."""
    target = raw.get("referenced_message")
    reference = raw.get("message_reference") or {}
    if raw.get("type") != discord.MessageType.reply.value or reference.get("channel_id") != raw["channel_id"]:
        return None
    if not target:
        return None
    link = message_link(message.guild.id, target["channel_id"], target["id"])
    body = quote(target.get("content") or "")
    if not body:
        body = f"*[(see attachment)]({link})*"
    elif target.get("attachments") or target.get("embeds"):
        body += f" {CLIP}"
    embed: dict[str, Any] = {
        "author": {"name": f"{_display_name(target, raw)}{GAP}{ARROW}"[:256]},
        "description": f"**[Reply to:]({link})** {body}",
    }
    if icon := _avatar_url(target["author"]):
        embed["author"]["icon_url"] = icon
    return embed | ({"color": int(color, 16)} if color else {})


def is_reply(embed: discord.Embed) -> bool:
    """Whether an embed of a copy is one of `build_reply`."""
    return bool(embed.author and embed.author.name and embed.author.name.endswith(f"{GAP}{ARROW}"))


def recolour(embed: discord.Embed, color: str | None) -> dict[str, Any]:
    """A reply's embed for another member."""
    changed = {key: value for key, value in embed.to_dict().items() if key in ("author", "description")}
    return changed | ({"color": int(color, 16)} if color else {})


def quote(text: str) -> str:
    """The beginning of a text, with nothing cut in two: mentions, emoji and short links stay whole."""
    folded = re.sub(r"\n\s*\n+", "\n", text.strip())
    if len(folded) <= REPLY_LENGTH:
        return folded
    end = REPLY_LENGTH
    for match in _CUT.finditer(folded):
        if match.start() < REPLY_LENGTH < match.end():
            end = match.end() if match.end() <= REPLY_LINK_LENGTH else match.start()
    shown = folded[:end]
    return f"{shown}{'||' if shown.count('||') % 2 else ''}…"


def _ids(pattern: re.Pattern[str], text: str) -> Iterator[int]:
    return iter(dict.fromkeys(int(found) for found in pattern.findall(text)))


def _display_name(target: dict[str, Any], raw: dict[str, Any]) -> str:
    author = target["author"]
    # Discord sends the server's own name along only where the reply pings.
    pinged = next((user for user in raw.get("mentions", ()) if user["id"] == author["id"]), {})
    nick = (pinged.get("member") or {}).get("nick")
    return nick or author.get("global_name") or author["username"]


def _avatar_url(author: dict[str, Any]) -> str | None:
    if not author.get("avatar"):
        return None
    return f"{discord.asset.Asset.BASE}/avatars/{author['id']}/{author['avatar']}.png?size=64"
