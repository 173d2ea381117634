"""What is kept of a message that was proxied, and what finding a speech costs."""

import sqlite3
from contextlib import contextmanager

import pytest
from sqlalchemy import select

from models import Autoproxy, Member, ProxyTagIndex, Switch, System
from rules.errors import NotAllowed, NotFound
from rules.fronting import front_history, switches
from rules.proxying import autoproxy, message_records
from rules.proxying.decision import IncomingMessage, decide
from rules.proxying.recording import PostedProxy, record_post, record_posts
from rules.systems import config, members, soft_delete, systems
from tests.rules.transfer.import_samples import pluralkit, run_import

ALICE, BOB = 80351110224678912, 80351110224678914
GUILD, CHANNEL, THREAD = 2909267986263572999, 41771983423143937, 41771983423143999
# Discord's own example of a snowflake.
MESSAGE, ORIGINAL = 175928847299117063, 175928847299117000
NOW = 1_795_262_400_000_000


@pytest.fixture
def pair(write):
    """Ann and Ben, of Alice's system."""
    write(systems.create_system, ALICE, {"name": "Foxes"})
    return [write(members.create_member, ALICE, {"name": name, "prefix": f"{name[0]}:"}) for name in ("Ann", "Ben")]


@pytest.fixture
def speak(read, write, pair):
    """Find a speech, and record that it was posted."""

    def run(text="A:hello", message_id=MESSAGE, now_us=NOW):
        incoming = IncomingMessage(ALICE, GUILD, THREAD, CHANNEL, text)
        post = read(decide, incoming, now_us)
        write(record_post, post, incoming, message_id, message_id - 1, now_us)
        return post

    return run


@pytest.fixture
def look(read):
    """A row of a table as it is now."""
    return lambda table, key: read(lambda session: session.get(table, key))


def history(read, pair):
    """Who fronted by name, the newest first."""
    names = {member.hid: member.name for member in pair}
    system = read(systems.get_own_system, ALICE)
    return [[names[hid] for hid in s["members"]] for s in read(front_history.show_switches, system.hid, ALICE)]


def test_a_speech_is_recorded_and_counted(read, speak, look, pair):
    ann, ben = pair
    speak()
    assert read(message_records.show_message, MESSAGE, ALICE) == read(message_records.show_message, MESSAGE - 1, ALICE)
    shown = read(message_records.show_message, MESSAGE, ALICE)
    assert [shown[key] for key in ("id", "original", "sender", "channel", "guild")] == [
        *(str(MESSAGE), str(MESSAGE - 1), str(ALICE), str(THREAD), str(GUILD))
    ]
    assert shown["member"]["id"] == ann.hid
    assert (look(Member, ann.id).message_count, look(Member, ann.id).last_message_at) == (1, NOW)
    speak(message_id=MESSAGE + 2, now_us=NOW + 5)
    assert (look(Member, ann.id).message_count, look(Member, ann.id).last_message_at) == (2, NOW + 5)
    assert (look(Member, ben.id).message_count, look(Member, ben.id).last_message_at) == (0, None)


def test_the_messages_with_the_rest_of_the_files_are_recorded_and_not_counted(read, write, look, pair):
    incoming = IncomingMessage(ALICE, GUILD, CHANNEL, CHANNEL, "A:hello")
    post = read(decide, incoming, NOW)
    more = MESSAGE + 5, MESSAGE + 6
    assert write(record_posts, [PostedProxy(post, incoming, MESSAGE, ORIGINAL, NOW, more)]) == [None]
    shown = {asked: read(message_records.show_message, asked, None)["id"] for asked in (MESSAGE, *more, ORIGINAL)}
    assert shown == {MESSAGE: str(MESSAGE), more[0]: str(more[0]), more[1]: str(more[1]), ORIGINAL: str(MESSAGE)}
    assert read(message_records.get_record, ORIGINAL).id == MESSAGE
    assert look(Member, pair[0].id).message_count == 1
    write(systems.link_account, ALICE, BOB)
    write(systems.unlink_account, BOB, ALICE)
    (refused,) = write(record_posts, [PostedProxy(post, incoming, MESSAGE + 9, ORIGINAL + 9, NOW, (MESSAGE + 10,))])
    assert isinstance(refused, NotAllowed)
    assert read(message_records.find_recorded, [MESSAGE + 9, MESSAGE + 10]) == []


