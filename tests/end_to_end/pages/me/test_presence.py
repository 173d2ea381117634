"""One's own presence at /me, and what somebody without a system sees there."""

import pytest
from playwright.sync_api import expect

from tests.end_to_end.rollcall import until


@pytest.mark.long
def test_who_has_no_system_is_told_how_to_make_one(sign_in, nobody):
    page = sign_in(nobody).page
    # Without a word of where to, at what everybody has.
    expect(page.get_by_role("heading", name="Presence")).to_be_visible()
    expect(page.get_by_text("This user is not published here.")).to_be_visible()
    for section in ("front", "members", "groups", "system"):
        page.goto(f"{page.url.partition('#')[0]}#{section}")
        shown = page.locator(f"section[data-name={section}]")
        expect(shown).to_contain_text("pk;system new")
        expect(shown.get_by_role("button", name="Try again")).to_be_visible()


def test_presence_is_shown_as_others_see_it(sign_in, discord_user):
    alice = discord_user("alice", system="Foxes")
    page = sign_in(alice, "#presence").page
    expect(page.get_by_text("This is what everybody on the web sees of you.")).to_be_visible()
    expect(page.get_by_role("definition").filter(has_text="online")).to_be_visible()
    public = page.get_by_role("link", name="Your public page").get_attribute("href")
    assert public == f"/u/{alice.id}"
    assert (
        page.get_by_role("link", name="Your system's public page").get_attribute("href") == f"/s/{alice.system['id']}"
    )
    alice.ask(".hide", "")
    until(lambda: alice.rollcall.status_of(alice.id) is None)
    page.reload()
    expect(page.get_by_text("Nobody but you sees your presence")).to_be_visible()
    expect(page.get_by_role("link", name="Your public page")).to_have_count(0)
