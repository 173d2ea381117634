"""What is never taken of another app's file."""

import pytest

from rules.transfer.reading.withheld import MOST_DEPTH, is_withheld, without_withheld


@pytest.mark.parametrize(
    "collection",
    [
        *("private", "Privates", "privates", "tokens", "securityLogs", "friends", "friendssettings", "usage"),
        *("reports", "audit", "events", "avatarExports", "notificationToken", "pendingFriendRequests", "accounts"),
    ],
)
def test_collections_of_which_nothing_is_taken(collection):
    assert is_withheld(collection)


@pytest.mark.parametrize(
    "collection",
    [
        *("members", "privacyBuckets", "frontStatuses", "frontHistory", "groups", "customFields", "notes", "polls"),
        *("automatedReminders", "channels", "chatMessages", "boardMessages", "comments", "users", "fields", "tags"),
    ],
)
def test_what_a_person_wrote_is_taken(collection):
    assert not is_withheld(collection)


def test_keys_to_accounts_are_nowhere_in_what_is_taken():
    row = {
        "name": "Ann",
        "uid": "secret",
        "notificationToken": ["secret"],
        "settings": [{"email": "secret", "e-mail": "secret", "ip": "secret", "tip": "kept"}],
        "avatarUuid": "secret",
        "avatarUrl": "https://spaces.apparyllis.com/avatars/secret",
        "frienduid": "secret",
        "info": {"65f0": "kept"},
    }
    kept = {"name": "Ann", "settings": [{"tip": "kept"}], "info": {"65f0": "kept"}}
    assert without_withheld(row) == kept


def test_what_lies_deeper_than_any_app_nests_is_left():
    deep = []
    for _ in range(10_000):
        deep = [deep]
    found = without_withheld(deep)
    for _ in range(MOST_DEPTH):
        [found] = found
    assert found is None
