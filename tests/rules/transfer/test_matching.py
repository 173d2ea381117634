"""Which of the system's own a file's members, groups and switches are, from import to import."""

from dataclasses import replace

import pytest

from models import Group
from rules.errors import Invalid
from rules.fronting import switches
from rules.parsing.uuids import make_uuid
from rules.proxying import autoproxy
from rules.proxying.decision import IncomingMessage, NotProxied, decide
from rules.systems import member_list, members, overviews, systems
from rules.transfer import exporter, import_plan, importer, known_switches
from rules.transfer.import_file import File, FileGroup, FileMember, FileSpan

ALICE, BOB = 80351110224678912, 80351110224678914
BEGIN, HOUR_US, SECOND_US = 1_700_000_000_000_000, 3_600_000_000, 1_000_000
SERVER, CHANNEL = 5001, 6001


def a_file(*listed, **fields):
    read = [one if isinstance(one, FileMember) else a_member(one) for one in listed]
    return File(read, **{"app": "Octocon", **fields})


def a_member(name, source=None, first=None, **values):
    return FileMember(name, {"name": name, **values}, first or {}, source=source)


def hours(*fronting):
    return [(BEGIN + number * HOUR_US, who) for number, who in enumerate(fronting)]


@pytest.fixture
def take(write):
    def run(file, **options):
        running = importer.Import(ALICE, file, **options)
        for rule, args in running.steps():
            write(rule, *args)
        return running.result

    return run


@pytest.fixture
def plan(read):
    return lambda file: read(import_plan.plan, ALICE, file)


@pytest.fixture
def exported(read):
    return lambda: read(exporter.export_system, ALICE)


@pytest.fixture
def names(exported):
    return lambda: [one["name"] for one in exported()["members"]]


@pytest.fixture
def log(exported):
    """The switches, the oldest first, as hours since the first moment and names."""

    def show():
        shown = exported()
        called = {one["id"]: one["name"] for one in shown["members"]}
        return [[called[hid] for hid in one["members"]] for one in shown["switches"]][::-1]

    return show


def test_who_was_renamed_is_found_by_the_apps_id(take, write, exported, names):
    take(a_file(a_member("Ann", "1"), a_member("Ben", "2")))
    write(members.edit_member, ALICE, exported()["members"][0]["id"], {"name": "Anna"})
    take(a_file(a_member("Benny", "2"), a_member("Ann", "1")))
    assert names() == ["Ann", "Benny"]


def test_an_id_of_another_app_says_nothing(take, names):
    take(a_file(a_member("Ann", "1")))
    take(a_file(a_member("Zoe", "1"), app="Ampersand"))
    assert names() == ["Ann", "Zoe"]


def test_two_of_one_name_stay_two_however_often_they_come(take, plan, names):
    for file in (a_file("Sam", "Sam"), a_file(a_member("Tom", "1"), a_member("Tom", "2"), app="Simply Plural")):
        take(file)
        assert plan(file).is_empty
        take(file)
    assert names() == ["Sam", "Sam", "Tom", "Tom"]


def test_a_uuid_comes_before_a_name_and_an_apps_id_before_both(take, exported):
    ann, ben = make_uuid(), make_uuid()
    first = FileMember("Ann", {"name": "Ann"}, {}, uuid=ann)
    take(a_file(first, FileMember("Ben", {"name": "Ben"}, {}, uuid=ben, source="2")))
    take(
        a_file(
            FileMember("Ben", {"name": "Ben", "color": "000001"}, {}, uuid=ann),
            FileMember("Ann", {"name": "Ann", "color": "000002"}, {}, uuid=ann, source="2"),
        )
    )
    assert [(one["name"], one["color"]) for one in exported()["members"]] == [("Ben", "000001"), ("Ann", "000002")]


def test_groups_are_within_others_and_never_in_a_circle(take, plan, read):
    def a_group(name, parent=None):
        return FileGroup(name, {"name": name}, {}, parent=parent, source=name)

    first = a_file(groups=[a_group("A"), a_group("B", 0), a_group("C", 1)])
    take(first)
    assert show_parents(read) == {"A": None, "B": "A", "C": "B"}
    assert plan(first).is_empty
    round_about = a_file(groups=[a_group("C"), a_group("A", 0)])
    assert plan(round_about).is_empty
    take(round_about)
    assert show_parents(read) == {"A": None, "B": "A", "C": "B"}
    other = a_file(groups=[a_group("D"), a_group("C", 0)])
    assert plan(other).groups.changed == ("C",)
    take(other)
    assert show_parents(read) == {"A": None, "B": "A", "C": "D", "D": None}


