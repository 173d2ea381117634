"""How Alice and what is shown of her part: what tests of privacy let happen, each in one session."""

from rules.presence import updates
from rules.systems import systems

ALICE, BOB, CAROL = 80351110224678912, 80351110224678913, 80351110224678914


def own(session, rule, *args):
    """Do as Alice what a rule does for whoever asks."""
    rule(session, ALICE, *args)


def leave(session):
    """Alice leaves the home server."""
    updates.record_presences(session, {ALICE: updates.Change(9000, 9000, gone=True)})


def link_carol(session):
    """Carol's account joins Alice's system."""
    systems.link_account(session, ALICE, CAROL)


def unlink(session):
    """Carol unlinks Alice's account from it."""
    systems.unlink_account(session, CAROL, ALICE)
