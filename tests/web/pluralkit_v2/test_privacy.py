"""What strangers are told at all doors of v2 and on the bot's cards of groups taken together."""

import json

import pytest

from models import Group, Member, System
from rules.errors import NotAllowed
from rules.fronting import past_switches
from rules.groups import groups, listing, membership
from rules.groups.listing import GroupOptions
from rules.parsing.timestamps import show_time
from rules.parsing.uuids import format_uuid
from rules.proxying import message_records
from rules.systems import guild_settings, members, systems
from rules.systems.member_list import Options

ALICE, BOB = 80351110224678912, 80351110224678913
MESSAGE, GUILD = 175928847299117063, 41771983423143937
HOUR_US = 3_600_000_000
LAST_MESSAGE_US, COUNT = 1_700_000_000_123_456, 424_242
HOOK, HOOK_TOKEN, TEMPLATE = "https://hook.example/secret", "signing-secret", "A template."

FOXES = {
    "name": "Foxes",
    "description": "System described.",
    "pronouns": "they/system",
    "avatar_url": "https://example.com/system.png",
    "banner": "https://example.com/system-banner.png",
    "color": "111111",
    "tag": "| Fox",
}
ANN = {
    "name": "Ann",
    "display_name": "Tall one",
    "description": "Member described.",
    "birthday": "1999-12-31",
    "pronouns": "she/member",
    "avatar_url": "https://example.com/member.png",
    "webhook_avatar_url": "https://example.com/webhook.png",
    "banner": "https://example.com/member-banner.png",
    "color": "222222",
    "proxy_tags": [{"prefix": "Tag of hers:", "suffix": None}],
}
TALL = {
    "name": "Talls",
    "display_name": "Giants",
    "description": "Group described.",
    "icon": "https://example.com/icon.png",
    "banner": "https://example.com/group-banner.png",
    "color": "333333",
}
# What each setting hides: texts that stand nowhere else. A name that is private is told by the display name.
HIDES = {
    ("system", "name_privacy"): [FOXES["name"]],
    ("system", "description_privacy"): [FOXES["description"], FOXES["banner"]],
    ("system", "avatar_privacy"): [FOXES["avatar_url"]],
    ("system", "banner_privacy"): [FOXES["banner"]],
    ("system", "pronoun_privacy"): [FOXES["pronouns"]],
    ("member", "name_privacy"): [f'"{ANN["name"]}"'],
    ("member", "description_privacy"): [ANN["description"], ANN["banner"]],
    ("member", "birthday_privacy"): [ANN["birthday"]],
    ("member", "pronoun_privacy"): [ANN["pronouns"]],
    ("member", "avatar_privacy"): [ANN["avatar_url"], ANN["webhook_avatar_url"]],
    ("member", "banner_privacy"): [ANN["banner"]],
    ("member", "metadata_privacy"): [str(COUNT), show_time(LAST_MESSAGE_US), "created of Ann"],
    ("member", "proxy_privacy"): [ANN["proxy_tags"][0]["prefix"]],
    ("member", "visibility"): [ANN["color"]],
    ("group", "name_privacy"): [TALL["name"]],
    ("group", "description_privacy"): [TALL["description"]],
    ("group", "icon_privacy"): [TALL["icon"]],
    ("group", "banner_privacy"): [TALL["banner"]],
    ("group", "metadata_privacy"): ["created of Tall"],
    ("group", "visibility"): [TALL["color"]],
}
# Each of these closes doors to strangers, alone and with others.
CLOSES = (
    *(("system", name) for name in ("member_list_privacy", "group_list_privacy")),
    *(("system", name) for name in ("front_privacy", "front_history_privacy")),
    *(("group", name) for name in ("list_privacy", "visibility")),
    ("member", "visibility"),
)
MEMBERS, GROUPS, FRONT, HISTORY, LIST, GROUP, MEMBER = CLOSES
# A path, what stands in its answer where it is open, and what closes it.
DOORS = [
    ("/systems/{system}/members", "{ann}", {MEMBERS, MEMBER}),
    ("/systems/{system}/members?unlisted=true", "{ann}", {MEMBERS, MEMBER}),
    ("/systems/{system}/groups", "{group}", {GROUPS, GROUP}),
    ("/systems/{system}/groups?with_members=true", "{ann}", {MEMBERS, MEMBER, GROUPS, GROUP, LIST}),
    ("/groups/{group}/members", "{ann}", {MEMBERS, MEMBER, GROUPS, GROUP, LIST}),
    ("/members/{member}/groups", "{group}", {MEMBER, GROUPS, GROUP, LIST}),
    ("/systems/{system}/fronters", "{ann}", {FRONT}),
    ("/systems/{system}/switches", "{latest}", {HISTORY, FRONT}),
    ("/systems/{system}/switches", "{old}", {HISTORY}),
    ("/systems/{system}/switches/{latest}", "{ann}", {HISTORY, FRONT}),
    ("/systems/{system}/switches/{old}", "{ann}", {HISTORY}),
    ("/members/{member}", "{ann}", set()),
    ("/groups/{group}", "{group}", set()),
    ("/messages/{message}", "{ann}", set()),
]
# For strangers never, whatever is public.
OWNERS_ALONE = (HOOK, TEMPLATE, "Annie elsewhere", "Foxes elsewhere", '"public"')


