"""An import's steps: what others see of it before the last, what ends it, and what may happen meanwhile."""

import pytest
from sqlalchemy import func, select

from models import Account, Autoproxy, Member, Message, Switch, SwitchMember, System
from rules.account import erasure
from rules.errors import Invalid, NotAllowed, NotFound
from rules.fronting import switches
from rules.proxying import message_records
from rules.systems import members, soft_delete, systems
from rules.transfer import import_rows, importer
from tests.rules.transfer.import_samples import NOON, at, export, pluralkit, run_import, without_ids

ALICE, BOB = 80351110224678912, 80351110224678914
TABLES = (System, Account, Member, Switch, SwitchMember, Message, Autoproxy)
STEPS = ["begin", *["stage"] * 4, "finish"]
INTERRUPTED = "The import was interrupted, and nothing was changed; start it again."
REPLACED = "Your system was deleted or replaced during the import, and nothing was changed; start it again."


@pytest.fixture(autouse=True)
def small_steps(monkeypatch):
    """Few rows at once, so that there is a between."""
    monkeypatch.setattr(importer, "ROWS_AT_ONCE", 6)


@pytest.fixture
def ann(write):
    """Ann, the one member of Alice's system, with a switch of hers."""
    write(systems.create_system, ALICE, {"name": "Foxes"})
    hid = write(members.create_member, ALICE, {"name": "Ann"}).hid
    write(switches.log_switch, ALICE, [hid])
    return hid


@pytest.fixture
def file(ann):
    """A file with Ann changed, Ben and Cleo new, and ten switches of theirs."""
    listed = [
        {"id": ann, "name": "Ann", "color": "00ff00"},
        {"id": "bbbbb", "name": "Ben", "message_count": 5},
        {"id": "ccccc", "name": "Cleo"},
    ]
    return pluralkit(listed, [(at(n), [ann, "ccccc", "bbbbb"][: n % 4]) for n in range(9, -1, -1)], name="Wolves")


@pytest.fixture
def counts(read):
    """How many rows each table has."""
    return lambda: [read(lambda s, t=table: s.scalar(select(func.count()).select_from(t))) for table in TABLES]


@pytest.fixture
def purge(write):
    """What the bot does at its start, and now and then: delete what is out of reach."""

    def run():
        write(soft_delete.abandon_all)
        while write(soft_delete.purge_some):
            pass

    return run


@pytest.fixture
def history(read):
    """Who fronted, by name, the oldest first."""
    return lambda: [one["members"] for one in without_ids(export(read, ALICE))["switches"]][::-1]


def test_the_steps(write, file):
    took = []
    running = run_import(write, ALICE, file, between=lambda rule: took.append(rule))
    assert took == STEPS
    assert (running.done, running.total) == (10, 10)
    assert running.result.sentence == "Imported: 2 members added and 1 changed, 10 switches added."


def test_progress_is_told_between(write, file):
    running = importer.Import(ALICE, importer.read_file(file))
    done = []
    for rule, args in running.steps():
        done.append((running.done, running.result))
        write(rule, *args)
    assert [number for number, _ in done] == [0, 0, 3, 6, 8, 10]
    assert {result for _, result in done} == {None}


def test_nothing_is_seen_before_the_end_and_all_of_it_after(write, read, file, history):
    before = export(read, ALICE)

    def look(rule):
        assert export(read, ALICE) == before

    run_import(write, ALICE, file, between=look)
    after = without_ids(export(read, ALICE))
    assert [(one["name"], one["color"], one["message_count"]) for one in after["members"]] == [
        ("Ann", "00ff00", 0),
        ("Ben", None, 5),
        ("Cleo", None, 0),
    ]
    three = ["Ann", "Cleo", "Ben"]
    assert history() == [*(three[: n % 4] for n in range(10)), ["Ann"]]
    assert after["name"] == "Wolves"


def test_nobody_finds_what_is_laid_down(write, read, ann, file):
    write(systems.create_system, BOB)
    before = [read(lambda s, t=table: set(s.scalars(select(t.hid)))) for table in (System, Member)]
    run_import(write, ALICE, file, stop_before="finish")
    system, *others = [hid for hid in read(lambda s: s.scalars(select(System.hid)).all()) if hid not in before[0]]
    laid = [hid for hid in read(lambda s: s.scalars(select(Member.hid)).all()) if hid not in before[1]]
    assert (others, len(laid)) == ([], 2)
    with pytest.raises(NotFound):
        read(systems.get_system, system)
    for hid in laid:
        with pytest.raises(NotFound):
            read(members.get_member, hid)
        for user_id in (ALICE, BOB):
            with pytest.raises(Invalid, match="not found"):
                write(switches.log_switch, user_id, [hid])
            with pytest.raises(NotFound):
                write(members.delete_member, user_id, hid)
    numbers = read(lambda s: dict(s.execute(select(Member.hid, Member.id)).all()))
    with pytest.raises(NotAllowed):
        write(message_records.record_message, ALICE, numbers[laid[0]], 500, 499, 7, 8)
    assert [one["members"] for one in export(read, ALICE)["switches"]] == [[ann]]


