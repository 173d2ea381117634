"""The plural side of the tour: one of its people is a system, whose members switch and speak, for ever."""

import asyncio
import base64
from collections.abc import Iterator
from contextlib import closing
from itertools import cycle
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

import config as settings
from database import connections
from models import Switch
from rules.account import kv
from rules.errors import NotFound, Refused
from rules.fronting import past_switches
from rules.groups import groups, membership
from rules.pictures import formats, kept_files
from rules.presence import fronting
from rules.proxying.message_records import record_message
from rules.systems import guild_settings, members, systems

PERSON, PERSON_ID = "alice", 217648390152847360
NAME = "The Garden"
SYSTEM_ID = "exmpl"
ROWAN, JUNIPER, MOSS = "lmnop", "abcde", "fghij"
MEMBERS = {
    ROWAN: {"name": "Rowan", "pronouns": "they/them", "color": "2e7d32", "proxy_tags": [{"prefix": "R:"}]},
    JUNIPER: {"name": "Juniper", "description": "Waters the plants.", "proxy_tags": [{"prefix": "J:"}]},
    MOSS: {"name": "Moss", "birthday": "2001-03-20", "proxy_tags": [{"prefix": "[", "suffix": "]"}]},
}
GARDENERS = "tuvwx"
UUIDS = {
    hid: UUID(text).bytes
    for hid, text in {
        SYSTEM_ID: "6f0c2a4e-95d1-4b7a-8c3e-2d1f5a9b7e60",
        ROWAN: "b4a1f7c2-3d5e-4f60-9a8b-7c6d5e4f3a21",
        JUNIPER: "2e9d8c7b-6a5f-4e3d-8c2b-1a0f9e8d7c6b",
        MOSS: "91c5e7a3-0b2d-4f6e-9d8c-3b5a7f1e2d4c",
        GARDENERS: "d3f2b1a0-8e7c-4d6b-a5f4-c3e2d1b0a9f8",
    }.items()
}
SWITCH_UUID = UUID("7a3e5c1d-2b4f-4a6d-8e9c-0f1b3d5a7c9e").bytes
# 2023-10-17T17:30:00Z, before the message and whatever else happens.
SWITCHED_US = 1_697_563_800_000_000
MESSAGE_ID, ORIGINAL_ID = 1163892047215738901, 1163892045173837824
CHANNEL_ID, GUILD_ID = 1163892047966519318, 1163892047215738900
# Rowan's avatar, 8 x 8 pixels.
PICTURE = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAgAAAAIAQMAAAD+wSzIAAAAA1BMVEUufTLH7wALAAAAC0lEQVR42mNgQAUAABAAAaoZ+IIAAAAASUVORK5CYII="
)
SECONDS_BETWEEN = 8.0
SWITCH, SPEAK = True, False
SCENES = (
    (SPEAK, "R:The tomatoes are coming along."),
    (SPEAK, "J:Did somebody water the basil?"),
    (SWITCH, "switch Juniper Rowan"),
    (SPEAK, "J:I did, just now."),
    (SPEAK, "[It rained anyway.]"),
    (SWITCH, "switch Moss"),
    (SPEAK, "[Nobody tells the moss anything.]"),
    (SWITCH, "switch out"),
    (SWITCH, "switch Rowan"),
)


def prepare_system(config: settings.Config) -> None:
    """Put what the examples of /docs name into the tour's file: a system, a message, a key/value pair and a picture."""
    picture = kept_files.store(kept_files.get_folder(config.database_url), PICTURE, formats.check_picture("", PICTURE))
    with closing(connections.open_database(config.database_url)) as database, database.write() as session:
        # Whoever typed .forget in an earlier tour meant it.
        try:
            fill(session, kept_files.make_address(config.public_url, picture))
        except Refused:
            session.rollback()


def fill(session: Session, avatar_url: str) -> None:
    """The same for the rows; what an earlier tour left stays as it is. Raises what its rules raise."""
    if not systems.find_own_system(session, PERSON_ID):
        system = systems.create_system(session, PERSON_ID, {"name": NAME, "tag": "🌱", "tz": "Europe/Zurich"})
        system.hid, system.uuid = SYSTEM_ID, UUIDS[SYSTEM_ID]
        fronting.set_shown(session, PERSON_ID, True)
    for hid, fields in MEMBERS.items():
        try:
            members.get_member(session, hid)
        except NotFound:
            member = members.create_member(session, PERSON_ID, fields)
            member.hid, member.uuid = hid, UUIDS[hid]
    members.edit_member(session, PERSON_ID, ROWAN, {"avatar_url": avatar_url})
    fill_group(session)
    if not session.scalar(select(Switch.id).where(Switch.uuid == SWITCH_UUID)):
        logged = past_switches.log_switch(session, PERSON_ID, [ROWAN], SWITCHED_US)
        session.execute(update(Switch).where(Switch.uuid == logged.uuid).values(uuid=SWITCH_UUID))
    juniper = members.get_member(session, JUNIPER)
    record_message(session, PERSON_ID, juniper.id, MESSAGE_ID, ORIGINAL_ID, CHANNEL_ID, GUILD_ID)
    guild_settings.edit_system(session, PERSON_ID, GUILD_ID, {"tag": "🌿"})
    guild_settings.edit_member(session, PERSON_ID, JUNIPER, GUILD_ID, {"display_name": "June"})
    kv.set_value(session, PERSON_ID, "city", "Bern")


def fill_group(session: Session) -> None:
    """The group, with two of the members. Raises what its rules raise."""
    try:
        groups.get_group(session, GARDENERS)
    except NotFound:
        group = groups.create_group(session, PERSON_ID, {"name": "Gardeners", "color": "2e7d32"})
        group.hid, group.uuid = GARDENERS, UUIDS[GARDENERS]
    membership.change_members(session, PERSON_ID, GARDENERS, [ROWAN, JUNIPER], "add")


class TourSystem:
    """The system, as somebody types for it. The simulated Discord runs without a rate limit, and so does this."""

    def __init__(self, config: settings.Config, simulator: Any) -> None:
        self.prefix = next(iter(config.system_prefixes), "")
        self._simulator, self._channel = simulator, None

    async def live(self) -> None:
        """Play the scenes until cancelled, in a channel of their own; what fails is left out."""
        self._channel = await asyncio.to_thread(self._simulator.add_channel, "garden")
        for line in self._lines():
            await asyncio.sleep(SECONDS_BETWEEN)
            await asyncio.to_thread(self._say, line)

    def _lines(self) -> Iterator[str]:
        for is_switch, line in cycle(SCENES):
            yield f"{self.prefix}{line}" if is_switch else line

    def _say(self, line: str) -> None:
        from simulator.client import SimulatorError

        try:
            self._simulator.say_and_wait(PERSON, line, channel=self._channel)
        except SimulatorError:
            # It is being started again, or stopped.
            return
