"""pluralkit.py, unchanged but for the base URL, tells whole stories over API v2."""

import asyncio

import pytest
from pluralkit import v2
from pluralkit.v2 import client as pluralkit_client

from rules.systems import members
from tests.clients.conftest import ALICE, CHANNEL, GUILD, MESSAGE, ORIGINAL

# It warns of each key that came to the API after it.
pytestmark = pytest.mark.filterwarnings("ignore:unexpected key")
NOON = v2.Timestamp(year=2021, month=1, day=1, hour=12)


@pytest.fixture
def tell(about, monkeypatch):
    """Run a story with the owner's client and a stranger's."""
    monkeypatch.setattr(pluralkit_client, "SERVER", f"{about['url']}/v2")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    return lambda story: asyncio.run(story(v2.Client(about["token"]), v2.Client()))


async def names(listed):
    return [one.name async for one in listed]


def test_a_program_keeps_members(tell, about):
    async def story(own, stranger):
        system = await own.update_system(description="Many.", color="ff8800", front_privacy="private")
        assert (system.name, system.description, system.front_privacy) == ("Foxes", "Many.", v2.Privacy.PRIVATE)
        assert (await stranger.get_system(ALICE)).id.id == about["system"]
        ann = await own.new_member(
            "Ann",
            color="blue",
            birthday=v2.Birthday(year=2004, month=7, day=11),
            proxy_tags=[v2.ProxyTag("a:", None), v2.ProxyTag("[", "]")],
            description_privacy=v2.Privacy.PRIVATE,
        )
        assert str(ann.color) == "0000ff"
        assert [tag.json() for tag in ann.proxy_tags] == [
            {"prefix": "a:", "suffix": None},
            {"prefix": "[", "suffix": "]"},
        ]
        changed = await own.update_member(ann, description="Tall.", pronouns=None, keep_proxy=True)
        assert (changed.id.id, changed.description, changed.keep_proxy) == (ann.id.id, "Tall.", True)
        seen = await stranger.get_member(ann.id)
        assert (seen.description, seen.created, seen.description_privacy) == (None, ann.created, None)
        bea = await own.new_member("Bea", visibility=v2.Privacy.PRIVATE)
        assert await names(own.get_members()) == ["Ann", "Bea"]
        assert await names(stranger.get_members(about["system"])) == ["Ann"]
        await own.delete_member(bea.id)
        with pytest.raises(v2.MemberNotFound, match="20002"):
            await own.get_member(bea.id)
        with pytest.raises(v2.GenericBadRequest):
            await own.update_member(ann, avatar_url="nowhere")

    tell(story)


def test_a_program_keeps_groups(tell, about):
    async def story(own, stranger):
        ann, bea = await own.new_member("Ann"), await own.new_member("Bea")
        tall = await own.new_group("Tall", description="All who are.", color="00ff00")
        quiet = await own.new_group("Quiet", list_privacy=v2.Privacy.PRIVATE)
        assert (str(tall.color), quiet.list_privacy) == ("00ff00", v2.Privacy.PRIVATE)
        await own.add_group_members(tall.id, [ann, bea])
        await own.remove_group_members(tall.id, [bea])
        await own.set_group_members(quiet.id, [bea])
        await own.add_member_groups(ann.id, [quiet])
        assert await names(own.get_group_members(tall.id)) == ["Ann"]
        assert await names(own.get_group_members(quiet.id)) == ["Ann", "Bea"]
        assert await names(own.get_member_groups(ann.id)) == ["Tall", "Quiet"]
        await own.remove_member_groups(ann.id, [quiet])
        await own.set_member_groups(ann.id, [])
        assert await names(own.get_member_groups(ann.id)) == []
        assert (await own.update_group(tall, display_name="The Tall")).display_name == "The Tall"
        assert await names(own.get_groups()) == ["Tall", "Quiet"]
        with pytest.raises(v2.NotOwnGroup):
            await names(stranger.get_group_members(quiet.id))
        await own.delete_group(quiet.id)
        with pytest.raises(v2.GroupNotFound):
            await own.get_group(quiet.id)

    tell(story)


