"""`pk;front`: who fronts, who fronted when, and how much; for the owner and for strangers."""

import pytest

from rules.fronting import front_history, switches
from rules.parsing.timestamps import now_us
from rules.systems import systems
from tests.end_to_end.bot_replies import text_of

HOUR = 3_600_000_000


@pytest.fixture
def log(rollcall):
    """Logs switches that were so many hours ago, each to members with these names."""

    def run(system_owner, *rows):
        hids = {member["name"]: member["id"] for member in system_owner.members}

        def write(session):
            for hours, names in rows:
                switches.log_switch(session, int(system_owner.id), [hids[name] for name in names])
                switches.move_switch(session, int(system_owner.id), now_us() - int(hours * HOUR))

        rollcall.write(write)

    return run


def since_of(system_owner, number=0):
    """A switch's time as Discord is told it."""

    def read(session):
        system = systems.get_own_system(session, int(system_owner.id))
        return front_history.show_history(session, system, int(system_owner.id), number, 1)

    (row,) = system_owner.rollcall.read(read)
    return f"<t:{row['timestamp'] // 1_000_000}:"


def test_who_fronts_since_when(system_owner, discord_user, log):
    sol, stranger = system_owner("Ann", "Ben"), discord_user()
    own = (
        "pk;f",
        "pk;front",
        "pk;fronter",
        "pk;FRONTERS",
        "pk;s f",
        "pk;s fronter",
        "pk;system front",
        "pk;s fronters",
    )
    hid = sol.system_id
    for typed in own[:2]:
        sol.say(typed, "No switch is logged in this system yet.")
    log(sol, (3, ["Ann"]), (2, ["Ben", "Ann"]))
    for typed in (*own, "pk;f show", f"pk;f {sol.mention}", f"pk;f {hid}"):
        assert since_of(sol) in sol.say(typed, "Fronting: Ben, Ann"), typed
    for typed in (f"pk;f {sol.id}", f"pk;s {hid.upper()} f", f"pk;s {sol.mention} fronter", f"pk;f {hid} show"):
        stranger.ask(typed, "Fronting: Ben, Ann")
    sol.say("pk;sw out", "Switched out.")
    sol.say("pk;f", "Fronting: *nobody*")
    stranger.ask("pk;f", "This account has no system")
    stranger.ask("pk;f histroy", "did you mean `pk;front history`?")


def test_private_fronters(system_owner, discord_user, rollcall, log):
    sol, stranger = system_owner("Ann"), discord_user()
    hid = sol.system_id
    log(sol, (3, ["Ann"]), (2, []), (1, ["Ann"]))
    sol.say("pk;s privacy front private", "private now")
    over_http = rollcall.get(f"/v1/s/{hid}/fronters")
    assert (over_http.status_code, over_http.text) == (403, "Unauthorized to view fronter.")
    assert stranger.refusal(f"pk;f {hid}") == "Who fronts in this system is private."
    sol.ask("pk;f", "Fronting: Ann", "dm")
    assert "Ann" not in text_of(sol.ask("pk;f", "see your DMs", "channel"))
    sol.ask("pk;f", "Fronting: Ann", "dm", dm=True)
    # The newest switch would tell who fronts.
    told = text_of(stranger.ask(f"pk;s {hid} fh", "Front history"))
    assert (told.count("Ann"), told.count("nobody")) == (1, 1)
    sol.say("pk;s privacy fronthistory private", "private now")
    over_http = rollcall.get(f"/v1/s/{hid}/switches")
    assert (over_http.status_code, over_http.text) == (403, "Unauthorized to view front history.")
    for typed in ("fh", "fp"):
        assert stranger.refusal(f"pk;s {hid} {typed}") == "The front history of this system is private."
    sol.ask("pk;f h", "Front history", "dm")
    sol.ask("pk;f p", "Front breakdown", "dm")


def test_the_history_tells_who_when_and_for_how_long(system_owner, log):
    sol = system_owner("Ann", "Ben")
    names = ("pk;f h", "pk;f history", "pk;fh", "pk;fronthistory", "pk;s fh", "pk;s fronthistory", "pk;s switches")
    sol.say("pk;f h", "Nobody has fronted yet.")
    log(sol, (30, ["Ann"]), (3, ["Ben", "Ann"]), (1, []))
    times = [since_of(sol, number) for number in range(3)]
    for typed in (*names, f"pk;fh {sol.mention}"):
        title, *lines = sol.say(typed).split("\n")
        assert title == "Front history"
        assert [time in line for time, line in zip(times, lines, strict=True)] == [True] * 3
        assert lines[0].startswith("***nobody*** since ")
        assert lines[1].startswith("**Ben, Ann** ")
        assert lines[1].endswith(" for 2 h")
        assert lines[2].endswith(" for 1 d 3 h")
    ben = sol.member("Ben")["id"]
    assert f"Ben (`{ben}`), Ann (`" in sol.say("pk;f h -with-id", "Front history")
    sol.say_all({"pk;f h Ann": "I did not expect “Ann” here", "pk;fh -full": "I know no `-full` here"})