@pytest.mark.parametrize("steps", range(1, len(STEPS)))
def test_a_process_that_ends_between_leaves_nothing(write, read, file, counts, purge, steps):
    before, rows = export(read, ALICE), counts()
    running = importer.Import(ALICE, importer.read_file(file))
    for _, (rule, args) in zip(range(steps), running.steps(), strict=False):
        write(rule, *args)
    assert counts() != rows
    purge()
    assert counts() == rows
    assert export(read, ALICE) == before
    with pytest.raises(Invalid, match=INTERRUPTED):
        write(running.finish)
    assert export(read, ALICE) == before


@pytest.mark.parametrize("steps", range(len(STEPS)))
def test_cancelling_leaves_nothing(write, read, file, counts, purge, steps):
    before, rows = export(read, ALICE), counts()
    running = importer.Import(ALICE, importer.read_file(file))
    for _, (rule, args) in zip(range(steps), running.steps(), strict=False):
        write(rule, *args)
    for _ in range(2):
        write(running.cancel)
    while write(soft_delete.purge_some):
        pass
    assert counts() == rows
    assert export(read, ALICE) == before


def test_cancelling_what_is_done_changes_nothing(write, read, file):
    running = run_import(write, ALICE, file)
    after = export(read, ALICE)
    write(running.cancel)
    assert export(read, ALICE) == after


def test_the_last_step_is_whole_or_nothing(write, read, file, counts, monkeypatch):
    running = run_import(write, ALICE, file, stop_before="finish")
    before, rows = export(read, ALICE), counts()

    def fail(*_):
        raise OSError

    monkeypatch.setattr(soft_delete, "put_out_of_reach", fail)
    with pytest.raises(OSError):
        write(running.finish)
    assert (export(read, ALICE), counts()) == (before, rows)


def test_after_the_end_nothing_is_left_out_of_reach(write, file, counts, purge):
    run_import(write, ALICE, file)
    purge()
    assert counts() == [1, 1, 3, 11, 1 + 2 * 6 + 1, 0, 0]


def test_the_same_file_twice_at_once_is_there_once(write, read, file, history, counts, purge):
    first = run_import(write, ALICE, file, stop_before="finish")
    second = run_import(write, ALICE, file, stop_before="finish")
    write(first.finish)
    after = export(read, ALICE)
    write(second.finish)
    assert export(read, ALICE) == after
    assert second.result.sentence == "Imported: 0 members added and 0 changed, 0 switches added."
    purge()
    assert counts()[:5] == [1, 1, 3, 11, 14]


def test_two_files_at_once_share_their_new_members(write, read, ann, history):
    files = [pluralkit([{"id": "b", "name": "Ben"}], [(at(n), ["b"])]) for n in (1, 2)]
    first, second = (run_import(write, ALICE, text, stop_before="finish") for text in files)
    write(second.finish)
    write(first.finish)
    assert [one["name"] for one in export(read, ALICE)["members"]] == ["Ann", "Ben"]
    assert history() == [["Ben"], ["Ben"], ["Ann"]]


@pytest.mark.parametrize("when", range(1, len(STEPS)))
def test_a_member_that_is_deleted_meanwhile_stays_so(write, read, ann, file, history, when):
    running = importer.Import(ALICE, importer.read_file(file))
    for number, (rule, args) in enumerate(running.steps()):
        if number == when:
            write(members.delete_member, ALICE, ann)
            write(members.create_member, ALICE, {"name": "Zoe"})
        write(rule, *args)
    assert [(one["name"], one["color"]) for one in export(read, ALICE)["members"]] == [
        ("Ben", None),
        ("Cleo", None),
        ("Zoe", None),
    ]
    three = ["Ann", "Cleo", "Ben"]
    assert history() == [*(three[: n % 4][1:] for n in range(10)), []]


@pytest.mark.parametrize("when", ["stage", "finish"])
def test_who_gets_the_row_of_a_deleted_member_is_not_taken_for_it(write, read, ann, history, when):
    came = []

    def come(rule):
        if rule == when and not came:
            rows = [read(lambda s: s.scalars(select(Member.id)).one())]
            write(members.delete_member, ALICE, ann)
            came.append(write(members.create_member, ALICE, {"name": "Zoe"}).id)
            assert came == rows

    text = pluralkit([{"id": ann, "name": "Ann", "color": "00ff00"}], [(at(n), [ann]) for n in range(9, -1, -1)])
    run_import(write, ALICE, text, between=come)
    assert [(one["name"], one["color"]) for one in export(read, ALICE)["members"]] == [("Zoe", None)]
    assert history() == [[]] * 11


def test_a_member_that_is_changed_meanwhile_is_the_same(write, read, ann, file):
    run_import(write, ALICE, file, between=lambda rule: write(members.edit_member, ALICE, ann, {"name": "Anna"}))
    assert [one["name"] for one in export(read, ALICE)["members"]] == ["Ann", "Ben", "Cleo"]


