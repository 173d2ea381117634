"""How much is kept here, of what strangers may see: the number of what is private would tell that there is some."""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import Member, Switch, System
from rules.systems import members
from rules.systems.soft_delete import is_within_reach


@dataclass(frozen=True, slots=True)
class Statistics:
    """Counts over all systems; `messages` are those that public members, whose counts are public, have had proxied."""

    systems: int
    members: int
    switches: int
    messages: int


def count_public(session: Session) -> Statistics:
    """The counts of what anybody can see. It reads all members and switches once."""
    within = is_within_reach(System.hid)
    seen = (
        select(func.count(), func.coalesce(func.sum(Member.message_count).filter(~Member.metadata_privacy), 0))
        .join(System, System.id == Member.system_id)
        .where(within, ~System.member_list_privacy, ~Member.visibility, members.is_listed())
    )
    count, messages = session.execute(seen.select_from(Member)).one()
    switches = select(func.count()).select_from(Switch).join(System, System.id == Switch.system_id)
    # Whether strangers see one that an import brought depends on who is in it.
    seen_by_all = ~Switch.hides_private
    return Statistics(
        session.scalar(select(func.count()).select_from(System).where(within)),
        count,
        session.scalar(switches.where(within, ~System.front_privacy, ~System.front_history_privacy, seen_by_all)),
        messages,
    )
