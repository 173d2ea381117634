"""What was put out of reach goes from the file while the bot runs: what the last run left, and what is deleted now.

So do the records of channels that are gone.
"""

from sqlalchemy import func, select

from database import connections
from database.upgrade import upgrade
from models import Member, Message, Switch, System
from rules.fronting import switches
from rules.parsing import timestamps
from rules.proxying import message_records
from rules.systems import members, soft_delete, systems
from tests.end_to_end.rollcall import until

ALICE, BOB, CHARLIE = 80351110224678912, 90351110224678912, 95351110224678912
MANY = 1500


def fill(session, user_id, many, channel_id=7):
    """A system with many switches and messages."""
    system = systems.create_system(session, user_id)
    ann = members.create_member(session, user_id, {"name": "Ann"})
    session.add_all(Switch(system_id=system.id, timestamp=number) for number in range(many))
    session.add_all(
        Message(id=user_id + n, original_id=user_id - 1 - n, sender_id=user_id, channel_id=channel_id, member_id=ann.id)
        for n in range(many)
    )
    return ann.hid


def count(session):
    return [session.scalar(select(func.count()).select_from(table)) for table in (System, Member, Switch, Message)]


def write(rollcall, rule, *args):
    database = connections.open_database(rollcall.database_url)
    try:
        with database.write() as session:
            return rule(session, *args)
    finally:
        database.close()


def test_what_the_last_run_left_is_deleted_and_nothing_else(alone):
    rollcall = alone()
    upgrade(rollcall.database_url)
    write(rollcall, fill, BOB, 3)
    write(rollcall, fill, ALICE, MANY)
    write(rollcall, systems.delete_system, ALICE)
    write(rollcall, soft_delete.add_out_of_reach, soft_delete.BUILDING)
    write(rollcall, fill, CHARLIE, MANY, 8)
    write(rollcall, message_records.note_gone_channels, [8])
    rollcall.start_bot()
    until(lambda: rollcall.read(count) == [2, 2, MANY + 3, 3])
    assert rollcall.read(systems.find_own_system, BOB)


def test_whoever_is_forgotten_is_gone_at_once_and_then_from_the_file(discord, rollcall, person):
    alice = int(person())
    before = rollcall.read(count)
    ann = write(rollcall, fill, alice, MANY)
    write(rollcall, switches.log_switch, alice, [ann])
    assert rollcall.read(message_records.show_message, alice + MANY - 1, None)["timestamp"] < timestamps.show_time(
        timestamps.now_us()
    )
    discord.say_and_wait(str(alice), ".forget")
    discord.say_and_wait(str(alice), "yes")
    until(lambda: rollcall.read(systems.find_own_system, alice) is None)
    until(lambda: rollcall.read(count) == before)


def test_a_channel_that_is_deleted_takes_its_records_along(discord, proxying_user):
    ann = proxying_user("Ann")
    doomed = discord.add_channel("doomed")
    said = {channel: ann.speak("a:hello", channel=channel)["message"]["id"] for channel in (ann.channel, doomed)}
    threads = [discord.add_thread(ann.id, "talk", channel)["id"] for channel in (ann.channel, doomed)]
    said |= {thread: ann.speak("a:inside", channel=thread)["message"]["id"] for thread in threads}
    gone = lambda: [channel for channel, message_id in said.items() if ann.record(message_id) is None]  # noqa: E731
    discord.delete_thread(threads[0])
    until(lambda: gone() == [threads[0]])
    discord.delete_channel(doomed)
    until(lambda: gone() == [doomed, *threads])
