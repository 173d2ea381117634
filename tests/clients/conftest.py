"""What programs of others need: the real app on loopback, a system to tell of, and Node with what npm brings."""

import pytest

from rules.proxying import message_records
from rules.systems import members, systems
from tests.clients.node import modules, node_environ, run_node
from tests.web.front.served import Served
from web.front.worker import front_of

__all__ = ["modules", "node_environ", "run_node"]

ALICE, GUILD, CHANNEL = 80351110224678912, 175928847299117050, 175928847299117051
MESSAGE, ORIGINAL = 175928847299117063, 175928847299117000


@pytest.fixture
def limits():
    """The settings of the app that are not as in other tests."""
    return {}


@pytest.fixture
def about(make_app, write, token_of, limits):
    """Alice's system Foxes as a client is told of it: where it is, and her token."""
    own = write(systems.create_system, ALICE, {"name": "Foxes"})
    served = Served(front_of(make_app(**limits)))
    yield {
        "url": f"http://127.0.0.1:{served.port}",
        "token": token_of(ALICE),
        "system": own.hid,
        "guild": str(GUILD),
        "sender": str(ALICE),
    }
    served.stop()


@pytest.fixture
def spoken(about, write):
    """The same, with one proxied message of Zoe's."""
    zoe = write(members.create_member, ALICE, {"name": "Zoe"})
    write(message_records.record_message, ALICE, zoe.id, MESSAGE, ORIGINAL, CHANNEL, GUILD)
    return {**about, "member": zoe.hid, "message": str(MESSAGE), "original": str(ORIGINAL)}
