"""How much is kept: private things are not counted."""

from rules.fronting import switches
from rules.proxying import statistics
from rules.proxying.statistics import Statistics
from rules.systems import members, systems

ALICE, BOB = 80351110224678912, 80351110224678914


def test_only_what_everybody_may_see_is_counted(read, write):
    assert read(statistics.count_public) == Statistics(0, 0, 0, 0)
    for owner in (ALICE, BOB):
        write(systems.create_system, owner, {})
        ann = write(members.create_member, owner, {"name": "Ann"})
        write(members.create_member, owner, {"name": "Ben", "visibility": "private"})
        write(switches.log_switch, owner, [ann.hid])
    assert read(statistics.count_public) == Statistics(2, 2, 2, 0)
    write(systems.edit_system, BOB, {"member_list_privacy": "private", "front_history_privacy": "private"})
    assert read(statistics.count_public) == Statistics(2, 1, 1, 0)
    write(systems.edit_system, ALICE, {"front_privacy": "private"})
    assert read(statistics.count_public) == Statistics(2, 1, 0, 0)


def test_messages_are_counted_where_counts_are_public(read, write):
    write(systems.create_system, ALICE, {})
    ann = write(members.create_member, ALICE, {"name": "Ann"})

    def speak(session):
        members.get_own_member(session, ALICE, ann.hid).message_count = 5

    write(speak)
    assert read(statistics.count_public).messages == 5
    write(members.edit_member, ALICE, ann.hid, {"metadata_privacy": "private"})
    assert read(statistics.count_public) == Statistics(1, 1, 0, 0)