def test_a_tag_and_a_latched_message_renew_the_latch(write, speak, look, pair):
    ann, ben = pair
    key = (ann.system_id, GUILD)
    write(autoproxy.set_mode, ALICE, GUILD, "latch")
    for number, (text, member) in enumerate([("A:hi", ann), ("hi", ann), ("B:hi", ben), ("hi", ben)]):
        post = speak(text, MESSAGE + 2 * number, NOW + number)
        assert (post.member_id, post.text) == (member.id, "hi")
        assert (look(Autoproxy, key).member_id, look(Autoproxy, key).latched_at) == (member.id, NOW + number)


@pytest.mark.parametrize("mode", ["off", "front", "member", None])
def test_other_modes_have_no_latch_to_renew(write, speak, look, pair, mode):
    ann, ben = pair
    if mode:
        write(autoproxy.set_mode, ALICE, GUILD, mode, ben.hid if mode == "member" else None)
    before = look(Autoproxy, (ann.system_id, GUILD))
    speak()
    after = look(Autoproxy, (ann.system_id, GUILD))
    assert (before and before.member_id, mode) == (after and after.member_id, after and after.mode)


def test_a_mode_that_was_changed_meanwhile_stays(read, write, look, pair):
    ann, ben = pair
    write(autoproxy.set_mode, ALICE, GUILD, "latch")
    incoming = IncomingMessage(ALICE, GUILD, CHANNEL, CHANNEL, "A:hello")
    post = read(decide, incoming, NOW)
    write(autoproxy.set_mode, ALICE, GUILD, "member", ben.hid)
    write(record_post, post, incoming, MESSAGE, ORIGINAL, NOW)
    stored = look(Autoproxy, (ann.system_id, GUILD))
    assert (stored.mode, stored.member_id, stored.latched_at) == ("member", ben.id, None)


@pytest.mark.parametrize(
    ("setting", "fronting", "after"),
    [
        ("off", [], []),
        ("off", [["Ben"]], [["Ben"]]),
        ("new", [], [["Ann"]]),
        ("new", [["Ben"]], [["Ann"], ["Ben"]]),
        ("new", [["Ben", "Ann"]], [["Ben", "Ann"]]),
        ("new", [["Ann"], []], [["Ann"], [], ["Ann"]]),
        ("add", [], [["Ann"]]),
        ("add", [["Ben"]], [["Ben", "Ann"], ["Ben"]]),
        ("add", [["Ann", "Ben"]], [["Ann", "Ben"]]),
        ("add", [["Ann"], ["Ben"]], [["Ben", "Ann"], ["Ben"], ["Ann"]]),
    ],
)
def test_a_speech_switches_where_the_system_asks_for_it(read, write, speak, pair, setting, fronting, after):
    hids = {member.name: member.hid for member in pair}
    for names in fronting:
        write(switches.log_switch, ALICE, [hids[name] for name in names])
    write(config.edit_config, ALICE, {"proxy_switch": setting})
    speak()
    assert history(read, pair) == after
    speak(message_id=MESSAGE + 2)
    assert history(read, pair) == after


def test_a_front_that_is_full_keeps_nobody_from_speaking(read, write, speak, look, pair, monkeypatch):
    monkeypatch.setattr(switches, "MOST_FRONTERS", 1)
    write(switches.log_switch, ALICE, [pair[1].hid])
    write(config.edit_config, ALICE, {"proxy_switch": "add"})
    speak()
    assert history(read, pair) == [["Ben"]]
    assert look(Member, pair[0].id).message_count == 1
    assert read(message_records.show_message, MESSAGE, None)["id"] == str(MESSAGE)


@pytest.mark.parametrize(
    ("happens", "refusal"),
    [
        (lambda write, ann: write(members.delete_member, ALICE, ann.hid), NotFound),
        (lambda write, ann: write(systems.unlink_account, ALICE, ALICE), NotAllowed),
    ],
    ids=["deleted", "unlinked"],
)
def test_what_happened_meanwhile_keeps_a_speech_from_being_recorded(read, write, pair, happens, refusal):
    write(systems.link_account, ALICE, BOB)
    write(autoproxy.set_mode, ALICE, GUILD, "latch")
    write(config.edit_config, ALICE, {"proxy_switch": "new"})
    incoming = IncomingMessage(ALICE, GUILD, CHANNEL, CHANNEL, "A:hello")
    post = read(decide, incoming, NOW)
    happens(write, pair[0])
    with pytest.raises(refusal):
        write(record_post, post, incoming, MESSAGE, ORIGINAL, NOW)
    assert read(autoproxy.get_mode, BOB, GUILD) == ("latch", None)
    assert read(lambda session: session.scalar(select(Switch.id))) is None
    with pytest.raises(NotFound):
        read(message_records.show_message, MESSAGE, None)


