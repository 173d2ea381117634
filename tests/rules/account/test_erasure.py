"""Being forgotten: what goes with a user who has a system, and what stays of others."""

import pytest
from sqlalchemy import func, select

from models import Account, DispatchEvent, Member, Message, Switch, SwitchMember, System
from rules import opt_out
from rules.account import erasure, tokens
from rules.dispatch import webhooks
from rules.errors import NotAllowed, NotFound
from rules.fronting import switches
from rules.proxying import message_records
from rules.systems import members, soft_delete, systems

ALICE, ALEX, BOB = 80351110224678912, 80351110224678913, 80351110224678914
TABLES = (System, Account, Member, Switch, SwitchMember, Message)


@pytest.fixture
def settle(write):
    """Somebody's system with a member who fronts and has sent message `message_id`."""

    def run(user_id, message_id):
        write(systems.create_system, user_id)
        member = write(members.create_member, user_id, {"name": "Ann"})
        write(switches.log_switch, user_id, [member.hid])
        write(message_records.record_message, user_id, member.id, message_id, message_id - 1, 7, 8)
        return member

    return run


@pytest.fixture
def counts(read, write):
    """How many rows each table has, once what is being deleted is gone."""

    def run():
        while write(soft_delete.purge_some):
            pass
        return [read(lambda s, t=table: s.scalar(select(func.count()).select_from(t))) for table in TABLES]

    return run


def test_with_the_last_account_the_system_goes_and_nobody_elses(write, read, settle, counts, token_of):
    settle(BOB, 500)
    settle(ALICE, 600)
    bobs = token_of(BOB)
    write(erasure.forget, ALICE)
    assert counts() == [1] * 6
    assert read(systems.find_own_system, ALICE) is None
    assert read(systems.find_own_system, BOB)
    assert read(message_records.show_message, 500, None)["sender"] == str(BOB)
    assert read(tokens.find_caller, bobs)


def test_with_one_of_two_accounts_only_the_link_and_its_messages_go(write, read, settle, counts):
    ann = settle(ALICE, 600)
    foxes = read(systems.get_own_system, ALICE)
    write(systems.link_account, ALICE, ALEX)
    write(message_records.record_message, ALEX, ann.id, 700, 699, 7, 8)
    write(erasure.forget, ALICE)
    assert counts() == [1, 1, 1, 1, 1, 1]
    assert read(systems.get_accounts, foxes) == [ALEX]
    assert read(message_records.show_message, 700, None)["sender"] == str(ALEX)
    for message_id in (600, 599):
        with pytest.raises(NotFound):
            read(message_records.show_message, message_id, None)
    write(erasure.forget, ALEX)
    assert counts() == [0] * 6


def test_messages_that_were_sent_before_the_account_was_unlinked_go_too(write, settle, counts):
    ann = settle(ALICE, 600)
    write(systems.link_account, ALICE, ALEX)
    write(message_records.record_message, ALEX, ann.id, 700, 699, 7, 8)
    write(systems.unlink_account, ALICE, ALEX)
    write(erasure.forget, ALEX)
    assert counts() == [1] * 6


@pytest.mark.parametrize("times", [1, 2])
def test_who_has_no_system_is_forgotten_as_well(write, settle, counts, times):
    settle(ALICE, 600)
    for _ in range(times):
        write(erasure.forget, BOB)
    assert counts() == [1] * 6


def test_who_comes_back_begins_anew(write, settle, counts):
    settle(ALICE, 600)
    write(erasure.forget, ALICE)
    with pytest.raises(NotAllowed):
        write(systems.create_system, ALICE)
    write(opt_out.show, ALICE)
    write(systems.create_system, ALICE)
    assert counts() == [1, 1, 0, 0, 0, 0]


@pytest.mark.parametrize("linked", [True, False])
def test_messages_go_a_few_at_a_time_and_then_the_rest(write, settle, counts, linked):
    settle(BOB, 500)
    ann = settle(ALICE, 600)
    if linked:
        write(systems.link_account, ALICE, ALEX)
    for number in range(700, 705):
        write(message_records.record_message, ALICE, ann.id, number, number + 100, 7, 8)
    left = []
    while write(erasure.forget_some_messages, ALICE, 2):
        left.append(counts()[5])
    assert left == [5, 3, 1]
    assert counts() == [2, 2 + linked, 2, 2, 2, 1]
    write(erasure.forget, ALICE)
    assert counts() == ([2, 2, 2, 2, 2, 1] if linked else [1] * 6)


def test_what_waits_for_a_webhook_of_other_accounts_no_longer_names_who_is_forgotten(write, read, settle):
    member = settle(ALICE, 600)
    write(systems.link_account, ALICE, ALEX)
    write(webhooks.set_webhook, ALICE, "https://hook.example/", "secret")
    for sender, message_id in ((ALEX, 700), (ALICE, 800)):
        write(message_records.record_message, sender, member.id, message_id, message_id - 1, 7, 8)
    write(erasure.forget, ALEX)
    bodies = read(lambda session: session.scalars(select(DispatchEvent.body)).all())
    assert [f'"sender": "{ALICE}"' in body for body in bodies if "CREATE_MESSAGE" in body] == [True]
    # That one account less is linked is told, since the others must know.
    assert [body for body in bodies if str(ALEX) in body and "UNLINK_ACCOUNT" not in body] == []
