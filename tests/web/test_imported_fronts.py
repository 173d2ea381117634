"""A private member who came with an import of another app: no door tells strangers that they ever fronted."""

import pytest

from models import Member
from rules.parsing.timestamps import show_time
from rules.parsing.uuids import format_uuid
from rules.presence import fronting
from rules.systems import systems
from rules.transfer import importer
from rules.transfer.import_file import File, FileMember

ALICE = 80351110224678912
BEGIN, HOUR_US = 1_700_000_000_000_000, 3_600_000_000
DOORS = (
    *("/v1/s/{system}/fronters", "/v1/s/{system}/switches", "/v1/a/{user}", "/v1/s/{system}/members"),
    *("/v2/systems/{system}/fronters", "/v2/systems/{system}/switches", "/v2/systems/{system}/members"),
    *(
        "/v2/systems/{user}/fronters",
        "/v2/systems/{system}/groups?with_members=true",
        "/user/{user}",
        "/v1/users/{user}",
    ),
)


@pytest.fixture
def bring(write, join):
    """Import of whom there is Pat, public, and Quin, private, those who fronted hour by hour: places in the file."""

    def run(fronted):
        file = File(listed, [(BEGIN + n * HOUR_US, who) for n, who in enumerate(fronted)], app="Simply Plural")
        running = importer.Import(ALICE, file)
        for rule, args in running.steps():
            write(rule, *args)
        write(fronting.set_shown, ALICE, True)

    join(ALICE)
    listed = [
        FileMember("Pat", {"name": "Pat", "visibility": False}, {}),
        FileMember("Quin of the file", {"name": "Quin of the file", "visibility": True}, {}),
    ]
    return run


@pytest.fixture
def told(read, bring):
    """Alice's system, after both have fronted; what names Quin."""
    bring([(), (0,), (0, 1), (1,), (1, 0)])
    quin = read(lambda s: s.query(Member.hid, Member.uuid).filter(Member.name.startswith("Quin")).one())
    return ["Quin", f'"{quin.hid}"', format_uuid(quin.uuid)]


@pytest.mark.parametrize("door", DOORS)
def test_strangers_get_no_byte_of_them(client, read, told, door):
    system = read(lambda s: systems.get_account_system(s, ALICE).hid)
    answer = client.get(door.format(system=system, user=ALICE))
    assert answer.status_code < 500
    assert [secret for secret in told if secret in answer.text] == []


@pytest.mark.parametrize("door", ["/v1/s/{system}/fronters", "/v2/systems/{system}/switches"])
def test_the_owner_gets_all(client, read, told, token_of, door):
    system = read(lambda s: systems.get_account_system(s, ALICE).hid)
    answer = client.get(door.format(system=system, user=ALICE), headers={"Authorization": token_of(ALICE)})
    assert any(secret in answer.text for secret in told)


def test_what_is_left_is_the_public_part_and_what_changes_nothing_is_not_there(client, read, told):
    system = read(lambda s: systems.get_account_system(s, ALICE).hid)
    listed = client.get(f"/v1/s/{system}/switches").json
    assert [len(one["members"]) for one in listed] == [1, 0, 1]
    assert [one["name"] for one in client.get(f"/v1/s/{system}/fronters").json["members"]] == ["Pat"]


def test_a_presence_does_not_say_when_somebody_private_came(client, bring):
    bring([(0,), (), (1,)])
    shown = client.get(f"/user/{ALICE}").json["fronting"]
    assert (shown["members"], shown["since"]) == ([], show_time(BEGIN + HOUR_US))
