"""What strangers learn of switches that came from an app where nobody could see them: nothing of private members."""

import itertools
import json

import pytest

from models import Switch
from rules.errors import NotAllowed, NotFound
from rules.fronting import front_breakdown, front_history, past_switches, switches
from rules.parsing.timestamps import show_time
from rules.parsing.uuids import format_uuid
from rules.proxying import statistics
from rules.systems import member_list, members, overviews, systems
from rules.transfer import importer
from rules.transfer.import_file import File, FileMember

ALICE, BOB = 80351110224678912, 80351110224678914
BEGIN, HOUR_US = 1_700_000_000_000_000, 3_600_000_000
PUBLIC, PRIVATE = 0, 1
# Who fronts after each hour, by place; and which of these a stranger sees, as whom.
LOGS = {
    "private alone": ([(PRIVATE,), (), (PRIVATE,), ()], []),
    "private alone, still": ([(PRIVATE,)], []),
    "nobody at first": ([(), (PRIVATE,), (PUBLIC,)], [(2, (PUBLIC,))]),
    "private between": ([(PUBLIC,), (PRIVATE,), (PUBLIC,)], [(0, (PUBLIC,)), (1, ()), (2, (PUBLIC,))]),
    "private comes and goes": ([(PUBLIC,), (PUBLIC, PRIVATE), (PUBLIC,), ()], [(0, (PUBLIC,)), (3, ())]),
    "private first": ([(PRIVATE, PUBLIC), (PUBLIC, PRIVATE), (PRIVATE,)], [(0, (PUBLIC,)), (2, ())]),
}


@pytest.fixture
def take(write):
    """Alice's system gets Pat, public, and Quin, private, who fronted so by a file of another app."""

    def run(log, app="Simply Plural"):
        listed = [
            FileMember("Pat", {"name": "Pat", "visibility": False}, {}, source="1"),
            FileMember("Quin", {"name": "Quin", "visibility": True}, {}, source="2"),
        ]
        file = File(listed, [(BEGIN + n * HOUR_US, fronting) for n, fronting in enumerate(log)], app=app)
        running = importer.Import(ALICE, file)
        for rule, args in running.steps():
            write(rule, *args)

    return run


@pytest.fixture
def ask(read):
    """Everything that tells of switches, as a viewer gets it: `latest`, `v1`, `v2`, `cards` and so on."""

    def find(viewer):
        def look(session):
            system = systems.get_account_system(session, ALICE)
            hid, now = system.hid, BEGIN + 100 * HOUR_US
            rules = {
                "front of v1": lambda: switches.show_fronters(session, hid, viewer),
                "history of v1": lambda: front_history.show_switches(session, hid, viewer),
                "front of v2": lambda: show_past(past_switches.find_seen_latest(session, system, viewer)),
                "history of v2": lambda: [show_past(one) for one in past_switches.list_seen(session, system, viewer)],
                "history": lambda: front_history.show_history(session, system, viewer),
                "count": lambda: front_history.count_switches(session, system, viewer),
                "card": lambda: overviews.get_overview(session, system, viewer),
                "breakdown": lambda: front_breakdown.get_front_breakdown(session, system, viewer, BEGIN, now),
                "flat": lambda: front_breakdown.get_front_breakdown(session, system, viewer, BEGIN, now, flat=True),
                "list": lambda: member_list.list_members(
                    session, system, viewer, member_list.Options(last_fronted=True)
                ),
            }
            told = {}
            for name, rule in rules.items():
                try:
                    told[name] = rule()
                except (NotAllowed, NotFound) as refused:
                    told[name] = repr(refused)
            return told

        return read(look)

    return find


def show_past(past):
    return past and {"at": past.timestamp, "members": [one.name for one in past.members], "id": format_uuid(past.uuid)}


def as_names(told):
    return [(one["at"], one["members"]) for one in told]


@pytest.mark.parametrize("log", LOGS)
def test_a_stranger_sees_as_if_there_were_no_private_member(take, ask, log):
    listed, seen = LOGS[log]
    take(listed)
    told = ask(BOB)
    wanted = [(BEGIN + hour * HOUR_US, ["Pat"] if fronting else []) for hour, fronting in reversed(seen)]
    assert as_names(told["history of v2"]) == wanted
    assert [(one["timestamp"], len(one["members"])) for one in told["history of v1"]] == [
        (show_time(at), len(names)) for at, names in wanted
    ]
    assert [(one["timestamp"], [who["name"] for who in one["members"]]) for one in told["history"]] == wanted
    assert told["count"] == len(wanted)
    assert told["history"] == [] or told["history"][-1]["until"] == (wanted[-2][0] if len(wanted) > 1 else None)
    assert (told["front of v2"] and (told["front of v2"]["at"], told["front of v2"]["members"])) == (
        wanted[0] if wanted else None
    )
    assert "Quin" not in json.dumps(told)