def show_parents(read):
    # Copies that the import had out of reach are not deleted yet.
    within_reach = Group.hid.regexp_match("^[a-z]+$")
    rows = read(lambda s: s.query(Group.id, Group.name, Group.parent_id).filter(within_reach).all())
    called = {number: name for number, name, _ in rows}
    return {name: called.get(parent) for _, name, parent in rows}


def test_what_is_for_a_new_system_goes_into_none_that_is_there(take, exported):
    take(a_file("Ann", first_system={"name": "Elsewhere"}))
    assert exported()["name"] == "Elsewhere"
    take(a_file("Ann", first_system={"name": "Later"}))
    assert exported()["name"] == "Elsewhere"


@pytest.mark.parametrize(
    ("shift", "known"), [(0, 3), (400_000, 3), (-400_000, 3), (999_999, 3), (SECOND_US, 0), (5 * SECOND_US, 0)]
)
def test_the_same_log_rounded_to_seconds_is_known(take, plan, log, shift, known):
    listed = hours((0,), (0, 1), ())
    take(a_file("Ann", "Ben", switches=listed))
    moved = a_file("Ann", "Ben", switches=[(at + shift, who) for at, who in listed], app="Ampersand")
    assert plan(moved).known_switches == known
    take(moved)
    assert len(log()) == 6 - known


def test_other_members_within_a_second_are_another_switch(take, plan):
    take(a_file("Ann", "Ben", switches=hours((0,))))
    assert plan(a_file("Ann", "Ben", switches=[(BEGIN + 400_000, (1,))])).new_switches == 1


def test_times_that_are_exact_on_both_sides_are_not_the_same(take, plan):
    take(a_file("Ann", switches=[(BEGIN + 123_456, (0,))]))
    assert plan(a_file("Ann", switches=[(BEGIN + 623_457, (0,))])).new_switches == 1


def test_of_two_near_switches_each_is_known_once(take, plan):
    take(a_file("Ann", switches=[(BEGIN + 300_000, (0,))]))
    assert plan(a_file("Ann", switches=[(BEGIN, (0,)), (BEGIN + 1, (0,))])).new_switches == 1


def test_where_both_logs_mix_it_is_told_and_chosen(take, plan, write, exported, log):
    take(a_file("Own", switches=[(BEGIN + 90 * 60 * SECOND_US, (0,))], app="PluralKit"))
    file = a_file("Ann", switches=hours((0,), (), (0,), ()))
    overlap = plan(file).overlap
    assert (overlap.new, overlap.before, overlap.own) == (4, 2, 1)
    assert "both would mix" in overlap.sentence
    take(file, switches=known_switches.NONE)
    assert log() == [["Own"]]
    take(file, switches=known_switches.BEFORE)
    assert log() == [["Ann"], [], ["Own"]]
    take(file)
    assert log() == [["Ann"], [], ["Own"], ["Ann"], []]


@pytest.mark.parametrize("after", [False, True])
def test_a_log_before_or_after_the_other_does_not_mix(take, plan, after):
    take(a_file("Own", switches=hours((0,), ()), app="PluralKit"))
    moved = [(at + (1 if after else -1) * 100 * HOUR_US, who) for at, who in hours((0,), ())]
    assert plan(a_file("Ann", switches=moved)).overlap is None


def test_spans_that_are_there_are_not_new(take, plan):
    file = a_file("Ann", spans=[FileSpan(0, BEGIN, BEGIN + HOUR_US, "tired", "s1"), FileSpan(0, BEGIN)])
    assert plan(file).new_spans == 2
    assert take(file).spans == 2
    assert plan(file).is_empty
    later = replace(file, spans=[*file.spans, FileSpan(0, BEGIN + HOUR_US)])
    assert plan(later).new_spans == 1


def test_more_than_a_thousand_members_are_refused_with_a_sentence(plan, take):
    take(a_file(*(f"M{number}" for number in range(600))))
    with pytest.raises(Invalid, match="A system has at most 1,000 members; with those of the file yours would have"):
        plan(a_file(*(f"N{number}" for number in range(401))))


