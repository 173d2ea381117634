"""Threads sleeping, waking, changing and going, and who is in them, with the events that tell of it."""

from simulator import payloads
from simulator.simulation import Simulation
from simulator.state.entities import Channel, Guild, Message, Thread, User
from simulator.state.world import timestamp


def add(
    sim: Simulation, parent: Channel, name: str, kind: int, owner: User, thread_id: str, **fields: object
) -> Channel:
    """A new thread with its owner in it (a webhook is in none); THREAD_CREATE."""
    now = timestamp()
    thread = Thread(owner.id, now, now, **fields)
    channel = Channel(thread_id, kind, name, parent.guild, parent=parent, thread=thread)
    parent.guild.threads[thread_id] = sim.world.channels[thread_id] = channel
    if owner.id in parent.guild.members:
        thread.members[owner.id] = now
    _tell(sim, "THREAD_CREATE", channel, {"newly_created": True})
    return channel


def _tell(sim: Simulation, event: str, channel: Channel, more: dict | None = None) -> None:
    if sim.world.bot_may(channel, "VIEW_CHANNEL"):
        sim.emit(event, payloads.channel(channel, sim.world.bot.id) | (more or {}), channel.guild)


def change(sim: Simulation, channel: Channel, **changes: object) -> None:
    """Set a thread's name or states; THREAD_UPDATE if anything became different."""
    before = payloads.channel(channel)
    if "name" in changes:
        channel.name = changes.pop("name")
    for key, value in changes.items():
        setattr(channel.thread, key, value)
    if {"archived", "auto_archive_duration"} & set(changes):
        channel.thread.changed = timestamp()
    if payloads.channel(channel) != before:
        _tell(sim, "THREAD_UPDATE", channel)


def wake(sim: Simulation, channel: Channel) -> None:
    """Take a thread out of the archive: THREAD_UPDATE, and THREAD_MEMBER_UPDATE for the bot if it is in it."""
    if not channel.thread.archived:
        return
    change(sim, channel, archived=False)
    me = sim.world.bot.id
    if me in channel.thread.members:
        data = payloads.thread_member(channel, me) | {"guild_id": channel.guild.id}
        sim.emit("THREAD_MEMBER_UPDATE", data, channel.guild)


def count(sim: Simulation, channel: Channel, message: Message) -> None:
    """Note a new message; who writes in a thread is in it."""
    channel.thread.total_sent += message.id != channel.id
    if not message.webhook and message.author.id in channel.guild.members:
        join(sim, channel, message.author)


def join(sim: Simulation, channel: Channel, user: User) -> None:
    """A user is in a thread from now on: THREAD_MEMBERS_UPDATE, and THREAD_CREATE if it is the bot."""
    if user.id in channel.thread.members:
        return
    channel.thread.members[user.id] = timestamp()
    if user is sim.world.bot:
        _tell(sim, "THREAD_CREATE", channel)
    added = payloads.thread_member(channel, user.id)
    added["member"] = payloads.member(channel.guild.members[user.id])
    added["presence"] = payloads.presence(user) if user.status != "offline" else None
    _members_changed(sim, channel, {"added_members": [added]})


def leave(sim: Simulation, channel: Channel, user: User) -> None:
    """A user is not in a thread any more: THREAD_MEMBERS_UPDATE."""
    # asked first: who leaves a private thread sees it no more
    sees = sim.world.bot_may(channel, "VIEW_CHANNEL")
    if channel.thread.members.pop(user.id, None) and sees:
        _members_changed(sim, channel, {"removed_member_ids": [user.id]}, sees)


def _members_changed(sim: Simulation, channel: Channel, change: dict, sees: bool | None = None) -> None:
    if not (sees or sim.world.bot_may(channel, "VIEW_CHANNEL")):
        return
    body = {"id": channel.id, "guild_id": channel.guild.id, "member_count": min(len(channel.thread.members), 50)}
    sim.emit("THREAD_MEMBERS_UPDATE", body | change, channel.guild)


def remove(sim: Simulation, channel: Channel) -> None:
    """A thread is deleted: THREAD_DELETE."""
    # asked first, while there is a thread to be seen
    sees = sim.world.bot_may(channel, "VIEW_CHANNEL")
    del channel.guild.threads[channel.id], sim.world.channels[channel.id]
    if sees:
        body = {"id": channel.id, "guild_id": channel.guild.id, "parent_id": channel.parent.id, "type": channel.type}
        sim.emit("THREAD_DELETE", body, channel.guild)


def sync(sim: Simulation, guild: Guild, seen_before: set[str]) -> None:
    """After a change of permissions: THREAD_LIST_SYNC for the channels that the bot sees only now."""
    gained = sim.world.visible_channels(guild) - seen_before
    if not gained:
        return
    found, me = sim.world.active_threads(guild, gained), sim.world.bot.id
    body = {
        "guild_id": guild.id,
        "channel_ids": sorted(gained),
        "threads": [payloads.channel(t, me) for t in found],
        "members": [payloads.thread_member(t, me) for t in found if me in t.thread.members],
    }
    sim.emit("THREAD_LIST_SYNC", body, guild)
