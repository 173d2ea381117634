"""Whom a message mentions, as `allowed_mentions` and the author's permissions leave it."""

import re

from simulator.errors import invalid_form
from simulator.simulation import Simulation
from simulator.state.entities import Message
from simulator.state.permissions import may

_KINDS = {"users", "roles", "everyone"}
_LIST_LIMIT = 100


def check_allowed(allowed: dict | None) -> None:
    """Refuse an `allowed_mentions` that Discord would not take: 50035 naming the field."""
    parse = (allowed or {}).get("parse") or []
    path: list[str | int] = ["allowed_mentions"]
    if not isinstance(parse, list):
        raise invalid_form([*path, "parse"], "LIST_TYPE_CONVERT", "Only iterables may be used in a ListType")
    for index, kind in enumerate(parse):
        if kind not in _KINDS:
            sentence = "Value must be one of ('users', 'roles', 'everyone')."
            raise invalid_form([*path, "parse", index], "BASE_TYPE_CHOICES", sentence)
    for kind in ("users", "roles"):
        _check_ids((allowed or {}).get(kind) or [], [*path, kind])
        if kind in parse and allowed.get(kind):
            sentence = f'parse:["{kind}"] and {kind}: [ids...] are mutually exclusive.'
            raise invalid_form(path, "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE", sentence)


def _check_ids(ids: object, path: list[str | int]) -> None:
    if not isinstance(ids, list):
        raise invalid_form(path, "LIST_TYPE_CONVERT", "Only iterables may be used in a ListType")
    if len(ids) > _LIST_LIMIT:
        raise invalid_form(path, "BASE_TYPE_BAD_LENGTH", f"Must be {_LIST_LIMIT} or fewer in length.")
    for index, one in enumerate(ids):
        if not str(one).isdecimal():
            raise invalid_form([*path, index], "NUMBER_TYPE_COERCE", f'Value "{one}" is not snowflake.')


def find(sim: Simulation, message: Message, allowed: dict | None) -> None:
    """Fill in a message's mentions. Webhooks and answers to interactions ping only users unless told otherwise."""
    if allowed is None:
        quiet = message.webhook or message.interaction
        allowed = {"parse": ["users"] if quiet else sorted(_KINDS), "replied_user": True}
    users = _allowed("users", re.findall(r"<@!?(\d+)>", message.content), allowed)
    found = dict.fromkeys(u for u in users if u in sim.world.users)
    if message.reply_to and allowed.get("replied_user") and message.reply_to.author.id in sim.world.users:
        found[message.reply_to.author.id] = None
    message.mentions = [sim.world.users[u] for u in found]
    _find_roles(message, allowed)
    shouts = bool(re.search(r"@(everyone|here)\b", message.content))
    message.mention_everyone = shouts and "everyone" in (allowed.get("parse") or []) and _may_ping_all(message)


def _find_roles(message: Message, allowed: dict) -> None:
    guild = message.channel.guild
    known = guild.roles if guild else {}
    roles = _allowed("roles", re.findall(r"<@&(\d+)>", message.content), allowed)
    named = [known[r] for r in dict.fromkeys(roles) if r in known]
    message.mention_roles = [r.id for r in named if r.mentionable or _may_ping_all(message)]


def _may_ping_all(message: Message) -> bool:
    # no permission binds a webhook: it pings every role, mentionable or not
    if message.webhook:
        return True
    return message.channel.guild is not None and may(message.channel, message.author.id, "MENTION_EVERYONE")


def _allowed(kind: str, ids: list[str], allowed: dict) -> list[str]:
    if kind in (allowed.get("parse") or []):
        return ids
    listed = set(map(str, allowed.get(kind) or []))
    return [i for i in ids if i in listed]
