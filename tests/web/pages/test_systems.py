"""`/s/<id>` shows of a system what a stranger may see, and of what is private nothing at all."""

import re

import pytest

from rules.fronting import past_switches, public_history, switches
from rules.groups import groups, membership
from rules.parsing.timestamps import now_us
from rules.pictures import formats, kept_files
from rules.systems import members, systems
from tests.rules.pictures.picture_bytes import png
from tests.web.pages.conftest import ALICE, GARDEN
from web.pages import timeline


@pytest.fixture
def show(browse, garden):
    def run(path=GARDEN, status=200):
        answer = browse(f"/s/{path}")
        assert answer.status_code == status
        return answer.text

    return run


def sections(text):
    return re.findall(r'data-part="(\w+)"', text)


def test_all_that_is_public_is_there(show, garden, write):
    group = write(groups.create_group, ALICE, {"name": "Gardeners", "description": "who dig"})
    write(membership.change_members, ALICE, group.hid, [garden["Rowan"], garden["Moss"]], "add")
    text = show()
    assert sections(text) == ["system", "front", "history", "members", "groups", "programs"]
    for said in ("The Garden", "🌱", "Plants &amp; people", "Rowan", "they/them", "Juniper", "20 March", "Gardeners"):
        assert said in text
    # Moss is private, and counts nowhere.
    assert "1 member<" in text
    assert "Moss" not in text
    assert garden["Moss"] not in text


@pytest.mark.parametrize("how", [GARDEN.upper(), "gar-den", "uuid"])
def test_a_system_may_be_named_in_other_ways(show, garden, how):
    assert show(garden["uuid"] if how == "uuid" else how) == show()


@pytest.mark.parametrize("name", [str(ALICE), "@me", "nobody", "", "+1", "a/b", "%", "x" * 300])
def test_what_names_no_system(browse, garden, name):
    assert browse(f"/s/{name}").status_code == 404


@pytest.mark.parametrize(
    ("setting", "lacks", "gone"),
    [
        ("name_privacy", (), ["The Garden"]),
        ("description_privacy", (), ["Plants &amp; people"]),
        ("front_privacy", ("front",), []),
        ("front_history_privacy", ("history",), []),
        ("member_list_privacy", ("members",), ["Rowan</bdi></h3>", "20 March"]),
        ("group_list_privacy", ("groups",), ["Gardeners"]),
    ],
)
def test_what_is_private_is_as_if_it_were_not_there(show, write, setting, lacks, gone):
    write(groups.create_group, ALICE, {"name": "Gardeners"})
    before = show()
    write(systems.edit_system, ALICE, {setting: "private"})
    after = show()
    assert [part for part in sections(before) if part not in sections(after)] == list(lacks)
    assert all(said in before and said not in after for said in gone)
    assert "rivate" not in after


@pytest.mark.parametrize(
    ("setting", "gone"),
    [
        ("name_privacy", "Rowan</bdi></h3>"),
        ("pronoun_privacy", "they/them"),
        ("description_privacy", "Tall"),
        ("visibility", "they/them"),
    ],
)
def test_what_is_private_of_a_member_is_not_there(show, garden, write, setting, gone):
    write(members.edit_member, ALICE, garden["Rowan"], {"description": "Tall"})
    assert gone in show()
    write(members.edit_member, ALICE, garden["Rowan"], {setting: "private", "display_name": "Ro"})
    assert gone not in show()


def test_the_owner_sees_no_more_than_a_stranger(client, garden, token_of, show):
    answer = client.get(f"/s/{GARDEN}", headers={"Authorization": token_of(ALICE), "Accept": "text/html"})
    assert answer.text == show()


def test_a_deleted_system_is_as_one_that_never_was(show, write):
    write(systems.delete_system, ALICE)
    assert show(status=404) == show("nobody", 404)


def test_pictures_are_loaded_from_here_and_from_nowhere_else(show, garden, write, database_file, make_app):
    assert "example.com" not in show()
    folder = kept_files.get_folder(f"sqlite:///{database_file}")
    name = kept_files.store(folder, png(), formats.check_picture("", png()))
    write(members.edit_member, ALICE, garden["Juniper"], {"avatar_url": f"http://127.0.0.1:8000/pictures/{name}"})
    assert f'src="/pictures/{name}"' in show()
    write(members.edit_member, ALICE, garden["Juniper"], {"avatar_url": f"https://elsewhere.example/pictures/{name}"})
    assert name not in show()


