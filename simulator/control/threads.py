"""Verbs for threads and forum posts."""

from simulator import payloads
from simulator.control.guilds import require_member
from simulator.control.messages import check_may_write, find_message
from simulator.control.verbs import verb
from simulator.errors import Refused
from simulator.guilds import channels, threads
from simulator.messages import posting, thread_starts
from simulator.messages.payloads import message_payload
from simulator.messages.validation import check_message, check_not_empty
from simulator.simulation import Simulation
from simulator.state.entities import FORUM, NEWS, NEWS_THREAD, PRIVATE_THREAD, PUBLIC_THREAD, TEXT, Channel, User
from simulator.state.permissions import may

_KINDS = {"public": "CREATE_PUBLIC_THREADS", "private": "CREATE_PRIVATE_THREADS"}


@verb
def add_thread(
    sim: Simulation,
    user: str | int,
    name: str,
    channel: str | int | None = None,
    kind: str = "public",
    message_id: str | int | None = None,
    text: str | None = None,
) -> dict:
    """A user starts a thread in a channel; it. From a message with `message_id`; with `text` as its first message.

    Kind is "public" or "private"; a news channel's are news threads, and a forum's are posts, which need a `text`.
    """
    who = sim.world.user(user)
    guild = next(iter(g for g in sim.world.guilds.values() if who.id in g.members), None)
    parent = sim.world.channel(channel, guild)
    thread_starts.check_thread({"name": name})
    if parent.type == FORUM:
        return _shown(sim, _forum_post(sim, who, parent, name, text))
    made = _start(sim, who, parent, name, kind, message_id)
    if text is not None:
        check_may_write(who, made, {})
        posting.post(sim, made, who, posting.Draft({"content": text}))
    return _shown(sim, made)


def _shown(sim: Simulation, channel: Channel) -> dict:
    body = payloads.channel(channel, sim.world.bot.id)
    return body | {"messages": [message_payload(m, sim.world.bot.id) for m in channel.messages.values()]}


def _forum_post(sim: Simulation, who: User, parent: Channel, name: str, text: str | None) -> Channel:
    body = {"content": text or ""}
    check_message(body)
    check_not_empty(body)
    if not may(parent, who.id, "VIEW_CHANNEL", "SEND_MESSAGES"):
        raise Refused(f"{who.name} may not post there.")
    return thread_starts.forum_post(sim, parent, who, {"name": name}, posting.Draft(body)).channel


def _start(sim: Simulation, who: User, parent: Channel, name: str, kind: str, message_id: str | int | None) -> Channel:
    impossible = kind == "private" and (parent.type == NEWS or message_id)
    if parent.type not in (TEXT, NEWS) or kind not in _KINDS or impossible:
        raise Refused(f"There can be no {kind} thread there.")
    if not may(parent, who.id, "VIEW_CHANNEL", _KINDS[kind]):
        raise Refused(f"{who.name} may not start a {kind} thread there.")
    if message_id is None:
        number = NEWS_THREAD if parent.type == NEWS else PUBLIC_THREAD if kind == "public" else PRIVATE_THREAD
        return thread_starts.start(sim, parent, who, {"name": name}, number)
    message = find_message(parent, message_id)
    if message.id in sim.world.channels:
        raise Refused("That message has a thread already.")
    return thread_starts.start_from(sim, message, who, {"name": name})


def _thread(sim: Simulation, thread: str | int) -> Channel:
    found = sim.world.channels.get(str(thread))
    if found is None or not found.thread:
        raise Refused(f"There is no thread {thread}.")
    return found


@verb
def archive_thread(sim: Simulation, thread: str | int, yes: bool = True, lock: bool | None = None) -> None:
    """Archive a thread or take it out again; `lock` also locks or unlocks it."""
    locking = {} if lock is None else {"locked": lock}
    threads.change(sim, _thread(sim, thread), archived=yes, **locking)


@verb
def lock_thread(sim: Simulation, thread: str | int, yes: bool = True) -> None:
    """Lock a thread, or unlock it."""
    threads.change(sim, _thread(sim, thread), locked=yes)


@verb
def rename_thread(sim: Simulation, thread: str | int, name: str, user: str | int) -> None:
    """A user gives a thread another name."""
    thread_starts.rename(sim, _thread(sim, thread), name, sim.world.user(user))


@verb
def delete_thread(sim: Simulation, thread: str | int) -> None:
    """Delete a thread: THREAD_DELETE."""
    channels.remove(sim, _thread(sim, thread))


@verb
def join_thread(sim: Simulation, user: str | int, thread: str | int, by: str | int | None = None) -> None:
    """A user joins a thread, or is added `by` another one; the bot can be added too."""
    channel, who = _thread(sim, thread), sim.world.user(user)
    require_member(channel.guild, who)
    if by is None:
        threads.join(sim, channel, who)
    else:
        thread_starts.invite(sim, channel, who, sim.world.user(by))


@verb
def leave_thread(sim: Simulation, user: str | int, thread: str | int) -> None:
    """A user leaves a thread, or is removed from it."""
    threads.leave(sim, _thread(sim, thread), sim.world.user(user))


@verb
def threads_(sim: Simulation, guild: str | int | None = None) -> list:
    """The threads of a guild, archived ones included."""
    return [payloads.channel(t, sim.world.bot.id) for t in sim.world.guild(guild).threads.values()]
