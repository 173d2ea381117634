"""Two workers and a bot: a change reaches whoever listens at either, also while the web side restarts now and then."""

import signal
import threading
import time

import pytest

from tests.end_to_end.live.reconnecting import StreamListener
from tests.end_to_end.rollcall import until
from tests.web.live.listeners import Socket, Stream

SPACED_S = 0.025


def stop_and_start(running):
    running.web.stop()
    running.start_web()
    until(lambda: len(running.workers()) == 2)


def replace_workers(running):
    before = running.workers()
    running.web.send(signal.SIGHUP)
    until(lambda: len(running.workers()) == 2 and not running.workers() & before)


class Changes:
    """Switches and presences, one after another; each stream that is connected must be told of each switch."""

    def __init__(self, people, streams):
        self.people, self.streams, self.awaited = people, streams, []

    def make(self, number, one_by_one):
        for _ in range(number):
            switch = self.people.switch()
            count = len(self.people.switched)
            self.people.be(self.people.ids[count % 3], ("idle", "dnd", "online")[count // 3 % 3], count)
            if one_by_one:
                self.wait_for(switch)
                self.awaited.append(switch)
            else:
                time.sleep(SPACED_S)

    def wait_for(self, switch):
        until(lambda: all(one.fronts[-1:] == [switch] for one in self.streams))


def with_pairs_left_out(shown):
    return {key: {kind: data for kind, data in told.items() if kind != "kv"} for key, told in shown.items()}


def shows_the_present_state(listener, people, running):
    if not isinstance(listener, StreamListener):
        with Socket(running.port, subscribe_to_ids=people.ids) as socket:
            socket.until_now()
            return listener.shown == socket.shown
    with Stream(running.port, people.path) as stream:
        # The front comes last.
        while stream.kind != "front":
            assert stream.next()
        return with_pairs_left_out(listener.shown) == with_pairs_left_out(stream.shown)


@pytest.mark.timeout(900)
@pytest.mark.parametrize(("changes", "restarts"), [(60, 2), pytest.param(1000, 20, marks=pytest.mark.long)])
def test_a_stream_that_keeps_its_place_is_told_each_switch_once_however_often_the_web_side_restarts(
    running, people, streams, sockets, listening, changes, restarts
):
    forgetful = listening(StreamListener(running, people.path, keeps_ids=False))
    everyone = [*streams, *forgetful, *sockets]
    people.be(people.alice, "dnd", 0)
    until(lambda: {one.status_of(people.alice) for one in everyone} == {"dnd"})
    making = Changes(people, [*streams, *forgetful])
    for number in range(restarts):
        making.make(changes // restarts // 2, one_by_one=True)
        restart = (stop_and_start, replace_workers)[number % 2]
        restarting = threading.Thread(target=restart, args=(running,))
        restarting.start()
        making.make(changes // restarts // 2, one_by_one=False)
        restarting.join()
        assert len(running.workers()) == 2
        making.wait_for(people.switched[-1])
    for one in everyone:
        until(lambda one=one: shows_the_present_state(one, people, running))
    for one in streams:
        told = [people.switched.index(switch) for switch in one.fronts if switch is not None]
        # In order and none twice; those that are missing were replaced while it was away.
        assert told == sorted(set(told))
        assert set(one.fronts) >= {*making.awaited, people.switched[-1]}
        assert one.connections > restarts
    assert sum(one.silences for one in everyone) == 0
    print(f"{len(people.switched)} switches, {restarts} restarts, {len(everyone)} listeners; told at a stream:")
    print(*(len(one.fronts) for one in streams))