def fill(session):
    """What no command of theirs sets at once: counts, and where events go."""
    system = systems.get_own_system(session, ALICE)
    system.webhook_url, system.webhook_token = HOOK, HOOK_TOKEN
    system.description_templates = f'["{TEMPLATE}"]'
    member = session.query(Member).filter_by(system_id=system.id).one()
    member.message_count, member.last_message_at = COUNT, LAST_MESSAGE_US


@pytest.fixture
def foxes(write):
    """Alice's system with all that can be known of it: Ann, who is in Talls, fronts and spoke; what paths name."""
    write(systems.create_system, ALICE, FOXES)
    ann = write(members.create_member, ALICE, ANN)
    tall = write(groups.create_group, ALICE, TALL)
    write(membership.change_members, ALICE, tall.hid, [ann.hid], "add")
    write(guild_settings.edit_system, ALICE, GUILD, {"display_name": "Foxes elsewhere"})
    write(guild_settings.edit_member, ALICE, ann.hid, GUILD, {"display_name": "Annie elsewhere"})
    write(message_records.record_message, ALICE, ann.id, MESSAGE, MESSAGE - 1, 5, GUILD)
    old = write(past_switches.log_switch, ALICE, [ann.hid], HOUR_US)
    write(past_switches.log_switch, ALICE, [], 2 * HOUR_US)
    latest = write(past_switches.log_switch, ALICE, [ann.hid], 3 * HOUR_US)
    write(fill)
    return {
        "system": str(ALICE),
        "member": ann.hid,
        "ann": format_uuid(ann.uuid),
        "group": tall.hid,
        "message": MESSAGE,
        "guild": GUILD,
        "old": format_uuid(old.uuid),
        "latest": format_uuid(latest.uuid),
        "created of Ann": show_time(ann.created),
        "created of Tall": show_time(tall.created),
    }


@pytest.fixture
def set_to(write, foxes):
    """Make a setting of the system, of Ann or of her group private or public."""
    edit = {
        "system": lambda change: write(systems.edit_system, ALICE, change),
        "member": lambda change: write(members.edit_member, ALICE, foxes["member"], change),
        "group": lambda change: write(groups.edit_group, ALICE, foxes["group"], change),
    }
    return lambda value, whose, name: edit[whose]({name: value})


@pytest.fixture
def tokens_of(foxes, write, token_of):
    """The tokens of Alice, of Bob, who has another system, and of nobody, each by who it is."""
    write(systems.create_system, BOB)
    return {ALICE: token_of(ALICE), BOB: token_of(BOB), None: None}


