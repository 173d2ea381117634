"""What nobody can reach: systems that are being deleted a little at a time, or being built."""

import itertools

import pytest
from sqlalchemy import func, insert, select

from models import Account, Autoproxy, Member, Message, Switch, SwitchMember, System
from rules.account import tokens
from rules.errors import Invalid, NotAuthenticated, NotFound
from rules.fronting import switches
from rules.proxying import message_records
from rules.systems import members, soft_delete, systems

ALICE, BOB = 80351110224678912, 80351110224678914
TABLES = (System, Account, Member, Switch, SwitchMember, Message, Autoproxy)


@pytest.fixture
def settle(write):
    """Somebody's system of two members with some switches, a message and autoproxy."""

    def run(user_id, message_id):
        system = write(systems.create_system, user_id)
        pair = [write(members.create_member, user_id, {"name": name}) for name in ("Ann", "Ben")]
        for fronting in (pair, [], pair[:1], []):
            write(switches.log_switch, user_id, [member.hid for member in fronting])
        write(message_records.record_message, user_id, pair[1].id, message_id, message_id - 1, 7, 8)
        row = {"system_id": system.id, "guild_id": 8, "mode": "member", "member_id": pair[0].id}
        write(lambda session: session.execute(insert(Autoproxy), [row]))
        return system, pair

    return run


@pytest.fixture
def counts(read):
    """How many rows each table has."""
    return lambda: [read(lambda s, t=table: s.scalar(select(func.count()).select_from(t))) for table in TABLES]


@pytest.fixture
def put_away(write):
    """Put a user's system out of reach."""
    return lambda user_id: write(lambda s: soft_delete.put_out_of_reach(s, systems.get_own_system(s, user_id)))


def test_what_is_out_of_reach_is_nowhere(write, read, settle, put_away, token_of):
    foxes, pair = settle(ALICE, 600)
    token = token_of(ALICE)
    settle(BOB, 500)
    put_away(ALICE)
    assert read(systems.find_own_system, ALICE) is None
    gone = [(systems.get_system, foxes.hid), (systems.get_account_system, ALICE)]
    gone += [(systems.get_system, f"{sign}{foxes.id}") for sign in "+-"]
    gone += [(members.get_member, hid) for member in pair for hid in (member.hid, f"-{member.id}")]
    gone += [(message_records.show_message, number, viewer) for number in (600, 599) for viewer in (None, ALICE, BOB)]
    for find, *asked in gone:
        with pytest.raises(NotFound):
            read(find, *asked)
    with pytest.raises(NotAuthenticated):
        write(switches.log_switch, ALICE, [])
    with pytest.raises(Invalid, match="not found"):
        write(switches.log_switch, BOB, [f"-{pair[0].id}"])
    assert read(message_records.show_message, 500, None)["id"] == "500"
    assert read(tokens.find_caller, token).user_id == ALICE


def test_who_put_a_system_away_may_begin_anew_at_once(write, read, settle, put_away, counts):
    settle(ALICE, 600)
    put_away(ALICE)
    settle(ALICE, 700)
    while write(soft_delete.purge_some):
        pass
    assert counts() == [1, 1, 2, 4, 3, 1, 1]
    assert read(message_records.show_message, 700, None)["id"] == "700"


@pytest.mark.parametrize("rows", [1, 2, 3, 100])
def test_purging_takes_all_of_it_in_steps_and_nothing_else(write, settle, put_away, counts, rows):
    settle(BOB, 500)
    one = counts()
    for number in range(2):
        settle(ALICE, 600 + 10 * number)
        put_away(ALICE)
    steps = [counts()]
    while write(soft_delete.purge_some, rows):
        steps.append(counts())
        assert len(steps) < 50
    assert counts() == one == [1, 1, 2, 4, 3, 1, 1]
    assert len(steps) > (10 if rows == 1 else 6)
    # Two members at most front at once here.
    taken = [sum(before[3:6]) - sum(after[3:6]) for before, after in itertools.pairwise(steps)]
    assert max(taken) <= 2 * rows + 2


def test_there_is_nothing_to_purge_of_those_in_reach(write, settle, counts):
    settle(ALICE, 600)
    before = counts()
    assert write(soft_delete.purge_some) is False
    assert counts() == before


def test_what_is_being_built_stays_until_it_is_abandoned(write, read, settle, counts):
    settle(BOB, 500)
    before = counts()

    def build(session):
        for number in range(3):
            system = soft_delete.add_out_of_reach(session, soft_delete.BUILDING)
            hid = soft_delete.out_of_reach_hid(soft_delete.BUILDING, 1000 + number)
            session.add(Member(system_id=system.id, hid=hid, name="Ann", created=0))

    write(build)
    assert write(soft_delete.purge_some) is False
    for hid in ("+1000", "+2", "+"):
        with pytest.raises(NotFound):
            read(members.get_member, hid)
        with pytest.raises(NotFound):
            read(systems.get_system, hid)
    assert counts()[:3] == [4, 1, 5]
    write(soft_delete.abandon_all)
    while write(soft_delete.purge_some):
        pass
    assert counts() == before


def test_a_system_that_is_abandoned_is_being_deleted_with_all_its_members(write, read):
    def build(session):
        system = soft_delete.add_out_of_reach(session, soft_delete.BUILDING)
        hids = [f"{soft_delete.out_of_reach_hid(soft_delete.BUILDING, system.id)}.{number}" for number in range(2)]
        session.add_all(Member(system_id=system.id, hid=hid, name="Ann", created=0) for hid in hids)

    write(build)
    write(soft_delete.abandon_all)
    for table, count in ((System, 1), (Member, 2)):
        rows = read(lambda session, table=table: session.execute(select(table.hid, table.id)).all())
        assert len(rows) == count
        assert [hid for hid, _ in rows] == [f"-{number}" for _, number in rows]


def test_abandoning_collides_with_nothing_that_is_being_deleted(write, settle, put_away, counts):
    for number in range(3):
        settle(ALICE, 600 + 10 * number)
        put_away(ALICE)
        write(soft_delete.add_out_of_reach, soft_delete.BUILDING)
        write(soft_delete.abandon_all)
    while write(soft_delete.purge_some):
        pass
    assert counts() == [0] * 7
