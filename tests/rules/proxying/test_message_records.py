"""Who sent which proxied message."""

import pytest
from sqlalchemy import event, text

from models import Message
from rules.account import erasure
from rules.errors import NotAllowed, NotFound
from rules.proxying import message_records
from rules.systems import members, systems

ALICE, ALEX, BOB = 80351110224678912, 80351110224678913, 80351110224678914
CHANNEL, GUILD = 41771983423143937, 2909267986263572999
# Discord's own example of a snowflake: 2016-04-30 11:18:25.796 UTC.
MESSAGE, ORIGINAL, LATER = 175928847299117063, 175928847299117000, 175928847299119999


@pytest.fixture
def ann(write):
    """Ann, of Alice's system; a message of hers has been proxied."""
    write(systems.create_system, ALICE, {"name": "Foxes"})
    member = write(members.create_member, ALICE, {"name": "Ann", "description": "Tall", "privacy": "private"})
    write(message_records.record_message, ALICE, member.id, MESSAGE, ORIGINAL, CHANNEL, GUILD)
    return member


@pytest.mark.parametrize("message_id", [MESSAGE, ORIGINAL])
def test_a_message_is_found_by_either_of_its_ids(read, ann, message_id):
    shown = read(message_records.show_message, message_id, ALICE)
    assert list(shown) == ["timestamp", "id", "original", "sender", "channel", "system", "member", "guild"]
    assert shown == {
        "timestamp": "2016-04-30T11:18:25.796000Z",
        "id": "175928847299117063",
        "original": "175928847299117000",
        "sender": "80351110224678912",
        "channel": "41771983423143937",
        "system": read(lambda session: systems.show_system(session, systems.get_own_system(session, ALICE).hid, ALICE)),
        "member": read(members.show_member, ann.hid, ALICE),
        "guild": "2909267986263572999",
    }


@pytest.mark.parametrize("viewer", [None, BOB])
def test_others_see_system_and_member_as_they_would_elsewhere(write, read, ann, viewer):
    write(systems.create_system, BOB)
    shown = read(message_records.show_message, MESSAGE, viewer)
    assert (shown["member"]["name"], shown["member"]["description"], shown["member"]["privacy"]) == ("Ann", None, None)
    assert shown["member"] == read(members.show_member, ann.hid, viewer)
    assert shown["system"]["front_privacy"] is None


@pytest.mark.parametrize(
    ("message_id", "timestamp"),
    [
        (0, "2015-01-01T00:00:00.000000Z"),
        (1 << 22, "2015-01-01T00:00:00.001000Z"),
        ((1 << 22) - 1, "2015-01-01T00:00:00.000000Z"),
        (2**63 - 1, "2084-09-06T15:47:35.551000Z"),
    ],
)
def test_the_time_is_the_messages_own(write, read, ann, message_id, timestamp):
    write(message_records.record_message, ALICE, ann.id, message_id, ORIGINAL + 7, 1, None)
    shown = read(message_records.show_message, message_id, None)
    assert (shown["timestamp"], shown["guild"]) == (timestamp, None)


@pytest.mark.parametrize("message_id", [0, 1, ORIGINAL - 1, MESSAGE + 1, ALICE, 41771983423143937, 2**63 - 1])
def test_no_other_number_finds_it(read, ann, message_id):
    with pytest.raises(NotFound, match="Message not found"):
        read(message_records.show_message, message_id, ALICE)


def test_a_proxied_message_that_somebody_proxied_again_is_found_by_its_own_id_first(write, read, ann):
    write(message_records.record_message, ALICE, ann.id, LATER, MESSAGE, 1, None)
    assert read(message_records.show_message, MESSAGE, None)["id"] == str(MESSAGE)
    assert read(message_records.show_message, LATER, None)["original"] == str(MESSAGE)


@pytest.mark.parametrize(
    ("happens", "refusal", "says"),
    [
        (lambda write, ann: write(systems.unlink_account, ALICE, ALEX), NotAllowed, "This account is not linked"),
        (lambda write, ann: write(erasure.forget, ALEX), NotAllowed, "You asked to be forgotten"),
        (lambda write, ann: write(members.delete_member, ALICE, ann.hid), NotFound, "Member not found"),
    ],
    ids=["unlinked", "forgotten", "deleted"],
)
def test_what_happened_meanwhile_keeps_a_message_from_being_recorded(write, read, ann, happens, refusal, says):
    write(systems.link_account, ALICE, ALEX)
    happens(write, ann)
    with pytest.raises(refusal, match=says):
        write(message_records.record_message, ALEX, ann.id, LATER, LATER - 1, 1, None)
    with pytest.raises(NotFound, match="Message not found"):
        read(message_records.show_message, LATER, None)