@pytest.mark.parametrize("flag", ["is_custom_front", "is_archived"])
def test_who_is_not_listed_is_in_no_list_or_count_and_never_proxied(take, read, write, exported, flag):
    tags = members.dump_tags([{"prefix": "a:", "suffix": None}])
    asleep = a_member("Asleep", "1", {flag: True, "visibility": False, "proxy_tags": tags})
    take(a_file(asleep, "Ann", switches=hours((0,))))
    system = read(systems.get_account_system, ALICE)
    for viewer in (ALICE, None):
        listed = [one["name"] for one in read(members.show_members, system.hid, viewer)]
        assert "Asleep" not in listed
        assert "Asleep" not in [one["name"] for one in read(members.list_seen, system, viewer)]
        found = read(member_list.list_members, system, viewer, member_list.Options(all=True))
        assert ("Asleep" in [one["name"] for one in found]) == (viewer == ALICE)
        assert read(overviews.get_overview, system, viewer)["members"] == (1 if viewer == ALICE else 0)
    asleep = next(one["id"] for one in exported()["members"] if one["name"] == "Asleep")
    assert read(switches.show_fronters, system.hid, ALICE)["members"][0]["name"] == "Asleep"
    assert read(members.get_member, asleep).name == "Asleep"
    assert read(member_list.suggest_members, ALICE, "asl", 5) == [(asleep, "Asleep")]
    for mode in (("off",), ("front",), ("member", asleep)):
        write(autoproxy.set_mode, ALICE, SERVER, *mode)
        for text in ("a: hello", "hello"):
            decided = read(decide, IncomingMessage(ALICE, SERVER, CHANNEL, CHANNEL, text), BEGIN)
            assert isinstance(decided, NotProxied)
    write(members.edit_member, ALICE, asleep, {flag: False})
    assert not isinstance(read(decide, IncomingMessage(ALICE, SERVER, CHANNEL, CHANNEL, "a: hello"), BEGIN), NotProxied)


def test_an_open_front_of_a_file_starts_no_autoproxy_unless_somebody_says_so(take, plan, read, write):
    file = a_file("Ann", switches=hours((), (0,)))
    assert (
        "Fronting at the end of the file: “Ann”. Autoproxy speaks as them only if you say they front now."
        in plan(file).sentences
    )
    take(file)
    write(autoproxy.set_mode, ALICE, SERVER, "front")
    hello = IncomingMessage(ALICE, SERVER, CHANNEL, CHANNEL, "hello")
    assert isinstance(read(decide, hello, BEGIN), NotProxied)
    take(a_file("Ann", "Ben", switches=hours((), (0,), (0, 1))), fronts_now=True)
    assert read(decide, hello, BEGIN).name == "Ann"


def test_who_fronts_last_in_a_file_fronts_now_though_somebody_else_did_since(take, log, read, write, exported):
    take(a_file("Own", switches=[(BEGIN + 50 * HOUR_US, (0,))], app="PluralKit"))
    take(a_file("Ann", switches=hours((0,))), fronts_now=True)
    assert log() == [["Ann"], ["Own"], ["Ann"]]


def test_what_anybody_could_see_is_named(plan):
    said = {"visibility": False}
    file = a_file(
        a_member("Ann", None, said),
        a_member("Asleep", None, {**said, "is_custom_front": True}),
        "Ben",
        groups=[FileGroup("Us", {"name": "Us", "visibility": False}, {}), FileGroup("Them", {"name": "Them"}, {})],
        switches=hours((0,)),
    )
    assert plan(file).visible == "1 member, 1 custom front, 1 group, who fronted when"
    assert plan(a_file("Ben", switches=hours((0,)))).visible == ""


def test_what_of_the_system_itself_anybody_could_see_is_named(plan, write):
    def find(**said):
        return plan(a_file(system=said)).visible

    words = {"name": "Foxes", "description": "We", "pronouns": "", "banner": "https://i.example/b.png"}
    assert find(**words) == "your system's name, your system's description, your system's banner"
    assert find(**words, description_privacy=True) == "your system's name"
    write(systems.create_system, ALICE, {"name": "Foxes"})
    assert find(**words) == "your system's description, your system's banner"
    write(systems.edit_system, ALICE, {"description_privacy": "private"})
    assert find(**words, description_privacy=False) == ""


def test_that_those_who_are_public_here_fronted_is_named_too(plan, write):
    write(systems.create_system, ALICE)
    write(members.create_member, ALICE, {"name": "Ann"})
    assert plan(a_file("Ann", switches=hours((0,)))).visible == "who fronted when"
    write(systems.edit_system, ALICE, {"front_history_privacy": "private"})
    assert plan(a_file("Ann", switches=hours((0,)))).visible == ""


def test_custom_fronts_and_archived_members_are_told(plan):
    file = a_file("Ann", "Asleep", "Blurry", "Old")
    assert not any("In no list" in sentence for sentence in plan(file).sentences)
    for place, state in enumerate(("is_custom_front", "is_custom_front", "is_archived"), 1):
        file.members[place].values[state] = True
    told = "In no list but yours, and not proxied: 2 custom fronts (“Asleep”, “Blurry”), 1 archived member (“Old”)."
    assert told in plan(file).sentences
