"""Who is in a thread: the bot joining and leaving, and adding and removing others."""

from simulator import payloads
from simulator.errors import refusal
from simulator.guilds import threads
from simulator.messages import thread_starts
from simulator.messages.write_permission import check_awake
from simulator.rest.call import Call, route
from simulator.state.entities import PRIVATE_THREAD, Channel, User

_BASE = "/channels/{channel_id}/thread-members"


def _thread(call: Call, to_change: bool = True) -> Channel:
    channel = call.sim.world.require_channel(call.params["channel_id"])
    if not channel.thread:
        raise refusal(50024)
    if to_change:
        check_awake(channel)
    return channel


def _member(call: Call, channel: Channel) -> User:
    user_id = call.params["user_id"]
    if user_id not in call.sim.world.users:
        raise refusal(10013)
    if user_id not in channel.guild.members:
        raise refusal(10007)
    return call.sim.world.users[user_id]


@route("PUT", _BASE + "/@me")
async def join(call: Call) -> None:
    """The bot joins."""
    threads.join(call.sim, _thread(call), call.sim.world.bot)


@route("PUT", _BASE + "/{user_id}")
async def add(call: Call) -> None:
    """The bot adds somebody; it must be able to write there."""
    channel = _thread(call)
    if not call.sim.world.bot_may(channel, "SEND_MESSAGES"):
        raise refusal(50013)
    thread_starts.invite(call.sim, channel, _member(call, channel), call.sim.world.bot)


@route("DELETE", _BASE + "/@me")
async def leave(call: Call) -> None:
    """The bot leaves."""
    threads.leave(call.sim, _thread(call), call.sim.world.bot)


@route("DELETE", _BASE + "/{user_id}")
async def remove(call: Call) -> None:
    """The bot removes somebody: as a moderator, or from its own private thread."""
    channel = _thread(call)
    own = channel.type == PRIVATE_THREAD and channel.thread.owner_id == call.sim.world.bot.id
    if not own and not call.sim.world.bot_may(channel, "MANAGE_THREADS"):
        raise refusal(50013)
    threads.leave(call.sim, channel, _member(call, channel))


@route("GET", _BASE + "/{user_id}")
async def get(call: Call) -> dict:
    """One member, else 10007; @me is the bot."""
    channel, user_id = _thread(call, to_change=False), call.params["user_id"]
    user_id = call.sim.world.bot.id if user_id == "@me" else user_id
    if user_id not in channel.thread.members:
        raise refusal(10007)
    return payloads.thread_member(channel, user_id)


@route("GET", _BASE)
async def list_all(call: Call) -> list:
    """Everybody in a thread, for applications with the members intent."""
    channel = _thread(call, to_change=False)
    if "members" not in call.sim.settings.privileged_intents:
        raise refusal(50001)
    return [payloads.thread_member(channel, user_id) for user_id in channel.thread.members]