def test_the_history_is_drawn_and_told(show):
    text = show(f"{GARDEN}?days=7")
    assert text.count("<rect x=") == 2
    listed = re.findall(r"</span> <bdi>([^<]*)</bdi></li>", text)
    assert listed == ["Juniper", "nobody", "Rowan"]
    assert "12 %" not in show(f"{GARDEN}?days=1")


def test_of_more_switches_than_can_be_drawn_the_latest_are(show, garden, write, monkeypatch):
    assert "these are the latest" not in show()
    monkeypatch.setattr(public_history.find_history, "__defaults__", (50,))
    monkeypatch.setattr(timeline, "MOST_NAMED", 1)
    now = now_us()
    for number in range(60):
        hids = [garden["Rowan"], garden["Juniper"]] if number % 2 else []
        write(past_switches.log_switch, ALICE, hids, now - (60 - number) * 600_000_000)
    text = show(f"{GARDEN}?days=7")
    assert "these are the latest" in text
    # Not of seven days, but of the hours that are drawn.
    assert {round(int(percent) / 10) for percent in re.findall(r'class="percent">(\d+) %', text)} == {5}
    assert "<bdi>Rowan</bdi> and 1 more</li>" in text


def test_more_switches_in_this_hour_than_can_be_drawn(show, garden, write, monkeypatch):
    monkeypatch.setattr(public_history.find_history, "__defaults__", (5,))
    until = now_us() // public_history.HOUR_US * public_history.HOUR_US
    monkeypatch.setattr("web.pages.systems.now_us", lambda: until + 120_000_000)
    for number in range(10):
        write(past_switches.log_switch, ALICE, [garden["Rowan"]] if number % 2 else [], until + number * 1_000_000)
    assert "There were more changes than can be drawn" in show(f"{GARDEN}?days=7")


def test_bars_that_lie_on_one_another_are_one():
    assert timeline._draw_bars([(0, 1), (0, 2), (3, 4), (5000, 9000), (9000, 10_000)], 10_000) == [
        timeline.Bar(0, 1.3),
        timeline.Bar(500, 400),
        timeline.Bar(900, 100),
    ]


@pytest.mark.parametrize("days", ["0", "x", "-7", "8", "", "7.0", "٧"])
def test_of_other_lengths_the_usual_is_shown(show, monkeypatch, days):
    # What is drawn moves on with the clock.
    now = now_us()
    monkeypatch.setattr("web.pages.systems.now_us", lambda: now)
    assert show(f"{GARDEN}?days={days}") == show(f"{GARDEN}?days=7")


def test_a_thousand_members_come_page_by_page(show, garden, write):
    def add(session):
        for number in range(130):
            members.create_member(session, ALICE, {"name": f"No {number:03}."})

    write(add)
    pages = [re.findall(r"No (\d{3})\.</bdi></h3>", show(f"{GARDEN}?page={number}")) for number in (1, 2, 3)]
    assert sum(map(len, pages)) == 130
    assert pages[0][0] == "000"
    assert pages[2][-1] == "129"
    for beyond in ("4", "999", "99999", "0", "-1", "x"):
        assert "No 000" in show(f"{GARDEN}?page={beyond}") or "No 129" in show(f"{GARDEN}?page={beyond}")
    assert len(show(f"{GARDEN}?page=1").encode()) < 50_000


def test_many_groups_come_page_by_page_beside_the_members(show, garden, write):
    def add(session):
        for number in range(70):
            groups.create_group(session, ALICE, {"name": f"Group {number:03}."})

    write(add)
    pages = [re.findall(r"Group (\d{3})\.</bdi></h3>", show(f"{GARDEN}?groups={number}")) for number in (1, 2)]
    assert [len(page) for page in pages] == [60, 10]
    text = show(f"{GARDEN}?groups=2&days=1")
    assert "Groups <small>70<" in text
    assert f'href="/s/{GARDEN}?days=1&amp;page=1&amp;groups=1#groups"' in text
    assert "Rowan</bdi></h3>" in text


def test_nobody_fronts(show, write):
    write(switches.log_switch, ALICE, [])
    assert "Nobody is fronting" in show()


def test_what_an_owner_typed_is_no_markup(show, garden, write):
    evil = '"><script>alert(1)</script>'
    write(systems.edit_system, ALICE, {"name": evil, "description": evil, "tag": evil, "pronouns": evil})
    write(members.edit_member, ALICE, garden["Rowan"], {"name": evil, "pronouns": evil, "description": evil * 20})
    assert "<script>alert" not in show()


def test_of_no_system_it_names_the_command_by_its_prefix(make_app):
    answer = make_app(SYSTEM_PREFIXES="sys;").test_client().get("/s/zzzzz")
    assert answer.status_code == 404
    assert "<code>sys;system</code>" in answer.text
