"""Who reads what, at every door of the web side that shows anything of anybody, before and after it becomes private.

Each row of the table is a moment at which something becomes private. All doors are warm by then: what is kept, in
memory, by a version or on a disk, must not tell it by the next request, nor say that what a client has is still so.
"""

import io
import json
import re
import zipfile
from collections.abc import Callable, Mapping
from typing import NamedTuple

import pytest
from sqlalchemy import update

from models import Group, Member, System
from rules import opt_out
from rules.account import erasure, github, kv
from rules.errors import Refused
from rules.fronting import front_breakdown, front_history, past_switches, switches
from rules.groups import groups, membership
from rules.parsing.timestamps import now_us
from rules.presence import fronting, updates
from rules.systems import members, overviews, systems
from rules.systems.member_list import Options, list_members
from rules.transfer import importer
from rules.transfer.import_file import File, FileMember
from rules.transfer.past_imports import archive, undo
from tests.web.partings import ALICE, BOB, CAROL, leave, link_carol, own, unlink

HOUR_US, DAY_US = 3_600_000_000, 86_400_000_000
# IDs that stand in no other word.
HIDS = {"Ann": "qzannn", "Ben": "qzbenn", "Quin": "qzquin", "Asleep": "qzslep", "Old": "qzoldd"}
FOXES, TALLS, AVATAR = "qzfoxs", "qztall", "a1b2c3d4e5f60718293a4b5c6d7e8f90"
# Each secret's words stand in nothing else.
SECRETS = {
    **{name: (f"NameOf{name}", hid) for name, hid in HIDS.items()},
    **{word: (word,) for word in ("StatusOfAlice", "NameAtGitHub", "PublicPair", "PrivatePair", "NameOfFoxes")},
    "AboutFoxes": ("AboutFoxes",),
    "Talls": ("NameOfTalls", TALLS),
    "avatar": (AVATAR,),
    "the app": ("AppOfAlice",),
    "the archive": ("NoteKept",),
}
# Strangers never read them, whatever happens.
NEVER = ("Quin", "Asleep", "Old", "PrivatePair", "the app", "the archive")
VIEWERS = ("a stranger", "the owner", "another system", "a wrong token", "a replaced token")

