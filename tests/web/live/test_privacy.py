"""What becomes private: no byte of it reaches who may not see it any more, and everybody is told what there is instead.

Each row of the table is a moment at which something becomes private. Before, at and after it every viewer listens by
every door; what the row calls the secret is looked for in the bytes that came.
"""

import itertools
from collections.abc import Mapping
from copy import deepcopy
from typing import NamedTuple

import pytest

from models import Presence
from rules import opt_out
from rules.account import erasure, github, kv, tokens
from rules.fronting import switches
from rules.presence import fronting, updates
from rules.systems import members, systems
from tests.web.live.listeners import Socket, Stream, not_reading
from tests.web.partings import ALICE, BOB, CAROL, leave, link_carol, own, unlink

MARK = 80351110224678915
VIEWERS = ("a stranger", "the owner", "somebody else", "who has a token that was replaced", "who has a wrong token")
SOCKETS = {
    "a socket of one": {"subscribe_to_id": str(ALICE)},
    "a socket of some": {"subscribe_to_ids": [str(ALICE), str(MARK)]},
    "a socket of all": {"subscribe_to_all": True},
}
USER, SYSTEM, ACCOUNT = f"users={ALICE},{MARK}", f"users={MARK}&systems={{hid}}", f"users={MARK}&systems={ALICE}"
ALL, OWNER, NOBODY = frozenset(VIEWERS), frozenset(["the owner"]), frozenset()
EVERYWHERE = ALL | set(SOCKETS)
# Who may see what, before and after.
TO_OWNER, TO_NOBODY, OWNERS_TO_NOBODY = (ALL, OWNER), (ALL, NOBODY), (OWNER, NOBODY)
EVERYWHERE_TO_OWNER, EVERYWHERE_TO_NOBODY = (EVERYWHERE, OWNER), (EVERYWHERE, NOBODY)


class Moment(NamedTuple):
    """`secrets` are words that nothing but what becomes private holds, each with who may see it before and after."""

    name: str
    subjects: str
    secrets: Mapping[str, tuple[frozenset, frozenset]]
    setup: tuple
    act: tuple


def of_ann(session, change):
    members.edit_member(session, ALICE, get_hid(session, "NameOfAnn"), change)


def delete_ann(session):
    members.delete_member(session, ALICE, get_hid(session, "NameOfAnn"))


def hide_front(session):
    systems.edit_system(session, ALICE, {"front_privacy": "private"})


def link_carol_and_hide_front(session):
    link_carol(session)
    hide_front(session)


def replace_token(session):
    tokens.store_token(session, ALICE, tokens.hash_token(tokens.make_token(ALICE)))


def forget(session):
    erasure.forget(session, ALICE)


