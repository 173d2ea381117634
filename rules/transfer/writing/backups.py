"""Backups that come by themselves: who wants their system's file by DM, how often, and whose turn it is."""

import random
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Backup
from rules.errors import Invalid
from rules.parsing.timestamps import now_ms
from rules.systems import systems

_HOUR_MS = 3600 * 1000
_DAY_MS = 24 * _HOUR_MS
OFF, WEEKLY, MONTHLY = "off", "weekly", "monthly"
PERIODS_MS = {WEEKLY: 7 * _DAY_MS, MONTHLY: 30 * _DAY_MS}
# So that those who asked on the same evening do not all get theirs at once.
_SPREAD_MS = 6 * _HOUR_MS
# Whoever sends one has so long; if it ends meanwhile, another tries.
_LEASE_MS = _HOUR_MS
_RETRY_MS = _DAY_MS
# After so long without one that arrived nobody is tried any more, who may have gone.
_GIVE_UP_MS = 14 * _DAY_MS
# When one is due that is not tried any more.
_NEVER = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Schedule:
    """How often somebody gets a backup; when next, and since when it fails, in ms since 1970.

    Without a next one, but with a word other than `off`, it failed for so long that it is not tried any more.
    """

    every: str
    due_at: int | None = None
    failed_at: int | None = None

    @property
    def is_given_up(self) -> bool:
        """Whether nobody tries any more, until it is asked for again."""
        return self.every != OFF and self.due_at is None


def find_schedule(session: Session, user_id: int) -> Schedule:
    """What an account has asked for. Raises NotAuthenticated without a system."""
    systems.get_own_system(session, user_id)
    found = session.get(Backup, user_id)
    return _show(found) if found else Schedule(OFF)


def schedule(session: Session, user_id: int, every: object, *, first_now: bool = False) -> Schedule:
    """Ask for a backup to this account `weekly`, or `monthly` for every 30 days, or for none by `off`.

    The first comes after that time; with `first_now` as soon as may be, where none came before, or none any more.
    Raises Invalid for another word, and NotAuthenticated without a system.
    """
    systems.get_own_system(session, user_id)
    if not isinstance(every, str) or every not in (OFF, *PERIODS_MS):
        raise Invalid("Say `weekly`, `monthly` or `off`.")
    found = session.get(Backup, user_id)
    if every == OFF:
        if found:
            session.delete(found)
        return Schedule(OFF)
    begins = not found or _show(found).is_given_up
    if begins or found.every != every:
        due_at = now_ms() if first_now and begins else _find_next(every)
        found = session.merge(Backup(user_id=user_id, every=every, due_at=due_at, failed_at=None))
    return _show(found)


def find_due(session: Session) -> bool:
    """Whether it is somebody's turn; for a reader, so that nobody takes the lock in vain."""
    return session.scalar(select(Backup.user_id).where(Backup.due_at <= now_ms()).limit(1)) is not None


def take_due(session: Session) -> int | None:
    """Whose turn it is, the longest waiting first; it is nobody else's for an hour, in no process. None: nobody's.

    `note_sent` or `note_failed` must follow; without, the next try is after that hour.
    """
    due = select(Backup).where(Backup.due_at <= now_ms()).order_by(Backup.due_at, Backup.user_id).limit(1)
    found = session.scalar(due)
    if found is None:
        return None
    found.due_at = now_ms() + _LEASE_MS
    return found.user_id


def note_sent(session: Session, user_id: int) -> None:
    """The file has arrived: the next one is due when the time is over again, however late this one was."""
    if found := session.get(Backup, user_id):
        found.due_at, found.failed_at = _find_next(found.every), None


def note_failed(session: Session, user_id: int) -> None:
    """It could not be sent: the next try is in a day; after two weeks of that there is none."""
    if found := session.get(Backup, user_id):
        found.failed_at = found.failed_at or now_ms()
        gives_up = now_ms() - found.failed_at >= _GIVE_UP_MS
        found.due_at = _NEVER if gives_up else now_ms() + _RETRY_MS


def _show(found: Backup) -> Schedule:
    return Schedule(found.every, None if found.due_at == _NEVER else found.due_at, found.failed_at)


def _find_next(every: str) -> int:
    return now_ms() + PERIODS_MS[every] + random.randrange(_SPREAD_MS)