USER, V1, V2 = f"/user/{ALICE}", f"/v1/s/{FOXES}", f"/v2/systems/{FOXES}"
OF_PERSON = {
    "user": USER,
    "users": f"/users?ids={BOB},{ALICE}",
    "search": "/users/search?name=alice",
    "lanyard": f"/v1/users/{ALICE}",
    "card": f"{USER}.svg",
    "moved card": f"/api/{ALICE}",
    "badge": f"{USER}/badge.json?show=fronter",
    "page": f"/u/{ALICE}",
    "lookup": "/u?q=alice",
    "home": "/",
    "stream": f"/events?users={ALICE}",
    "own stream": f"{USER}/events",
    "avatar": f"{USER}.png",
    "quicklink": f"/{ALICE}.png",
    "picture": f"/u/{ALICE}/pictures/avatar",
}
OF_OWNER = {
    "pairs": f"{USER}/kv",
    "pair": f"{USER}/kv/closed",
    "visibility": f"{USER}/kv-visibility",
    "imports": f"{USER}/imports",
    "running import": f"{USER}/imports/running",
    "backup": f"{USER}/backup",
    **{f"export {kind}": f"/v2/systems/@me/export?format={kind}" for kind in ("", "pluralport", "csv", "ics")},
    "own system": "/v1/s",
    "settings": f"{V2}/settings",
}
OF_SYSTEM = {
    "system": V1,
    "members": f"{V1}/members",
    "fronters": f"{V1}/fronters",
    "switches": f"{V1}/switches",
    "account": f"/v1/a/{ALICE}",
    "member": f"/v1/m/{HIDS['Ann']}",
    "system card": f"{V1}.svg",
    "system badge": f"{V1}/badge.json",
    "system page": f"/s/{FOXES}?days=30",
    "system stream": f"/events?systems={FOXES}",
    "v2 account": f"/v2/systems/{ALICE}",
    "v2 members": f"{V2}/members",
    "v2 fronters": f"{V2}/fronters",
    "v2 switches": f"{V2}/switches",
    "v2 groups": f"{V2}/groups?with_members=true",
    "v2 group": f"/v2/groups/{TALLS}",
    "v2 group members": f"/v2/groups/{TALLS}/members",
    "v2 member": f"/v2/members/{HIDS['Ann']}",
    "v2 member groups": f"/v2/members/{HIDS['Ann']}/groups",
    "v2 card": f"/v2/systems/{ALICE}.svg",
    "v2 badge": f"{V2}/badge.json",
    "v2 preview": f"{V2}/oembed.json",
    "v2 group preview": f"/v2/groups/{TALLS}/oembed.json",
    "v2 member preview": f"/v2/members/{HIDS['Ann']}/oembed.json",
}
DOORS = {**OF_PERSON, **OF_OWNER, **OF_SYSTEM}
IN_BROWSERS = ("page", "lookup", "home", "system page")
# What the bot's commands tell of somebody's system, and of what was imported into one's own; a session, whose, to whom.
COMMANDS: dict[str, Callable] = {
    "pk;system": overviews.get_overview,
    "pk;list": lambda session, system, viewer: list_members(session, system, viewer, Options(all=True)),
    "pk;front": overviews.find_fronters,
    "pk;front history": front_history.show_history,
    "pk;front percent": lambda session, system, viewer: front_breakdown.get_front_breakdown(
        session, system, viewer, now_us() - DAY_US, now_us()
    ),
    "pk;import list": lambda session, _, viewer: viewer and undo.list_imports(session, viewer),
    "pk;import archive": lambda session, _, viewer: viewer and archive.get_archives(session, viewer),
}
# Endpoints that tell nothing of anybody, and those of which `pluralkit_v2/test_privacy.py` has the table.
NO_DOORS = {
    *("health.health", "health.metrics", "lanyard_upgrade.refuse_upgrade", "openapi.openapi", "v2_paths.refuse"),
    *("pages.commands.show_commands", "pages.guides.show_moving", "pages.guides.show_privacy", "pages.me.show"),
    *("pages.reference.show_all", "pages.reference.show_section", "pages.static_files.show", "pictures.show"),
    *("pluralkit_v1.show_message", "v2_messages.get_message", "v2_switches.get_switch"),
    *("v2_servers.get_autoproxy", "v2_servers.get_member_guild", "v2_servers.get_system_guild"),
}

# Where strangers read what, while it is public. PluralKit's own paths name a private member who fronts.
PERSON = frozenset(OF_PERSON) - {"badge", "avatar", "quicklink", "picture"}
FRONT_OF_PERSON = PERSON - {"lanyard"} | {"badge"}
FRONT_OF_SYSTEM = {"system card", "system badge", "v2 card", "v2 badge", "system page"}
FRONT_OF_PLURALKIT = {"fronters", "v2 fronters", "system stream", "pk;system", "pk;front"}
HISTORY_OF_PLURALKIT = {"switches", "v2 switches", "pk;front history", "pk;front percent"}
LISTS = {"members", "v2 members", "pk;list", "system page"}
BY_ID = {"member", "v2 member", "v2 member preview"}
BY_ACCOUNT = {"account", "v2 account", "v2 card"}
ANN = (
    FRONT_OF_PERSON | FRONT_OF_SYSTEM | FRONT_OF_PLURALKIT | HISTORY_OF_PLURALKIT | LISTS | BY_ID | {"v2 group members"}
)
GITHUB = {"user", "users", "search", "stream", "own stream"}
ABOUT = {"system", "account", "system page", "system stream", "v2 account", "pk;system"}
NAME = ABOUT | FRONT_OF_PERSON - {"badge", "card", "moved card"} | FRONT_OF_SYSTEM | {"v2 preview"}
SEEN = {
    "StatusOfAlice": PERSON,
    "avatar": GITHUB | {"lanyard", "avatar", "quicklink"},
    "NameAtGitHub": GITHUB,
    "PublicPair": {"lanyard", "stream", "own stream"},
    "Ann": ANN,
    "Ben": HISTORY_OF_PLURALKIT | LISTS,
    "NameOfFoxes": NAME,
    "AboutFoxes": ABOUT,
    "Talls": {"system page", "v2 groups", "v2 group", "v2 member groups", "v2 group preview"},
    **dict.fromkeys(NEVER, frozenset()),
}
NOWHERE = frozenset()


