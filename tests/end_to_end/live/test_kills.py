"""Workers and the bot are killed again and again while people change: nobody stays unheard, nothing untrue is told."""

import itertools
import os
import random
import signal
import threading
import time
from contextlib import contextmanager

import pytest

from tests.end_to_end.rollcall import until

# One in so many kills is the bot's, which takes longer to come back.
BOT_IN = 5
NEVER = "NeverCommitted"


@contextmanager
def changing(people):
    """Meanwhile presences and the front change, and renamings of the system are rolled back."""
    over = threading.Event()

    def change():
        for number in itertools.count():
            if over.wait(0.03):
                return
            people.be(people.ids[number % 3], ("idle", "dnd", "online")[number // 3 % 3], number)
            people.fail_to_rename(f"{NEVER}{number}")
            people.switch()

    thread = threading.Thread(target=change)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def kill_a_worker(running, dice):
    victim = dice.choice(sorted(running.workers()))
    os.kill(victim, signal.SIGKILL)
    until(lambda: len(running.workers() - {victim}) == 2)


def kill_the_bot(running):
    running.bot.stop(signal.SIGKILL)
    running.start_bot()


@pytest.fixture
def streams(streams):
    return forbid(streams)


@pytest.fixture
def sockets(sockets):
    return forbid(sockets)


def forbid(listeners):
    for one in listeners:
        one.forbidden = NEVER.encode()
    return listeners


@pytest.mark.timeout(3000)
@pytest.mark.parametrize("kills", [pytest.param(int(os.environ.get("KILLS", "300")), marks=pytest.mark.long)])
def test_nobody_is_left_unheard_and_nothing_untrue_is_told(running, people, streams, sockets, kills):
    everyone, dice = [*streams, *sockets], random.Random(14)
    with changing(people):
        for number in range(1, kills + 1):
            time.sleep(dice.uniform(0.05, 0.4))
            if number % BOT_IN:
                kill_a_worker(running, dice)
            else:
                kill_the_bot(running)
    until(lambda: all(one.is_connected for one in everyone))
    connections = [one.connections for one in everyone]
    # Whoever is connected now must hear of what comes by this very connection.
    for status in ("idle", "dnd", "online"):
        for user_id in people.ids:
            people.be(user_id, status, 0)
            until(lambda user_id=user_id, status=status: {one.status_of(user_id) for one in everyone} == {status})
    switch = people.switch()
    until(lambda: all(one.fronts[-1] == switch for one in streams))
    assert [one.connections for one in everyone] == connections
    assert sum(one.silences for one in everyone) == 0
    assert [one.slips for one in everyone] == [[]] * len(everyone)
    assert {switch for one in streams for switch in one.fronts} <= {*people.switched, None}
    for one in streams:
        told = [people.switched.index(switch) for switch in one.fronts if switch]
        assert told == sorted(set(told))
    print(f"{kills} kills, {len(people.switched):,} switches; {sum(connections)} connections of {len(everyone)}")
