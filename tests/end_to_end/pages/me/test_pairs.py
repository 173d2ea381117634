"""Key/value pairs at /me: any key, who may read it, limits, and removing that can be undone."""

from playwright.sync_api import expect

from rules.account import kv
from tests.end_to_end.rollcall import until

# A script that reads one as HTML or as a path would show it.
NASTY = (
    "a/b",
    "..",
    ".",
    "../../../v2/systems/@me",
    "🦊 ключ",
    '<img src=x onerror="alert(1)">',
    "?a=b#c",
    "%2e",
    "__proto__",
)


def pairs_of(owner):
    return owner.get("/user/@me/kv")


def test_any_key_is_added_edited_shown_to_others_and_removed(sign_in, owner):
    page = sign_in(owner, "#pairs").page
    form = page.locator("form", has=page.get_by_role("button", name="Add", exact=True))
    for number, key in enumerate(NASTY, 1):
        form.get_by_label("Key", exact=True).fill(key)
        form.get_by_label("Value", exact=True).fill("one\n  <b>two</b>")
        form.get_by_role("button").click()
        expect(page.get_by_text(f"{key} is stored.")).to_be_visible()
        assert pairs_of(owner)[key] == "one\n  <b>two</b>"
        row = page.get_by_role("listitem").filter(has_text="private")
        expect(row.locator("pre")).to_have_text("one\n  <b>two</b>", use_inner_text=True)
        assert page.locator("section img, section b").count() == 0
        page.get_by_role("button", name=f"Edit {key}", exact=True).click()
        value = page.get_by_label(f"Value of {key}", exact=True)
        expect(value).to_be_focused()
        value.fill("three")
        page.locator("li").get_by_label("Who may read it").select_option("public")
        page.get_by_role("button", name="Save").click()
        expect(page.get_by_text(f"{key} is saved.")).to_be_visible()
        stored = dict.fromkeys(NASTY[:number], "three"), dict.fromkeys(NASTY[:number], "public")
        assert (pairs_of(owner), owner.get("/user/@me/kv-visibility")) == stored
        page.get_by_role("button", name=f"Remove {key}", exact=True).click()
        expect(page.get_by_text(f"{key} is removed.")).to_be_visible()
        assert key not in pairs_of(owner)
        page.get_by_role("button", name="Undo").click()
        expect(page.get_by_text(f"{key} is back.")).to_be_visible()
        assert (pairs_of(owner), owner.get("/user/@me/kv-visibility")) == stored


def test_limits_are_told_before_anything_is_sent(sign_in, owner):
    page = sign_in(owner, "#pairs").page
    sent = []
    page.on("request", lambda request: sent.append(request.method))
    # Characters as people count them: this one has two halves in JavaScript.
    page.get_by_label("Key", exact=True).fill("🦊" * 166)
    page.get_by_label("Value", exact=True).fill("x" * 10_001)
    expect(page.get_by_text("At most 165 characters; these are 166.")).to_be_visible()
    expect(page.get_by_text("At most 10,000 characters; these are 10,001.")).to_be_visible()
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.get_by_label("Key", exact=True)).to_be_focused()
    assert "PATCH" not in sent
    page.get_by_label("Key", exact=True).fill("🦊" * 165)
    page.get_by_label("Value", exact=True).fill("x" * 10_000)
    page.get_by_role("button", name="Add", exact=True).click()
    until(lambda: pairs_of(owner) == {"🦊" * 165: "x" * 10_000})


def test_a_key_that_is_there_is_not_overwritten(sign_in, owner, rollcall):
    rollcall.write(kv.set_value, int(owner.id), "city", "Bern")
    page = sign_in(owner, "#pairs").page
    page.get_by_label("Key", exact=True).fill("city")
    page.get_by_label("Value", exact=True).fill("Basel")
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.get_by_text("You have this key already")).to_be_visible()
    expect(page.get_by_label("Value", exact=True)).to_have_value("Basel")
    assert pairs_of(owner) == {"city": "Bern"}