class Moment(NamedTuple):
    """`still`: where strangers go on reading what becomes private; all that it does not name stays as it was.

    `kept`: what of it its owner goes on reading by their token.
    """

    name: str
    act: tuple
    still: Mapping[str, frozenset]
    kept: tuple = ()
    setup: tuple = ()


def compare(read, expected):
    """Each secret that is read at other doors than expected, with those doors."""
    return {secret: doors ^ expected[secret] for secret, doors in read.items() if doors != expected[secret]}


def of_system(**change):
    return own, systems.edit_system, change


def of_ann(**change):
    return own, members.edit_member, HIDS["Ann"], change


def archive_ben(session):
    session.execute(update(Member).where(Member.hid == HIDS["Ben"]).values(is_archived=True))


def without(**hidden):
    """What stays of each of these, without some doors."""
    return {secret: SEEN[secret] - doors for secret, doors in hidden.items()}


OF_HIDDEN = {
    **dict.fromkeys(("StatusOfAlice", "avatar", "NameAtGitHub", "PublicPair"), NOWHERE),
    **without(Ann=FRONT_OF_PERSON, NameOfFoxes=FRONT_OF_PERSON),
}
UNLINKED = without(Ann=FRONT_OF_PERSON | BY_ACCOUNT, NameOfFoxes=FRONT_OF_PERSON | BY_ACCOUNT, AboutFoxes=BY_ACCOUNT)
DELETED = dict.fromkeys(("Ann", "Ben", "NameOfFoxes", "AboutFoxes", "Talls"), NOWHERE)
NOT_SHOWN = without(Ann=FRONT_OF_PERSON, NameOfFoxes=FRONT_OF_PERSON)
NO_FRONT = {
    "Ann": LISTS | BY_ID | {"v2 group members"},
    **without(NameOfFoxes=FRONT_OF_PERSON | {"system badge", "v2 badge"}),
}
NO_LIST = {**without(Ann=LISTS - {"system page"} | {"v2 group members"}), "Ben": HISTORY_OF_PLURALKIT | {"system page"}}
PRIVATE_ANN = {
    "Ann": FRONT_OF_PLURALKIT | HISTORY_OF_PLURALKIT | BY_ID,
    **without(Talls={"v2 member groups"}),
}
NO_ANN = {"Ann": NOWHERE, **without(Talls={"v2 member groups"})}
NO_HISTORY = {**without(Ann=HISTORY_OF_PLURALKIT), "Ben": LISTS}
NO_GROUPS = without(Ann={"v2 group members"}, Talls={"system page", "v2 groups", "v2 member groups"})
MOMENTS = [
    Moment("hiding", (own, opt_out.hide), OF_HIDDEN, tuple(OF_HIDDEN)),
    Moment("leaving the home server", (leave,), OF_HIDDEN, ("PublicPair", "Ann", "NameOfFoxes")),
    Moment("forgotten", (own, erasure.forget), OF_HIDDEN | DELETED),
    Moment("forgotten, the system is another's too", (own, erasure.forget), OF_HIDDEN | UNLINKED, (), (link_carol,)),
    Moment("unlinked", (unlink,), UNLINKED, (), (link_carol,)),
    Moment("the front private", of_system(front_privacy="private"), NO_FRONT, ("Ann", "NameOfFoxes")),
    Moment("a member private", of_ann(visibility="private"), PRIVATE_ANN, tuple(PRIVATE_ANN)),
    Moment("the token replaced", (), {}),
    Moment("the system deleted", (own, systems.delete_system), DELETED),
]
# Each of these has tables of its own near its rules.
MORE_MOMENTS = [
    Moment("the front not shown", (own, fronting.set_shown, False), NOT_SHOWN, tuple(NOT_SHOWN)),
    Moment("the history private", of_system(front_history_privacy="private"), NO_HISTORY, tuple(NO_HISTORY)),
    Moment("the list of members private", of_system(member_list_privacy="private"), NO_LIST, tuple(NO_LIST)),
    Moment("a member archived", (archive_ben,), {"Ben": HISTORY_OF_PLURALKIT | {"system page"}}, ("Ben",)),
    Moment("a member deleted", (own, members.delete_member, HIDS["Ann"]), NO_ANN, ("Talls",)),
    Moment("the name private", of_system(name_privacy="private"), {"NameOfFoxes": NOWHERE}, ("NameOfFoxes",)),
    Moment("a description private", of_system(description_privacy="private"), {"AboutFoxes": NOWHERE}, ("AboutFoxes",)),
    Moment("the groups private", of_system(group_list_privacy="private"), NO_GROUPS, tuple(NO_GROUPS)),
    Moment("a group private", (own, groups.edit_group, TALLS, {"visibility": "private"}), NO_GROUPS, tuple(NO_GROUPS)),
    Moment("a pair private", (own, kv.withdraw_pair, "open"), {"PublicPair": NOWHERE}, ("PublicPair",)),
    Moment("a pair deleted", (own, kv.remove_pair, "open"), {"PublicPair": NOWHERE}),
    Moment("GitHub disconnected", (own, github.disconnect), {"NameAtGitHub": NOWHERE}),
]


