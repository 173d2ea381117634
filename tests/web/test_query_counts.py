"""How much is asked of the file: at most three statements a read, beside the transaction around them, and no scan.

Where who fronts is shown, it is one more.
"""

import pytest

from rules import opt_out
from rules.account import github, kv
from rules.fronting import front_history, switches
from rules.presence import fronting, health
from rules.proxying import message_records
from rules.systems import members, systems

ALICE, BOB, CHARLIE = 80351110224678912, 80351110224678913, 80351110224678914
MESSAGE, ORIGINAL = 175928847299117063, 175928847299117000
MOST = 3
# The page is what a subquery found, and asked are the IDs of the request; both are at most 100 rows.
BOUNDED = ("SCAN page", "SCAN asked VIRTUAL TABLE")


@pytest.fixture
def tokens_of(join, write, token_of):
    """Alice with all that can be read, her system's front hidden; Bob with as little as can be; their tokens."""
    join(ALICE)
    write(kv.set_value, ALICE, "city", "Bern")
    write(github.connect, ALICE, {"id": 1, "login": "octocat"}, None)
    write(health.record_beat, health.now_ms(), None, None)
    foxes = write(systems.create_system, ALICE, {"name": "Foxes", "front_privacy": "private"})
    made = [write(members.create_member, ALICE, {"name": f"Ann {number}"}) for number in range(5)]
    for chosen in (made[:1], made[:3], [], made[3:5]):
        write(switches.log_switch, ALICE, [member.hid for member in chosen])
    write(message_records.record_message, ALICE, made[0].id, MESSAGE, ORIGINAL, 5, 6)
    ids = {"system": foxes.hid, "member": made[0].hid, "alice": ALICE, "message": MESSAGE, "charlie": CHARLIE}
    join(CHARLIE)
    write(opt_out.hide, CHARLIE)
    return {"Alice": token_of(ALICE), "Bob": token_of(BOB), "wrong": f"rc_{ALICE}_{'x' * 43}", "nobody": None, **ids}


@pytest.fixture
def statements(make_app):
    """Ask an app; its answer's status, what the file was asked, and how SQLite went about it."""
    app = make_app()

    def run(path, token, method="GET"):
        connection, asked = app.extensions["database"].own_connection(), []
        connection.set_trace_callback(asked.append)
        headers = {"Authorization": token} if token else {}
        code = app.test_client().open(path, method=method, headers=headers).status_code
        connection.set_trace_callback(None)
        assert not connection.in_transaction
        read = [sql for sql in asked if sql not in ("BEGIN", "COMMIT")]
        assert len(asked) - len(read) in (0, 2)
        steps = [row[3] for sql in read for row in connection.execute(f"EXPLAIN QUERY PLAN {sql}")]
        return code, read, steps

    return run


@pytest.fixture(autouse=True)
def no_other_way(monkeypatch):
    """What is read through a session would not be counted."""

    def fail(*_):
        raise AssertionError("a session was opened")

    monkeypatch.setattr("models.db.session.connection", fail)
    monkeypatch.setattr("database.connections.begin_snapshot", fail)


PUBLIC = (
    "/user/{alice}",
    "/users?ids={charlie},1,{alice}",
    "/v1/s/{system}",
    "/v1/s/{system}/members",
    "/v1/s/{system}/switches",
    "/v1/m/{member}",
)
# Whatever there is to show, it is shown with 200.
CARDS = (
    "/user/{alice}.svg",
    "/user/{charlie}.svg",
    "/user/1.svg",
    "/user/{alice}/badge.json",
    "/v1/s/{system}.svg",
    "/v1/s/zzzzz.svg",
    "/v1/s/{system}/badge.json",
)
MORE_PUBLIC = (
    "/users?ids={charlie},1,{alice}",
    "/v1/users/{alice}",
    "/v1/s/{system}/switches?before=2100-01-01T00:00:00Z",
    "/v1/a/{alice}",
    "/v1/msg/{message}",
)
OWN = (
    "/v1/s",
    "/v1/s/{system}/fronters",
    "/user/@me",
    "/v1/users/@me",
    "/user/{alice}/kv",
    "/user/{alice}/kv/city",
    "/user/@me/kv/city",
)
NONE = ("/user/{charlie}", "/user/1", "/v1/s/zzzzz", "/v1/s/zzzzz/members", "/v1/m/zzzzz", "/v1/a/1", "/v1/msg/1")
NONE_IN_LANYARD = ("/v1/users/{charlie}", "/v1/users/1", "/{charlie}.png", "/1.png")
OPEN_TO = {
    **dict.fromkeys((*PUBLIC, *MORE_PUBLIC, *CARDS), ("Alice", "Bob", "wrong", "nobody")),
    **dict.fromkeys(OWN, ("Alice",)),
    "/user/@me/kv": ("Alice", "Bob"),
    **dict.fromkeys((*NONE, *NONE_IN_LANYARD), ()),
}


@pytest.mark.parametrize("path", OPEN_TO)
def test_a_read_asks_three_questions_at_most(tokens_of, statements, path):
    for who in ("Alice", "Bob", "wrong", "nobody"):
        code, asked, steps = statements(path.format(**tokens_of), tokens_of[who])
        assert (code == 200) is (who in OPEN_TO[path]), who
        assert len(asked) <= MOST, asked
        assert [step for step in steps if step.startswith("SCAN") and not step.startswith(BOUNDED)] == []


def test_the_page_of_switches_is_read_along_their_index(tokens_of, statements):
    _, asked, steps = statements(f"/v1/s/{tokens_of['system']}/switches", None)
    assert len(asked) == 2
    assert any("switches" in step and "(system_id=? AND timestamp<?)" in step for step in steps)
    assert front_history.PAGE == 100


def test_many_people_are_read_at_once_by_their_keys(tokens_of, statements):
    many = ",".join(str(ALICE + number) for number in range(100))
    for who, questions in (("nobody", 1), ("Bob", 2), ("Alice", 3)):
        _, asked, steps = statements(f"/users?ids={many}", tokens_of[who])
        assert len(asked) == questions
        assert sum(step.startswith("SEARCH presence USING INTEGER PRIMARY KEY") for step in steps) == 1


@pytest.mark.parametrize("path", ["/user/{alice}", "/users?ids={alice},{dora},{charlie}"])
def test_who_fronts_is_one_question_more_for_however_many(tokens_of, statements, join, write, path):
    names = {**tokens_of, "dora": CHARLIE + 1}
    join(names["dora"])
    write(systems.edit_system, ALICE, {"front_privacy": "public"})
    write(systems.link_account, ALICE, names["dora"])
    for who in ("Alice", "nobody"):
        without = statements(path.format(**names), tokens_of[who])
        for user_id in (ALICE, names["dora"]):
            write(fronting.set_shown, user_id, True)
        code, asked, steps = statements(path.format(**names), tokens_of[who])
        for user_id in (ALICE, names["dora"]):
            write(fronting.set_shown, user_id, False)
        assert (code, len(asked)) == (200, len(without[1]) + 1)
        assert [step for step in steps if step.startswith("SCAN") and not step.startswith(BOUNDED)] == []
