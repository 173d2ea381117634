"""/me in narrow windows, in light and dark, and as a reader of the screen meets it."""

import pytest
from playwright.sync_api import expect

from rules.account import kv
from rules.fronting import switches
from rules.groups import groups
from tests.end_to_end.pages.watched_page import PHONE, assert_accessible

LONG = "A name without an end: " + "Taumatawhakatangihanga" * 3
PLACES = (
    "#front",
    "#members",
    "#members/new",
    "#members/{ann}",
    "#groups",
    "#groups/{tall}",
    "#system",
    "#pairs",
    "#presence",
)


@pytest.fixture
def places(owner, rollcall):
    """The owner's sections, with something in each: long names, colors, tags, a private pair and a public one."""
    ann = owner.member("Ann")["id"]
    owner.patch(
        f"/v2/members/{ann}", color="ff8800", pronouns="she/her", proxy_tags=[{"prefix": "a" * 40, "suffix": None}]
    )
    long = owner.add(LONG)
    tall = rollcall.write(groups.create_group, int(owner.id), {"name": "Tall ones", "color": "3366ff"}).hid
    rollcall.write(switches.log_switch, int(owner.id), [ann, long])
    rollcall.write(kv.set_value, int(owner.id), "k" * 165, "v" * 600)
    rollcall.write(kv.set_value, int(owner.id), "city", "Bern\nand around", True)
    return [place.format(ann=ann, tall=tall) for place in PLACES]


def show(watched, place):
    """Go to a place of the page and wait until it is there."""
    watched.page.evaluate("hash => { location.hash = hash }", place)
    name = place[1:].partition("/")[0]
    section = watched.page.locator(f"section[data-name={name}]")
    expect(section).to_be_visible()
    expect(section.get_by_text("Loading …")).to_have_count(0)
    watched.page.wait_for_load_state("networkidle")


@pytest.mark.parametrize("scheme", ["light", pytest.param("dark", marks=pytest.mark.long)])
def test_axe_finds_nothing_and_nothing_is_wider_than_a_phone(sign_in, owner, places, scheme):
    watched = sign_in(owner, color_scheme=scheme, viewport=PHONE)
    for place in places:
        show(watched, place)
        for summary in watched.page.locator("section:visible summary").all():
            summary.click()
        assert not watched.is_scrolled_sideways, place
        assert_accessible(watched.page)


def test_axe_finds_nothing_in_what_opens_and_in_what_is_refused(sign_in, owner, places):
    watched = sign_in(owner)
    page = watched.page
    show(watched, "#front")
    page.get_by_role("combobox", name="Who fronts from now on").press_sequentially("ann")
    expect(page.get_by_role("option")).to_have_count(1)
    page.get_by_role("button", name="Edit the switch to").first.focus()
    page.keyboard.press("Enter")
    assert_accessible(page)
    show(watched, "#members/new")
    page.get_by_role("button", name="Add a tag").click()
    page.get_by_role("button", name="Make the member").click()
    expect(page.get_by_text("Name is needed.")).to_be_visible()
    assert_accessible(page)
    show(watched, "#pairs")
    page.get_by_role("button", name="Edit city").click()
    page.get_by_role("button", name="Remove kkk").click()
    expect(page.get_by_role("button", name="Undo")).to_be_visible()
    assert_accessible(page)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_at_the_door(browse, scheme):
    watched = browse("/me", color_scheme=scheme, viewport=PHONE)
    watched.page.get_by_role("button", name="Open my page").click()
    expect(watched.page.get_by_text("This is no token")).to_be_visible()
    assert not watched.is_scrolled_sideways
    assert_accessible(watched.page)


def test_without_javascript_it_says_what_to_do(browse):
    watched = browse("/me", java_script_enabled=False)
    expect(watched.page.get_by_text("This page needs JavaScript.")).to_be_visible()
    expect(watched.page.locator("form")).to_be_hidden()
