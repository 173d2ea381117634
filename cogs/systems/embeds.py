"""The embeds of systems, members and fronters, made of what the viewer may see."""

from collections.abc import Sequence
from typing import Any

import discord

from cogs.commands.formatting import FIELD_LENGTH, code, cut, escape, stamp
from cogs.commands.responses import card
from rules.parsing.birthdays import show_birthday
from rules.parsing.seen_text import is_seen
from rules.systems.config import Display

MOST_NAMES = 20
TAG_LENGTH = 40


def paint(embed: discord.Embed, seen: dict[str, Any]) -> discord.Embed:
    """Give an embed a system's or member's colour, avatar and banner."""
    if seen["color"]:
        embed.colour = int(seen["color"], 16)
    if seen["avatar_url"]:
        embed.set_thumbnail(url=seen["avatar_url"])
    if seen["banner"]:
        embed.set_image(url=seen["banner"])
    return embed


def system_embed(seen: dict[str, Any], display: Display) -> discord.Embed:
    """A system, for who likes things displayed so; `seen` is `overviews.get_overview`'s."""
    embed = paint(card(seen["server_name"] or seen["name"] or "A system without a name"), seen)
    _add(embed, Name=seen["server_name"] and seen["name"])
    if seen["fronters"]:
        embed.add_field(name="Fronting", value=fronting(seen["fronters"]), inline=False)
    _add(embed, Tag=seen["tag"] and code(seen["tag"]), Pronouns=seen["pronouns"])
    _add_color(embed, seen, display)
    _add(embed, Accounts=cut(" ".join(f"<@{user_id}>" for user_id in seen["accounts"])))
    if seen["members"] is not None:
        _add(embed, Members=str(seen["members"]))
    return _finish(embed, seen, f"System ID: {display.show_id(seen['id'])}")


def member_embed(seen: dict[str, Any], display: Display) -> discord.Embed:
    """A member with its groups, for who likes things displayed so; `seen` is `listing.get_member_card`'s."""
    embed = paint(card(called(seen)), seen)
    if seen["display_name"]:
        _add(embed, Name=seen["name"])
    _add(embed, Birthday=show_birthday(seen["birthday"]), Pronouns=seen["pronouns"])
    if seen["message_count"]:
        _add(embed, Messages=f"{seen['message_count']:,}")
    _add_color(embed, seen, display)
    _add(embed, Proxy_tags=show_tags(seen["proxy_tags"]))
    if seen["proxy_tags"] and seen["keep_proxy"]:
        _add(embed, Tags_stay="yes")
    _add(embed, Groups=names(seen["groups"]) if seen["groups"] else None)
    if seen["system_name"]:
        embed.set_author(name=seen["system_name"])
    privacy = " · private" if seen["visibility"] == "private" else ""
    system_id, member_id = display.show_id(seen["system_id"]), display.show_id(seen["id"])
    return _finish(embed, seen, f"System ID: {system_id} · Member ID: {member_id}{privacy}")


def group_embed(seen: dict[str, Any], display: Display) -> discord.Embed:
    """A group, for who likes things displayed so; `seen` is `listing.show_group`'s."""
    embed = paint(card(called(seen)), {**seen, "avatar_url": seen["icon"]})
    if seen["display_name"]:
        _add(embed, Name=seen["name"])
    if seen["count"] is not None:
        _add(embed, Members=str(seen["count"]))
    _add_color(embed, seen, display)
    if seen["system_name"]:
        embed.set_author(name=seen["system_name"])
    privacy = " · private" if seen["visibility"] == "private" else ""
    system_id, group_id = display.show_id(seen["system_id"]), display.show_id(seen["id"])
    return _finish(embed, seen, f"System ID: {system_id} · Group ID: {group_id}{privacy}")


def fronters_embed(seen: dict[str, Any]) -> discord.Embed:
    """Who fronts, and since when, in the first one's colour; `seen` is `overviews.get_front_overview`'s."""
    embed = card(text=f"Since {stamp(seen['timestamp'])}")
    embed.add_field(name="Fronting", value=names(seen["members"]), inline=False)
    if seen["members"]:
        paint(embed, {**seen["members"][0], "banner": None})
    if seen["system_name"]:
        embed.set_author(name=seen["system_name"])
    return embed


def fronting(fronters: dict[str, Any]) -> str:
    """One line: who, and since when."""
    return f"{names(fronters['members'])}\nsince {stamp(fronters['timestamp'], 'R')}"


def names(members: Sequence[dict[str, Any]]) -> str:
    """The names of members or groups, as many as fit."""
    if not members:
        return "*nobody*"
    shown = [called(member) for member in members[:MOST_NAMES]]
    listed = ", ".join(
        escape(f"{name} ({_tell_apart(member)})" if shown.count(name) > 1 else name)
        for name, member in zip(shown, members[:MOST_NAMES], strict=True)
    )
    more = len(members) - MOST_NAMES
    return cut(f"{listed} and {more} more" if more > 0 else listed, 900)


def called(member: dict[str, Any]) -> str:
    """The name that a member is shown by, in one line; the ID where there is nothing to see in the name."""
    name = " ".join((member["display_name"] or member["name"]).split())
    return name if is_seen(name) else member["id"]


def _tell_apart(member: dict[str, Any]) -> str:
    """What a member is named by whose name others are shown by as well."""
    return member["name"] if member["name"] != called(member) else member["id"]


def list_tags(tags: list[dict[str, str | None]], most: int) -> str:
    """The first of some proxy tags in one line, and how many there are beside them."""
    shown = ", ".join(code(cut(_example(tag), TAG_LENGTH)) for tag in tags[:most])
    return f"{shown} and {len(tags) - most} more" if len(tags) > most else shown


def _example(tag: dict[str, str | None]) -> str:
    return f"{tag['prefix'] or ''}text{tag['suffix'] or ''}"


def show_tags(tags: list[dict[str, str | None]]) -> str | None:
    """Proxy tags as they are typed, around the word text."""
    lines: list[str] = []
    for number, tag in enumerate(tags):
        lines.append(code(_example(tag)))
        if len("\n".join(lines)) > FIELD_LENGTH - 50:
            lines[-1] = f"and {len(tags) - number} more"
            break
    return "\n".join(lines) or None


def _add(embed: discord.Embed, **fields: str | None) -> None:
    for name, value in fields.items():
        if value:
            embed.add_field(name=name.replace("_", " "), value=value, inline=True)


def _add_color(embed: discord.Embed, seen: dict[str, Any], display: Display) -> None:
    if display.color:
        _add(embed, Color=seen["color"] and f"#{seen['color']}")


def _finish(embed: discord.Embed, seen: dict[str, Any], footer: str) -> discord.Embed:
    if seen["description"]:
        embed.add_field(name="Description", value=seen["description"], inline=False)
    if seen["created"]:
        _add(embed, Created=stamp(seen["created"], "D"))
    return embed.set_footer(text=footer)
