"""What systems, members and moderators set for one server; and what belongs to one account alone."""

import pytest

from models import MemberGuild, SystemGuild
from rules.errors import Invalid, NotAllowed, NotAuthenticated, NotFound
from rules.proxying import autoproxy, guild_config
from rules.systems import config, guild_settings, members, soft_delete, systems

ALICE, ALEX, BOB, NOBODY = 80351110224678912, 80351110224678913, 80351110224678914, None
GUILD, OTHER = 2909267986263572999, 2909267986263573000
URL = "https://example.com/a.png"
SYSTEM = {
    "proxy_enabled": True,
    "tag_enabled": True,
    "tag": None,
    "avatar_url": None,
    "name_format": None,
    "display_name": None,
}
MEMBER = {"display_name": None, "avatar_url": None, "keep_proxy": None}


@pytest.fixture
def foxes(write):
    return write(systems.create_system, ALICE, {"tag": "| Foxes"})


@pytest.fixture
def ann(write, foxes):
    return write(members.create_member, ALICE, {"name": "Ann"})


def test_a_system_is_set_for_one_server_and_only_what_is_given(read, write, foxes):
    assert read(guild_settings.see_system, foxes, GUILD, ALICE) == SYSTEM
    expected = dict(SYSTEM)
    for change in (
        {"tag": "x" * 78},
        {"proxy_enabled": False},
        {"avatar_url": URL},
        {"tag_enabled": False, "name_format": "x" * 100},
        {"display_name": "x" * 100},
        {"tag": None, "unknown": 1},
        {"name_format": " ", "proxy_enabled": True},
        {},
    ):
        write(guild_settings.edit_system, ALICE, GUILD, change)
        expected |= {key: None if value == " " else value for key, value in change.items() if key != "unknown"}
        assert read(guild_settings.see_system, foxes, GUILD, ALICE) == expected
    assert read(guild_settings.see_system, foxes, OTHER, ALICE) == SYSTEM


def test_a_member_is_set_for_one_server_and_only_what_is_given(read, write, ann):
    assert read(guild_settings.see_member, ann.hid, GUILD, ALICE) == MEMBER
    expected = dict(MEMBER)
    for change in (
        {"display_name": "x" * 100},
        {"avatar_url": URL},
        {"keep_proxy": True},
        {"keep_proxy": False, "display_name": None},
        {"keep_proxy": None, "avatar_url": ""},
    ):
        write(guild_settings.edit_member, ALICE, ann.hid.upper(), GUILD, change)
        expected |= {key: None if value == "" else value for key, value in change.items()}
        assert read(guild_settings.see_member, ann.hid, GUILD, ALICE) == expected
    assert read(guild_settings.see_member, ann.hid, OTHER, ALICE) == MEMBER


REFUSED = [
    ({"proxy_enabled": None}, "proxy_enabled must be true or false"),
    ({"tag_enabled": "yes"}, "tag_enabled must be true or false"),
    ({"tag": "x" * 79}, "tag must have at most 78 characters; this one has 79"),
    ({"tag": 5}, "tag must be a text"),
    ({"avatar_url": "ftp://example.com"}, "must be an address that starts with http"),
    ({"avatar_url": f"{URL}?{'x' * 256}"}, "avatar_url must have at most 256"),
    ({"name_format": "x" * 101}, "name_format must have at most 100"),
    ({"display_name": "x" * 101}, "display_name must have at most 100"),
]
REFUSED_OF_MEMBERS = [
    ({"display_name": "x" * 101}, "display_name must have at most 100"),
    ({"display_name": "\0"}, "NUL"),
    ({"avatar_url": "here"}, "must be an address that starts with http"),
    ({"keep_proxy": "on"}, "keep_proxy must be true or false"),
]


@pytest.mark.parametrize(("changes", "says"), REFUSED)
def test_what_is_refused_for_a_system_changes_nothing(read, write, foxes, changes, says):
    with pytest.raises(Invalid, match=says):
        write(guild_settings.edit_system, ALICE, GUILD, {"tag": "x", "proxy_enabled": False, **changes})
    assert read(guild_settings.see_system, foxes, GUILD, ALICE) == SYSTEM


@pytest.mark.parametrize(("changes", "says"), REFUSED_OF_MEMBERS)
def test_what_is_refused_for_a_member_changes_nothing(read, write, ann, changes, says):
    with pytest.raises(Invalid, match=says):
        write(guild_settings.edit_member, ALICE, ann.hid, GUILD, {"keep_proxy": True, **changes})
    assert read(guild_settings.see_member, ann.hid, GUILD, ALICE) == MEMBER


