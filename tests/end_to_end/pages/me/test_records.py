"""Members, groups and the system at /me: made, found, edited and deleted, each by the API."""

import pytest
from playwright.sync_api import expect

from tests.end_to_end.pages.watched_page import PHONE


def test_a_member_is_made_edited_and_deleted(sign_in, owner):
    page = sign_in(owner, "#members", viewport=PHONE).page
    page.get_by_role("link", name="New member").click()
    page.get_by_role("button", name="Make the member").press("Enter")
    name = page.get_by_label("Name", exact=True).first
    expect(name).to_be_focused()
    expect(name).to_be_in_viewport()
    name.fill("Dora <i>")
    page.get_by_label("Birthday").first.fill("07-11")
    page.get_by_label("Color", exact=True).fill("#FF8800")
    page.get_by_label("Description").first.fill("one\ntwo")
    page.get_by_role("button", name="Add a tag").click()
    page.get_by_label("Before, tag 1").fill("[")
    page.get_by_label("Behind, tag 1").fill("]")
    page.get_by_role("button", name="Make the member").click()
    expect(page.get_by_role("heading", name="Dora <i>")).to_be_focused()
    dora = owner.get(f"/v2/members/{page.url[-5:]}")
    assert (dora["name"], dora["birthday"], dora["color"]) == ("Dora <i>", "0004-07-11", "ff8800")
    assert (dora["description"], dora["proxy_tags"]) == ("one\ntwo", [{"prefix": "[", "suffix": "]"}])
    assert set(dora["privacy"].values()) == {"public"}
    page.get_by_label("Pronouns").first.fill("they/them")
    page.get_by_text("Who may see what").click()
    page.get_by_label("That there is this member").select_option("only you")
    page.get_by_role("button", name="Remove tag 1").click()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Dora <i> is saved.")).to_be_visible()
    changed = owner.get(f"/v2/members/{dora['id']}")
    assert changed == dora | {
        "pronouns": "they/them",
        "proxy_tags": [],
        "privacy": dora["privacy"] | {"visibility": "private"},
    }
    page.locator("summary", has_text="Delete this member").click()
    delete = page.get_by_role("button", name="Delete this member")
    page.get_by_label("Type the name").fill("Dora")
    expect(delete).to_be_disabled()
    page.get_by_label("Type the name").fill("Dora <i>")
    delete.click()
    expect(page.get_by_text("Dora <i> is deleted.")).to_be_visible()
    expect(page.get_by_text("3 members")).to_be_visible()
    assert [member["name"] for member in owner.members] == ["Ann", "Ben", "Cleo"]


def test_new_members_are_private_where_the_settings_say_so(sign_in, owner):
    assert owner.patch("/v2/systems/@me/settings", member_default_private=True).status_code == 200
    page = sign_in(owner, "#members/new").page
    page.get_by_label("Name", exact=True).first.fill("Dora")
    page.get_by_role("button", name="Make the member").click()
    expect(page.get_by_role("heading", name="Dora")).to_be_visible()
    assert set(owner.get(f"/v2/members/{page.url[-5:]}")["privacy"].values()) == {"private"}


@pytest.mark.long
def test_members_are_found_as_one_types(sign_in, owner):
    owner.add_all([f"Fox {number}" for number in range(997)])
    page = sign_in(owner, "#members").page
    expect(page.get_by_text("1000 members")).to_be_visible()
    page.get_by_label("Find a member").press_sequentially("FÖX 99")
    expect(page.get_by_text("8 of 1000 members")).to_be_visible()
    expect(page.locator(".records li:visible")).to_have_count(8)


def test_a_group_is_made_filled_and_deleted(sign_in, owner):
    page = sign_in(owner, "#groups").page
    expect(page.get_by_text("You have no groups yet.")).to_be_visible()
    page.get_by_role("link", name="New group").click()
    page.get_by_label("Name", exact=True).first.fill("Tall ones")
    page.get_by_role("button", name="Make the group").click()
    expect(page.get_by_role("heading", name="Tall ones")).to_be_focused()
    inside = lambda: [one["name"] for one in owner.get(f"/v2/groups/{page.url[-5:]}/members")]  # noqa: E731
    for ticked, says, wanted in (
        (("Ann", "Cleo"), "2 added, 0 removed", ["Ann", "Cleo"]),
        (("Ann", "Ben"), "1 added, 1 removed", ["Ben", "Cleo"]),
    ):
        for name in ticked:
            page.get_by_label(name, exact=True).click()
        page.get_by_role("button", name="Save who is in it").click()
        expect(page.get_by_text(f"Tall ones: {says}.")).to_be_visible()
        assert sorted(inside()) == wanted
    page.get_by_label("Description").first.fill("above the door")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Tall ones is saved.")).to_be_visible()
    page.locator("summary", has_text="Delete this group").click()
    page.get_by_label("Type the name").fill("Tall ones")
    page.get_by_role("button", name="Delete this group").click()
    expect(page.get_by_text("Tall ones is deleted.")).to_be_visible()
    assert owner.get("/v2/systems/@me/groups") == []


def test_system_and_settings_are_edited(sign_in, owner):
    page = sign_in(owner, "#system").page
    page.get_by_label("Tag", exact=True).fill("🦊")
    page.get_by_text("Who may see what").click()
    page.get_by_label("Who fronts", exact=True).select_option("private")
    page.get_by_role("button", name="Save the system").click()
    expect(page.get_by_text("The system is saved.")).to_be_visible()
    system = owner.get("/v2/systems/@me")
    assert (system["tag"], system["privacy"]["front_privacy"]) == ("🦊", "private")
    page.get_by_label("Time zone").fill("Nowhere/At all")
    page.get_by_label("IDs in capitals").check()
    page.get_by_role("button", name="Save the settings").click()
    expect(page.get_by_text("“Nowhere/At all” is none.")).to_be_visible()
    page.get_by_label("Time zone").fill("Europe/Berlin")
    page.get_by_role("button", name="Save the settings").click()
    expect(page.get_by_text("The settings are saved.")).to_be_visible()
    settings = owner.get("/v2/systems/@me/settings")
    assert (settings["timezone"], settings["hid_display_caps"]) == ("Europe/Berlin", True)
