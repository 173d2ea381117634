"""`pk;switch move`: instants as people type them, in the zone of the system."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from rules.fronting import switches
from rules.systems import systems

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.fixture
def sol(system_owner):
    """Somebody in Berlin for whom Ann fronts."""
    made = system_owner("Ann", "Ben")
    made.rollcall.write(systems.edit_system, int(made.id), {"tz": "Europe/Berlin"})
    made.rollcall.write(switches.log_switch, int(made.id), [made.member("Ann")["id"]])
    return made


def latest_of(system_owner):
    """When the latest switch was, in Berlin's time."""
    logged = system_owner.get(f"/v1/s/{system_owner.system_id}/switches")
    return datetime.fromisoformat(logged[0]["timestamp"]).astimezone(BERLIN)


def test_dates_and_times_in_either_order(sol):
    for typed, at in {
        "2020-03-04 13:05": "2020-03-04T13:05:00",
        "13:06 2020-03-04": "2020-03-04T13:06:00",
        "2020-03-04, 13:07": "2020-03-04T13:07:00",
        "13:08, 2020-03-04": "2020-03-04T13:08:00",
        "2020-03-04 1309": "2020-03-04T13:09:00",
        "2020 03 04 13:10": "2020-03-04T13:10:00",
        "2020/03/04 13:11:12": "2020-03-04T13:11:12",
        "Mar 4 2020 1:12 PM": "2020-03-04T13:12:00",
        "March 4th, 2020 1:13pm": "2020-03-04T13:13:00",
        "4 Mar 2020 2PM": "2020-03-04T14:00:00",
        "3 pm Mar 4, 2020": "2020-03-04T15:00:00",
        "2020-07-04 13:14": "2020-07-04T13:14:00",
        "2020-03-04T13:15:00Z": "2020-03-04T14:15:00",
        '"2020-03-04 13:16"': "2020-03-04T13:16:00",
        "2020-03-04": "2020-03-04T00:00:00",
        "July 5, 2020": "2020-07-05T00:00:00",
    }.items():
        sol.say(f"pk;sw move {typed} -yes", "The latest switch was at <t:")
        assert latest_of(sol).replace(tzinfo=None).isoformat() == at, typed


def test_spans_are_that_long_ago(sol):
    for verb, typed, ago in (
        ("move", "1w2d3h4m5s", timedelta(weeks=1, days=2, hours=3, minutes=4, seconds=5)),
        ("m", "1d6h ago", timedelta(days=1, hours=6)),
        ("shift", "90m", timedelta(minutes=90)),
        ("OFFSET", "2 hours ago", timedelta(hours=2)),
    ):
        before = datetime.now(BERLIN)
        sol.say(f"pk;sw {verb} -y {typed}", "The latest switch was at")
        assert before - timedelta(seconds=1) <= latest_of(sol) + ago <= datetime.now(BERLIN), typed


def test_what_is_left_out_is_the_latest_that_has_passed(sol):
    for typed, step in {
        "14:30": timedelta(days=1),
        "1430": timedelta(days=1),
        "2:30 PM": timedelta(days=1),
        "Dec 24 14:30": None,
    }.items():
        before = datetime.now(BERLIN)
        sol.say(f"pk;sw move {typed} -y", "The latest switch was at")
        found = latest_of(sol)
        assert (found.hour, found.minute, found.second) == (14, 30, 0), typed
        following = found + step if step else found.replace(year=found.year + 1)
        # A moment ago it had passed, and the next one has not.
        assert found <= datetime.now(BERLIN)
        assert following > before
    sol.say("pk;sw move yesterday 14:30 -y", "The latest switch was at")
    assert latest_of(sol).date() in {(datetime.now(BERLIN) - timedelta(days=days)).date() for days in (1, 2)}


def test_the_question_names_the_time_and_a_no_changes_nothing(sol):
    before = latest_of(sol)
    at = int(datetime(2020, 3, 4, 12, 5, tzinfo=UTC).timestamp())
    sol.say("pk;sw move 2020-03-04 13:05", f"Move the latest switch to <t:{at}:f> (<t:{at}:R>)?")
    sol.press_newest("No", "Nothing was changed.")
    sol.say("pk;sw move 2020-03-04 13:05", "Move the latest switch to")
    sol.say("n", "Nothing was changed.")
    assert latest_of(sol) == before
    sol.say("pk;sw move 2020-03-04 13:05", "Move the latest switch to")
    sol.press_newest("Move it", f"The latest switch was at <t:{at}:f>.")
    assert latest_of(sol).timestamp() == at


def test_moves_refused(sol, system_owner):
    sol.say("pk;sw move 2020-03-04 13:05 -y", "The latest switch was at")
    sol.say("pk;sw ben", "Fronting: Ben")
    before = latest_of(sol)
    tomorrow = (datetime.now(BERLIN) + timedelta(days=2)).date().isoformat()
    sol.say_all(
        {
            "pk;sw move": "Say when it was, like `pk;switch move 1h30m` or `pk;switch move yesterday 14:00`.",
            "pk;sw move soon-ish": "I cannot read “soon-ish” as a time",
            "pk;sw move 25:61": "I cannot read “25:61” as a time",
            "pk;sw move 2020-02-30": "I cannot read “2020-02-30” as a time",
            "pk;sw move 12": "I cannot read “12” as a time",
            f"pk;sw move {tomorrow}": "This time is in the future",
            "pk;sw move 2999-01-01 10:00 -y": "This time is in the future",
            "pk;sw move 2020-03-04 13:05": "This time is not after the previous switch",
            "pk;sw move 2020-03-04 13:04 -y": "This time is not after the previous switch",
            "pk;sw move 999w -y": "This time is not after the previous switch",
            "pk;sw move -quickly 1h": "I know no `-quickly` here",
        }
    )
    assert latest_of(sol) == before
    assert sol.switches == [["Ben"], ["Ann"]]
    system_owner().say("pk;sw move 1h", "No switch is logged in this system yet.")
