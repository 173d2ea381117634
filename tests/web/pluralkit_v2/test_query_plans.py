"""How much a read of v2 asks of the file: nothing is scanned, and more rows are no more questions."""

import pytest
from sqlalchemy import event
from sqlalchemy.pool import Pool

from rules.fronting import past_switches
from rules.groups import groups, membership
from rules.parsing.uuids import format_uuid
from rules.proxying import message_records
from rules.systems import guild_settings, members, systems

ALICE, BOB = 80351110224678912, 80351110224678913
MESSAGE, GUILD = 175928847299117063, 41771983423143937
READS = (
    *("/systems/{system}", f"/systems/{ALICE}", "/systems/{system}/settings", "/systems/{system}/oembed.json"),
    *("/systems/{system}/members", "/systems/{system}/groups", "/systems/{system}/groups?with_members=true"),
    *("/systems/{system}/fronters", "/systems/{system}/switches", "/systems/{system}/switches/{switch}"),
    "/systems/{system}/switches?before=2100-01-01T00:00:00Z&limit=3",
    *("/systems/{system}/guilds/{guild}", "/systems/{system}/autoproxy?guild_id={guild}"),
    *("/members/{member}", "/members/{member}/groups", "/members/{member}/guilds/{guild}"),
    *("/members/{member}/oembed.json", "/groups/{group}", "/groups/{group}/members", "/groups/{group}/oembed.json"),
    "/messages/{message}",
)


@pytest.fixture
def foxes(write):
    """Alice's system with Ann, who is in a group and fronts; what paths name."""
    system = write(systems.create_system, ALICE)
    ann = write(members.create_member, ALICE, {"name": "Ann"})
    tall = write(groups.create_group, ALICE, {"name": "Tall"})
    write(membership.change_members, ALICE, tall.hid, [ann.hid], "add")
    write(guild_settings.edit_system, ALICE, GUILD, {"tag": "| F"})
    write(guild_settings.edit_member, ALICE, ann.hid, GUILD, {"display_name": "Annie"})
    write(message_records.record_message, ALICE, ann.id, MESSAGE, MESSAGE - 1, 5, GUILD)
    switch = write(past_switches.log_switch, ALICE, [ann.hid])
    ids = {"system": system.hid, "member": ann.hid, "group": tall.hid, "switch": format_uuid(switch.uuid)}
    return {**ids, "message": MESSAGE, "guild": GUILD}


@pytest.fixture
def grow(write, foxes):
    """Add members, groups and switches."""

    def run():
        more = [write(members.create_member, ALICE, {"name": f"Fox {number}"}).hid for number in range(5)]
        tall = [write(groups.create_group, ALICE, {"name": f"Tall {number}"}).hid for number in range(5)]
        write(membership.change_members, ALICE, foxes["group"], more, "add")
        write(membership.change_groups, ALICE, foxes["member"], tall, "add")
        write(past_switches.replace_members, ALICE, foxes["switch"], [foxes["member"], *more])
        for hid in more:
            write(past_switches.log_switch, ALICE, [hid, foxes["member"]])

    return run


@pytest.fixture
def statements():
    """What the file was asked since the last call, with values filled in."""
    asked = []

    def trace(connection, *_):
        connection.set_trace_callback(asked.append)

    def take():
        taken = [sql for sql in asked if sql.startswith(("SELECT", "WITH"))]
        asked.clear()
        return taken

    event.listen(Pool, "checkout", trace)
    yield take
    event.remove(Pool, "checkout", trace)


def test_no_read_scans_a_table_or_asks_more_where_there_is_more(client, foxes, grow, token_of, statements):
    connection, before = client.application.extensions["database"].own_connection(), {}
    tokens = (token_of(ALICE), token_of(BOB), None)
    for _ in range(2):
        for path in READS:
            for token in tokens:
                statements()
                code = client.get(f"/v2{path.format(**foxes)}", headers={"Authorization": token} if token else {})
                assert code.status_code == 200 or token != tokens[0], path
                asked = statements()
                assert asked or (path, token) == ("/members/{member}/guilds/{guild}", None)
                steps = [row[3] for sql in asked for row in connection.execute(f"EXPLAIN QUERY PLAN {sql}")]
                assert [step for step in steps if step.startswith("SCAN")] == [], path
                assert before.setdefault((path, token), len(asked)) == len(asked), path
        grow()