def test_a_member_that_comes_meanwhile_and_is_in_the_file_is_the_one(write, read, file, history):
    def come(rule):
        if rule == "finish":
            write(members.create_member, ALICE, {"name": "Cleo", "color": "ff0000"})

    running = run_import(write, ALICE, file, between=come)
    assert running.result.sentence == "Imported: 1 member added and 0 changed, 10 switches added.".replace(
        "0 ch", "1 ch"
    )
    found = [(one["name"], one["color"]) for one in export(read, ALICE)["members"]]
    assert sorted(found) == [("Ann", "00ff00"), ("Ben", None), ("Cleo", "ff0000")]
    assert history()[3] == ["Ann", "Cleo", "Ben"]


def test_two_large_files_at_once_are_one_too_many(write, read, ann, history, monkeypatch):
    monkeypatch.setattr(import_rows, "MOST_REDIRECTED", 2)
    texts = [pluralkit([{"id": "b", "name": "Ben"}], [(at(n + m), ["b"]) for m in range(3)]) for n in (1, 11)]
    first, second, again = (run_import(write, ALICE, text, stop_before="finish") for text in (*texts, texts[0]))
    write(first.finish)
    before = export(read, ALICE)
    with pytest.raises(Invalid, match="Members that are in the file came to your system during the import"):
        write(second.finish)
    assert export(read, ALICE) == before
    write(again.finish)
    assert export(read, ALICE) == before
    run_import(write, ALICE, texts[1])
    assert history() == [["Ben"]] * 6 + [["Ann"]]


def test_switches_that_come_meanwhile_stay(write, read, ann, file, history, monkeypatch):
    run_import(write, ALICE, pluralkit(switches=[(NOON, [])]))

    def come(rule):
        if rule == "finish":
            run_import(write, ALICE, pluralkit([{"id": ann, "name": "Ann"}], [(at(2), [ann])]))
            write(switches.log_switch, ALICE, [])

    assert run_import(write, ALICE, file, between=come).result.switches == 8
    assert history()[:5] == [[], ["Ann"], ["Ann"], ["Ann", "Cleo", "Ben"], []]
    assert history()[-2:] == [["Ann"], []]


def test_a_system_that_is_made_meanwhile_is_imported_into(write, read):
    text = pluralkit(
        [{"id": "b", "name": "Ben", "color": "00ff00"}, {"id": "c", "name": "Cleo"}], [(at(1), ["b", "c"])]
    )

    def come(rule):
        if rule == "finish":
            write(systems.create_system, ALICE)
            write(members.create_member, ALICE, {"name": "Ben"})

    result = run_import(write, ALICE, text, between=come).result
    assert (result.made_system, result.new, result.changed) == (False, 1, 1)
    shown = without_ids(export(read, ALICE))
    assert [(one["name"], one["color"]) for one in shown["members"]] == [("Cleo", None), ("Ben", "00ff00")]
    assert shown["switches"][0]["members"] == ["Ben", "Cleo"]


def delete(write):
    write(systems.delete_system, ALICE)


def replace(write):
    delete(write)
    while write(soft_delete.purge_some):
        pass
    write(systems.create_system, ALICE)


def forget(write):
    write(erasure.forget, ALICE)


def restart(write):
    write(soft_delete.abandon_all)


def restart_and_purge(write):
    restart(write)
    while write(soft_delete.purge_some):
        pass
    write(soft_delete.add_out_of_reach, soft_delete.BUILDING, 5)


def fill(write):
    run_import(write, ALICE, pluralkit([{"name": f"{n}"} for n in range(998)]))


FULL = "A system has at most 1,000 members; with those of the file yours would have 1,001."


@pytest.mark.parametrize("when", [1, 3, len(STEPS) - 1])
@pytest.mark.parametrize(
    ("happens", "says", "systems_left", "members_left"),
    [
        (delete, REPLACED, 0, 0),
        (replace, REPLACED, 1, 0),
        (forget, "You asked to be forgotten", 0, 0),
        (restart, INTERRUPTED, 1, 1),
        (restart_and_purge, INTERRUPTED, 1, 1),
        (fill, FULL, 1, 999),
    ],
)
def test_what_ends_an_import_leaves_nothing_of_it(
    write, read, file, purge, counts, happens, says, systems_left, members_left, when
):
    running = importer.Import(ALICE, importer.read_file(file))

    def run():
        for number, (rule, args) in enumerate(running.steps()):
            if number == when:
                happens(write)
            write(rule, *args)

    with pytest.raises((Invalid, NotAllowed)) as refused:
        run()
    assert refused.value.sentence.startswith(says)
    write(running.cancel)
    purge()
    assert (counts()[0], counts()[2]) == (systems_left, members_left)
    if happens not in (delete, forget):
        assert "Wolves" not in str(export(read, ALICE))
