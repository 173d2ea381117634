"""Who sees where a system's events go, and who says so."""

import json

import pytest

from rules.account import erasure
from rules.dispatch import outbox, webhooks
from rules.errors import Invalid, NotAuthenticated
from rules.systems import overviews, systems
from rules.transfer import exporter
from tests.rules.transfer.import_samples import export, pluralkit, run_import

ALICE, BOB = 1, 2
URL = "https://example.com/hook"


@pytest.fixture
def hid(write):
    """Alice's system, which has a webhook, and Bob's, which has none."""
    write(systems.create_system, BOB)
    hid = write(systems.create_system, ALICE, {"name": "Trees"}).hid
    write(webhooks.set_webhook, ALICE, URL, "signing-token")
    return hid


def test_the_owners_export_has_the_address_and_not_the_token(read, hid):
    assert export(read, ALICE)["webhook_url"] == URL
    assert "signing-token" not in exporter.dump(read(exporter.export_system, ALICE))


def test_a_file_brings_no_address(read, write, hid):
    run_import(write, BOB, pluralkit(webhook_url=URL, name="Lakes"))
    assert read(webhooks.find_url, BOB) is None
    run_import(write, ALICE, pluralkit(webhook_url="https://example.com/another"))
    assert read(webhooks.find_url, ALICE) == URL


@pytest.mark.parametrize("viewer", [None, BOB, ALICE])
def test_no_view_of_a_system_shows_it(read, hid, viewer):
    system = read(systems.get_system, hid)
    seen = json.dumps(
        [read(systems.show_system, hid, viewer), read(overviews.get_overview, system, viewer)], default=str
    )
    assert URL not in seen
    assert "signing-token" not in seen


def test_the_token_stays_until_the_webhook_is_cleared(read, write, hid):
    assert write(webhooks.keep_token, ALICE) == "signing-token"
    write(webhooks.clear_webhook, ALICE)
    assert write(webhooks.keep_token, ALICE) != "signing-token"


def unlinked_by_another(write):
    return write(systems.unlink_account, BOB, ALICE)


def leaving(write):
    return write(systems.unlink_account, ALICE, ALICE)


def unlinking_another(write):
    return write(systems.unlink_account, ALICE, BOB)


def forgotten(write):
    return write(erasure.forget, ALICE)


@pytest.mark.parametrize("end", [unlinked_by_another, leaving, unlinking_another, forgotten])
def test_whoever_is_unlinked_hears_that_and_nothing_later(write, read, hid, end):
    write(systems.delete_system, BOB)
    write(systems.link_account, ALICE, BOB)
    number = read(systems.get_system, hid).id
    left = end(write)
    assert left == [ALICE if end is unlinking_another else BOB]
    write(systems.edit_system, left[0], {"name": "Lakes"})
    assert read(webhooks.find_url, left[0]) is None
    waiting = read(outbox.get_waiting, number)
    assert (waiting.url, waiting.token, waiting.is_former) == (URL, "signing-token", True)
    assert [json.loads(body)["type"] for _, body, _ in waiting.events] == ["LINK_ACCOUNT", "UNLINK_ACCOUNT"]
    assert write(webhooks.keep_token, left[0]) != "signing-token"


def test_who_has_no_webhook_is_told_of_none(write, hid):
    write(webhooks.clear_webhook, ALICE)
    write(systems.delete_system, BOB)
    write(systems.link_account, ALICE, BOB)
    assert write(systems.unlink_account, ALICE, BOB) == []


def test_a_new_webhook_need_not_wait_for_a_former_one(write, read, hid):
    write(systems.delete_system, BOB)
    write(systems.link_account, ALICE, BOB)
    write(systems.unlink_account, ALICE, BOB)
    write(webhooks.set_webhook, ALICE, "https://example.com/new", "another")
    write(systems.edit_system, ALICE, {"name": "Lakes"})
    waiting = read(outbox.get_waiting, read(systems.get_system, hid).id)
    assert (waiting.url, waiting.is_former, len(waiting.events)) == ("https://example.com/new", False, 3)


def test_a_deleted_system_tells_its_former_webhook_nothing(write, read, hid):
    write(systems.delete_system, BOB)
    write(systems.link_account, ALICE, BOB)
    write(systems.unlink_account, ALICE, BOB)
    number = read(systems.get_system, hid).id
    write(systems.delete_system, ALICE)
    assert read(outbox.get_waiting, number).url is None


def test_a_wrong_address_changes_nothing(read, write, hid):
    with pytest.raises(Invalid):
        write(webhooks.set_webhook, ALICE, "http://example.com/", "x")
    assert read(webhooks.find_url, ALICE) == URL


def test_without_a_system_there_is_no_webhook(read, write):
    for act in (webhooks.find_url, webhooks.clear_webhook, webhooks.keep_token):
        with pytest.raises(NotAuthenticated):
            write(act, ALICE)
