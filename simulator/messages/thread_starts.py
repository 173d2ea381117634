"""Threads being started, with the system messages that tell of it. Knows no permissions."""

from simulator.errors import invalid_form, required
from simulator.guilds import threads
from simulator.messages import posting
from simulator.messages.posting import Draft
from simulator.simulation import Simulation
from simulator.state.entities import (
    HAS_THREAD,
    NEWS,
    NEWS_THREAD,
    PRIVATE_THREAD,
    PUBLIC_THREAD,
    Channel,
    Message,
    User,
)

RECIPIENT_ADD, NAME_CHANGE, THREAD_CREATED, STARTER_MESSAGE = 1, 4, 18, 21
DURATIONS = (60, 1440, 4320, 10080)


def check_thread(body: dict, creating: bool = True) -> None:
    """The name and the times of a thread, else 50035."""
    name = body.get("name")
    if creating and name is None:
        raise required(["name"])
    if name is not None and not 1 <= len(str(name)) <= 100:
        raise invalid_form(["name"], "BASE_TYPE_BAD_LENGTH", "Must be between 1 and 100 in length.")
    if body.get("auto_archive_duration", 60) not in DURATIONS:
        sentence = f"Value must be one of {DURATIONS}."
        raise invalid_form(["auto_archive_duration"], "BASE_TYPE_CHOICES", sentence)


def _options(body: dict) -> dict:
    known = ("auto_archive_duration", "rate_limit_per_user", "invitable", "applied_tags")
    return {key: body[key] for key in known if body.get(key) is not None}


def start(sim: Simulation, parent: Channel, owner: User, body: dict, kind: int) -> Channel:
    """A thread on its own: THREAD_CREATE, and a message in the parent unless it is private."""
    made = threads.add(sim, parent, str(body["name"]), kind, owner, sim.world.ids.next(), **_options(body))
    if kind != PRIVATE_THREAD:
        told = {"type": 0, "channel_id": made.id, "guild_id": made.guild.id}
        draft = Draft({"content": made.name}, reference=told, type=THREAD_CREATED)
        posting.post(sim, parent, owner, draft)
    return made


def start_from(sim: Simulation, message: Message, owner: User, body: dict) -> Channel:
    """A thread under a message, whose id it shares: THREAD_CREATE, MESSAGE_UPDATE, and a starter message."""
    parent = message.channel
    kind = NEWS_THREAD if parent.type == NEWS else PUBLIC_THREAD
    made = threads.add(sim, parent, str(body["name"]), kind, owner, message.id, **_options(body))
    message.flags |= HAS_THREAD
    posting.announce(sim, "MESSAGE_UPDATE", message)
    draft = Draft({}, reply_to=message, reference=posting.reference(message), type=STARTER_MESSAGE)
    posting.post(sim, made, owner, draft)
    return made


def forum_post(sim: Simulation, parent: Channel, author: User, body: dict, draft: Draft) -> Message:
    """A thread in a forum, with its first message, whose id it shares."""
    check_thread(body)
    draft.message_id = sim.world.ids.next()
    made = threads.add(sim, parent, str(body["name"]), PUBLIC_THREAD, author, draft.message_id, **_options(body))
    return posting.post(sim, made, author, draft)


def invite(sim: Simulation, channel: Channel, who: User, by: User) -> None:
    """A user is put into a thread by another one: THREAD_MEMBERS_UPDATE and a message that mentions them."""
    if who.id in channel.thread.members:
        return
    threads.join(sim, channel, who)
    posting.post(sim, channel, by, Draft({}, mentions=[who], type=RECIPIENT_ADD))


def rename(sim: Simulation, channel: Channel, name: str, by: User) -> None:
    """A thread gets another name: THREAD_UPDATE and a message."""
    if name == channel.name:
        return
    threads.change(sim, channel, name=name)
    posting.post(sim, channel, by, Draft({"content": name}, type=NAME_CHANGE))