def test_only_owners_set_anything(write, ann):
    with pytest.raises(NotAuthenticated, match="has no system"):
        write(guild_settings.edit_system, BOB, GUILD, {"tag": "x"})
    with pytest.raises(NotAuthenticated, match="has no system"):
        write(guild_settings.edit_member, BOB, ann.hid, GUILD, {"keep_proxy": True})
    write(systems.create_system, BOB)
    with pytest.raises(NotAuthenticated, match="not part of your system"):
        write(guild_settings.edit_member, BOB, ann.hid, GUILD, {"keep_proxy": True})
    with pytest.raises(NotFound):
        write(guild_settings.edit_member, ALICE, "zzzzz", GUILD, {"keep_proxy": True})


@pytest.mark.parametrize("viewer", [BOB, NOBODY])
def test_strangers_see_what_everybody_sees_above_messages_unless_it_is_private(read, write, foxes, ann, viewer):
    here = {"tag": "x", "avatar_url": URL, "name_format": "{name}", "proxy_enabled": False, "tag_enabled": False}
    here["display_name"] = "Foxes here"
    write(guild_settings.edit_system, ALICE, GUILD, here)
    write(guild_settings.edit_member, ALICE, ann.hid, GUILD, {"display_name": "Anna", "avatar_url": URL})
    hidden = {"proxy_enabled": None, "tag_enabled": None, "name_format": None}
    assert read(guild_settings.see_system, foxes, GUILD, viewer) == {**here, **hidden}
    seen = {"display_name": "Anna", "avatar_url": URL, "keep_proxy": None}
    assert read(guild_settings.see_member, ann.hid, GUILD, viewer) == seen
    for setting, key in (("avatar_privacy", "avatar_url"), ("name_privacy", "display_name")):
        foxes = write(systems.edit_system, ALICE, {setting: "private"})
        assert read(guild_settings.see_system, foxes, GUILD, viewer)[key] is None
    for setting, key in (("name_privacy", "display_name"), ("avatar_privacy", "avatar_url")):
        write(members.edit_member, ALICE, ann.hid, {setting: "private"})
        seen |= {key: None}
        assert read(guild_settings.see_member, ann.hid, GUILD, viewer) == seen
    assert read(guild_settings.see_system, foxes, GUILD, ALICE) == here
    assert read(guild_settings.see_member, ann.hid, GUILD, ALICE)["display_name"] == "Anna"


def test_what_is_deleted_takes_its_settings_along(read, write, foxes, ann):
    write(guild_settings.edit_system, ALICE, GUILD, {"tag": "x"})
    write(guild_settings.edit_member, ALICE, ann.hid, GUILD, {"keep_proxy": True})
    write(members.delete_member, ALICE, ann.hid)
    assert read(lambda session: session.get(MemberGuild, (ann.id, GUILD))) is None
    write(systems.delete_system, ALICE)
    while write(soft_delete.purge_some):
        pass
    assert read(lambda session: session.get(SystemGuild, (foxes.id, GUILD))) is None


def test_autoproxy_is_allowed_by_account(read, write, foxes):
    write(systems.link_account, ALICE, ALEX)
    write(config.allow_autoproxy, ALEX, False)
    assert [read(config.is_autoproxy_allowed, user) for user in (ALICE, ALEX)] == [True, False]
    write(config.allow_autoproxy, ALEX, True)
    assert read(config.is_autoproxy_allowed, ALEX)
    with pytest.raises(Invalid):
        write(config.allow_autoproxy, ALEX, None)
    for act, *args in ((config.allow_autoproxy, BOB, False), (config.is_autoproxy_allowed, BOB)):
        with pytest.raises(NotAuthenticated):
            write(act, *args)


def test_moderators_choose_a_log_channel(read, write):
    assert read(guild_config.get_settings, GUILD, True) == guild_config.Settings(None, False, ())
    assert read(guild_config.find_log_channel, GUILD) is None
    write(guild_config.set_log_channel, GUILD, True, 5)
    write(guild_config.blacklist_everywhere, GUILD, True)
    write(guild_config.set_log_channel, GUILD, True, 6)
    assert read(guild_config.find_log_channel, GUILD) == 6
    assert read(guild_config.get_settings, GUILD, True) == guild_config.Settings(6, True, ())
    write(guild_config.set_log_channel, GUILD, True, None)
    assert read(guild_config.find_log_channel, GUILD) is read(guild_config.find_log_channel, OTHER) is None


def test_moderators_keep_a_blacklist(read, write):
    write(guild_config.blacklist_channels, OTHER, True, [9])
    write(guild_config.blacklist_channels, GUILD, True, [7, 5])
    write(guild_config.blacklist_channels, GUILD, True, [6, 5])
    assert read(guild_config.get_settings, GUILD, True) == guild_config.Settings(None, False, (5, 6, 7))
    write(guild_config.allow_channels, GUILD, True, [5, 8, 9])
    assert read(guild_config.get_settings, GUILD, True).channels == (6, 7)
    write(guild_config.blacklist_everywhere, GUILD, True)
    with pytest.raises(Invalid, match="All channels of this server are on the blacklist"):
        write(guild_config.allow_channels, GUILD, True, [6])
    assert read(guild_config.get_settings, GUILD, True) == guild_config.Settings(None, True, (6, 7))
    write(guild_config.clear_blacklist, GUILD, True)
    assert read(guild_config.get_settings, GUILD, True) == guild_config.Settings(None, False, ())
    assert read(guild_config.get_settings, OTHER, True).channels == (9,)


