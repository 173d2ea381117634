"""Switches at /me: logged by a few keys, and put right."""

from playwright.sync_api import expect

from rules.systems import members


def test_a_switch_is_logged_by_the_keyboard_alone(browse, owner):
    page = browse("/me", expecting="204|401").page
    page.keyboard.press("Tab")
    while not page.evaluate("document.activeElement.id === 'token'"):
        page.keyboard.press("Tab")
    page.keyboard.insert_text(owner.token)
    page.keyboard.press("Enter")
    expect(page.get_by_text("No switch is logged yet.")).to_be_visible()
    while not page.evaluate("document.activeElement.role === 'combobox'"):
        page.keyboard.press("Tab")
    for keys in ("be", "Enter", "cl", "Enter", "Backspace", "CLE", "Enter", "Control+Enter"):
        if keys[0].isupper() and keys != "CLE":
            page.keyboard.press(keys)
        else:
            page.keyboard.type(keys)
    expect(page.get_by_text("Logged: Ben, Cleo.")).to_be_visible()
    assert owner.switches == [["Ben", "Cleo"]]
    # Ctrl+Enter takes what is typed as well; the focus is where the next one begins.
    page.keyboard.type("ann")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("Logged: Ann.")).to_be_visible()
    for _ in range(2):
        page.keyboard.press("Tab")
    while page.evaluate("document.activeElement.textContent") != "Switch out":
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator(".lead", has_text="Nobody fronts since")).to_be_visible()
    assert owner.switches == [[], ["Ann"], ["Ben", "Cleo"]]


def test_a_switch_that_cannot_be_logged_is_told_and_stays_chosen(sign_in, owner, rollcall):
    page = sign_in(owner, "#front").page
    field = page.get_by_role("combobox", name="Who fronts from now on")
    field.fill("nobody of that name")
    field.press("Control+Enter")
    expect(page.get_by_role("alert")).to_contain_text("Nobody here is called")
    field.fill("ann")
    field.press("Enter")
    rollcall.write(members.delete_member, int(owner.id), owner.member("Ann")["id"])
    field.press("Control+Enter")
    expect(page.get_by_role("alert")).to_contain_text("not found")
    expect(page.get_by_role("list", name="Chosen")).to_contain_text("Ann")
    page.get_by_role("button", name="Leave Ann out").click()
    field.fill("ann")
    expect(page.get_by_role("option")).to_have_count(0)
    assert owner.switches == []


def test_a_switch_is_edited_undone_and_deleted(sign_in, owner):
    page = sign_in(owner, "#front", timezone_id="Europe/Berlin").page
    field = page.get_by_role("combobox", name="Who fronts from now on")
    page.get_by_text("At another time").click()
    page.get_by_label("Since (by this device's clock)").fill("2026-01-02T03:04:05")
    for name in ("Ann", "Ben"):
        field.fill(name)
        field.press("Enter")
    page.get_by_role("button", name="Log the switch").click()
    expect(page.get_by_text("Logged: Ann, Ben.")).to_be_visible()
    (first,) = owner.get("/v2/systems/@me/switches")
    assert first["timestamp"] == "2026-01-02T02:04:05.000000Z"
    page.get_by_role("button", name="Edit the switch to Ann, Ben").click()
    editor = page.locator("ol form")
    editor.get_by_role("button", name="Leave Ann out").click()
    editor.get_by_label("Since").fill("2026-01-02T03:00:00")
    editor.get_by_role("button", name="Save").click()
    expect(page.get_by_text("The switch is saved.")).to_be_visible()
    (edited,) = owner.get("/v2/systems/@me/switches")
    assert (edited["id"], edited["timestamp"]) == (first["id"], "2026-01-02T02:00:00.000000Z")
    assert owner.switches == [["Ben"]]
    page.get_by_role("button", name="Begin with who fronts now").click()
    field.fill("cl")
    field.press("Control+Enter")
    expect(page.get_by_text("Logged: Ben, Cleo.")).to_be_visible()
    assert owner.switches == [["Ben", "Cleo"], ["Ben"]]
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("The switch is deleted.")).to_be_visible()
    assert owner.switches == [["Ben"]]
    page.get_by_role("button", name="Edit the switch to Ben").click()
    page.get_by_role("button", name="Delete this switch").click()
    page.get_by_role("button", name="No", exact=True).click()
    assert owner.switches == [["Ben"]]
    page.get_by_role("button", name="Edit the switch to Ben").click()
    page.get_by_role("button", name="Delete this switch").click()
    page.get_by_role("button", name="Yes, delete it").click()
    expect(page.get_by_text("No switch is logged yet.")).to_be_visible()
    assert owner.switches == []
