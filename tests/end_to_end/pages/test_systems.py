"""A system's page in a real browser: live, drawn without JavaScript, and silent about what is private."""

import pytest

from tests.end_to_end.pages.watched_page import PHONE, assert_accessible


@pytest.fixture
def garden(system_owner):
    """A system with a public member who fronts, another, and a private one."""
    owner = system_owner("Rowan", "Juniper")
    owner.add("Moss", visibility="private")
    owner.say("pk;switch Rowan", "Rowan")
    return owner


def is_live(watched):
    watched.wait("document.querySelector('[data-live][data-page]')?.dataset.heard === 'stream'")


def fronters(watched):
    return watched.find("[data-part=front]").inner_text()


def test_who_fronts_is_shown_as_it_changes_and_a_private_member_never(browse, garden):
    watched = browse(f"/s/{garden.system_id}")
    assert "Rowan" in fronters(watched)
    is_live(watched)
    garden.say("pk;switch Juniper Moss", "Juniper")
    watched.wait("document.querySelector('[data-part=front]').innerText.includes('Juniper')")
    assert "Rowan" not in fronters(watched)
    garden.say("pk;switch Moss", "Moss")
    watched.see("Nobody is fronting")
    assert "Moss" not in watched.page.content()


def test_what_becomes_private_while_watched_goes(browse, garden):
    watched = browse(f"/s/{garden.system_id}")
    is_live(watched)
    garden.say("pk;system privacy front private", "private")
    watched.find("[data-part=front]").wait_for(state="detached")
    assert "Juniper" in watched.find("[data-part=members]").inner_text()


@pytest.mark.parametrize("scheme", ["light", pytest.param("dark", marks=pytest.mark.long)])
def test_axe_finds_nothing(browse, garden, scheme):
    watched = browse(f"/s/{garden.system_id}", color_scheme=scheme)
    watched.page.get_by_text("The same as a list").click()
    assert_accessible(watched.page)


def test_on_a_phone_nothing_is_cut_off(browse, garden):
    watched = browse(f"/s/{garden.system_id}", viewport=PHONE)
    watched.page.get_by_text("The same as a list").click()
    assert not watched.is_scrolled_sideways


def test_without_javascript_the_history_is_drawn(browse, garden):
    watched = browse(f"/s/{garden.system_id}?days=1", java_script_enabled=False)
    assert watched.find(".timeline rect").count() == 1
    assert "Rowan" in watched.find(".timeline").inner_text()


def test_of_no_system_the_page_says_what_to_do(browse):
    watched = browse("/s/zzzzz")
    watched.see("There is no such system")
    assert_accessible(watched.page)
