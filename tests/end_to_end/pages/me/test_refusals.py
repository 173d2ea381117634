"""What /me does when something goes wrong: at the field, with what was typed, and up to date again."""

import re

import pytest
from playwright.sync_api import expect

from rules.systems import members


def hold(page, method, path, **answer):
    """Let the next request of this kind be answered so, and all after it by Rollcall."""
    asked = []

    def first_only(route):
        if route.request.method != method or asked:
            return route.fallback()
        asked.append(route.request)
        return route.fulfill(**answer)

    page.route(f"**{path}", first_only)


def test_a_refusal_stands_at_its_field_and_nothing_typed_is_lost(sign_in, owner):
    ann = owner.member("Ann")["id"]
    page = sign_in(owner, f"#members/{ann}").page
    page.get_by_label("Pronouns").first.fill("she/her")
    page.get_by_label("Birthday").first.fill("2001-02-30")
    page.get_by_label("Banner").first.fill("not an address")
    page.get_by_role("button", name="Save").click()
    banner, birthday = page.get_by_label("Banner").first, page.get_by_label("Birthday").first
    expect(birthday).to_be_focused()
    expect(birthday).to_have_accessible_description(re.compile("must be a date of the calendar"))
    expect(banner).to_have_accessible_description(re.compile("must be an address that starts with"))
    assert (birthday.get_attribute("aria-invalid"), banner.get_attribute("aria-invalid")) == ("true", "true")
    expect(page.get_by_label("Pronouns").first).to_have_value("she/her")
    assert owner.member("Ann")["pronouns"] is None
    # Elsewhere and back again.
    page.get_by_role("link", name="Groups").click()
    page.get_by_role("link", name="Members").click()
    page.get_by_role("link", name="Ann").click()
    expect(banner).to_have_value("not an address")
    birthday.fill("2001-02-28")
    banner.fill("")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Ann is saved.")).to_be_visible()
    assert (owner.member("Ann")["pronouns"], owner.member("Ann")["birthday"]) == ("she/her", "2001-02-28")


def test_only_what_was_typed_is_sent_and_what_changed_elsewhere_stays(sign_in, owner):
    ann = owner.member("Ann")["id"]
    page = sign_in(owner, f"#members/{ann}").page
    page.get_by_label("Description").first.fill("typed here")
    owner.patch(f"/v2/members/{ann}", pronouns="she/her")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Ann is saved.")).to_be_visible()
    expect(page.get_by_label("Pronouns").first).to_have_value("she/her")
    assert (owner.member("Ann")["description"], owner.member("Ann")["pronouns"]) == ("typed here", "she/her")


def test_what_was_deleted_elsewhere_is_told_and_gone_from_the_list(sign_in, owner, rollcall):
    ann = owner.member("Ann")["id"]
    page = sign_in(owner, f"#members/{ann}").page
    page.get_by_label("Description").first.fill("typed here")
    rollcall.write(members.delete_member, int(owner.id), ann)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("alert").filter(has_text="Member not found.")).to_be_visible()
    expect(page.get_by_label("Description").first).to_have_value("typed here")
    page.get_by_role("link", name="← All members").click()
    expect(page.get_by_text("2 members")).to_be_visible()


@pytest.mark.long
def test_too_many_requests_are_waited_for(sign_in, owner):
    page = sign_in(owner, "#system").page
    page.get_by_label("Tag", exact=True).fill("slow")
    hold(page, "PATCH", "/v2/systems/@me", status=429, headers={"Retry-After": "1"}, json={"message": "Too many"})
    page.get_by_role("button", name="Save the system").click()
    expect(page.get_by_text("it goes on in 1 s")).to_be_visible()
    expect(page.get_by_text("The system is saved.")).to_be_visible()
    assert owner.get("/v2/systems/@me")["tag"] == "slow"


def test_without_a_network_nothing_is_lost(sign_in, owner):
    page = sign_in(owner, "#system").page
    page.get_by_label("Tag", exact=True).fill("later")
    page.context.set_offline(True)
    expect(page.get_by_text("You are offline. What you type stays here.")).to_be_visible()
    page.get_by_role("button", name="Save the system").click()
    expect(page.get_by_role("alert").filter(has_text="You are offline; nothing was sent.")).to_be_visible()
    page.context.set_offline(False)
    page.get_by_role("button", name="Save the system").click()
    expect(page.get_by_text("The system is saved.")).to_be_visible()
    assert owner.get("/v2/systems/@me")["tag"] == "later"
