"""`/privacy` tells of every table and of no other, as the settings have it; `/moving` is true to what is served."""

import re

import pytest

import models
from rules.account import privacy_statement, stored_data
from tests.web.docs.pages import Page
from web.docs.guides import _write_commands

PEOPLE, OTHERS = stored_data.list_people(3600, 3600), stored_data.list_others()
EVERYTHING = [*PEOPLE, *OTHERS]


def test_every_table_is_told_of_once():
    told = [table for stored in EVERYTHING for table in stored.tables]
    assert sorted(told) == sorted(models.db.metadata.tables)


def test_whatever_names_a_user_is_told_of_as_of_people():
    of_users = {
        name
        for name, table in models.db.metadata.tables.items()
        if {"user_id", "sender_id", "system_id", "member_id", "switch_id", "group_id"} & set(table.columns.keys())
    }
    assert of_users <= {table for stored in PEOPLE for table in stored.tables}


@pytest.mark.parametrize("stored", EVERYTHING, ids=lambda stored: stored.what[:30])
def test_all_is_said_of_each(stored):
    assert stored.what
    assert stored.seen_by
    assert stored.kept


def words_of(page):
    return " ".join(Page(page).shown.split())


def test_the_page_says_what_the_card_says_with_the_commands_of_this_place(make_app):
    app = make_app(PRESENCE_PREFIXES="!", SYSTEM_PREFIXES="sys/", DELETED_MESSAGES_KEPT="7200", FEED_KEPT="86400")
    page = app.test_client().get("/privacy").text
    shown = words_of(page)
    for _, text in privacy_statement.summarize(7200):
        with app.app_context():
            written = _write_commands(app.config["ROLLCALL"])
        words = " ".join(re.sub("<[^>]+>", " ", text.format(**written)).split())
        assert re.sub("&[a-z]+;", "", words.replace(" ,", ","))[:20] in shown
    for text in ("!forget", "sys/export", "2 h more once it is deleted", "1 d, and the newest one", "tag_signs"):
        assert text in shown
    assert "{" not in page
    assert "pk;" not in shown


@pytest.mark.parametrize(
    ("choice", "sentence"),
    [
        ("everyone", "members of the server that this Rollcall belongs to."),
        ("optin", "members of that server who typed .show ."),
        ("role:5", "members of that server who have the role for that."),
    ],
)
def test_it_says_who_is_published_as_the_file_has_it(make_app, write, choice, sentence):
    from rules.presence import publication

    write(publication.apply_choice, choice)
    assert sentence in words_of(make_app().test_client().get("/privacy").text)


def test_who_keeps_no_deleted_messages_says_so(make_app):
    shown = words_of(make_app(DELETED_MESSAGES_KEPT="0").test_client().get("/privacy").text)
    assert "who sent a proxied message until then; a copy" in shown
    assert "more once it is deleted" not in shown


def test_the_page_on_moving_names_addresses_that_are_served(make_app):
    app = make_app(PUBLIC_URL="https://roll.example")
    shown = words_of(app.test_client().get("/moving").text)
    rules = {re.sub(r"<[^<>]+>", "<>", rule.rule) for rule in app.url_map.iter_rules()}
    here = re.findall(r"(?:https|wss)://roll\.example(/[^\s]*)", shown)
    assert len(here) >= 6
    # The extension is a part of the address.
    named = {re.sub(r"<\w+>", "<>", path).replace("<>.png", "<>.<>") for path in here} - {"/v1", "/v2"}
    assert named <= rules


@pytest.mark.parametrize(("switch", "sentence"), [("off", "is off here"), ("on", "at first 1 000 of them")])
def test_it_says_whether_a_socket_may_ask_for_all(make_app, switch, sentence):
    assert sentence in words_of(make_app(SUBSCRIBE_TO_ALL=switch).test_client().get("/moving").text)