def test_a_program_logs_switches(tell, write):
    async def story(own, stranger):
        ann, bea = await own.new_member("Ann"), await own.new_member("Bea")
        # It writes longer IDs with a hyphen, wherever they stand.
        write(lambda session: setattr(members.get_member(session, bea.id.id), "hid", "abcdef"))
        first = await own.new_switch([ann, v2.MemberId("abcdef")], NOON)
        assert ([one.name for one in first.members], first.timestamp) == (["Ann", "Bea"], NOON)
        second = await own.new_switch([bea])
        assert await names(own.get_fronters()) == ["Bea"]
        switches = [one async for one in own.get_switches()]
        assert [str(one.id) for one in switches] == [str(second.id), str(first.id)]
        assert [one.id for one in switches[1].members] == [ann.id.id, "abc-def"]
        assert [str(one.id) async for one in own.get_switches(before=second.timestamp, limit=5)] == [str(first.id)]
        earlier = v2.Timestamp(year=2020, month=12, day=31)
        changed = await own.update_switch(first.id, members=[v2.MemberId("abc-def")], timestamp=earlier)
        assert ([one.name for one in changed.members], changed.timestamp) == (["Bea"], earlier)
        assert (await own.get_switch(first.id)).timestamp == earlier
        await own.delete_switch(second)
        with pytest.raises(v2.SwitchNotFound):
            await own.get_switch(second.id)
        with pytest.raises(v2.GenericBadRequest):
            await own.new_switch([bea])

    tell(story)


def test_a_program_changes_settings(tell):
    async def story(own, stranger):
        ann = await own.new_member("Ann")
        changed = await own.update_system_settings(timezone="Europe/Berlin", latch_timeout=600, pings_enabled=False)
        assert (changed.timezone.json(), changed.latch_timeout, changed.group_limit) == ("Europe/Berlin", 600, 250)
        assert (await own.get_system_settings()).pings_enabled is False
        server = await own.update_system_guild_settings(GUILD, tag="| here", tag_enabled=False)
        assert (server.tag, server.tag_enabled, server.proxying_enabled) == ("| here", False, True)
        assert (await own.get_system_guild_settings(GUILD)).tag == "| here"
        there = await own.update_member_guild_settings(GUILD, ann, display_name="Annie")
        assert (there.display_name, there.avatar_url) == ("Annie", None)
        assert (await own.get_member_guild_settings(GUILD, ann.id)).display_name == "Annie"
        mode = await own.update_autoproxy_settings(GUILD, v2.AutoproxyMode.MEMBER, autoproxy_member=ann)
        assert (mode.autoproxy_mode, mode.autoproxy_member) == ("member", ann.id.id)
        await own.update_autoproxy_settings(GUILD, v2.AutoproxyMode.LATCH)
        assert (await own.get_autoproxy_settings(GUILD)).autoproxy_mode == "latch"

    tell(story)


def test_a_program_finds_out_who_sent_a_message(tell, spoken):
    async def story(_, stranger):
        for wanted in (MESSAGE, ORIGINAL):
            found = await stranger.get_message(wanted)
            assert (found.id, found.original, found.sender) == (MESSAGE, ORIGINAL, ALICE)
            assert (found.channel, found.guild) == (CHANNEL, GUILD)
            assert (found.member.id.id, found.system.id.id) == (spoken["member"], spoken["system"])
        with pytest.raises(v2.MessageNotFound):
            await stranger.get_message(ALICE)

    tell(story)


@pytest.mark.long
@pytest.mark.parametrize("limits", [{"RATE_LIMIT": "5/second", "V2_GET_LIMIT": "5/second"}])
def test_a_program_in_a_hurry_waits_and_gets_all_of_it(tell, about, limits):
    async def story(own, _):
        for _ in range(12):
            assert (await own.get_system()).id.id == about["system"]

    tell(story)