def test_strangers_record_nothing_and_a_second_time_changes_nothing(write, read, ann):
    before = read(message_records.show_message, MESSAGE, None)
    with pytest.raises(NotAllowed):
        write(message_records.record_message, BOB, ann.id, LATER, LATER - 1, 1, None)
    write(message_records.record_message, ALICE, ann.id, MESSAGE, LATER, 1, None)
    assert read(message_records.show_message, MESSAGE, None) == before


def test_a_deleted_member_takes_the_records_along(write, read, ann):
    write(members.delete_member, ALICE, ann.hid)
    for message_id in (MESSAGE, ORIGINAL):
        with pytest.raises(NotFound):
            read(message_records.show_message, message_id, ALICE)


def test_a_member_that_is_deleted_in_the_middle_of_a_read_spoils_nothing(database, write, ann):
    asked = []
    with database.read() as session:

        @event.listens_for(session, "do_orm_execute")
        def delete_after_the_first(_statement):
            asked.append(1)
            if len(asked) == 2:
                write(members.delete_member, ALICE, ann.hid)

        assert message_records.show_message(session, MESSAGE, ALICE)["member"]["name"] == "Ann"


def test_the_record_of_a_deleted_system_tells_nobody_who_sent_it(write, read, ann):
    assert read(message_records.get_record, ORIGINAL).sender_id == ALICE
    write(systems.delete_system, ALICE)
    for message_id in (MESSAGE, ORIGINAL):
        with pytest.raises(NotFound):
            read(message_records.get_record, message_id)


def last_of(user_id, channel_id=CHANNEL, after_s=60):
    """The arguments that ask for the last record, some time after the message."""
    return (
        message_records.get_last_record,
        user_id,
        channel_id,
        (MESSAGE >> 22) + message_records.DISCORD_EPOCH_MS + after_s * 1000,
    )


def test_who_may_change_a_message_and_who_may_take_it_back(write, read, ann):
    write(systems.link_account, ALICE, ALEX)
    write(systems.create_system, BOB)
    for rule in (message_records.get_own_record, message_records.get_sent_record):
        for user_id, message_id in ((ALICE, MESSAGE), (ALEX, MESSAGE), (ALICE, ORIGINAL)):
            assert read(rule, user_id, message_id).id == MESSAGE
        with pytest.raises(NotAllowed, match="This message was not sent by your system"):
            read(rule, BOB, MESSAGE)
        with pytest.raises(NotFound):
            read(rule, ALICE, LATER)
    assert read(*last_of(ALICE)).id == MESSAGE
    # Whoever has left the system speaks for its members no more, not even with a new system.
    write(systems.unlink_account, ALEX, ALICE)
    write(systems.create_system, ALICE)
    with pytest.raises(NotAllowed):
        read(message_records.get_own_record, ALICE, MESSAGE)
    with pytest.raises(NotFound, match="You have no proxied message"):
        read(*last_of(ALICE))
    assert read(message_records.get_sent_record, ALICE, MESSAGE).id == MESSAGE
    assert read(message_records.get_own_record, ALEX, MESSAGE).id == MESSAGE


def test_the_last_message_of_an_account_in_a_channel(write, read, ann):
    for user_id, channel_id, after_s in ((ALEX, CHANNEL, 60), (ALICE, 1, 60), (ALICE, CHANNEL, 601)):
        with pytest.raises(NotFound):
            read(*last_of(user_id, channel_id, after_s))
    # The other files of a message are no messages of their own.
    for message_id, original_id in (
        (LATER + 3, LATER),
        (LATER + 4, LATER),
        (LATER + 5, LATER + 1),
        (LATER + 6, LATER + 1),
    ):
        write(message_records.record_message, ALICE, ann.id, message_id, original_id, CHANNEL, GUILD)
    assert read(*last_of(ALICE)).id == LATER + 5
    assert read(message_records.get_record, LATER).id == LATER + 3
    assert read(message_records.show_message, LATER, None)["id"] == str(LATER + 3)


def test_the_messages_of_a_channel_that_is_gone_are_forgotten_in_steps(write, read, ann):
    gone, empty = 7, 8
    for number in range(5):
        write(message_records.record_message, ALICE, ann.id, LATER + number, ORIGINAL + number, gone, GUILD)
    assert not write(message_records.purge_channels)
    assert read(message_records.find_recorded_channels, [gone, empty, CHANNEL]) == [gone, CHANNEL]
    for _ in range(2):
        write(message_records.note_gone_channels, [gone, empty])
    left = []
    while write(message_records.purge_channels, 2):
        left.append(len(read(message_records.find_recorded, range(LATER, LATER + 5))))
    assert left[:4] == [3, 1, 0, 0]
    assert read(message_records.find_recorded_channels, [gone, empty, CHANNEL]) == [CHANNEL]
    assert read(message_records.get_record, MESSAGE).id == MESSAGE


