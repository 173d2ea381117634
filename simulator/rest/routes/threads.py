"""Threads as the bot starts and lists them."""

from datetime import datetime

from simulator import payloads
from simulator.errors import ApiError, invalid_form, refusal, required
from simulator.messages import attachments, posting, thread_starts, write_permission
from simulator.messages.payloads import message_payload
from simulator.messages.validation import check_message, check_not_empty
from simulator.rest.call import Call, route, snowflake, whole_number
from simulator.state.entities import FORUM, NEWS, NEWS_THREAD, PRIVATE_THREAD, PUBLIC_THREAD, TEXT, Channel

_PARENT = "/channels/{channel_id}"
# by the parent's type: what may be started in it, and the permission it takes
_KINDS = {
    TEXT: {PUBLIC_THREAD: "CREATE_PUBLIC_THREADS", PRIVATE_THREAD: "CREATE_PRIVATE_THREADS"},
    NEWS: {NEWS_THREAD: "CREATE_PUBLIC_THREADS"},
}


def _parent(call: Call) -> Channel:
    return call.sim.world.require_channel(call.params["channel_id"])


def _require(call: Call, channel: Channel, *names: str) -> None:
    if not call.sim.world.bot_may(channel, *names):
        raise refusal(50013)


@route("POST", _PARENT + "/threads", status=201)
async def start(call: Call) -> dict:
    """A thread without a message, or a post in a forum."""
    parent = _parent(call)
    call.upload_limit = attachments.limit(call.sim, parent.guild)
    body = await call.object()
    thread_starts.check_thread(body)
    if parent.type == FORUM:
        return _post(call, parent, body)
    kind = body.get("type", PRIVATE_THREAD)
    if parent.type not in _KINDS:
        raise refusal(50024)
    if kind not in _KINDS[parent.type]:
        allowed = ", ".join(map(str, _KINDS[parent.type]))
        raise invalid_form(["type"], "BASE_TYPE_CHOICES", f"Value must be one of {{{allowed}}}.")
    _require(call, parent, _KINDS[parent.type][kind])
    return _noted(call, thread_starts.start(call.sim, parent, call.sim.world.bot, body, kind))


def _noted(call: Call, made: Channel) -> dict:
    call.sim.event_log.add("thread", channel_id=made.id, parent_id=made.parent.id, name=made.name)
    return payloads.channel(made, call.sim.world.bot.id)


def _post(call: Call, parent: Channel, body: dict) -> dict:
    first = body.get("message")
    if not isinstance(first, dict):
        raise required(["message"])
    if "attachments" in body:
        first = first | {"attachments": body["attachments"]}
    _require(call, parent, *write_permission.needed(first, len(call.files)))
    try:
        check_message(first, len(call.files))
        check_not_empty(first, len(call.files))
    except ApiError as error:
        if "errors" in error.body:
            error.body["errors"] = {"message": error.body["errors"]}
        raise
    draft = posting.Draft(first, call.files)
    message = thread_starts.forum_post(call.sim, parent, call.sim.world.bot, body, draft)
    return _noted(call, message.channel) | {"message": message_payload(message, call.sim.world.bot.id)}


@route("POST", _PARENT + "/messages/{message_id}/threads", status=201)
async def start_from(call: Call) -> dict:
    """A thread under a message."""
    parent, body = _parent(call), await call.object()
    thread_starts.check_thread(body)
    if parent.type not in _KINDS:
        raise refusal(50024)
    _require(call, parent, "CREATE_PUBLIC_THREADS", "READ_MESSAGE_HISTORY")
    message = call.sim.world.require_message(parent, call.params["message_id"])
    if message.id in call.sim.world.channels:
        raise refusal(160004)
    return _noted(call, thread_starts.start_from(call.sim, message, call.sim.world.bot, body))


@route("GET", "/guilds/{guild_id}/threads/active")
async def active(call: Call) -> dict:
    """The threads of a guild that are not archived, the newest first."""
    world = call.sim.world
    guild = world.require_guild(call.params["guild_id"])
    return _listed(call, sorted(world.active_threads(guild), key=lambda t: -int(t.id)))


def _listed(call: Call, found: list[Channel]) -> dict:
    me = call.sim.world.bot.id
    return {
        "threads": [payloads.channel(t, me) for t in found],
        "members": [payloads.thread_member(t, me) for t in found if me in t.thread.members],
    }


@route("GET", _PARENT + "/threads/archived/public")
async def archived_public(call: Call) -> dict:
    """Archived public threads of a channel, the one archived last first."""
    return _archived(call, _parent(call), private=False)


@route("GET", _PARENT + "/threads/archived/private")
async def archived_private(call: Call) -> dict:
    """Archived private threads of a channel, for moderators."""
    parent = _parent(call)
    _require(call, parent, "MANAGE_THREADS")
    return _archived(call, parent, private=True)


def _archived(call: Call, parent: Channel, private: bool) -> dict:
    found = _sleeping(call, parent, private)
    if before := call.query.get("before"):
        found = [t for t in found if t.thread.changed < _as_written(before)]
    return _page(call, sorted(found, key=lambda t: t.thread.changed, reverse=True))


def _as_written(before: str) -> str:
    try:
        return datetime.fromisoformat(before).isoformat(timespec="microseconds")
    except ValueError:
        sentence = f'Value "{before}" is not a timestamp.'
        raise invalid_form(["before"], "DATE_TIME_TYPE_PARSE", sentence) from None


def _sleeping(call: Call, parent: Channel, private: bool) -> list[Channel]:
    _require(call, parent, "READ_MESSAGE_HISTORY")
    found = [t for t in parent.guild.threads.values() if t.parent is parent and t.thread.archived]
    return [t for t in found if (t.type == PRIVATE_THREAD) == private]


@route("GET", _PARENT + "/users/@me/threads/archived/private")
async def archived_joined(call: Call) -> dict:
    """Archived private threads that the bot is in, the newest first."""
    me, before = call.sim.world.bot.id, snowflake(call, "before")
    found = [t for t in _sleeping(call, _parent(call), private=True) if me in t.thread.members]
    found = [t for t in found if before is None or int(t.id) < before]
    return _page(call, sorted(found, key=lambda t: -int(t.id)))


def _page(call: Call, found: list[Channel]) -> dict:
    limit = whole_number(call, "limit", 50, 1, 100)
    return _listed(call, found[:limit]) | {"has_more": len(found) > limit}
