"""Op 8: asking for a guild's members, in chunks."""

import asyncio
import time

from simulator import payloads
from simulator.gateway import intents
from simulator.gateway.hub import Hub
from simulator.gateway.session import Session
from simulator.state.entities import Guild, Member


async def answer(hub: Hub, session: Session, request: dict) -> None:
    """Send the chunks that a request asks for, or RATE_LIMITED; nothing for a guild the bot is not in."""
    guild = hub.world.guilds.get(str(request.get("guild_id")))
    if guild is None or not guild.seen:
        return
    if "user_ids" in request:
        await _by_ids(hub, session, guild, request)
        return
    query, limit = request.get("query", ""), int(request.get("limit", 0))
    if query == "" and limit == 0:
        await _everybody(hub, session, guild, request)
        return
    found = [m for m in guild.members.values() if _starts_with(m, query)]
    await _send(hub, session, guild, found[: min(limit or 100, 100)], request)


def _starts_with(member: Member, query: str) -> bool:
    names = (member.nick, member.user.global_name, member.user.name)
    return any(name and name.lower().startswith(query.lower()) for name in names)


async def _everybody(hub: Hub, session: Session, guild: Guild, request: dict) -> None:
    if not session.intents & intents.MEMBERS:
        return
    if wait := _must_wait(hub, guild):
        meta = {"guild_id": guild.id, "nonce": request.get("nonce")}
        session.send("RATE_LIMITED", {"opcode": 8, "retry_after": wait, "meta": meta})
        return
    await _send(hub, session, guild, list(guild.members.values()), request)


def _must_wait(hub: Hub, guild: Guild) -> float:
    # the limit counts per server, over all sessions of the bot
    now, requests = time.monotonic(), hub.full_requests
    wait = requests.get(guild.id, -1e9) + hub.settings.member_request_interval - now
    if wait > 0:
        return round(wait, 3)
    requests[guild.id] = now
    return 0


async def _by_ids(hub: Hub, session: Session, guild: Guild, request: dict) -> None:
    asked = request["user_ids"]
    ids = [str(i) for i in (asked if isinstance(asked, list) else [asked])][:100]
    found = [guild.members[i] for i in ids if i in guild.members]
    missing = [i for i in ids if i not in guild.members]
    await _send(hub, session, guild, found, request, missing)


async def _send(
    hub: Hub,
    session: Session,
    guild: Guild,
    members: list[Member],
    request: dict,
    not_found: list[str] | None = None,
) -> None:
    size = hub.settings.chunk_size
    chunks = [members[i : i + size] for i in range(0, len(members), size)] or [[]]
    with_presences = request.get("presences") and session.intents & intents.PRESENCES
    for index, chunk in enumerate(chunks):
        body = _chunk(guild, chunk, index, len(chunks), request)
        if with_presences:
            body["presences"] = [payloads.presence(m.user) for m in chunk if m.user.status != "offline"]
        if not_found:
            body["not_found"] = not_found
        session.send("GUILD_MEMBERS_CHUNK", body)
        # other events may come between two chunks, as they do at Discord's
        await asyncio.sleep(0)


def _chunk(guild: Guild, members: list[Member], index: int, count: int, request: dict) -> dict:
    body = {
        "guild_id": guild.id,
        "members": [payloads.member(m) for m in members],
        "chunk_index": index,
        "chunk_count": count,
    }
    nonce = request.get("nonce")
    # Discord drops a nonce that is over its limit instead of refusing the request
    if nonce is not None and len(str(nonce)) <= 32:
        body["nonce"] = nonce
    return body