PERSON = ("StatusOfAlice", "PublicPair")
PRIVATE_MEMBER = (of_ann, {"visibility": "private", "description_privacy": "private"})
ALIAS, PRIVATE_NAME = (of_ann, {"display_name": "Alias"}), (of_ann, {"name_privacy": "private"})
PRIVATE_DESCRIPTION = (own, systems.edit_system, {"description_privacy": "private"})
DELETE = (own, systems.delete_system)
HIDDEN = dict.fromkeys(PERSON, EVERYWHERE_TO_OWNER) | {"NameOfAnn": TO_OWNER, "NameAtGitHub": TO_OWNER}
GONE = dict.fromkeys(PERSON, EVERYWHERE_TO_NOBODY) | {
    "NameOfAnn": TO_NOBODY,
    "NameAtGitHub": TO_NOBODY,
    "PrivatePair": OWNERS_TO_NOBODY,
}
MOMENTS = [
    Moment("hiding", USER, HIDDEN, (), (own, opt_out.hide)),
    Moment("leaving the home server", USER, GONE, (), (leave,)),
    Moment("forgotten", USER, GONE, (), (forget,)),
    Moment("forgotten with the system", SYSTEM, {"AboutFoxes": TO_NOBODY, "NameOfAnn": TO_NOBODY}, (), (forget,)),
    Moment("forgotten, the system by the account", ACCOUNT, {"AboutFoxes": TO_NOBODY}, (), (forget,)),
    Moment("forgotten, the system is another's too", ACCOUNT, {"AboutFoxes": TO_NOBODY}, (link_carol,), (forget,)),
    Moment("unlinked", USER, {"NameOfAnn": TO_NOBODY}, (link_carol,), (unlink,)),
    Moment(
        "unlinked, of a private front", SYSTEM, {"NameOfAnn": OWNERS_TO_NOBODY}, (link_carol_and_hide_front,), (unlink,)
    ),
    Moment("unlinked, the system by the account", ACCOUNT, {"AboutFoxes": TO_NOBODY}, (link_carol,), (unlink,)),
    Moment("the token replaced", USER, {"PrivatePair": OWNERS_TO_NOBODY}, (), (replace_token,)),
    Moment(
        "the token replaced, of a private front",
        SYSTEM,
        {"NameOfAnn": OWNERS_TO_NOBODY},
        (hide_front,),
        (replace_token,),
    ),
    Moment("the front private", SYSTEM, {"NameOfAnn": TO_OWNER}, (), (hide_front,)),
    Moment("the front private, with the presence", USER, {"NameOfAnn": TO_NOBODY}, (), (hide_front,)),
    Moment("the front not shown", USER, {"NameOfAnn": TO_NOBODY}, (), (own, fronting.set_shown, False)),
    Moment("a member private", SYSTEM, {"AboutAnn": TO_OWNER}, (), PRIVATE_MEMBER),
    Moment("a member private, with the presence", USER, {"NameOfAnn": TO_NOBODY}, (), PRIVATE_MEMBER),
    Moment("a name private", SYSTEM, {"NameOfAnn": TO_OWNER}, ALIAS, PRIVATE_NAME),
    Moment("a member deleted", SYSTEM, {"NameOfAnn": TO_NOBODY}, (), (delete_ann,)),
    Moment("a member deleted, with the presence", USER, {"NameOfAnn": TO_NOBODY}, (), (delete_ann,)),
    Moment("a pair private", USER, {"PublicPair": EVERYWHERE_TO_OWNER}, (), (own, kv.withdraw_pair, "open")),
    Moment("a pair deleted", USER, {"PublicPair": EVERYWHERE_TO_NOBODY}, (), (own, kv.remove_pair, "open")),
    Moment("GitHub disconnected", USER, {"NameAtGitHub": TO_NOBODY}, (), (own, github.disconnect)),
    Moment("a description private", SYSTEM, {"AboutFoxes": TO_OWNER}, (), PRIVATE_DESCRIPTION),
    Moment("the system deleted", SYSTEM, {"AboutFoxes": TO_NOBODY, "NameOfAnn": TO_NOBODY}, (), DELETE),
    Moment("the system deleted, with the presence", USER, {"NameOfAnn": TO_NOBODY}, (), DELETE),
    Moment("nothing, of a private pair", USER, {"PrivatePair": (OWNER, OWNER)}, (), ()),
    Moment("nothing, of a private front", SYSTEM, {"NameOfAnn": (OWNER, OWNER)}, (hide_front,), ()),
]


def get_hid(session, name):
    return session.query(members.Member).filter_by(name=name).one().hid


def be(session, user_id, status, words, at=5):
    activity = {"type": 4, "name": "Custom Status", "state": words}
    raw = {"user": {"id": str(user_id)}, "status": status, "activities": [activity]}
    updates.record_presences(session, {user_id: updates.change_of_presence(raw, at)})


def fill(session):
    """Alice's system Foxes, in which Ann fronts, her pairs and her account at GitHub."""
    system = systems.create_system(session, ALICE, {"name": "Foxes", "description": "AboutFoxes"})
    for name in ("Ann", "Ben"):
        members.create_member(session, ALICE, {"name": f"NameOf{name}", "description": f"About{name}"})
    switches.log_switch(session, ALICE, [get_hid(session, "NameOfAnn")])
    fronting.set_shown(session, ALICE, True)
    kv.set_value(session, ALICE, "open", "PublicPair", public=True)
    kv.set_value(session, ALICE, "closed", "PrivatePair")
    github.connect(session, ALICE, {"id": 1, "login": "NameAtGitHub"}, None)
    be(session, ALICE, "online", "StatusOfAlice")
    return system.hid


class Change:
    """Changes of everything of Alice's, each time another, of which those that may see it are told."""

    def __init__(self):
        self.numbers = itertools.count(1)

    def __call__(self, session):
        number = next(self.numbers)
        if session.get(Presence, ALICE):
            be(session, ALICE, ("idle", "dnd")[number % 2], "StatusOfAlice", at=5 + number)
        if any(pair.key == "open" for pair in kv.list_pairs(session, ALICE)):
            kv.set_value(session, ALICE, "open", f"PublicPair-{number}")
        if systems.find_own_system(session, ALICE):
            systems.edit_system(session, ALICE, {"tag": f"T{number}"})
            front = [row.hid for row in session.query(members.Member).filter(members.Member.name.like("NameOf%"))]
            switches.log_switch(session, ALICE, front if number % 2 else front[:1])


