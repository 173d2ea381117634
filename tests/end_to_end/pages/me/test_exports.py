"""One's own system saved as files from /me."""

import json
from pathlib import Path

from playwright.sync_api import expect

from rules.transfer.writing import backups


def test_each_format_is_saved_under_its_name(sign_in, owner):
    page = sign_in(owner, "#system").page
    names = {
        "PluralKit's file": "system.json",
        "PluralPort's bundle": "system.pluralport.zip",
        "A table": "fronts.csv",
        "A calendar": "fronts.ics",
    }
    saved = {}
    for label, name in names.items():
        with page.expect_download() as download:
            page.get_by_role("button", name=label).click()
        assert download.value.suggested_filename == name
        saved[name] = Path(download.value.path()).read_bytes()
        expect(page.get_by_text(f"{name} is saved.")).to_be_visible()
    assert [member["name"] for member in json.loads(saved["system.json"])["members"]] == ["Ann", "Ben", "Cleo"]
    assert saved["fronts.csv"].startswith(b"\xef\xbb\xbfMember,")


def test_a_backup_is_asked_for_and_ended(sign_in, owner, rollcall):
    page = sign_in(owner, "#system").page
    choice = page.get_by_label("PluralPort's bundle by DM")
    expect(choice).to_have_value("off")
    choice.select_option("weekly")
    expect(page.get_by_text("You get a backup by DM.")).to_be_visible()
    expect(page.get_by_text("The next one comes")).to_be_visible()
    assert rollcall.read(backups.find_schedule, int(owner.id)).every == "weekly"
    choice.select_option("off")
    expect(page.get_by_text("You get no backup.")).to_be_visible()
    expect(page.get_by_text("The next one comes")).to_be_hidden()
