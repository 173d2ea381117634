"""The token of /me: typed once, kept in the tab alone, sent in no address, and asked for again when it ends."""

from playwright.sync_api import expect

from rules.account import tokens
from tests.end_to_end.rollcall import until

SECTIONS = ("front", "members", "groups", "system", "import", "pairs", "presence")


def test_a_wrong_token_is_told_and_a_right_one_opens_the_page(browse, owner):
    page = browse("/me", expecting="401").page
    field, problem = page.get_by_label("Your token"), page.locator("#token-error")
    expect(page.locator("#signed-in")).to_be_hidden()
    for typed, says in {
        "": "This is no token",
        "hello": "This is no token",
        tokens.make_token(int(owner.id)): "does not know",
    }.items():
        field.fill(typed)
        field.press("Enter")
        expect(problem).to_contain_text(says)
        expect(field).to_be_focused()
        expect(field).to_have_value(typed)
    field.fill(f" Bearer {owner.token}\n")
    field.press("Enter")
    expect(page.get_by_role("combobox", name="Who fronts from now on")).to_be_focused()
    expect(field).to_be_hidden()
    expect(field).to_have_value("")


def test_the_token_stays_in_the_tab_and_is_forgotten(sign_in, owner, rollcall):
    page = sign_in(owner, "#pairs").page
    expect(page.get_by_text("You have no pairs yet.")).to_be_visible()
    kept = page.evaluate(
        "[JSON.stringify({...localStorage}), document.cookie, location.href, JSON.stringify({...sessionStorage})]"
    )
    assert [owner.token in text for text in kept] == [False, False, False, True]
    assert owner.token not in page.content()
    page.reload()
    expect(page.get_by_text("You have no pairs yet.")).to_be_visible()
    page.get_by_role("button", name="Forget the token").click()
    expect(page.get_by_label("Your token")).to_be_visible()
    assert page.evaluate("sessionStorage.length") == 0
    assert owner.token not in rollcall.web.output


def test_no_address_that_is_asked_for_holds_the_token(sign_in, owner):
    asked = []
    page = sign_in(owner).page
    page.on("request", lambda request: asked.append(request.url))
    for section in SECTIONS:
        page.get_by_role("navigation", name="Sections").get_by_role("link").nth(SECTIONS.index(section)).click()
        expect(page.locator(f"section[data-name={section}]")).to_be_visible()
    until(lambda: any("/user/@me" in url for url in asked))
    assert not [url for url in asked if owner.token in url]


def test_a_token_that_was_replaced_is_asked_for_again_and_what_was_typed_stays(sign_in, owner):
    page = sign_in(owner, "#pairs").page
    page.get_by_label("Key", exact=True).fill("city")
    page.get_by_label("Value", exact=True).fill("Bern\nand around")
    new = owner.replace_token()
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.locator("#token-error")).to_contain_text("does not take this token any more")
    expect(page.get_by_label("Your token")).to_be_focused()
    assert page.evaluate("sessionStorage.length") == 0
    page.get_by_label("Your token").fill(new)
    page.keyboard.press("Enter")
    expect(page.get_by_label("Value", exact=True)).to_have_value("Bern\nand around")
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.get_by_text("city is stored.")).to_be_visible()
    assert owner.get("/user/@me/kv") == {"city": "Bern\nand around"}