def fill(session):
    """Alice with all that can be read of a person, and her system; Quin came with a file of an app for friends."""
    for user_id, name in ((ALICE, "alice"), (BOB, "bob"), (CAROL, "carol")):
        user = {"id": str(user_id), "username": name, "avatar": AVATAR if user_id == ALICE else None}
        custom = {"type": 4, "name": "Custom Status", "state": f"StatusOf{name.title()}"}
        status = {"status": "online", "activities": [custom]}
        updates.record_presences(session, {user_id: updates.change_of_member({"user": user}, 5, 5, status)})
    systems.create_system(session, BOB)
    foxes = systems.create_system(session, ALICE, {"name": "NameOfFoxes", "description": "AboutFoxes"})
    begin = now_us() - 10 * HOUR_US
    listed = [FileMember(name, {"name": f"NameOf{name}", "visibility": name == "Quin"}, {}) for name in HIDS]
    fronted = [(begin, (2,)), (begin + 1, (1,)), (begin + 2, (1, 2))]
    file = File(listed, fronted, app="AppOfAlice", archive={"notes": [{"text": "NoteKept"}]})
    for rule, args in importer.Import(ALICE, file).steps():
        rule(session, *args)
    talls = groups.create_group(session, ALICE, {"name": "NameOfTalls"})
    for name, hid in HIDS.items():
        states = {"is_custom_front": name == "Asleep", "is_archived": name == "Old"}
        session.execute(update(Member).where(Member.name == f"NameOf{name}").values(hid=hid, **states))
    session.execute(update(System).where(System.id == foxes.id).values(hid=FOXES))
    session.execute(update(Group).where(Group.id == talls.id).values(hid=TALLS))
    session.expire_all()
    membership.change_members(session, ALICE, TALLS, [HIDS["Ann"]], "add")
    past_switches.log_switch(session, ALICE, [HIDS["Ben"]], begin + HOUR_US)
    past_switches.log_switch(session, ALICE, [HIDS["Ann"]], begin + 2 * HOUR_US)
    fronting.set_shown(session, ALICE, True)
    kv.set_value(session, ALICE, "open", "PublicPair", public=True)
    kv.set_value(session, ALICE, "closed", "PrivatePair")
    github.connect(session, ALICE, {"id": 1, "login": "NameAtGitHub"}, None)