def test_moderators_leave_channels_out_of_the_log(read, write):
    write(guild_config.set_log_channel, GUILD, True, 5)
    write(guild_config.leave_out_of_log, GUILD, True, [8, 7])
    write(guild_config.leave_out_of_log, GUILD, True, [7])
    assert read(guild_config.get_settings, GUILD, True).unlogged == (7, 8)
    assert [read(guild_config.find_log_channel, GUILD, *place) for place in ((6, None), (7, None), (7, 9), (9, 8))] == [
        5,
        *(None, None, None),
    ]
    write(guild_config.take_into_log, GUILD, True, [8, 9])
    assert read(guild_config.find_log_channel, GUILD, 8) == 5
    write(guild_config.log_all_channels, OTHER, True)
    assert read(guild_config.find_log_channel, GUILD, 7) is None
    write(guild_config.log_all_channels, GUILD, True)
    assert read(guild_config.find_log_channel, GUILD, 7) == 5
    with pytest.raises(Invalid, match="At most 500 channels"):
        write(guild_config.leave_out_of_log, GUILD, True, range(501))
    assert read(guild_config.get_settings, GUILD, True).unlogged == ()


def test_moderators_switch_things_on_and_off(read, write):
    for name, default in (("require_tag", False), ("suppress_notifications", False), ("invalid_command_error", True)):
        assert getattr(read(guild_config.get_settings, GUILD, True), name) is default
        write(guild_config.set_toggle, GUILD, True, name, not default)
        assert getattr(read(guild_config.get_settings, GUILD, True), name) is not default
        assert getattr(read(guild_config.get_settings, OTHER, True), name) is default
        with pytest.raises(Invalid):
            write(guild_config.set_toggle, GUILD, True, name, None)
    assert not read(guild_config.is_invalid_command_told, GUILD)
    assert read(guild_config.is_invalid_command_told, OTHER)
    assert read(guild_config.is_invalid_command_told, None)
    with pytest.raises(Invalid):
        write(guild_config.set_toggle, GUILD, True, "proxy_off", True)


def test_only_moderators_set_any_of_it(write):
    for rule, *args in (
        (guild_config.leave_out_of_log, [1]),
        (guild_config.take_into_log, [1]),
        (guild_config.log_all_channels,),
        (guild_config.set_toggle, "require_tag", True),
    ):
        with pytest.raises(NotAllowed):
            write(rule, GUILD, False, *args)


def test_a_blacklist_has_an_end(read, write):
    write(guild_config.blacklist_channels, GUILD, True, range(1, 501))
    write(guild_config.blacklist_channels, GUILD, True, [500])
    with pytest.raises(Invalid, match="At most 500 channels"):
        write(guild_config.blacklist_channels, GUILD, True, [501])
    assert len(read(guild_config.get_settings, GUILD, True).channels) == 500


@pytest.mark.parametrize(
    ("act", "args"),
    [
        (guild_config.get_settings, ()),
        (guild_config.set_log_channel, (5,)),
        (guild_config.blacklist_channels, ([5],)),
        (guild_config.blacklist_everywhere, ()),
        (guild_config.allow_channels, ([5],)),
        (guild_config.clear_blacklist, ()),
    ],
)
def test_who_does_not_manage_the_server_sees_and_sets_nothing(read, write, act, args):
    before = read(guild_config.get_settings, GUILD, True)
    with pytest.raises(NotAllowed, match="Manage Server"):
        write(act, GUILD, False, *args)
    assert read(guild_config.get_settings, GUILD, True) == before


def test_nothing_is_set_for_more_servers_than_anybody_is_in(read, write, ann, monkeypatch):
    monkeypatch.setattr(guild_settings, "MOST_GUILDS", 2)

    def set_all(guild_id, called):
        yield guild_settings.edit_system, (ALICE, guild_id, {"display_name": called})
        yield guild_settings.edit_member, (ALICE, ann.hid, guild_id, {"display_name": called})
        yield autoproxy.set_mode, (ALICE, guild_id, called)

    for guild_id, mode in ((1, "front"), (2, "front"), (1, "latch")):
        for rule, given in set_all(guild_id, mode):
            write(rule, *given)
    for rule, given in set_all(3, "front"):
        with pytest.raises(Invalid, match="servers already"):
            write(rule, *given)
    assert read(autoproxy.get_mode, ALICE, 1) == ("latch", None)
    assert read(autoproxy.get_mode, ALICE, 3) == ("off", None)