@contextmanager
def traced(connection):
    """What SQLite is asked meanwhile, with values filled in."""
    asked = []
    connection.set_trace_callback(asked.append)
    try:
        yield asked
    finally:
        connection.set_trace_callback(None)


@pytest.fixture
def steps(database):
    """The steps of SQLite's plans for all that a rule asks."""

    def run(door, rule, *args):
        with door() as reader:
            raw = reader if isinstance(reader, sqlite3.Connection) else reader.connection().connection.driver_connection
            with traced(raw) as asked:
                rule(reader, *args)
            rows = [row for sql in asked for row in raw.execute(f"EXPLAIN QUERY PLAN {sql}").fetchall()]
            # As older SQLites put it.
            return [row[3].replace("TABLE ", "", 1) for row in rows]

    return run


@pytest.mark.parametrize("mode", ["off", "front", "latch", "member", None])
@pytest.mark.parametrize("text", ["A:hello", "hello"])
def test_neither_finding_nor_recording_a_speech_looks_at_everybodys_rows(database, write, steps, pair, mode, text):
    if mode:
        write(autoproxy.set_mode, ALICE, GUILD, mode, pair[0].hid if mode == "member" else None)
    write(autoproxy.renew_latch, pair[0].system_id, GUILD, pair[0].id, NOW)
    write(switches.log_switch, ALICE, [pair[1].hid])
    write(config.edit_config, ALICE, {"proxy_switch": "add"})
    incoming = IncomingMessage(ALICE, GUILD, THREAD, CHANNEL, text)
    asked = steps(database.read_inline, decide, incoming, NOW)
    assert len(asked) > 5
    with database.read() as session:
        post = decide(session, IncomingMessage(ALICE, GUILD, THREAD, CHANNEL, "A:hello"), NOW)
    asked += steps(database.write, record_post, post, incoming, MESSAGE, ORIGINAL, NOW)
    # To SQLite, the signs of the text itself are a table.
    scans = {step for step in asked if step.startswith("SCAN")}
    assert len(scans) == 1
    assert " VIRTUAL " in scans.pop()
    assert "SEARCH tag_signs USING PRIMARY KEY (system_id=? AND sign=?)" in asked
    assert [step for step in asked if "members" in step and "ix_members_matching" in step]


def test_silence_is_one_question_and_a_speech_two(database, pair):
    for user_id, text, count in ((ALICE, "hello", 1), (BOB, "A:hello", 1), (ALICE, "A:hello", 2)):
        with database.read_inline() as connection, traced(connection) as asked:
            decide(connection, IncomingMessage(user_id, GUILD, THREAD, CHANNEL, text), NOW)
        assert len(asked) == count, asked


@pytest.fixture
def kept_signs(read):
    """Which signs the file keeps, and of whom."""
    columns = select(System.hid, ProxyTagIndex.sign, Member.name)
    joined = columns.join(Member, Member.id == ProxyTagIndex.member_id).join(
        System, System.id == ProxyTagIndex.system_id
    )
    return lambda: sorted(tuple(row) for row in read(lambda session: session.execute(joined).all()))


def test_the_signs_follow_members_wherever_these_go(read, write, pair, kept_signs):
    ann, ben = pair
    foxes = read(systems.get_own_system, ALICE).hid
    assert kept_signs() == [(foxes, "^A", "Ann"), (foxes, "^B", "Ben")]
    write(members.edit_member, ALICE, ann.hid, {"proxy_tags": [{"suffix": "-a"}, {"suffix": "=a"}, {"prefix": " a"}]})
    assert kept_signs() == [(foxes, "", "Ann"), (foxes, "$a", "Ann"), (foxes, "^B", "Ben")]
    write(members.edit_member, ALICE, ann.hid, {"name": "Anna"})
    write(members.delete_member, ALICE, ben.hid)
    assert kept_signs() == [(foxes, "", "Anna"), (foxes, "$a", "Anna")]
    file = [{"name": name, "proxy_tags": [{"prefix": sign}]} for name, sign in (("Anna", "["), ("Cid", "🦊"))]
    run_import(write, ALICE, pluralkit(file))
    assert kept_signs() == [(foxes, "^[", "Anna"), (foxes, "^🦊", "Cid")]
    assert read(decide, IncomingMessage(ALICE, GUILD, THREAD, CHANNEL, "🦊hello"), NOW).name == "Cid"
    write(systems.delete_system, ALICE)
    while write(soft_delete.purge_some):
        pass
    assert read(lambda session: session.scalars(select(ProxyTagIndex.member_id)).all()) == []
