"""Which switches of a file a system has already, also where another program rounded their times; and where both mix."""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import Switch, SwitchMember
from rules.transfer.import_file import FileSwitch

# What is imported of switches beside existing ones: all, only those before the first that is there, or none.
ALL, BEFORE, NONE = "all", "before", "none"
WAYS = (ALL, BEFORE, NONE)
SECOND_US = 1_000_000
# Those of one instant in a file follow each other by 1 µs.
_ROUNDED_US = 1_000


def find_first(session: Session, system_id: int | None) -> int | None:
    """When the first switch of a system was, in µs; None without one."""
    return session.scalar(select(func.min(Switch.timestamp)).where(Switch.system_id == system_id))


def is_wanted(timestamp: int, way: str, first: int | None) -> bool:
    """Whether a switch of the file is imported in one of WAYS, where the system's first is at an instant in µs."""
    return way == ALL or first is None or (way == BEFORE and timestamp < first)


def find_known(
    session: Session,
    system_id: int,
    chunk: Sequence[FileSwitch],
    rows: Mapping[int, int],
    claimed: set[int],
) -> dict[int, int]:
    """Which switches of a part of a file are there already, by their place in it, and as which.

    At the same time; or with the same members less than a second apart, where either time is rounded to seconds.
    `rows` are the numbers of the file's members by their places; whatever is found is `claimed`, and nothing twice.
    """
    first, last = chunk[0][0] - SECOND_US, chunk[-1][0] + SECOND_US
    own = select(Switch.timestamp, Switch.id).where(Switch.system_id == system_id)
    here = dict(session.execute(own.where(Switch.timestamp.between(first, last))).all())
    known = {place: here[at] for place, (at, _) in enumerate(chunk) if at in here}
    claimed.update(known.values())
    near = _find_near(chunk, here, known, claimed)
    fronting = _find_fronting(session, {number for numbers in near.values() for number in numbers})
    for place, numbers in near.items():
        wanted = [rows.get(member) for member in chunk[place][1]]
        found = next((one for one in numbers if one not in claimed and fronting.get(one, []) == wanted), None)
        if found:
            known[place] = found
            claimed.add(found)
    return known


def _find_near(
    chunk: Sequence[FileSwitch], here: Mapping[int, int], known: Collection[int], claimed: Collection[int]
) -> dict[int, list[int]]:
    times, near = sorted(at for at, number in here.items() if number not in claimed), {}
    for place, (at, _) in enumerate(chunk) if times else ():
        if place in known:
            continue
        around = times[bisect_right(times, at - SECOND_US) : bisect_left(times, at + SECOND_US)]
        possible = [here[time] for time in around if _is_rounded(at) or _is_rounded(time)]
        if possible:
            near[place] = possible
    return near


def _is_rounded(at: int) -> bool:
    return at % SECOND_US < _ROUNDED_US


def _find_fronting(session: Session, numbers: Collection[int]) -> dict[int, list[int]]:
    fronting: dict[int, list[int]] = defaultdict(list)
    if numbers:
        rows = select(SwitchMember.switch_id, SwitchMember.member_id).where(SwitchMember.switch_id.in_(numbers))
        for switch_id, member_id in session.execute(rows.order_by(SwitchMember.switch_id, SwitchMember.position)):
            fronting[switch_id].append(member_id)
    return fronting
