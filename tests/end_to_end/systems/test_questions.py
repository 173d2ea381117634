"""Questions that wait for an answer while other things happen."""

from collections.abc import Callable

import pytest

from simulator.client import Simulator
from tests.end_to_end.system_owner import SystemOwner

STRANGER = {"id": "77", "username": "odd", "discriminator": "0", "avatar": None}
MESSAGE = {"id": "99", "author": STRANGER, "content": "x", "type": 0, "attachments": [], "embeds": []}


ODD = (
    {"channel_id": "5", "author": None},
    {"channel_id": None},
    {"channel_id": "5", "content": None},
    {"channel_id": "5", "guild_id": "1"},
)


@pytest.mark.parametrize("parts", ODD, ids=str)
def test_an_odd_message_of_somebody_else_ends_no_open_question(
    system_owner: Callable[..., SystemOwner], discord: Simulator, parts: dict
):
    owner = system_owner("Zed")
    hid = owner.member("Zed")["id"]
    owner.say("pk;member Zed delete", "to confirm")
    discord.dispatch("MESSAGE_CREATE", {**MESSAGE, **parts})
    owner.say(hid, "deleted")
    assert owner.members == []