def test_pages_of_the_history_are_turned_by_who_asked(system_owner, discord_user, log):
    sol, stranger = system_owner("Ann"), discord_user()
    log(sol, *((30 - number, ["Ann"] if number % 2 else []) for number in range(23)))
    page = sol.ask("pk;f h", "Front history")
    assert all(label(page, name)["disabled"] is (name in "⏮◀") for name in "⏮◀▶⏭")
    stranger.press(page, "▶", "Only who asked can turn the pages.", "ephemeral")
    for name, number, lines, at in (
        ("▶", 2, 10, 10),
        ("▶", 3, 3, 20),
        ("⏮", 1, 10, 0),
        ("⏭", 3, 3, 20),
        ("◀", 2, 10, 10),
    ):
        page = sol.press(page, name, "Front history")
        (embed,) = page["embeds"]
        shown = embed["description"].split("\n")
        assert (embed["footer"]["text"], len(shown)) == (f"Page {number} of 3", lines)
        assert since_of(sol, at) in shown[0]
    assert not label(page, "⏮")["disabled"]


def test_a_history_that_became_private_is_not_paged_on(system_owner):
    sol, bo = system_owner("Ann"), system_owner()
    ann = sol.member("Ann")["id"]
    for hids in ([ann], []) * 6:
        sol.rollcall.write(switches.log_switch, int(sol.id), hids)
    bo.say(f"pk;s {sol.mention} history", "Front history")
    sol.rollcall.write(systems.edit_system, int(sol.id), {"front_history_privacy": "private"})
    bo.press_newest("▶", "The front history of this system is private.")


def label(message, name):
    (found,) = [button for row in message["components"] for button in row["components"] if button["label"] == name]
    return {"disabled": False, **found}


def test_the_history_can_be_cleared(system_owner, discord_user, log):
    sol, stranger = system_owner("Ann"), discord_user("other", "Others")
    for typed in ("pk;f h clear", "pk;fh -clear", "pk;s fh -c"):
        log(sol, (2, ["Ann"]), (1, []))
        stranger.ask(typed, "No switch is logged in this system yet.")
        stranger.ask(f"pk;s {sol.system_id} fh clear", "you can change only your own")
        sol.say(typed, "Delete all of your switches?")
        sol.say("no", "Nothing was deleted.")
        assert len(sol.switches) == 2
        sol.say(f"{typed} -yes", "All of your switches are deleted.")
        assert sol.switches == []


def shares_of(system_owner, typed):
    """Who fronted which share, from the bot's card."""
    (embed,) = system_owner.ask(typed, "Front breakdown")["embeds"]
    return {field["name"]: field["value"].split(" ")[0] for field in embed.get("fields", ())}


def test_shares_of_the_front(system_owner, log):
    sol = system_owner("Ann", "Ben", "Cy")
    names = ("pk;f p", "pk;fp", "pk;frontpercent", "pk;front%", "pk;s fp", "pk;s frontbreakdown", "pk;f percent")
    sol.say("pk;f p", "Nobody has fronted yet.")
    log(sol, (1000, ["Cy"]), (4, ["Ann"]), (3, ["Ann", "Ben"]), (1, []))
    for typed in names:
        assert shares_of(sol, f"{typed} 4h") == {"Ann": "75", "Ben": "50", "(no fronter)": "25"}, typed
    for typed, shares in {
        "4h -flat": {"Ann": "50", "Ben": "25", "(no fronter)": "25"},
        "4h -fronters-only": {"Ann": "100", "Ben": "67", "(no fronter)": None},
        "-fo 4h -flat": {"Ann": "67", "Ben": "33"},
        "2h": {"Ann": "50", "Ben": "50", "(no fronter)": "50"},
        "full": {"Cy": "100", "Ann": "0", "Ben": "0", "(no fronter)": "0"},
        "FULL -flat": {"Cy": "100", "Ann": "0", "Ben": "0", "(no fronter)": "0"},
        "": {"Cy": "99", "Ann": "0", "Ben": "0", "(no fronter)": "0"},
    }.items():
        wanted = {who: share for who, share in shares.items() if share is not None}
        assert shares_of(sol, f"pk;f p {typed}") == wanted, typed
    assert "Ben: 50 % (2 h)" in sol.say("pk;f p 4h", "Front breakdown")
    sol.say_all(
        {
            "pk;f p soon-ish": "I cannot read “soon-ish” as a time",
            "pk;f p 2999-01-01": "This time is in the future; choose one that has passed.",
            "pk;f p -rounded": "I know no `-rounded` here",
        }
    )


def test_more_than_24_share_the_last_line(system_owner, log):
    names = [f"M{number}" for number in range(26)]
    sol = system_owner(*names)
    log(sol, (1, names))
    (embed,) = sol.ask("pk;fp full", "Front breakdown")["embeds"]
    assert len(embed["fields"]) == 25
    assert embed["fields"][-1]["name"] == "(2 others)"
    assert embed["fields"][-1]["value"].startswith("200 % (2 h")