class Listeners:
    """Everybody at every door: a stream of each viewer, all of which hear of MARK too, and a stranger's sockets."""

    def __init__(self, served, path, write, token_by_viewer):
        self.served, self.path, self.write, self.tokens = served, path, write, token_by_viewer
        self.marks, self.opened = itertools.count(1), []

    def open(self):
        sockets = {name: self._keep(Socket(self.served.port, **asked)) for name, asked in SOCKETS.items()}
        return {viewer: self._stream(viewer) for viewer in VIEWERS} | sockets

    def come_back(self, left):
        """Streams that go on where these were left."""
        return {viewer: self._stream(viewer, last_id).believing(shown) for viewer, (last_id, shown) in left.items()}

    def read(self, clients):
        """What came to each, where all that was committed so far has been told."""
        streams = {name: client for name, client in clients.items() if isinstance(client, Stream)}
        heard = dict.fromkeys(streams, b"")
        # The first may be told in one go with what came before it, and before that.
        for _ in range(2):
            mark = f"Mark-{next(self.marks)}."
            self.write(be, MARK, "online", mark)
            for name, stream in streams.items():
                heard[name] += stream.until(mark)
        sockets = clients.keys() - streams
        return heard | {name: clients[name].until_now() for name in sockets}

    def _stream(self, viewer, last_id=None):
        return self._keep(Stream(self.served.port, self.path, self.tokens[viewer], last_id))

    def _keep(self, client):
        self.opened.append(client)
        return client


@pytest.fixture
def listeners(front, write, join, token_of):
    """Makes them, for the subjects of a moment."""
    made = []

    def make(subjects, setup):
        for user_id in (ALICE, BOB, CAROL, MARK):
            join(user_id)
        path = f"/events?{subjects}".format(hid=write(fill))
        if setup:
            write(*setup)
        former = token_of(ALICE)
        token_by_viewer = (None, token_of(ALICE), token_of(BOB), former, f"rc_{ALICE}_{'x' * 43}")
        made.append(
            Listeners(front(SUBSCRIBE_TO_ALL="on"), path, write, dict(zip(VIEWERS, token_by_viewer, strict=True)))
        )
        return made[-1]

    yield make
    for client in (client for one in made for client in one.opened):
        client.__exit__()


def seeing(heard, secret):
    """To whom the secret came."""
    return {name for name, data in heard.items() if secret.encode() in data}


def shown(clients):
    """What a page on each stream would show; of pairs, none is the same as an empty object."""
    return {name: _without_marks(client.shown) for name, client in clients.items() if isinstance(client, Stream)}


def _without_marks(shown):
    kept = {key: {kind: data for kind, data in told.items() if data.get("KV", 1) != {}} for key, told in shown.items()}
    return {key: told for key, told in kept.items() if key != str(MARK)}


@pytest.mark.parametrize("moment", MOMENTS, ids=lambda moment: moment.name)
def test_what_becomes_private_is_told_to_nobody_and_by_no_door(listeners, write, moment):
    everybody, change = listeners(moment.subjects, moment.setup), Change()
    quick, slow = everybody.open(), everybody.open()
    before = {"first": everybody.read(quick), "first, to the slow": everybody.read(slow)}
    write(change)
    before |= {"change": everybody.read(quick), "change, to the slow": everybody.read(slow)}
    left = {viewer: (quick[viewer].last_id, deepcopy(quick[viewer].shown)) for viewer in VIEWERS}

    with not_reading(everybody.served, slow.values()), everybody.served.held():
        write(change)
        if moment.act:
            write(*moment.act)
    after = {"at": everybody.read(quick), "caught up": everybody.read(slow)}
    write(change)
    fresh, back = everybody.open(), everybody.come_back(left)
    after |= {"later": everybody.read(quick), "later, to the slow": everybody.read(slow)}
    after |= {"first": everybody.read(fresh), "came back": everybody.read(back)}

    for secret, (might, may) in moment.secrets.items():
        assert {door: seeing(heard, secret) for door, heard in before.items()} == dict.fromkeys(before, might)
        assert {door: seeing(heard, secret) for door, heard in after.items()} == dict.fromkeys(after, may)
        others = [client.shown for clients in (quick, slow) for name, client in clients.items() if name not in may]
        assert secret not in str(others)
    assert shown(quick) == shown(slow) == shown(back) == shown(fresh)