def test_a_channel_is_purged_by_an_index(database):
    with database.read() as session:
        plan = session.execute(text("EXPLAIN QUERY PLAN SELECT id FROM messages WHERE channel_id = 7 LIMIT 1")).all()
    assert "ix_messages_channel_id" in str(plan)


@pytest.fixture
def at(monkeypatch):
    """Let the rules take it for some time, in ms."""
    return lambda now: monkeypatch.setattr(message_records, "now_ms", lambda: now)


def test_who_sent_a_deleted_message_is_told_as_before_until_its_time_is_over(write, read, ann, at):
    write(message_records.record_message, ALICE, ann.id, LATER, LATER - 1, CHANNEL, GUILD)
    before = {viewer: read(message_records.show_message, MESSAGE, viewer) for viewer in (ALICE, BOB, None)}
    at(1_000_000)
    write(message_records.note_deleted, [MESSAGE, 5], 60)
    # Whoever is told twice keeps it no longer.
    at(1_059_999)
    write(message_records.note_deleted, [MESSAGE], 60)
    for viewer, shown in before.items():
        for message_id in (MESSAGE, ORIGINAL):
            assert read(message_records.show_message, message_id, viewer) == shown
    assert read(message_records.get_record, ORIGINAL).sender_id == ALICE
    for rule in (message_records.get_own_record, message_records.get_sent_record):
        with pytest.raises(NotFound, match="was deleted"):
            read(rule, ALICE, MESSAGE)
    assert read(message_records.find_recorded, [MESSAGE, LATER]) == [LATER]
    assert not write(message_records.purge_deleted)
    at(1_060_000)
    for rule, *viewer in ((message_records.get_record,), (message_records.show_message, ALICE)):
        with pytest.raises(NotFound, match="Message not found"):
            read(rule, MESSAGE, *viewer)
        assert read(rule, LATER, *viewer)
    assert not write(message_records.purge_deleted)
    assert read(lambda session: [row.id for row in session.query(Message)]) == [LATER]


def test_deleted_messages_go_in_steps_and_by_an_index(database, write, read, ann, at):
    ids = [LATER + number for number in range(5)]
    for message_id in ids:
        write(message_records.record_message, ALICE, ann.id, message_id, message_id - 100, CHANNEL, GUILD)
    at(0)
    write(message_records.note_deleted, ids, 1)
    at(1000)
    assert [write(message_records.purge_deleted, 2) for _ in range(3)] == [True, True, False]
    assert read(lambda session: [row.id for row in session.query(Message)]) == [MESSAGE]
    with database.read() as session:
        plan = session.execute(text("EXPLAIN QUERY PLAN SELECT id FROM messages WHERE forget_at <= 7 LIMIT 1")).all()
    assert "ix_messages_forget_at" in str(plan)


def test_an_original_whose_first_copy_was_deleted_is_found_by_one_that_stands(write, read, ann):
    write(message_records.record_message, ALICE, ann.id, LATER, ORIGINAL, CHANNEL, GUILD)
    write(message_records.note_deleted, [MESSAGE], 60)
    assert read(message_records.get_record, ORIGINAL).id == LATER
    assert read(message_records.show_message, ORIGINAL, None)["id"] == str(LATER)
    assert read(message_records.get_record, MESSAGE).id == MESSAGE


@pytest.mark.parametrize("goes", ["the member", "the system", "the sender", "the channel"])
def test_what_takes_a_record_takes_that_of_a_deleted_message_too(write, read, ann, goes):
    write(message_records.note_deleted, [MESSAGE], 60)
    if goes == "the member":
        write(members.delete_member, ALICE, ann.hid)
    elif goes == "the system":
        write(systems.delete_system, ALICE)
    elif goes == "the sender":
        write(erasure.forget, ALICE)
    else:
        write(message_records.note_gone_channels, [CHANNEL])
        assert write(message_records.purge_channels)
    for asked in (MESSAGE, ORIGINAL):
        with pytest.raises(NotFound):
            read(message_records.show_message, asked, ALICE)


def test_the_last_message_of_a_channel_is_one_that_stands(write, read, ann):
    write(message_records.record_message, ALICE, ann.id, LATER, LATER - 1, CHANNEL, GUILD)
    write(message_records.note_deleted, [LATER], 60)
    assert read(*last_of(ALICE)).id == MESSAGE


def test_a_number_that_can_be_no_id_costs_nothing_of_what_stands_beside_it(write, read, ann):
    huge = 2**63
    assert read(message_records.find_recorded, [huge, MESSAGE]) == [MESSAGE]
    assert read(message_records.find_recorded_channels, [huge, CHANNEL]) == [CHANNEL]
    write(message_records.note_deleted, [huge, MESSAGE], 0)
    assert read(message_records.find_recorded, [MESSAGE]) == []
    with pytest.raises(NotFound):
        read(message_records.get_record, huge)
