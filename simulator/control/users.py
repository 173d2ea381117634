"""Verbs for accounts and memberships."""

from datetime import UTC, datetime, timedelta

from simulator import payloads
from simulator.activities import spotify
from simulator.control.guilds import check_new_id, require_member
from simulator.control.verbs import verb
from simulator.errors import Refused
from simulator.guilds import membership
from simulator.simulation import Simulation
from simulator.state.entities import User

LONGEST_TIMEOUT_S = 28 * 86400
_OWN_FIELDS = {"name", "global_name", "avatar", "bot"}


@verb
def add_user(
    sim: Simulation,
    name: str,
    user_id: str | int | None = None,
    global_name: str | None = None,
    bot: bool = False,
    avatar: str | None = None,
    dms: bool = True,
    **raw: object,
) -> str:
    """A new account, in no guild yet; its id. `raw` fields are put into its user object as they are."""
    fields = {"global_name": global_name, "bot": bot, "avatar": avatar, "dms": dms, "extra": raw or None}
    return sim.world.add_user(name, check_new_id(sim, user_id), **fields).id


@verb
def edit_user(sim: Simulation, user: str | int, **changes: object) -> None:
    """Change an account: name, global_name, avatar, bot, or raw fields of its user object."""
    found = sim.world.user(user)
    if "name" in changes and not isinstance(changes["name"], str):
        raise Refused("edit_user: name must be a text.")
    for key in _OWN_FIELDS & set(changes):
        setattr(found, key, changes.pop(key))
    found.extra = (found.extra or {}) | changes
    membership.user_changed(sim, found)


@verb
def refuse_dms(sim: Simulation, user: str | int, yes: bool = True) -> None:
    """Whether a user refuses DMs (50007)."""
    sim.world.user(user).dms = not yes


@verb
def join(sim: Simulation, user: str | int, guild: str | int | None = None, nick: str | None = None) -> None:
    """A user joins a guild."""
    who, where = sim.world.user(user), sim.world.guild(guild)
    if who is sim.world.bot:
        raise Refused("The bot is invited with add_bot.")
    if who.id in where.members:
        raise Refused(f"{who.name} is in {where.name} already.")
    if who.id in where.bans:
        raise Refused(f"{who.name} is banned from {where.name}.")
    membership.join(sim, where, who, nick)


@verb
def leave(sim: Simulation, user: str | int, guild: str | int | None = None) -> None:
    """A user leaves a guild."""
    who, where = sim.world.user(user), sim.world.guild(guild)
    require_member(where, who)
    if who is sim.world.bot:
        raise Refused("The bot is removed with remove_bot.")
    membership.remove(sim, where, who)


@verb
def kick(sim: Simulation, user: str | int, guild: str | int | None = None) -> None:
    """A user is kicked; the gateway tells it like a leaving."""
    leave(sim, user, guild)


@verb
def ban(sim: Simulation, user: str | int, guild: str | int | None = None) -> None:
    """A user is banned."""
    who = sim.world.user(user)
    if who is sim.world.bot:
        raise Refused("The bot is removed with remove_bot.")
    membership.ban(sim, sim.world.guild(guild), who)


@verb
def unban(sim: Simulation, user: str | int, guild: str | int | None = None) -> None:
    """A ban is lifted: GUILD_BAN_REMOVE."""
    who, where = sim.world.user(user), sim.world.guild(guild)
    if who.id not in where.bans:
        raise Refused(f"{who.name} is not banned from {where.name}.")
    where.bans.remove(who.id)
    sim.emit("GUILD_BAN_REMOVE", {"guild_id": where.id, "user": payloads.user(who)}, where)


@verb
def edit_member(sim: Simulation, user: str | int, guild: str | int | None = None, nick: str | None = None) -> None:
    """Change a member's nickname; null takes it away."""
    where = sim.world.guild(guild)
    member = require_member(where, sim.world.user(user))
    member.nick = nick
    membership.member_changed(sim, where, member)


@verb
def time_out(sim: Simulation, user: str | int, seconds: int, guild: str | int | None = None) -> None:
    """Let a member only read for so many seconds, or with 0 write again: GUILD_MEMBER_UPDATE."""
    where = sim.world.guild(guild)
    member = require_member(where, sim.world.user(user))
    if not 0 <= seconds <= LONGEST_TIMEOUT_S:
        raise Refused("A timeout lasts 28 days at most.")
    member.timed_out_until = datetime.now(UTC) + timedelta(seconds=seconds) if seconds else None
    membership.member_changed(sim, where, member)


@verb
def fill(sim: Simulation, guild: str | int | None, count: int, online: float = 0.3, listening: float = 0) -> list:
    """Add many members at once without any event; first and last id.

    `online` is the share that is online, `listening` the share that is online and listens to Spotify.
    """
    where, world = sim.world.guild(guild), sim.world
    if not 1 <= count <= 1_000_000 or not 0 <= listening <= online <= 1:
        raise Refused("fill: count is 1 to 1000000, online a share from 0 to 1, and listening one from 0 to online.")
    ids = []
    for number in range(count):
        user = world.add_user(f"member{len(world.users)}")
        if _is_one_of(number, online):
            user.status, user.client_status = "online", {"desktop": "online"}
            if _is_one_of(int(number * online), listening / online):
                user.activities = [spotify(f"Song {number}")]
        world.add_member(where, user)
        ids.append(user.id)
    return [ids[0], ids[-1]]


def _is_one_of(number: int, share: float) -> bool:
    return int((number + 1) * share) > int(number * share)


@verb
def users(sim: Simulation, guild: str | int | None = None) -> list:
    """The accounts of a guild (or all): id, name, status, whether they take DMs."""
    found = [m.user for m in sim.world.guild(guild).members.values()] if guild else sim.world.users.values()
    return [_summary(user) for user in found]


def _summary(user: User) -> dict:
    return {"id": user.id, "name": user.name, "status": user.status, "bot": user.bot, "dms": user.dms}