@pytest.fixture
def get(client, foxes, tokens_of):
    """What somebody is answered."""

    def run(path, viewer):
        headers = {"Authorization": tokens_of[viewer]} if viewer else {}
        return client.get(f"/v2{path.format(**foxes)}", headers=headers)

    return run


PATHS = (
    *("/systems/{system}", "/systems/{system}/settings", "/systems/{system}/oembed.json"),
    *("/systems/{system}/members", "/systems/{system}/groups", "/systems/{system}/groups?with_members=true"),
    *("/systems/{system}/fronters", "/systems/{system}/switches", "/systems/{system}/switches/{old}"),
    *("/systems/{system}/guilds/{guild}", "/systems/{system}/autoproxy?guild_id={guild}"),
    *("/members/{member}", "/members/{member}/groups", "/members/{member}/guilds/{guild}"),
    *("/members/{member}/oembed.json", "/groups/{group}", "/groups/{group}/members", "/groups/{group}/oembed.json"),
    "/messages/{message}",
)
# What the bot's cards and lists of groups are made of; `hid` and `group` are IDs of Ann and Talls.
CARDS = (
    lambda s, hid, group, viewer: listing.get_member_card(s, hid, viewer),
    lambda s, hid, group, viewer: listing.show_group(s, groups.get_group(s, group), viewer),
    lambda s, hid, group, viewer: listing.list_groups(s, own(s), viewer, GroupOptions(all=True)),
    lambda s, hid, group, viewer: listing.list_members(s, groups.get_group(s, group), viewer, Options(all=True)),
    lambda s, hid, group, viewer: listing.get_group_breakdown(s, group, viewer, 0, 4 * HOUR_US),
    lambda s, hid, group, viewer: viewer and listing.suggest_groups(s, viewer, "", 25),
)


def own(session):
    return systems.get_own_system(session, ALICE)


@pytest.fixture
def all_told(read, get, foxes):
    """All that somebody is told at all doors, as one text."""

    def run(viewer):
        told = [get(path, viewer).text for path in PATHS]
        for card in CARDS:
            try:
                seen = read(card, foxes["member"], foxes["group"], viewer)
                told.append(json.dumps(seen, default=str))
            except NotAllowed:
                pass
        return "\n".join(told)

    return run


def test_a_private_field_is_told_to_its_owner_alone_and_all_else_to_everybody(foxes, set_to, all_told):
    for setting in (None, *HIDES):
        if setting:
            set_to("private", *setting)
        hidden = HIDES.get(setting, [])
        known = {foxes.get(text, text): text in hidden for texts in HIDES.values() for text in texts}
        told = all_told(ALICE)
        assert [text for text in (*known, *OWNERS_ALONE) if text not in told] == [], setting
        assert HOOK_TOKEN not in told
        told = all_told(BOB)
        assert {text: text not in told for text in known} == known, setting
        assert [text for text in (*OWNERS_ALONE, HOOK_TOKEN) if text in told] == [], setting
        if setting:
            set_to("public", *setting)


def test_every_setting_is_in_a_table():
    columns = {
        (whose, column.name)
        for whose, table in (("system", System), ("member", Member), ("group", Group))
        for column in table.__table__.columns
        if column.name.endswith("_privacy") or column.name == "visibility"
    }
    assert columns == set(HIDES) | set(CLOSES)


def test_which_settings_close_which_door(foxes, set_to, get):
    for private in ((), *((setting,) for setting in CLOSES), (MEMBERS, LIST), (FRONT, HISTORY), CLOSES):
        for setting in private:
            set_to("private", *setting)
        for path, text, closes in DOORS:
            wanted = text.format(**foxes)
            assert wanted in get(path, ALICE).text
            for viewer in (BOB, None):
                assert (wanted not in get(path, viewer).text) is bool(closes & set(private)), (path, private)
        for setting in private:
            set_to("public", *setting)
