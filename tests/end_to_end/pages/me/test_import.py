"""The section of /me that takes files of other apps."""

import zipfile

from playwright.sync_api import expect

from tests.rules.transfer.formats.sidecars import SAMPLES


def test_a_file_is_shown_imported_and_taken_back(sign_in, nobody):
    page = sign_in(nobody, "#import").page
    page.get_by_label("A file of another app").set_input_files(SAMPLES / "simply-plural-export.json")
    expect(page.get_by_text("A file of Simply Plural")).to_be_visible()
    expect(page.get_by_text("9 new members")).to_be_visible()
    page.get_by_label("who front and are not in the file").check()
    page.get_by_role("button", name="Import it").click()
    expect(page.get_by_text("10 new members")).to_be_visible()
    page.get_by_role("button", name="Import it").click()
    expect(page.get_by_text("10 members added")).to_be_visible()
    page.get_by_role("link", name="Members").click()
    expect(page.get_by_role("listitem").filter(has_text="Asleep")).to_contain_text("custom front")
    expect(page.get_by_role("listitem").filter(has_text="Rowan")).to_contain_text("archived")
    page.get_by_role("link", name="Front").click()
    expect(page.get_by_role("button", name="Edit the switch to Asleep").first).to_be_visible()
    page.get_by_role("link", name="Import").click()
    page.on("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Take it back").click()
    expect(page.get_by_text("Undone: 10 members")).to_be_visible()
    expect(page.get_by_role("button", name="Take it back")).to_have_count(0)


def test_several_files_are_one_and_the_plan_can_be_saved(sign_in, nobody, tmp_path):
    page = sign_in(nobody, "#import").page
    with zipfile.ZipFile(SAMPLES / "simply-plural-token-dump.zip") as dump:
        lists = [dump.extract(f"json/{name}.json", tmp_path) for name in ("members", "groups", "frontHistory")]
    page.get_by_label("A file of another app").set_input_files(lists)
    expect(page.get_by_role("heading", name="What these 3 files would change")).to_be_visible()
    with page.expect_download() as saved:
        page.get_by_role("button", name="Save this list").click()
    assert "A file of Simply Plural" in saved.value.path().read_text("utf-8")
    page.get_by_role("button", name="Leave it").click()
    expect(page.get_by_role("button", name="Import it")).to_have_count(0)
    expect(page.get_by_role("heading", name="Your imports")).to_have_count(0)


def test_what_is_refused_is_told_and_changes_nothing(sign_in, nobody, tmp_path):
    page = sign_in(nobody, "#import").page
    wrong = tmp_path / "wrong.json"
    wrong.write_text("not json")
    page.get_by_label("A file of another app").set_input_files(wrong)
    expect(page.get_by_text("The file is not JSON")).to_be_visible()
    expect(page.get_by_role("button", name="Import it")).to_have_count(0)