@pytest.mark.parametrize("log", LOGS)
def test_it_is_told_as_a_system_would_be_that_never_had_them(take, ask, read, log):
    """Word for word: what is told of it is what would be told if the private member were in no switch."""
    listed, seen = LOGS[log]
    take(listed)
    told = ask(None)
    total = sum(
        HOUR_US * ((seen[number + 1][0] if number + 1 < len(seen) else 100) - hour)
        for number, (hour, fronting) in enumerate(seen)
        if fronting
    )
    for name in ("breakdown", "flat"):
        rows = {row["member"] and row["member"]["name"]: row["us"] for row in told[name]["rows"]}
        assert rows.get("Pat", 0) == total
        assert told[name]["since"] == (BEGIN + seen[0][0] * HOUR_US if seen else told[name]["until"])


def test_the_owner_sees_all_of_it(take, ask):
    listed, _ = LOGS["private comes and goes"]
    take(listed)
    told = ask(ALICE)
    assert [len(one["members"]) for one in told["history of v2"]] == [0, 1, 2, 1]
    assert "Quin" in json.dumps(told["history"])


def test_of_pluralkits_own_files_all_is_seen_as_there(take, ask):
    take([(PRIVATE,), (PUBLIC,)], app="PluralKit")
    assert as_names(ask(BOB)["history of v2"]) == [(BEGIN + HOUR_US, ["Pat"]), (BEGIN, ["Quin"])]


@pytest.mark.parametrize("log", LOGS)
@pytest.mark.parametrize("setting", ["front_privacy", "front_history_privacy"])
def test_with_a_private_front_the_newest_that_would_be_seen_is_not(take, ask, write, log, setting):
    listed, seen = LOGS[log]
    take(listed)
    write(systems.edit_system, ALICE, {setting: "private"})
    told = ask(BOB)
    if setting == "front_history_privacy":
        assert told["history of v2"].startswith("NotAllowed")
        return
    assert [at for at, _ in as_names(told["history of v2"])] == [BEGIN + hour * HOUR_US for hour, _ in seen[-2::-1]]
    assert len(told["history of v1"]) == len(told["history"]) == max(0, len(seen) - 1)


def test_no_switch_that_is_not_seen_is_found_by_its_id(take, read, write):
    listed, seen = LOGS["private comes and goes"]
    take(listed)
    for number, at in enumerate(range(BEGIN, BEGIN + 4 * HOUR_US, HOUR_US)):

        def get(session, at=at):
            system = systems.get_account_system(session, ALICE)
            uuid = session.query(Switch.uuid).filter_by(timestamp=at).scalar()
            return past_switches.get_seen(session, system, BOB, format_uuid(uuid))

        if number in dict(seen):
            assert [one.name for one in read(get).members] == ["Pat"] * len(dict(seen)[number])
        else:
            with pytest.raises(NotFound):
                read(get)


def test_a_switch_that_is_logged_here_shows_whom_it_names(take, ask, read, write):
    take([(PRIVATE,)])
    quin = read(lambda s: members.get_own_member(s, ALICE, find(s, "Quin")).hid)
    pat = read(lambda s: members.get_own_member(s, ALICE, find(s, "Pat")).hid)
    write(switches.log_switch, ALICE, [quin, pat])
    assert [names for _, names in as_names(ask(BOB)["history of v2"])] == [["Quin", "Pat"]]


def find(session, name):
    return session.query(members.Member.hid).filter_by(name=name).scalar()


def test_making_a_member_public_shows_where_they_were(take, ask, read, write):
    take([(PRIVATE,), ()])
    assert as_names(ask(BOB)["history of v2"]) == []
    write(members.edit_member, ALICE, read(find, "Quin"), {"visibility": "public"})
    assert as_names(ask(BOB)["history of v2"]) == [(BEGIN + HOUR_US, []), (BEGIN, ["Quin"])]


def test_counts_of_all_systems_hold_no_such_switch(take, read):
    take([(PRIVATE,), ()])
    assert read(statistics.count_public).switches == 0


CASES = list(itertools.product([(), (PUBLIC,), (PUBLIC, PRIVATE)], repeat=2))


@pytest.mark.parametrize(("first", "second"), CASES)
def test_each_pair_of_switches_is_told_by_its_public_part(take, ask, first, second):
    take([first, second])
    shown, before = [], ()
    for hour, fronting in enumerate((first, second)):
        seen = tuple(one for one in fronting if one == PUBLIC)
        if seen != before:
            shown.append((BEGIN + hour * HOUR_US, ["Pat"] * len(seen)))
        before = seen
    assert as_names(ask(BOB)["history of v2"]) == shown[::-1]