class Everybody:
    """All viewers at all doors; `read` gives the doors at which one of them reads each secret."""

    def __init__(self, client, read, token_of):
        self.client, self.run = client, read
        former = token_of(ALICE)
        self.tokens = dict(zip(VIEWERS, (None, former, token_of(BOB), f"rc_{ALICE}_{'x' * 43}", former), strict=True))
        self.tags = {}

    def read(self, viewer):
        told = {door: self.ask(door, viewer) for door in DOORS} | self._command(viewer)
        return {
            secret: {door for door, text in told.items() if any(word in text for word in words)}
            for secret, words in SECRETS.items()
        }

    def is_still_so(self, door):
        """Whether a stranger who was answered before is told that nothing changed."""
        return self._open(door, "a stranger", {"If-None-Match": self.tags[door]}).status_code == 304

    def _open(self, door, viewer, headers):
        token = self.tokens[viewer]
        given = {"Authorization": token} if token else {}
        wanted = {"Accept": "text/html"} if door in IN_BROWSERS else {}
        return self.client.get(DOORS[door], headers={**given, **wanted, **headers}, follow_redirects=door == "lookup")

    def ask(self, door, viewer):
        answer = self._open(door, viewer, {})
        assert answer.status_code < 500, door
        self.tags.setdefault(door, answer.headers.get("ETag", "none"))
        if answer.mimetype == "application/zip":
            with zipfile.ZipFile(io.BytesIO(answer.data)) as bundle:
                return " ".join(bundle.read(name).decode() for name in bundle.namelist())
        return answer.text + answer.headers.get("Location", "")

    def _command(self, viewer):
        user_id = {"the owner": ALICE, "another system": BOB}.get(viewer)
        return {name: self.run(self._obey, rule, user_id) for name, rule in COMMANDS.items()}

    @staticmethod
    def _obey(session, rule, user_id):
        system = session.query(System).filter_by(hid=FOXES).one_or_none()
        try:
            return json.dumps(rule(session, system, user_id), default=str) if system else ""
        except Refused:
            return ""


@pytest.fixture
def everybody(make_app, write, read, token_of):
    write(fill)
    return Everybody(make_app(FEATURED_USER_ID=str(ALICE)).test_client(), read, token_of)


@pytest.mark.parametrize("moment", MOMENTS, ids=lambda moment: moment.name)
def test_what_becomes_private_is_told_to_its_owner_alone_by_the_next_request(everybody, write, token_of, moment):
    if moment.setup:
        write(*moment.setup)
    before = everybody.read("a stranger")
    assert compare(before, SEEN) == {}
    assert [secret for secret, doors in everybody.read("the owner").items() if not doors] == []
    if moment.act:
        write(*moment.act)
    if moment.act[-1:] != (erasure.forget,):
        everybody.tokens["the owner"] = token_of(ALICE)

    expected = SEEN | moment.still
    known = [door for secret in moment.still for door in before[secret] - expected[secret] if door in DOORS]
    assert [door for door in known if everybody.is_still_so(door)] == []
    for viewer in VIEWERS:
        if viewer != "the owner":
            assert compare(everybody.read(viewer), expected) == {}, viewer
    told = everybody.read("the owner")
    assert {secret for secret in moment.still if told[secret] - expected[secret]} == set(moment.kept)


@pytest.mark.long
@pytest.mark.parametrize("moment", MORE_MOMENTS, ids=lambda moment: moment.name)
def test_so_does_what_becomes_private_by_other_ways(everybody, write, token_of, moment):
    test_what_becomes_private_is_told_to_its_owner_alone_by_the_next_request(everybody, write, token_of, moment)


def test_a_private_member_comes_and_goes_and_no_door_of_our_own_tells(everybody, write, monkeypatch):
    now = now_us()
    monkeypatch.setattr("web.pages.systems.now_us", lambda: now)
    quiet = DOORS.keys() - FRONT_OF_PLURALKIT - HISTORY_OF_PLURALKIT

    def tell():
        # Which entry of the feed is the newest, all are told.
        return {door: re.sub("id: .*", "", everybody.ask(door, "a stranger")) for door in quiet}

    before = tell()
    tagged = [door for door in quiet if everybody.is_still_so(door)]
    assert {"user", "users", "search", "card", "badge", "page", "system card", "system badge", "system page"} <= {
        *tagged
    }
    for shown in (["Ann", "Quin"], ["Ann"], ["Quin", "Ann"]):
        write(switches.log_switch, ALICE, [HIDS[name] for name in shown])
        assert tell() == before
        assert [door for door in tagged if not everybody.is_still_so(door)] == []


def test_whatever_is_served_of_anybody_is_in_the_table(make_app):
    app = make_app()
    served = {rule.endpoint for rule in app.url_map.iter_rules() if "GET" in rule.methods}
    asked = {app.url_map.bind("").match(path.partition("?")[0])[0] for path in DOORS.values()}
    assert served - asked == NO_DOORS
