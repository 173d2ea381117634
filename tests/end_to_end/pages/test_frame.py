"""The frame of all pages in a real browser: colours, keyboard, small windows, and nothing that axe finds."""

import pytest

from tests.end_to_end.pages.watched_page import PHONE, assert_accessible

PATHS = ("/", "/docs", "/nothing")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(browse, scheme):
    watched = browse(color_scheme=scheme)
    for path in PATHS:
        watched.go(path)
        assert_accessible(watched.page)


def test_no_page_is_wider_than_a_phone(browse):
    watched = browse(viewport=PHONE)
    for path in PATHS:
        watched.go(path)
        assert not watched.is_scrolled_sideways, path


def background(watched):
    return watched.page.evaluate("getComputedStyle(document.body).backgroundColor")


def test_the_switch_of_the_theme_lasts(browse):
    watched = browse("/", color_scheme="light")
    light = background(watched)
    switch = watched.page.get_by_role("button", name="Theme")
    switch.click()
    dark = background(watched)
    assert dark != light
    watched.page.reload()
    assert (switch.inner_text(), background(watched)) == ("Theme: dark", dark)
    watched.page.emulate_media(color_scheme="dark")
    switch.click()
    assert (switch.inner_text(), background(watched)) == ("Theme: light", light)
    switch.click()
    assert (switch.inner_text(), background(watched)) == ("Theme: system", dark)


def test_the_first_step_of_the_keyboard_leads_to_the_content(browse):
    watched = browse("/")
    watched.page.keyboard.press("Tab")
    assert watched.focused == "Skip to the content"
    watched.page.keyboard.press("Enter")
    assert watched.page.evaluate("document.activeElement.id") == "main"


def test_without_javascript_a_page_says_the_same(browse):
    with_it, without = (browse(java_script_enabled=enabled) for enabled in (True, False))
    for path in PATHS:
        with_it.go(path)
        without.go(path)
        assert without.find("main").inner_text() == with_it.find("main").inner_text()
        assert not without.find("#theme").is_visible()
